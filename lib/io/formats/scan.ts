/** Streams a text through the kernel: blocks in, events out, with memory for two blocks. */
import { endsEarly } from '#io/bytes/copy.ts'
import type { Kernel, ScanEvent } from './kernel.ts'
import type { ByteSource } from './source.ts'

/** The part of a text to read. It must start at the start of a record. */
export interface ScanRange {
  readonly start: number
  readonly end: number
  /** The physical line at `start` (from 1), and the number of records before it. */
  readonly line: number
  readonly records_before: number
}

/**
 * Handles an event, in the order of the text. `textOf` returns the bytes between two offsets, which are valid until the handler returns.
 * Scanning waits for a returned promise.
 */
export type ScanHandler = (
  event: ScanEvent,
  textOf: (start: number, end: number) => Uint8Array | Promise<Uint8Array>,
) => void | Promise<void>

/** Bytes per read: enough to make a read cheap, few enough to stay in the processor's cache. */
const BLOCK_BYTES = 1 << 21

/** The block size a kernel needs to read a range. */
export const blockFor = (range: Pick<ScanRange, 'start' | 'end'>) => Math.min(BLOCK_BYTES, Math.max(1 << 12, range.end - range.start))

/** Bytes at the end of a range that are kept. */
const TAIL_BYTES = 4096

/** Bytes before a block that the kernel may look back on. */
const HISTORY = 16

/** Returns the last TAIL_BYTES of the range. */
export async function scanText(source: ByteSource, range: ScanRange, kernel: Kernel, onEvent: ScanHandler): Promise<Uint8Array> {
  const { memory, slots, block_bytes } = kernel
  const inOrder = source.ahead?.(range.start, range.end) ?? source
  const fill = (slot: 0 | 1, offset: number) => {
    const filled = readInto(inOrder, memory, slots[slot], offset, Math.min(block_bytes, range.end - offset))
    // awaited below, unless something else fails first
    filled.catch(() => {})
    return filled
  }
  memory.fill(0, slots[0] - HISTORY, slots[0])
  kernel.begin(range.start, range.line, range.records_before)
  let slot: 0 | 1 = 0
  // the bytes of memory from `start` to `end` are the text from `offset`
  let offset = range.start
  let start = slots[slot]
  let end = start
  let reading = fill(slot, offset)

  while (true) {
    const got = await reading
    end = slots[slot] + got
    const next = offset + end - start
    const last = next >= range.end
    if (got === 0 && !last) throw endsEarly(next)
    const other: 0 | 1 = slot === 0 ? 1 : 0
    if (!last) reading = fill(other, next)
    const inMemory = (from: number, to: number) => memory.subarray(start + from - offset, start + to - offset)
    const textOf = (from: number, to: number) => (from >= offset && to <= next ? inMemory(from, to) : source.read(from, to - from))

    let at = offset
    let status = kernel.scan(start, end, at, last)
    while (true) {
      for (const event of kernel.takeEvents()) {
        const waiting = onEvent(event, textOf)
        if (waiting !== undefined) await waiting
      }
      at = kernel.position()
      if (status === 'done' || status === 'more' || at < offset) break
      status = kernel.scan(start + at - offset, end, at, last)
    }
    if (status === 'done') {
      const tail = Math.max(range.start, range.end - TAIL_BYTES)
      return tail >= offset ? Uint8Array.from(inMemory(tail, range.end)) : source.read(tail, range.end - tail)
    }
    if (status === 'rewind') {
      // go back to text that is no longer in memory
      await reading
      memory.fill(0, slots[slot] - HISTORY, slots[slot])
      offset = at
      start = slots[slot]
      reading = fill(slot, at)
      continue
    }
    // the rest goes before the next block, together with the text before it
    const left = next - at
    memory.copyWithin(slots[other] - left - HISTORY, end - left - HISTORY, end)
    slot = other
    offset = at
    start = slots[slot] - left
  }
}

async function readInto(source: ByteSource, memory: Uint8Array, at: number, offset: number, length: number): Promise<number> {
  const target = memory.subarray(at, at + length)
  if (source.readInto !== undefined) return source.readInto(target, offset)
  const bytes = await source.read(offset, length)
  target.set(bytes)
  return bytes.length
}
