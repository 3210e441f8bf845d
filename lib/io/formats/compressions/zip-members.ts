/** The members of a zip archive, read from wherever it lies, with their lengths and checksums verified. */
import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl'
import { TaskError } from '#core/errors/errors.ts'
import { blocksOf } from '#io/bytes/copy.ts'
import type { ByteSource } from '../source.ts'

const BLOCK_BYTES = 1 << 18

export interface ZipMember {
  readonly name: string
  /** Its bytes in blocks. Data.Unreadable, at the latest at the end, when they are not what the archive says they are. */
  blocks(): AsyncGenerator<Uint8Array>
}

/** The files of an archive, in its order; folders are none. Data.Unreadable when it is cut off or damaged. */
export async function zipMembers(source: ByteSource, uri: string): Promise<readonly ZipMember[]> {
  try {
    const archive = await openArchive(source)
    const members: ZipMember[] = []
    for await (const entry of archive.eachEntry())
      if (!entry.fileName.endsWith('/')) members.push({ name: entry.fileName, blocks: () => blocksIn(archive, entry, uri) })
    return members
  } catch (error) {
    throw damaged(uri, '', error)
  }
}

/** Data.Unreadable when a member of an archive is not what the archive says it is. */
export async function checkMembers(source: ByteSource, uri: string): Promise<void> {
  for (const member of await zipMembers(source, uri)) for await (const _ of member.blocks());
}

async function openArchive(source: ByteSource): Promise<ZipFile> {
  // the library asks for a class of its own kind
  const reader = new (class extends RandomAccessReader {
    override _readStreamForRange = (start: number, end: number) =>
      Readable.from(blocksOf(source, start, BLOCK_BYTES, end), { objectMode: false })
  })()
  return fromRandomAccessReaderPromise(reader, source.size, { autoClose: false, strictFileNames: false })
}

async function* blocksIn(archive: ZipFile, entry: Entry, uri: string): AsyncGenerator<Uint8Array> {
  if (entry.isEncrypted()) {
    throw new TaskError('Data.UnsupportedFormat', `${uri}: ${entry.fileName} is protected by a password, which cannot be read`, {
      hint: 'extract it and name the file',
    })
  }
  let sum = 0
  try {
    for await (const block of await archive.openReadStreamPromise(entry)) {
      sum = crc32(block as Uint8Array, sum)
      yield block as Uint8Array
    }
  } catch (error) {
    throw damaged(uri, entry.fileName, error)
  }
  if (sum !== entry.crc32) throw damaged(uri, entry.fileName, new Error('its checksum does not match'))
}

function damaged(uri: string, member: string, error: unknown): unknown {
  // what the system says of reading is no damage
  if (error instanceof TaskError || (error as NodeJS.ErrnoException).syscall !== undefined) return error
  const what = member === '' ? 'the archive' : `${member} in the archive`
  return new TaskError('Data.Unreadable', `${uri} is damaged or cut off: ${what} cannot be read (${(error as Error).message})`, {
    cause: error,
    hint: 'get it again from where it came from; `unzip -t` says whether a copy is whole',
  })
}
