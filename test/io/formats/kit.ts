/** What the reader's tests share: sources in memory, DuckDB's parser with explicit settings, and texts as people and accidents write them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { createFile, openFile } from '#io/bytes/file.ts'
import { inspect } from '#io/formats/inspect.ts'
import type { ReadContext } from '#io/formats/open-text.ts'
import type { TextRecord } from '#io/formats/record-text.ts'
import type { ByteSource, Dialect, Inspection, ReadSettings } from '#io/formats/source.ts'
import type { Spool } from '#io/formats/spool.ts'
import { survey } from '#io/formats/survey.ts'
import { unifyNewlines } from '#io/formats/unify-newlines.ts'
import { folderStore } from '#io/store/folder.ts'
import type { Store } from '#io/store/store.ts'

export const CSV: Dialect = { delimiter: ',', quote: '"', escape: '"', header: false, skip_lines: 0, comment: '' }

export const latin = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

/** Bytes as a source that is no file. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    fingerprint: `${bytes.length}`,
    read: async (offset, length) => Uint8Array.from(bytes.subarray(offset, offset + length)),
  }
}

/** A folder of its own for the tests of a file, removed by `clear`. */
export function workplace() {
  const folder = mkdtempSync(join(tmpdir(), 'siftstep-reader-'))
  const store = folderStore(join(folder, 'store'))
  let files = 0
  const write = (content: Uint8Array | string, name = 'source.csv') => {
    const path = join(folder, `${++files}-${name}`)
    writeFileSync(path, content)
    return path
  }
  return { folder, store, write, clear: () => rmSync(folder, { recursive: true, force: true }) }
}

let inspections = 0

/** Inspects a file with limits no sample reaches, unless others are given. */
export async function inspectFile(
  path: string,
  store: Store,
  settings: ReadSettings = {},
  options: { chunk_rows?: number; sample?: { records: number; bytes: number } } = {},
) {
  const source = await openFile(path)
  const { chunk_rows = 10_000, sample = { records: 1e9, bytes: 1e9 } } = options
  return inspect(path, settings, { source, store, prefix: `staged/${++inspections}`, chunk_rows, sample })
}

/**
 * An inspection of a headerless text with a given number of columns, whatever its records have. Mixed newlines are rewritten
 * beside the file, as staging does it; the path is that of the text to read.
 */
export async function inspectAs(
  path: string,
  dialect: Dialect,
  columns: number,
  chunk_rows: number,
): Promise<{ path: string; inspection: Inspection }> {
  const kernel = { dialect, fields: columns, chunk_rows }
  const settings = { ...kernel, new_line: '\n' as const, sample: { records: 0, bytes: 0 } }
  const range = (source: ByteSource) => ({ start: 0, end: source.size, line: 1, records_before: 0 })
  const source = await openFile(path)
  const first = await survey(source, path, range(source), settings)
  if (first.mixed) {
    const unified = `${path}-unified`
    const sink = await createFile(unified)
    await unifyNewlines(source, sink, 0, 1, kernel)
    await sink.close()
    return inspectAs(unified, dialect, columns, chunk_rows)
  }
  const { totals, bad, cuts, chunks, new_line } = first
  return {
    path,
    inspection: {
      uri: path,
      bytes: source.size,
      fingerprint: source.fingerprint,
      format: 'csv',
      layout: 'delimited',
      encoding: 'utf-8',
      compression: 'none',
      dialect,
      staged: null,
      text_bytes: source.size,
      new_line,
      columns: Array.from({ length: columns }, (_, at) => `c${at}`),
      records: totals.records,
      bad,
      cuts,
      chunks,
      longest_record: totals.longest_record,
      direct: bad.length + cuts.length === 0,
      one_piece: totals.gaps + totals.blank_crlf > 0,
      notes: [],
    },
  }
}

export async function readContext(path: string, store: Store, folder: string): Promise<ReadContext> {
  const source = await openFile(path)
  return { source: async () => source, store, scratch: folder }
}

/** Texts of random characters, from alphabets in which accidents are frequent. */
export const anyText = (alphabet: readonly string[], maxLength = 60) =>
  fc.array(fc.constantFrom(...alphabet), { maxLength, size: 'max' }).map((parts) => parts.join(''))

/** Texts that are mostly tables: records of about `columns` fields, some of them quoted, with newlines in them; half of them without spaces behind quotes. */
export function tableText(columns: number, newline: string): fc.Arbitrary<string> {
  const word = (more: readonly string[]) =>
    fc.array(fc.constantFrom('a', 'b', 'é', '€', '😀', ' ', '\\', '0', ...more), { maxLength: 5 }).map((parts) => parts.join(''))
  const quoted = word([',', '""', newline, '\n', '\r', '\r\n', 'x'.repeat(40)]).map((text) => `"${text}"`)
  const gap = quoted.map((text) => ` ${text} `)
  const table = (isGapped: boolean) => {
    const field = fc.oneof(
      { arbitrary: word([]), weight: 6 },
      { arbitrary: quoted, weight: 4 },
      { arbitrary: word(['"']), weight: 1 },
      { arbitrary: isGapped ? gap : quoted, weight: 1 },
    )
    const record = fc.oneof(
      { arbitrary: fc.array(field, { minLength: columns, maxLength: columns, size: 'max' }), weight: 12 },
      { arbitrary: fc.array(field, { minLength: 1, maxLength: columns + 2 }), weight: 1 },
    )
    const line = fc.oneof({ arbitrary: record.map((fields) => fields.join(',')), weight: 12 }, { arbitrary: fc.constant(''), weight: 1 })
    return fc.array(line, { maxLength: 30, size: 'max' })
  }
  return fc.tuple(fc.boolean().chain(table), fc.boolean()).map(([all, isEnded]) => all.join(newline) + (isEnded ? newline : ''))
}

/** Whether the reader counts it as a record of so many columns: a blank line is one only where there is one column. */
export const isRecord = ({ kind }: TextRecord, columns: number) => kind === 'record' || (kind === 'blank' && columns === 1)
export const isGood = (record: TextRecord, columns: number) =>
  isRecord(record, columns) && record.bad === null && record.cells.length === columns

export const withNulls = (cells: readonly string[]) => cells.map((cell) => (cell === '' ? null : cell))

const text = (value: string) => `'${value.replaceAll("'", "''")}'`
const NEW_LINES = { '\n': '\\n', '\r\n': '\\r\\n', '\r': '\\r' }

/** DuckDB's parser with everything said. `strict_mode` is its default, and must not be said: with CR LF it then reads wrongly. */
export async function openParser() {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRows() as unknown[][]

  async function readCsv(
    path: string,
    columns: number,
    dialect: Dialect,
    spool: Pick<Spool, 'skip_header' | 'new_line' | 'longest_record' | 'one_piece' | 'bytes'>,
  ): Promise<unknown[][]> {
    const longest = spool.longest_record + 16
    const whole = spool.one_piece ? spool.bytes + 64 : 0
    const options = [
      'auto_detect = false',
      'parallel = false',
      `columns = {${Array.from({ length: columns }, (_, at) => `'c${at}': 'VARCHAR'`).join(', ')}}`,
      `header = ${spool.skip_header}`,
      `delim = ${text(dialect.delimiter)}`,
      `quote = ${text(dialect.quote)}`,
      `escape = ${text(dialect.quote === '' ? '' : dialect.escape)}`,
      `new_line = ${text(NEW_LINES[spool.new_line])}`,
      `max_line_size = ${Math.max(longest, whole)}`,
      // small, so that tests see its borders
      `buffer_size = ${Math.max(longest + (spool.bytes % 64), whole)}`,
      "compression = 'none'",
      'hive_partitioning = false',
    ]
    return rows(`SELECT * FROM read_csv(${text(path)}, ${options.join(', ')})`)
  }
  return { rows, readCsv, close: () => instance.closeSync() }
}
