/**
 * Decompresses zstd, frame by frame. The library reads frames and verifies nothing, so their ends are found here, and their checksums
 * compared: https://github.com/facebook/zstd/blob/dev/doc/zstd_compression_format.md
 */
import { Decompress } from 'fzstd'
import xxhash from 'xxhash-wasm'
import { TaskError } from '#core/errors/errors.ts'
import { blocksOf } from '#io/bytes/copy.ts'
import type { ByteSource } from '../source.ts'
import type { Unpack } from './compression.ts'

const FRAME = 0xfd2fb528
/** Frames that are to be skipped: sixteen magic numbers, then a length. */
const isSkippable = (magic: number) => (magic & 0xfffffff0) >>> 0 === 0x184d2a50
const BLOCK_BYTES = 1 << 18

export const unzstd: Unpack = async (from, to, { uri }) => {
  const { create64 } = await xxhash()
  try {
    for (let at = 0; at < from.size; ) {
      const magic = await numberAt(from, at, 4)
      if (isSkippable(magic)) {
        at += 8 + (await numberAt(from, at + 4, 4))
        continue
      }
      if (magic !== FRAME) throw new Error(`no frame begins at byte ${at}`)
      const { end, checksum } = await frameAt(from, at)
      const parts: Uint8Array[] = []
      const decoder = new Decompress((part) => parts.push(part))
      const hash = create64()
      const flush = async () => {
        for (const part of parts.splice(0)) {
          hash.update(part)
          await to.write(part)
        }
      }
      for await (const block of blocksOf(from, at, BLOCK_BYTES, end)) {
        decoder.push(block)
        await flush()
      }
      decoder.push(new Uint8Array(), true)
      await flush()
      if (checksum !== null && Number(hash.digest() & 0xffffffffn) !== checksum)
        throw new Error(`the checksum of the frame that ends at byte ${end} does not match`)
      at = end
    }
  } catch (error) {
    // what the system says of reading is no damage
    if (error instanceof TaskError || (error as NodeJS.ErrnoException).syscall !== undefined) throw error
    throw new TaskError('Data.Unreadable', `${uri} is damaged or cut off: its zstd data cannot be read (${(error as Error).message})`, {
      cause: error,
      hint: 'get it again from where it came from; `zstd -t` says whether a copy is whole',
    })
  }
  return { notes: [] }
}

/** Where a frame ends, and the lower half of its checksum, where it has one. */
async function frameAt(source: ByteSource, start: number): Promise<{ readonly end: number; readonly checksum: number | null }> {
  const descriptor = await numberAt(source, start + 4, 1)
  const isSingle = (descriptor & 32) !== 0
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0
  let at = start + 5 + (isSingle ? 0 : 1) + dictionaryBytes + sizeBytes
  for (let last = false; !last; ) {
    const block = await numberAt(source, at, 3)
    last = (block & 1) === 1
    // a block of one repeated byte holds that byte alone
    at += 3 + (((block >> 1) & 3) === 1 ? 1 : block >> 3)
  }
  const hasChecksum = (descriptor & 4) !== 0
  return { end: hasChecksum ? at + 4 : at, checksum: hasChecksum ? await numberAt(source, at, 4) : null }
}

/** A number of so many bytes, the lowest first. */
async function numberAt(source: ByteSource, at: number, bytes: number): Promise<number> {
  const found = await source.read(at, bytes)
  if (found.length < bytes) throw new Error(`it ends at byte ${source.size}, within a frame`)
  return Buffer.from(found.buffer, found.byteOffset, bytes).readUIntLE(0, bytes)
}
