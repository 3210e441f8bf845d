/** What is in a file that was just written. */
import type { Session } from '#io/duckdb/session.ts'
import { writerCalled } from '#io/formats/writers/index.ts'
import type { Written } from '#io/formats/writers/writer.ts'
import { name } from '#relational/types/sql.ts'
import type { SinkTarget } from './pass.ts'

type FileTarget = Pick<SinkTarget, 'format' | 'compression'>

/** Counted by its own bytes where they can be read without the engine that wrote them; else by the engine. */
export async function countWritten(session: Session, path: string, { format, compression }: FileTarget): Promise<Written> {
  const writer = writerCalled(format)
  const counted = await (await writer.load())(path, compression)
  if (counted !== null) return counted
  const [{ n = 0 } = {}] = await session.rows(`SELECT count(*) AS n FROM ${writer.relation(path, compression, [])}`)
  return { rows: Number(n), missing: null }
}

/** Whether a file of this format says how many cells of each column are missing. */
export const footerHasNullCounts = ({ format }: Pick<SinkTarget, 'format'>) => writerCalled(format).countsMissing

/** The latest moment of each of these columns in a file that was just written, as ISO text in UTC; null if there is none. */
export async function latestIn(
  session: Session,
  path: string,
  { format, compression }: FileTarget,
  columns: readonly string[],
): Promise<{ readonly [column: string]: string | null }> {
  if (columns.length === 0) return {}
  const maxima = columns.map((column, at) => `strftime(max(TRY_CAST(${name(column)} AS TIMESTAMP)), '%Y-%m-%dT%H:%M:%SZ') AS l${at}`)
  const [row = {}] = await session.rows(`SELECT ${maxima.join(', ')} FROM ${writerCalled(format).relation(path, compression, columns)}`)
  return Object.fromEntries(columns.map((column, at) => [column, (row[`l${at}`] as string | null | undefined) ?? null]))
}
