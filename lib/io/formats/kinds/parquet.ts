/** parquet: typed columns in row groups, read as they lie. */
import * as z from 'zod'
import { flatten } from '../options.ts'
import { signatureOf } from '../signatures.ts'
import type { FormatKind } from './format.ts'

const NAME = 'parquet'

export const parquet: FormatKind = {
  name: NAME,
  summary: 'Typed columns in row groups; values keep their types.',
  extensions: ['parquet', 'pq'],
  options: z.strictObject({ flatten }),
  content: 'bytes',
  layout: 'parquet',
  detect: ({ head, tail }) => (signatureOf(head, tail)?.name === NAME ? 'certain' : undefined),
  async estimate(source, uri) {
    const { readFooter } = await import('../inspect-parquet.ts')
    return { records: (await readFooter(source, uri, 1)).records, by: 'footer' }
  },
}
