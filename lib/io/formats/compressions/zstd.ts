/** zstd: frames one after another are one text. */
import * as z from 'zod'
import type { CompressionKind } from './compression.ts'

export const zstd: CompressionKind = {
  name: 'zstd',
  summary: 'Several frames are read one after another; the checksums of those that have one are verified.',
  extensions: ['zst', 'zstd'],
  options: z.strictObject({}),
  load: async () => (await import('./unzstd.ts')).unzstd,
}
