/** zip: an archive. Its only file is read; of several, the one that a setting names. */
import type { CompressionKind } from './compression.ts'
import { zipOptions } from './zip-options.ts'

export const zip: CompressionKind = {
  name: 'zip',
  summary: 'The only file of an archive, or the one that `member` names; lengths and checksums are verified.',
  extensions: ['zip'],
  options: zipOptions,
  load: async () => (await import('./unzip.ts')).unzip,
}
