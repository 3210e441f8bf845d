/**
 * How many columns get the type that people gave them: `npx tsx test/conformance/types.ts FOLDER`. The folder has CSV files and `annotations.json`, which
 * names the type of each column by file: integer, float, boolean, a date, or another word for text. Columns that are `all identical` are left out.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatasetPlan } from '#data/dataset/plan.ts'
import { runDefinition } from '../kit/run-pipeline.ts'

type Kind = 'integer' | 'float' | 'boolean' | 'date' | 'text'

const said = (label: string): Kind =>
  label.startsWith('date') ? 'date' : label === 'integer' || label === 'float' || label === 'boolean' ? label : 'text'

function read(type: string): Kind {
  if (type === 'date' || type === 'timestamp') return 'date'
  if (type.startsWith('decimal')) return 'float'
  return type === 'integer' || type === 'float' || type === 'boolean' ? type : 'text'
}

async function columnsOf(path: string): Promise<DatasetPlan['columns']> {
  const place = mkdtempSync(join(tmpdir(), 'siftstep-types-'))
  try {
    const definition = `version: 1
id: types
steps:
  - {id: find, type: discover, with: {source: ${JSON.stringify(path)}}}
  - {id: look, type: profile}
`
    const run = await runDefinition(definition, { store: join(place, 'store') })
    if (run.status !== 'SUCCEEDED') throw new Error(run.cause)
    return run.object<DatasetPlan>('data/find/dataset.json').columns
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

const [folder = '.'] = process.argv.slice(2)
const annotations = JSON.parse(readFileSync(join(folder, 'annotations.json'), 'utf8')) as Record<string, readonly string[]>
let [right, all] = [0, 0]
for (const [file, labels] of Object.entries(annotations)) {
  const path = join(folder, `${file}.csv`)
  if (!existsSync(path)) continue
  const columns = await columnsOf(path)
  for (const [at, label] of labels.entries()) {
    if (label.includes('identical')) continue
    const { name = '', type = '' } = columns[at] ?? {}
    all++
    if (read(type) === said(label)) right++
    else console.log(`${file}.${name}: ${type}, annotated as ${label}`)
  }
}
console.log(`${right} of ${all} columns`)
