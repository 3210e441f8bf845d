/** Rows that code outside of the engine made, as texts: collected in a table, then written with their types. */
import type { Session } from '#io/duckdb/session.ts'
import { digestOf } from '#io/bytes/digest.ts'
import { hashOfKey, name as quoted, noRows, sqlType } from '#relational/types/sql.ts'
import type { Column } from '#relational/types/types.ts'
import { checkRows } from './open-batch.ts'
import type { Part } from './outcome.ts'
import { copyTo, INTERMEDIATE } from './pass.ts'
import { countWritten } from './written.ts'

export interface ReturnedRows {
  append(rows: readonly (readonly (string | null)[])[]): Promise<void>
  /** Writes the rows in their order; they are counted again in the file. `hashes` are those of the rows, `missing` counts cells by column. */
  write(path: string, key: string, rows: number): Promise<{ part: Part; missing: readonly number[]; hashes: BigUint64Array }>
}

const TABLE = 'returned'

export async function collectRows(session: Session, columns: readonly Column[]): Promise<ReturnedRows> {
  await session.run(`CREATE TEMP TABLE ${TABLE} AS ${noRows(columns.map(({ name }) => ({ name, type: 'text' })))}`)
  const cells = columns.map(({ name, type }) => `CAST(${quoted(name)} AS ${sqlType(type)})`)
  return {
    append: (rows) =>
      session.append(
        TABLE,
        columns.map(() => 'VARCHAR' as const),
        rows,
      ),
    write: async (path, key, kept) => {
      const named = columns.map(({ name }, at) => `${cells[at]} AS ${quoted(name)}`).join(', ')
      await session.run(copyTo(`SELECT ${named} FROM ${TABLE} ORDER BY rowid`, path, INTERMEDIATE, columns.length))
      const { rows, missing } = await countWritten(session, path, INTERMEDIATE)
      checkRows(rows, kept, `the part ${key}`)
      const hashes = new BigUint64Array(kept)
      let at = 0
      for await (const some of session.batches(`SELECT ${hashOfKey(cells)} AS hash FROM ${TABLE} ORDER BY rowid`))
        for (const [hash] of some) hashes[at++] = hash as bigint
      return { part: { key, rows, ...digestOf(path) }, missing: missing ?? columns.map(() => 0), hashes }
    },
  }
}
