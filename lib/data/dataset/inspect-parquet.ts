/** The types a Parquet file brings with it. */
import { dirname } from 'node:path'
import type { ByteSource, Inspection } from '#io/formats/source.ts'
import { isPlain, localParquet } from '#io/formats/spool.ts'
import { text } from '#relational/types/sql.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { TaskError } from '#core/errors/errors.ts'
import type { InspectedSource, TypedColumn } from './inspected-source.ts'

const TYPES: readonly ({ readonly pattern: RegExp } & TypedColumn)[] = [
  { pattern: /^(TINY|SMALL|BIG|UTINY|USMALL)?INT(EGER)?$|^UINTEGER$/, type: 'integer', cast: null },
  { pattern: /^(HUGEINT|UHUGEINT|UBIGINT)$/, type: 'decimal', cast: 'DOUBLE' },
  { pattern: /^(FLOAT|DOUBLE|DECIMAL.*)$/, type: 'decimal', cast: null },
  { pattern: /^BOOLEAN$/, type: 'boolean', cast: null },
  { pattern: /^DATE$/, type: 'date', cast: null },
  { pattern: /^TIMESTAMP$/, type: 'timestamp', cast: null },
  { pattern: /^TIMESTAMP.*$/, type: 'timestamp', cast: 'TIMESTAMP' },
  { pattern: /^VARCHAR$/, type: 'text', cast: null },
]

/** Everything that is no plain number, date or truth (lists, structures, times, bytes) is read as its text. */
const typed = (sql: string): TypedColumn => {
  const { type, cast } = TYPES.find(({ pattern }) => pattern.test(sql)) ?? { type: 'text' as const, cast: 'VARCHAR' }
  return { type, cast }
}

export async function inspectParquet(
  inspection: Inspection,
  source: ByteSource,
  context: TaskContext,
): Promise<{ inspected: InspectedSource; sample: null }> {
  // the types stand in the footer: where native code cannot reach the file, a file of no row groups has them, too
  const near = source.path !== undefined && isPlain(source.path) ? source.path : undefined
  const path = near ?? (await localParquet(source, { start: 0, end: 0 }, context.scratch))
  const session = await context.openSession([dirname(path)])
  const described = await session.rows(`DESCRIBE SELECT * FROM read_parquet(${text(path)})`).catch((error: unknown) => {
    // the footer was read a moment ago: it is not the disk that fails
    if (!(error instanceof TaskError) || error.name !== 'Transient.Unavailable') throw error
    throw new TaskError('Data.Unreadable', `${inspection.uri}: the Parquet file cannot be read: ${error.message}`, {
      cause: error,
      hint: 'get the file again, or write it anew with another tool',
    })
  })
  await source.assertUnchanged?.()
  const columns = described.map(({ column_name }) => String(column_name))
  const types = described.map(({ column_type }) => typed(String(column_type)))
  return {
    inspected: { inspection: { ...inspection, columns }, evidence: null, types, sample: { threshold: 2 ** 32, numbers: [], ends: [] } },
    sample: null,
  }
}
