/** Decompresses a source; zlib checks each member's length and checksum. */
import { createGunzip, type Gunzip } from 'node:zlib'
import { TaskError } from '#core/errors/errors.ts'
import type { ByteSink } from '#io/bytes/file.ts'
import type { ByteSource } from '../source.ts'
import { blocksOf } from '#io/bytes/copy.ts'

const BLOCK_BYTES = 1 << 18

/**
 * Several members in sequence are one text, even with zero bytes between or after them, as tools that pad blocks leave them. Throws
 * Data.Unreadable with the byte offset if the data is cut off or damaged, or if something else follows a member.
 */
export async function gunzip(from: ByteSource, to: ByteSink, uri: string): Promise<void> {
  for (let at = 0; at < from.size; ) {
    const end = await gunzipMembers(from, at, to, uri)
    // zlib treats a zero byte after a member as the end, and ignores what follows
    at = await behindZeros(from, end)
    if (at < from.size && !(await isMember(from, at))) throw trailing(at, from.size, uri)
  }
}

/** Decompresses a sequence of members and returns where the last one ends. */
async function gunzipMembers(from: ByteSource, start: number, to: ByteSink, uri: string): Promise<number> {
  const stream = createGunzip({ chunkSize: BLOCK_BYTES })
  const write = async () => {
    for await (const part of stream) await to.write(part as Uint8Array)
  }
  try {
    await Promise.all([feed(from, start, stream), write()])
  } catch (error) {
    throw gzipError(error, start + stream.bytesWritten, from.size, uri)
  }
  return start + stream.bytesWritten
}

/** Feeds the source to the stream block by block until the stream stops: it leaves what follows the last member. */
async function feed(from: ByteSource, start: number, stream: Gunzip): Promise<void> {
  let fed = 0
  let goOn = () => {}
  stream.once('close', () => goOn())
  try {
    for await (const block of blocksOf(from, start, BLOCK_BYTES)) {
      fed += block.length
      await new Promise<void>((resolve) => {
        goOn = resolve
        stream.write(block, () => resolve())
      })
      if (stream.destroyed || stream.bytesWritten < fed) return
    }
    stream.end()
  } catch (error) {
    stream.destroy(error as Error)
  }
}

/** The first non-zero byte from an offset, or the end. */
async function behindZeros(from: ByteSource, start: number): Promise<number> {
  let at = start
  for await (const block of blocksOf(from, start, BLOCK_BYTES)) {
    const found = block.findIndex((byte) => byte !== 0)
    if (found >= 0) return at + found
    at += block.length
  }
  return at
}

async function isMember(from: ByteSource, at: number): Promise<boolean> {
  const [first, second] = await from.read(at, 2)
  return first === 0x1f && second === 0x8b
}

const trailing = (at: number, size: number, uri: string) =>
  new TaskError('Data.Unreadable', `${uri} is damaged: its gzip data ends at byte ${at} of ${size}, but other data follows`, {
    hint: 'get the file again; if the other data is not needed, rewrite it with `gzip -dc FILE | gzip > NEW`',
  })

function gzipError(error: unknown, at: number, size: number, uri: string): unknown {
  const code = String((error as NodeJS.ErrnoException).code)
  if (!code.startsWith('Z_')) return error
  const cut = code === 'Z_BUF_ERROR'
  return new TaskError(
    'Data.Unreadable',
    cut
      ? `${uri} is cut off: the compressed data continues after its last byte, byte ${size}`
      : `${uri} is damaged: invalid gzip data at or before byte ${at} of ${size} (${(error as Error).message})`,
    {
      cause: error,
      hint: cut
        ? 'check whether it was still being written or only partly copied, and get it again'
        : 'get the file again; `gzip -t` checks whether a copy is complete',
    },
  )
}
