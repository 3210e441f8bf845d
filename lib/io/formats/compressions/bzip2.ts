/** bzip2: streams one after another are one text. */
import * as z from 'zod'
import type { CompressionKind } from './compression.ts'

export const bzip2: CompressionKind = {
  name: 'bzip2',
  summary: 'Several streams are read one after another; the checksums of all blocks are verified.',
  extensions: ['bz2', 'bzip2'],
  options: z.strictObject({}),
  load: async () => (await import('./bunzip2.ts')).bunzip2,
}
