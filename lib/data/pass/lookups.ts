/** Loads the values that `references` rules look up, once per task. */
import type { Session } from '#io/duckdb/session.ts'
import type { Lookup } from '#relational/operations/building.ts'
import { lookupKey } from '#relational/operations/to-sql.ts'
import type { Op } from '#relational/operations/ops.ts'
import { name as quoted } from '#relational/types/sql.ts'
import type { Column } from '#relational/types/types.ts'
import { existingColumn } from '#relational/types/choose-columns.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { assertTyped, type ExternalTable, openExternal } from './external.ts'

export interface PreparedLookups {
  readonly folders: readonly string[]
  /** Loads the values; returns a subquery for each lookup. */
  load(session: Session): Promise<ReadonlyMap<string, Lookup>>
}

export async function prepareLookups(operations: readonly Op[], context: TaskContext): Promise<PreparedLookups> {
  const wanted = new Map<string, { source: string; column: string }>()
  for (const operation of operations) {
    if (operation.op !== 'check' || operation.test.is !== 'absent') continue
    const { source, source_column } = operation.test
    wanted.set(lookupKey(source, source_column), { source, column: source_column })
  }
  const tables: { key: string; source: string; table: ExternalTable; column: Column }[] = []
  for (const [key, { source, column }] of wanted) {
    const table = await openExternal(source, tables.length, context)
    const found = existingColumn(column, { columns: table.columns, step: context.step, of: source })
    tables.push({ key, source, table, column: found })
  }
  return {
    folders: tables.flatMap(({ table }) => table.folders),
    load: async (session) => {
      const subqueries = new Map<string, Lookup>()
      for (const [at, { key, source, table, column }] of tables.entries()) {
        await assertTyped(session, source, table, [column.name])
        const values = table.relations.map((relation) => `SELECT ${quoted(column.name)} AS value FROM (${relation})`).join(' UNION ALL ')
        await session.run(`CREATE TEMP TABLE lookup_${at} AS SELECT DISTINCT value FROM (${values}) WHERE value IS NOT NULL`)
        subqueries.set(key, { table: `lookup_${at}`, type: column.type })
      }
      return subqueries
    },
  }
}
