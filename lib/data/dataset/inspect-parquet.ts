/** Reads the column types of a Parquet file. */
import { dirname } from 'node:path'
import type { ByteSource, Inspection } from '#io/formats/source.ts'
import { isPlain, localParquet } from '#io/formats/spool.ts'
import { text } from '#relational/types/sql.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { TaskError } from '#core/errors/errors.ts'
import { fieldsOf } from './struct-fields.ts'
import type { InspectedSource } from './inspected-source.ts'
import { noteOn, typedColumn } from './typed-columns.ts'
import type { Session } from '#io/duckdb/session.ts'

/** `isAlone`: no other source can disagree about types, so statistics are not needed. `flatten`: fields of structs are columns. */
export async function inspectParquet(
  inspection: Inspection,
  original: ByteSource,
  context: TaskContext,
  { isAlone = true, flatten = false }: { readonly isAlone?: boolean; readonly flatten?: boolean } = {},
): Promise<{ inspected: InspectedSource; sample: null }> {
  const source = inspection.staged === null ? original : await context.store.open(inspection.staged)
  // the types are in the footer: if native code cannot read the file directly, an empty copy with the footer is enough
  const near = source.path !== undefined && isPlain(source.path) ? source.path : undefined
  const path = near ?? (await localParquet(source, { start: 0, end: 0 }, context.scratch))
  const session = await context.openSession([dirname(path)])
  const described = await session.rows(`DESCRIBE SELECT * FROM read_parquet(${text(path)})`).catch((error: unknown) => {
    // the footer was read a moment ago, so this is not a failure of the disk
    if (!(error instanceof TaskError) || error.name !== 'Transient.Unavailable') throw error
    throw new TaskError('Data.Unreadable', `${inspection.uri}: cannot read the Parquet file: ${error.message}`, {
      cause: error,
      hint: 'download the file again, or rewrite it with another tool',
    })
  })
  await source.assertUnchanged?.()
  const fields = described.flatMap(({ column_name, column_type }) => {
    const whole = { path: [String(column_name)], stored: String(column_type) }
    return flatten ? fieldsOf(whole.path, whole.stored) : [whole]
  })
  const columns = fields.map(({ path }) => path.join('.'))
  const stored = fields.map((field) => field.stored)
  const small = isAlone || near === undefined || !stored.includes('BIGINT') ? new Set<string>() : await smallColumns(session, path)
  const types = fields.map(({ path: own, stored: type }, at) => ({
    ...typedColumn(type, type === 'BIGINT' && small.has(columns[at] ?? '')),
    ...(own.length > 1 ? { path: own } : {}),
  }))
  const notes = stored.flatMap((type, at) => noteOn(columns[at] ?? '', type) ?? [])
  return {
    inspected: {
      inspection: { ...inspection, columns, notes: [...inspection.notes, ...notes] },
      evidence: null,
      types,
      sample: { threshold: 2 ** 32, numbers: [], ends: [] },
    },
    sample: null,
  }
}

/** Columns of integers whose statistics are all within what a 64-bit float holds exactly. */
async function smallColumns(session: Session, path: string): Promise<ReadonlySet<string>> {
  const most = Number.MAX_SAFE_INTEGER
  const within = (value: string) => `COALESCE(bool_and(abs(TRY_CAST(${value} AS HUGEINT)) <= ${most}), FALSE)`
  const rows = await session.rows(
    `SELECT path_in_schema AS name FROM parquet_metadata(${text(path)}) GROUP BY 1 HAVING count(*) = count(stats_min_value) AND count(*) = count(stats_max_value) AND ${within('stats_min_value')} AND ${within('stats_max_value')}`,
  )
  return new Set(rows.map(({ name }) => String(name)))
}
