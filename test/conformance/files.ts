/**
 * Which files of a folder can be read, and how many rows they have: `npx tsx test/conformance/files.ts FOLDER…`. Each Parquet and JSON file is
 * inspected and read to the end, as a run does. Beside `NAME.parquet`, `NAME.json` may hold the rows it must have. Of JSON files, a name that begins with
 * `y_` must be read without a bad record, and one with `n_` must not.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { TaskError } from '#core/errors/errors.ts'
import { openFile } from '#io/bytes/file.ts'
import { inspect } from '#io/formats/inspect.ts'
import { folderStore } from '#io/store/folder.ts'
import { text } from '#relational/types/sql.ts'

export interface FileOutcome {
  readonly name: string
  /** Rows that were read; null if the file was refused. */
  readonly rows: number | null
  readonly bad: number
  /** Why it was refused, or what is wrong. */
  readonly why: string
  readonly outcome: 'read' | 'refused' | 'wrong' | 'bug'
}

export async function readFiles(paths: readonly string[]): Promise<readonly FileOutcome[]> {
  const folder = mkdtempSync(join(tmpdir(), 'siftstep-files-'))
  const store = folderStore(join(folder, 'store'))
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  const outcomes: FileOutcome[] = []
  for (const [at, path] of paths.entries()) {
    const name = basename(path)
    try {
      const source = await openFile(path)
      const sample = { records: 1000, bytes: 1_000_000 }
      const settings = path.endsWith('.parquet') ? {} : { format: 'json' }
      const { inspection } = await inspect(path, settings, { source, store, prefix: `${at}`, chunk_rows: 1e6, sample })
      const { records } = inspection
      const bad = inspection.bad.length
      if (inspection.layout === 'parquet' && inspection.columns.length > 0) {
        const read = inspection.staged === null ? path : join(folder, 'store', inspection.staged)
        await connection.runAndReadAll(`SELECT count(t::VARCHAR) FROM read_parquet(${text(read)}) t`)
      }
      const why = name.startsWith('n_') && bad + inspection.notes.length === 0 ? 'is read without a note' : expectation(path, records, bad)
      outcomes.push({ name, rows: records - bad, bad, why, outcome: why === '' ? 'read' : 'wrong' })
    } catch (error) {
      const why = (error as Error).message.split('\n')[0] ?? ''
      const isOurs = error instanceof TaskError || path.endsWith('.parquet')
      const mustBeRead = name.startsWith('y_')
      outcomes.push({ name, rows: null, bad: 0, why, outcome: !isOurs ? 'bug' : mustBeRead ? 'wrong' : 'refused' })
    }
  }
  connection.closeSync()
  instance.closeSync()
  rmSync(folder, { recursive: true, force: true })
  return outcomes
}

/** What is wrong with the number of records; '' if nothing is. */
function expectation(path: string, records: number, bad: number): string {
  const name = basename(path)
  if (name.startsWith('y_') && bad > 0) return `${bad} of ${records} records are bad`
  const expected = path.replace(/\.parquet$/, '.json')
  if (expected === path || !existsSync(expected)) return ''
  const rows = JSON.parse(readFileSync(expected, 'utf8')) as unknown
  return Array.isArray(rows) && rows.length !== records ? `${records} rows instead of ${rows.length}` : ''
}

/** The Parquet files under a folder; if there are none, the JSON files. */
export function filesUnder(folder: string): readonly string[] {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
  const parquet = all.filter((name) => name.endsWith('.parquet'))
  return (parquet.length > 0 ? parquet : all.filter((name) => name.endsWith('.json'))).sort()
}

if (process.argv[1]?.endsWith('files.ts') === true) {
  for (const folder of process.argv.slice(2)) {
    const outcomes = await readFiles(filesUnder(folder))
    for (const { name, outcome, why } of outcomes) if (outcome !== 'read') console.log(`${outcome.padEnd(8)} ${name}: ${why}`)
    const of = (kind: FileOutcome['outcome']) => outcomes.filter(({ outcome }) => outcome === kind).length
    console.log(
      `${folder}: ${outcomes.length} files, ${of('read')} read, ${of('refused')} refused, ${of('wrong')} wrong, ${of('bug')} bugs`,
    )
  }
}
