/** Rows of a file as text, as they are published: for comparing values exactly. */
import type { Session } from '#io/duckdb/session.ts'
import { name, text } from '#relational/types/sql.ts'
import { writerCalled } from './writers/index.ts'

/** The cells of these columns in a file of this format, which the session may read; null is a missing cell. */
export async function textRows(
  path: string,
  format: string,
  columns: readonly string[],
  session: Session,
): Promise<readonly (readonly (string | null)[])[]> {
  const { relation, compressions } = writerCalled(format)
  const cells = columns.map((column) => `CAST(${name(column)} AS VARCHAR)`).join(', ')
  const rows: (readonly (string | null)[])[] = []
  for await (const some of session.batches(`SELECT ${cells} FROM ${relation(path, compressions[0], columns)}`))
    rows.push(...(some as readonly (readonly (string | null)[])[]))
  return rows
}

/** The rows of a CSV file by the names in its header. An empty cell is missing, and `""` is an empty text. */
export async function csvTextRows(path: string, session: Session): Promise<readonly { readonly [column: string]: string | null }[]> {
  const options = `header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false`
  return (await session.rows(`SELECT * FROM read_csv(${text(path)}, ${options})`)) as { [column: string]: string | null }[]
}
