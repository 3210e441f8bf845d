/**
 * Reads CSV files with nothing given and writes what it read, for the Pollock benchmark: `npx tsx bench/pollock.ts DIR OUT`. Each file of DIR
 * becomes OUT/<name>_converted.csv: comma, double quotes, LF, a header if the file has one, all cells as text. A file that cannot be read is named and
 * has no output.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InspectedSource } from '#data/dataset/inspected-source.ts'
import type { DatasetPlan } from '#data/dataset/plan.ts'
import { runDefinition } from '../test/kit/run-pipeline.ts'

const definitionOf = (source: string, out: string, types: string) => `version: 1
id: pollock
resources: {workers: 1}
steps:
  - {id: find, type: discover, with: {source: {path: ${JSON.stringify(source)}, format: csv}, allow_empty: true, null_values: []${types}}}
  - {id: write, type: export, with: {to: ${JSON.stringify(out)}, format: csv}}
`

/** Reads one file; resolves with what went wrong, or null. */
async function convert(path: string, target: string): Promise<string | null> {
  // a file without bytes is a table without rows
  if (statSync(path).size === 0) {
    writeFileSync(target, '')
    return null
  }
  const place = mkdtempSync(join(tmpdir(), 'siftstep-pollock-'))
  try {
    const first = await runDefinition(definitionOf(path, join(place, 'out-0'), ''), { store: join(place, 'store-0') })
    if (first.status !== 'SUCCEEDED') return first.cause ?? first.status
    // types would rewrite cells: what was read is wanted
    const { columns } = first.object<DatasetPlan>('data/find/dataset.json')
    const types = JSON.stringify(Object.fromEntries(columns.map(({ name }) => [name, 'text'])))
    const run = await runDefinition(definitionOf(path, join(place, 'out-1'), `, types: ${types}`), { store: join(place, 'store-1') })
    if (run.status !== 'SUCCEEDED') return run.cause ?? run.status
    const parts = readdirSync(join(place, 'out-1'))
      .filter((file) => file.endsWith('.csv'))
      .sort()
    const { inspection } = run.object<InspectedSource>('data/find/inspections/00000.json')
    // names that the reader gave to columns were not in the file
    const named = inspection.dialect?.header !== false
    const texts = parts.map((file, at) => withoutHeader(readFileSync(join(place, 'out-1', file), 'utf8'), at > 0 || !named))
    writeFileSync(target, texts.join(''))
    return inspection.bad.length === 0 ? null : `${inspection.bad.length} records in quarantine`
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

const withoutHeader = (csv: string, isCut: boolean) => (isCut ? csv.slice(csv.indexOf('\n') + 1) : csv)

const [folder, out] = process.argv.slice(2)
if (folder === undefined || out === undefined) {
  console.error('usage: npx tsx bench/pollock.ts DIR OUT')
  process.exitCode = 2
} else {
  mkdirSync(out, { recursive: true })
  let [read, noted] = [0, 0]
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name)
    if (!statSync(path).isFile()) continue
    const problem = await convert(path, join(out, `${name}_converted.csv`)).catch((error: unknown) => String(error))
    if (problem === null) read++
    else {
      noted++
      console.log(`${name}: ${problem}`)
    }
  }
  console.log(`${read} files read whole, ${noted} with a note`)
}
