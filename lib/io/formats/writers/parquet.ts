/** Parquet files. Small row groups and dictionaries are what DuckDB writes fastest (docs/performance.md). */
import { text } from '#relational/types/sql.ts'
import type { WriterKind } from './writer.ts'

export const parquetWriter: WriterKind = {
  name: 'parquet',
  summary: 'Typed columns in row groups.',
  compressions: ['snappy', 'zstd', 'gzip', 'none'],
  extension: () => 'parquet',
  copyOptions: (compression) =>
    `FORMAT parquet, COMPRESSION ${compression === 'none' ? 'uncompressed' : compression}, ROW_GROUP_SIZE 20480, DICTIONARY_SIZE_LIMIT 2000`,
  exact: true,
  countsMissing: true,
  relation: (path) => `read_parquet(${text(path)})`,
  load: async () => (await import('./count-parquet.ts')).countParquet,
}
