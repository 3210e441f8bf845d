/** What a look at files found. */
import { count } from '#core/text/numbers.ts'
import type { ListedFile, Seen } from './connector.ts'

export const seenFiles = (files: readonly Pick<ListedFile, 'bytes'>[]): Seen => ({
  found: count(files.length, 'file'),
  bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
})
