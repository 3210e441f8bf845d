/** A key of value 0, FALSE or 1970-01-01 is a key like any other, also where a column comes with its type. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { testDatabase } from '../kit/database.ts'
import { type Workplace, workplace } from '../kit/run-pipeline.ts'
import { runTable } from '../kit/run-table.ts'

let place: Workplace
let parquet: Uint8Array
beforeAll(async () => {
  place = workplace()
  const database = await testDatabase()
  const path = join(database.folder, 'in.parquet')
  const columns = "i + 1 AS nr, i // 2 * 5 AS id, i > 1 AS ok, i // 2 / 2 AS share, DATE '1970-01-01' + (i // 2)::INTEGER AS day"
  await database.session.run(`COPY (SELECT ${columns} FROM range(4) AS r(i)) TO '${path}' (FORMAT parquet)`)
  parquet = readFileSync(path)
  database.close()
})
afterAll(() => place.clear())

/** Four rows, of which the first two and the last two have equal keys. */
const CSV = `nr,id,ok,share,day
1,0,false,0,1970-01-01
2,0,false,0,1970-01-01
3,5,true,2.5,2024-01-05
4,5,true,2.5,2024-01-05
`
const CHANGED = '{id: change, type: transform, with: {operations: [{add_column: {id: id * 1, ok: ok = TRUE, share: share * 2}}]}}'

it.each(['id', 'ok', 'day', 'id, share, day'])('after a transform the duplicates by %s are found', async (keys) => {
  const rule = `{id: tidy, type: clean, with: {rules: [{deduplicate: {keys: [${keys}]}}]}}`
  const { cause, rows, duplicates } = await runTable(place, { input: CSV, steps: [CHANGED, rule] })
  expect([cause, rows.map(({ nr }) => nr), duplicates]).toEqual([undefined, ['1', '3'], ['2 → 1', '4 → 3']])
})

it('of a Parquet file are found, too, and so are those a rule forbids', async () => {
  const tidy = '{id: tidy, type: clean, with: {rules: [{deduplicate: {keys: [id, day]}}]}}'
  expect((await runTable(place, { input: { 'in.parquet': parquet }, steps: [tidy] })).rows.map(({ nr }) => nr)).toEqual(['1', '3'])
  const probe = '{id: probe, type: validate, with: {rules: [{rule_type: unique, column: share, on_fail: quarantine}]}}'
  const { rows, account } = await runTable(place, { input: { 'in.parquet': parquet }, steps: [probe] })
  expect([rows.map(({ nr }) => nr), account.quarantined]).toEqual([['1', '3'], 2])
})
