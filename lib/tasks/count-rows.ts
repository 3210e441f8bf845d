/** The rows of a file that was just written, counted from the file. */
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet'
import type { Session } from '../duckdb/session.ts'
import { name, text } from '../relation/sql.ts'
import type { SinkTarget } from '../segment/pass.ts'

/** Parquet by its footer, read without the engine that wrote it; text by reading it again. */
export async function countRows(
  session: Session,
  path: string,
  { format, compression }: Pick<SinkTarget, 'format' | 'compression'>,
): Promise<number> {
  if (format === 'parquet') return Number((await parquetMetadataAsync(await asyncBufferFromFile(path))).num_rows)
  const [{ n = 0 } = {}] = await session.rows(`SELECT count(*) AS n FROM ${readerOf(path, { format, compression }, [])}`)
  return Number(n)
}

/** The latest moment of each of these columns in a file that was just written, as ISO text in UTC; null where there is none. */
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

function readerOf(path: string, { format, compression }: Pick<SinkTarget, 'format' | 'compression'>, columns: readonly string[]): string {
  const compressed = `compression = ${text(compression === 'none' ? 'none' : compression)}`
  if (format === 'parquet') return `read_parquet(${text(path)})`
  if (format === 'csv')
    return `read_csv(${text(path)}, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', ${compressed}, max_line_size = 100000000)`
  const wanted = columns.length === 0 ? `'_': 'JSON'` : columns.map((column) => `${text(column)}: 'VARCHAR'`).join(', ')
  return `read_json(${text(path)}, format = ${text(format === 'json' ? 'array' : 'newline_delimited')}, columns = {${wanted}}, maximum_object_size = 100000000, ${compressed})`
}
