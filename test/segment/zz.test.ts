import { afterAll, beforeAll, expect, it } from 'vitest'
import { runTable } from '../kit/run-table.ts'
import { type Workplace, workplace } from '../kit/run-pipeline.ts'
let place: Workplace
beforeAll(() => { place = workplace() })
afterAll(() => place.clear())
const input = `id,amount,name\n1,,first\n1,5,second\n2,7,x\n3,abc,y\n3,9,z\n4,1,w\n4,2,v\n${Array.from({ length: 60 }, (_, i) => `${i + 5},${i},n`).join('\n')}\n`
it('keeps', async () => {
  const run = await runTable(place, { input, steps: [`{id: tidy, type: clean, with: {rules: [{missing: {columns: [amount], strategy: quarantine}}, {deduplicate: {keys: [id], keep: first}}]}}`], chunk_rows: 2, task_bytes: 1, discover: 'types: {amount: integer}' })
  console.log(run.error, run.cause, run.account, run.rows.slice(0, 6), run.quarantined, run.run.status === 'SUCCEEDED' ? run.run.text('duplicates.csv') : '')
  expect(run.rows.slice(0, 4).map((r) => r['name'])).toEqual(['second', 'x', 'z', 'w'])
})
