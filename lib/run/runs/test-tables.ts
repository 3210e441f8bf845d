/** The tables of a test: the files that its pipeline reads, the rows that it expects, and those that were published. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Manifest, MANIFEST } from '#io/publish/manifest.ts'
import { entryOf, record } from '#core/text/record.ts'
import { openSession, type Session } from '#io/duckdb/session.ts'
import { csvTextRows, textRows } from '#io/formats/text-rows.ts'
import { givenFile } from '#language/compiler/under-test.ts'
import type { GivenRows, TestRow, TestTable } from '#language/definition/tests-schema.ts'
import type { FoundRows } from './compare-rows.ts'

/** Bytes by the paths of the files that tests name. */
export type FilesOfTests = ReadonlyMap<string, Uint8Array>

/** Bytes for the native engine. */
const MEMORY = 500_000_000

/** Writes what the pipeline of a test reads. Every row has all columns: one that it does not name is missing. */
export async function writeGiven(given: GivenRows, folder: string, files: FilesOfTests): Promise<void> {
  const path = givenFile(folder, given)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, contentOf(given.table, files))
}

function contentOf(table: TestTable, files: FilesOfTests): string | Uint8Array {
  if (typeof table === 'string') return table
  if ('file' in table) return files.get(table.file) ?? new Uint8Array()
  const columns = [...new Set(table.flatMap((row) => Object.keys(row)))]
  return table
    .map((row) => `${JSON.stringify(record(columns.map((column) => [column, entryOf(row, column) ?? null] as const)))}\n`)
    .join('')
}

/** The rows of a table of a test. In CSV an empty cell is missing, and `""` is an empty text. */
export async function rowsOf(table: TestTable, folder: string, files: FilesOfTests): Promise<readonly TestRow[]> {
  if (typeof table !== 'string' && !('file' in table)) return table
  const path = join(folder, 'expected.csv')
  await writeFile(path, contentOf(table, files))
  return inSession(folder, (session) => csvTextRows(path, session))
}

/** The rows that an export of a test published; undefined if it published nothing. */
export async function publishedRows(folder: string, scratch: string): Promise<FoundRows | undefined> {
  const written = await readFile(join(folder, MANIFEST), 'utf8').catch(() => undefined)
  if (written === undefined) return undefined
  const { columns, files, format } = JSON.parse(written) as Manifest
  const names = columns.map((column) => column.name)
  return inSession(scratch, async (session) => {
    const rows: FoundRows['rows'][number][] = []
    for (const file of files) rows.push(...(await textRows(join(folder, file.name), format, names, session)))
    return { columns: names, rows }
  })
}

async function inSession<Result>(folder: string, work: (session: Session) => Promise<Result>): Promise<Result> {
  const session = await openSession({ memory: MEMORY, scratch: folder, folders: [] })
  try {
    return await work(session)
  } finally {
    session.close()
  }
}
