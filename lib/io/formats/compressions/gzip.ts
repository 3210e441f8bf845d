/** gzip: members one after another are one text. */
import * as z from 'zod'
import type { CompressionKind } from './compression.ts'

export const gzip: CompressionKind = {
  name: 'gzip',
  summary: 'Several members are read one after another; lengths and checksums are verified.',
  extensions: ['gz', 'gzip'],
  options: z.strictObject({}),
  load: async () => {
    const { gunzip } = await import('./gunzip.ts')
    return async (from, to, { uri }) => {
      await gunzip(from, to, uri)
      return { notes: [] }
    }
  },
}
