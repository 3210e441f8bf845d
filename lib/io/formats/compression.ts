/** Detects the compression of a source by its first bytes, never by its name. */
import { TaskError } from '#core/errors/errors.ts'
import type { Compression } from './source.ts'

/** Unsupported compressions by their first bytes, with the fix. */
const UNREAD: readonly { readonly magic: string; readonly what: string; readonly hint: string }[] = [
  { magic: '28b52ffd', what: 'compressed with zstd', hint: 'decompress it with `zstd -d`, or compress it with gzip' },
  { magic: '425a68', what: 'compressed with bzip2', hint: 'decompress it with `bunzip2`, or compress it with gzip' },
  { magic: 'fd377a585a00', what: 'compressed with xz', hint: 'decompress it with `unxz`, or compress it with gzip' },
  { magic: '04224d18', what: 'compressed with lz4', hint: 'decompress it with `lz4 -d`, or compress it with gzip' },
  { magic: '377abcaf271c', what: 'a 7z archive', hint: 'extract the files and use those' },
  { magic: '504b0506', what: 'an empty zip archive', hint: 'use a file that contains data' },
]

/** Throws Data.UnsupportedFormat for compressions other than gzip. */
export function detectCompression(head: Uint8Array, uri: string): Compression {
  const start = Buffer.from(head.subarray(0, 8)).toString('hex')
  if (start.startsWith('1f8b')) return 'gzip'
  if (start.startsWith('504b0304')) throw zipped(head, uri)
  // these letters could be text: a digit for bzip2's level and the magic of its first block must follow
  const found = UNREAD.find(
    ({ magic, what }) =>
      start.startsWith(magic) &&
      (!what.includes('bzip2') || /^425a683[1-9](314159|177245)/.test(Buffer.from(head.subarray(0, 10)).toString('hex'))),
  )
  if (found !== undefined)
    throw new TaskError('Data.UnsupportedFormat', `${uri} is ${found.what}, which is not supported`, { hint: found.hint })
  return 'none'
}

function zipped(head: Uint8Array, uri: string): TaskError {
  const names = Buffer.from(head.subarray(0, 4096)).toString('latin1')
  const office = /\[Content_Types\]\.xml|xl\/|mimetype/.test(names)
  return office
    ? new TaskError('Data.UnsupportedFormat', `${uri} is a spreadsheet workbook, which is not supported`, {
        hint: 'save the sheet as CSV',
      })
    : new TaskError('Data.UnsupportedFormat', `${uri} is a zip archive, which is not supported`, {
        hint: 'extract the files and use those, or compress them with gzip',
      })
}
