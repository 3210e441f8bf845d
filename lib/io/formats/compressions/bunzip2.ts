/** Decompresses bzip2. Checksums of blocks and of the whole are verified by what reads them. */
import unbzip2 from 'unbzip2-stream'
import { TaskError } from '#core/errors/errors.ts'
import { blocksOf } from '#io/bytes/copy.ts'
import type { Unpack } from './compression.ts'

const BLOCK_BYTES = 1 << 18

export const bunzip2: Unpack = async (from, to, { uri }) => {
  // the stream works while it is written to: what it has to give is there when `write` returns
  const stream = unbzip2()
  const parts: Uint8Array[] = []
  let failed: Error | undefined
  stream.on('data', (part: Uint8Array) => parts.push(part))
  stream.on('error', (error: Error) => {
    failed ??= error
  })
  async function flush(): Promise<void> {
    if (failed !== undefined) throw damaged(uri, failed)
    for (const part of parts.splice(0)) await to.write(part)
  }
  for await (const block of blocksOf(from, 0, BLOCK_BYTES)) {
    stream.write(Buffer.from(block))
    await flush()
  }
  stream.end()
  await flush()
  return { notes: [] }
}

const damaged = (uri: string, error: Error) =>
  new TaskError('Data.Unreadable', `${uri} is damaged or cut off: its bzip2 data cannot be read (${error.message})`, {
    cause: error,
    hint: 'get it again from where it came from; `bzip2 -t` says whether a copy is whole',
  })
