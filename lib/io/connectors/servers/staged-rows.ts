/** The rows of an output, from its files, on their way into a table of a server. */
import { dirname } from 'node:path'
import type { Scalar, Session } from '#io/duckdb/session.ts'
import type { LocalFile } from '#io/store/store.ts'
import { name as quoted, text } from '#relational/types/sql.ts'
import type { Column } from '#relational/types/types.ts'
import type { Output } from '../target.ts'

export type Rows = Pick<Output, 'files' | 'manifest' | 'openSession'>

/**
 * Passes the rows of all files to `load`, some at a time and in their order; everything but whole numbers and floats as its text. Throws
 * unless `load` takes as many rows as there are to be.
 */
export async function loadRows(
  { files, manifest: { columns, rows }, openSession }: Rows,
  load: (batches: AsyncIterable<readonly (readonly Scalar[])[]>) => Promise<unknown>,
): Promise<void> {
  const opened: LocalFile[] = []
  let loaded = 0
  async function* batches() {
    const session = await openSession([...new Set(opened.map(({ path }) => dirname(path)))])
    for (const { path } of opened) {
      for await (const batch of rowsOf(session, path, columns)) {
        loaded += batch.length
        yield batch
      }
    }
  }
  try {
    for (const file of files) opened.push(await file.open())
    await load(batches())
  } finally {
    for (const file of opened) await file.release()
  }
  if (loaded !== rows) throw new Error(`${loaded} of ${rows} rows were loaded`)
}

function rowsOf(session: Session, path: string, columns: readonly Column[]) {
  const selected = columns.map(({ name, type }) =>
    type === 'integer' || type === 'float' ? quoted(name) : `CAST(${quoted(name)} AS VARCHAR)`,
  )
  return session.batches(`SELECT ${selected.join(', ')} FROM read_parquet(${text(path)})`)
}
