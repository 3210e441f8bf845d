/** The rows of a file that was just written, counted from the file. */
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet'
import type { Session } from '../duckdb/session.ts'
import { text } from '../relation/sql.ts'
import type { SinkTarget } from '../segment/pass.ts'

/** Parquet by its footer, read without the engine that wrote it; text by reading it again. */
export async function countRows(
  session: Session,
  path: string,
  { format, compression }: Pick<SinkTarget, 'format' | 'compression'>,
): Promise<number> {
  if (format === 'parquet') return Number((await parquetMetadataAsync(await asyncBufferFromFile(path))).num_rows)
  const compressed = `compression = ${text(compression === 'none' ? 'none' : compression)}`
  const reader =
    format === 'csv'
      ? `read_csv(${text(path)}, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', ${compressed}, max_line_size = 100000000)`
      : `read_json(${text(path)}, format = ${text(format === 'json' ? 'array' : 'newline_delimited')}, columns = {'_': 'JSON'}, maximum_object_size = 100000000, ${compressed})`
  const [{ n = 0 } = {}] = await session.rows(`SELECT count(*) AS n FROM ${reader}`)
  return Number(n)
}
