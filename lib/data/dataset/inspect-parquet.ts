/** Reads the column types of a Parquet file. */
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

/** Types other than numbers, dates and booleans (lists, structures, times, bytes) are read as text. */
const typed = (sql: string): TypedColumn => {
  const { type, cast } = TYPES.find(({ pattern }) => pattern.test(sql)) ?? { type: 'text' as const, cast: 'VARCHAR' }
  return { type, cast }
}

export async function inspectParquet(
  inspection: Inspection,
  source: ByteSource,
  context: TaskContext,
): Promise<{ inspected: InspectedSource; sample: null }> {
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
  const columns = described.map(({ column_name }) => String(column_name))
  const types = described.map(({ column_type }) => typed(String(column_type)))
  return {
    inspected: { inspection: { ...inspection, columns }, evidence: null, types, sample: { threshold: 2 ** 32, numbers: [], ends: [] } },
    sample: null,
  }
}
