/** How long a record may be: memory is bounded by it, because a record is read, checked and parsed as a whole. */
import type { ByteRange } from './source.ts'
import { count } from '#core/text/numbers.ts'

/** A record of more bytes is a bad record, of which only the beginning is ever in memory. */
export const MAX_RECORD_BYTES = 1 << 25

/** The bytes of such a record that quarantine lists. */
export const SHOWN_BYTES = 1 << 16

export const isTooLong = ({ start, end }: ByteRange) => end - start > MAX_RECORD_BYTES

/** The reason of a bad record. */
export const tooLong = (bytes: number) =>
  `is ${count(bytes, 'byte')} long, more than the ${count(MAX_RECORD_BYTES, 'byte')} that a record may have; its first ${count(SHOWN_BYTES, 'byte')} are listed`
