/** The values that `references` rules look up, loaded once for a task. */
import type { Session } from '../duckdb/session.ts'
import { lookupKey } from '../relation/lower.ts'
import type { Op } from '../relation/ops.ts'
import { name as quoted } from '../relation/sql.ts'
import { TaskError } from '../runtime/errors.ts'
import { nearest } from '../text/nearest.ts'
import type { TaskContext } from './context.ts'
import { openExternal } from './external.ts'

export interface PreparedLookups {
  readonly folders: readonly string[]
  /** Loads the values; a subquery for each that was asked for. */
  load(session: Session): Promise<ReadonlyMap<string, string>>
}

export async function prepareLookups(operations: readonly Op[], context: TaskContext): Promise<PreparedLookups> {
  const wanted = new Map<string, { source: string; column: string }>()
  for (const operation of operations) {
    if (operation.op !== 'check' || operation.test.is !== 'absent') continue
    const { source, source_column } = operation.test
    wanted.set(lookupKey(source, source_column), { source, column: source_column })
  }
  const tables: { key: string; relations: readonly string[]; column: string; folders: readonly string[] }[] = []
  for (const [key, { source, column }] of wanted) {
    const table = await openExternal(source, tables.length, context)
    const found = table.columns.find(({ name }) => name === column)
    if (found === undefined) {
      const names = table.columns.map(({ name }) => name)
      const near = nearest(column, names)
      throw new TaskError('Definition.UnknownColumn', `${source} has no column "${column}" to look values up in`, {
        hint: `${near === undefined ? '' : `did you mean "${near}"? `}its columns are ${names.join(', ')}`,
      })
    }
    tables.push({ key, relations: table.relations, column, folders: table.folders })
  }
  return {
    folders: tables.flatMap(({ folders }) => folders),
    load: async (session) => {
      const subqueries = new Map<string, string>()
      for (const [at, { key, relations, column }] of tables.entries()) {
        const values = relations
          .map((relation) => `SELECT CAST(${quoted(column)} AS VARCHAR) AS value FROM (${relation})`)
          .join(' UNION ALL ')
        await session.run(`CREATE TEMP TABLE lookup_${at} AS SELECT DISTINCT value FROM (${values}) WHERE value IS NOT NULL`)
        subqueries.set(key, `SELECT value FROM lookup_${at}`)
      }
      return subqueries
    },
  }
}
