/** zip: an archive. Its only file is read; of several, the one that a setting names. */
import * as z from 'zod'
import type { CompressionKind } from './compression.ts'

export const zipOptions = z.strictObject({
  member: z.string().min(1).optional().describe('The file of a zip archive to read, where the archive holds several.'),
})

export const zip: CompressionKind = {
  name: 'zip',
  summary: 'The only file of an archive, or the one that `member` names; lengths and checksums are verified.',
  extensions: ['zip'],
  options: zipOptions,
  load: async () => (await import('./unzip.ts')).unzip,
}
