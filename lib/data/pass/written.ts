/** Counts the rows of a file that was just written, from the file. */
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet'
import type { Session } from '#io/duckdb/session.ts'
import { name, text } from '#relational/types/sql.ts'
import type { SinkTarget } from './pass.ts'

export interface Written {
  readonly rows: number
  /** Missing cells per column; null if the format does not record them. */
  readonly missing: readonly number[] | null
}

/**
 * Counts Parquet by its footer and text by its bytes, without the engine that wrote them and with little memory; only zstd needs the
 * engine.
 */
export async function countWritten(
  session: Session,
  path: string,
  { format, compression }: Pick<SinkTarget, 'format' | 'compression'>,
): Promise<Written> {
  if (format === 'parquet') return footerOf(path)
  if (compression === 'zstd') {
    const [{ n = 0 } = {}] = await session.rows(`SELECT count(*) AS n FROM ${readerOf(path, { format, compression }, [])}`)
    return { rows: Number(n), missing: null }
  }
  const file = createReadStream(path, { highWaterMark: 1 << 20 })
  const count = COUNTERS[format]()
  for await (const block of compression === 'gzip' ? file.pipe(createGunzip()) : file) count.add(block as Uint8Array)
  return { rows: count.rows(), missing: null }
}

/** Whether files of this format record the missing cells of each column. */
export const footerHasNullCounts = ({ format }: Pick<SinkTarget, 'format'>) => format === 'parquet'

async function footerOf(path: string): Promise<Written> {
  const { num_rows, schema, row_groups } = await parquetMetadataAsync(await asyncBufferFromFile(path))
  // the first element of the schema is the row
  const missing = schema.slice(1).map(() => 0)
  for (const { columns } of row_groups) {
    for (const [at, { meta_data }] of columns.entries()) {
      const count = meta_data?.statistics?.null_count
      if (count === undefined) throw new Error(`${path} has no null count for column ${at}`)
      missing[at] = (missing[at] ?? 0) + Number(count)
    }
  }
  return { rows: Number(num_rows), missing }
}

type Text = Exclude<SinkTarget['format'], 'parquet'>

interface Counter {
  add(block: Uint8Array): void
  rows(): number
}

const COUNTERS: { readonly [Format in Text]: () => Counter } = {
  csv: () => lineCounter(),
  json: () => objectCounter(1),
  ndjson: () => objectCounter(0),
}

const [QUOTE, BACKSLASH, LF, OPEN_OBJECT, OPEN_LIST, CLOSE_OBJECT, CLOSE_LIST] = [34, 92, 10, 123, 91, 125, 93]

/** Line ends outside quotes, except the header's: a quote within quotes is doubled, so it changes nothing. */
function lineCounter(): Counter {
  let lines = 0
  let quoted = false
  return {
    add: (block) => {
      for (const byte of block) {
        if (byte === QUOTE) quoted = !quoted
        else if (byte === LF && !quoted) lines++
      }
    },
    rows: () => lines - 1,
  }
}

/** Objects nested within `depth` others. */
function objectCounter(depth: number): Counter {
  let objects = 0
  let level = 0
  let inString = false
  let escaped = false
  return {
    add: (block) => {
      for (const byte of block) {
        if (inString) {
          if (escaped) escaped = false
          else if (byte === BACKSLASH) escaped = true
          else if (byte === QUOTE) inString = false
        } else if (byte === QUOTE) inString = true
        else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
          if (level === depth && byte === OPEN_OBJECT) objects++
          level++
        } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) level--
      }
    },
    rows: () => objects,
  }
}

/** The latest moment of each of these columns in a file that was just written, as ISO text in UTC; null if there is none. */
export async function latestIn(
  session: Session,
  path: string,
  target: Pick<SinkTarget, 'format' | 'compression'>,
  columns: readonly string[],
): Promise<{ readonly [column: string]: string | null }> {
  if (columns.length === 0) return {}
  const maxima = columns.map((column, at) => `strftime(max(TRY_CAST(${name(column)} AS TIMESTAMP)), '%Y-%m-%dT%H:%M:%SZ') AS l${at}`)
  const [row = {}] = await session.rows(`SELECT ${maxima.join(', ')} FROM ${readerOf(path, target, columns)}`)
  return Object.fromEntries(columns.map((column, at) => [column, (row[`l${at}`] as string | null | undefined) ?? null]))
}

/** Small buffers, because they are allocated whatever the file holds. */
function readerOf(path: string, { format, compression }: Pick<SinkTarget, 'format' | 'compression'>, columns: readonly string[]): string {
  const compressed = `compression = ${text(compression === 'none' ? 'uncompressed' : compression)}`
  if (format === 'parquet') return `read_parquet(${text(path)})`
  if (format === 'csv')
    return `read_csv(${text(path)}, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', ${compressed}, max_line_size = 16000000, buffer_size = 32000000)`
  const wanted = columns.length === 0 ? `'_': 'JSON'` : columns.map((column) => `${text(column)}: 'VARCHAR'`).join(', ')
  return `read_json(${text(path)}, format = ${text(format === 'json' ? 'array' : 'newline_delimited')}, columns = {${wanted}}, maximum_object_size = 16000000, ${compressed})`
}
