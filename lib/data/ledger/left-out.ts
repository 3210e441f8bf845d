/** Lists the rows that an operation left out, as a table of the step in the run. */
import type { Session } from '#io/duckdb/session.ts'
import { name as quoted } from '#relational/types/sql.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { writeSideTable } from './side-tables.ts'

/** The name of the table beside the results of a step. */
const LEFT_OUT = 'left_out'

export async function writeLeftOut(session: Session, query: string, context: TaskContext): Promise<void> {
  const header = (await session.rows(`DESCRIBE ${query}`)).map(({ column_name }) => String(column_name))
  const cells = header.map((name) => `CAST(${quoted(name)} AS VARCHAR)`).join(', ')
  async function* rows() {
    for await (const batch of session.batches(`SELECT ${cells} FROM (${query})`)) yield* batch as readonly (readonly (string | null)[])[]
  }
  await writeSideTable({ name: LEFT_OUT, header, rows: rows() }, context)
}
