/** Decompresses a source; zlib checks each member's length and checksum. */
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { TaskError } from '../runtime/errors.ts'
import type { ByteSink } from '../bytes/file.ts'
import type { ByteSource } from './source.ts'
import { blocksOf } from '../bytes/copy.ts'

/** Several members one after another are one text. Data.Unreadable, naming the byte, when the data is cut off or damaged. */
export async function gunzip(from: ByteSource, to: ByteSink, uri: string): Promise<void> {
  const stream = createGunzip({ chunkSize: 1 << 18 })
  try {
    await pipeline(blocksOf(from, 0, 1 << 18), stream, async (parts: AsyncIterable<Uint8Array>) => {
      for await (const part of parts) await to.write(part)
    })
  } catch (error) {
    throw gzipError(error, stream.bytesWritten, from.size, uri)
  }
}

function gzipError(error: unknown, at: number, size: number, uri: string): unknown {
  const code = String((error as NodeJS.ErrnoException).code)
  if (!code.startsWith('Z_')) return error
  const cut = code === 'Z_BUF_ERROR'
  return new TaskError(
    'Data.Unreadable',
    cut
      ? `${uri} is cut off: the compressed data goes on behind its last byte, byte ${size}`
      : `${uri} is damaged: its gzip data cannot be read at or before byte ${at} of ${size} (${(error as Error).message})`,
    {
      cause: error,
      hint: cut
        ? 'was it still being written or only partly copied? get it again'
        : 'get it again from where it came from; `gzip -t` says whether a copy is whole',
    },
  )
}
