/** Decompresses bzip2. Checksums of blocks and of the whole are verified by what reads them. */
import { Readable } from 'node:stream'
import unbzip2 from 'unbzip2-stream'
import { TaskError } from '#core/errors/errors.ts'
import { blocksOf } from '#io/bytes/copy.ts'
import type { Unpack } from './compression.ts'

const BLOCK_BYTES = 1 << 18

export const bunzip2: Unpack = async (from, to, { uri }) => {
  let failed: unknown
  // what fails while the source is read must be known from what fails in its bytes
  async function* blocks() {
    try {
      for await (const block of blocksOf(from, 0, BLOCK_BYTES)) yield Buffer.from(block)
    } catch (error) {
      failed = error
      throw error
    }
  }
  const source = Readable.from(blocks())
  const stream = unbzip2()
  source.on('error', (error) => stream.emit('error', error))
  try {
    // an old stream in a new one, whose pieces are waited for
    for await (const part of new Readable({ objectMode: true }).wrap(source.pipe(stream))) await to.write(part as Uint8Array)
  } catch (error) {
    if (failed !== undefined) throw failed
    throw new TaskError('Data.Unreadable', `${uri} is damaged or cut off: its bzip2 data cannot be read (${(error as Error).message})`, {
      cause: error,
      hint: 'get it again from where it came from; `bzip2 -t` says whether a copy is whole',
    })
  } finally {
    source.destroy()
  }
  return { notes: [] }
}
