/** Rows and missing cells of a Parquet file that was just written, by its footer. */
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet'
import type { Written } from './writer.ts'

export async function countParquet(path: string): Promise<Written> {
  const { num_rows, schema, row_groups } = await parquetMetadataAsync(await asyncBufferFromFile(path))
  // the first element of the schema is the row
  const missing = schema.slice(1).map(() => 0)
  for (const { columns } of row_groups) {
    for (const [at, { meta_data }] of columns.entries()) {
      const count = meta_data?.statistics?.null_count
      if (count === undefined) throw new Error(`${path} does not say how many cells of its column ${at} are missing`)
      missing[at] = (missing[at] ?? 0) + Number(count)
    }
  }
  return { rows: Number(num_rows), missing }
}
