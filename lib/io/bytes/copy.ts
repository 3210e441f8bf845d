/** Reads a source sequentially. */
import { TaskError } from '#core/errors/errors.ts'
import type { ByteSink } from './file.ts'
import type { ByteSource } from './source.ts'

const COPY_BYTES = 1 << 22

/** Copies a range of bytes. */
export async function copyRange(from: ByteSource, to: ByteSink, start: number, end: number): Promise<void> {
  for await (const block of blocksOf(from, start, COPY_BYTES, end)) await to.write(block)
}

/** The blocks of a source, in order. */
export async function* blocksOf(source: ByteSource, from = 0, size = COPY_BYTES, end = source.size): AsyncGenerator<Uint8Array> {
  const inOrder = source.ahead?.(from, end) ?? source
  for (let at = from; at < end; ) {
    const block = await inOrder.read(at, Math.min(size, end - at))
    if (block.length === 0) throw endsEarly(at)
    yield block
    at += block.length
  }
}

/** A source that returns nothing before its end would be read forever. */
export const endsEarly = (offset: number) =>
  new TaskError('Data.SourceChanged', `a source ended at byte ${offset}, before its end, while the run was reading it`, {
    hint: 'run again when no program writes to it',
  })
