/** Reads ahead: fetches the next windows of a range while the last one is processed. The windows limit the memory. */
import type { ByteSource } from './source.ts'

/** Bytes per request: large enough to make requests cheap, small enough that several fit in a small task. */
const WINDOW_BYTES = 1 << 23
/** The number of windows in memory, including the one being read. */
const WINDOWS = 3

interface Window {
  readonly start: number
  readonly bytes: Uint8Array
  readonly filled: Promise<void>
}

/** Fetches bytes of a source from `offset` until the target is full, or fails. */
export type Fetch = (target: Uint8Array, offset: number) => Promise<void>

/**
 * The bytes of a source between two offsets, for one reader that awaits each read before the next. It may go back or skip: bytes that are
 * not in memory are fetched again.
 */
export function readAhead(source: Pick<ByteSource, 'size' | 'fingerprint'>, fetch: Fetch, start: number, end: number): ByteSource {
  const { size, fingerprint } = source
  const length = Math.min(WINDOW_BYTES, Math.max(1, end - start))
  let windows: Window[] = []
  // buffers to reuse: memory left to the garbage collector is freed late
  const spare: Uint8Array[] = []
  let next = start

  function fetchMore(): void {
    while (windows.length < WINDOWS && next < end) {
      const whole = spare.pop() ?? new Uint8Array(length)
      const bytes = whole.subarray(0, Math.min(length, end - next))
      const filled = fetch(bytes, next)
      // awaited when the reader gets there, if ever
      filled.catch(() => {})
      windows.push({ start: next, bytes, filled })
      next += bytes.length
    }
  }

  async function windowAt(offset: number): Promise<Window> {
    const [first] = windows
    const isNear = first !== undefined && offset >= first.start && offset < next
    if (!isNear) {
      // requests in progress fill buffers nobody reads
      windows = []
      next = offset
    }
    for (let passed = windows[0]; passed !== undefined && passed.start + passed.bytes.length <= offset; passed = windows[0]) {
      await passed.filled
      windows.shift()
      spare.push(new Uint8Array(passed.bytes.buffer))
    }
    fetchMore()
    const [found] = windows
    if (found === undefined) throw new Error(`cannot read at ${offset}, past the end ${end}`)
    await found.filled
    return found
  }

  async function readInto(target: Uint8Array, offset: number): Promise<number> {
    const wanted = Math.max(0, Math.min(target.length, end - offset))
    let done = 0
    while (done < wanted) {
      const window = await windowAt(offset + done)
      const from = offset + done - window.start
      const part = window.bytes.subarray(from, Math.min(window.bytes.length, from + wanted - done))
      target.set(part, done)
      done += part.length
    }
    return done
  }

  return {
    size,
    fingerprint,
    readInto,
    async read(offset, wanted) {
      const target = new Uint8Array(Math.max(0, Math.min(wanted, end - offset)))
      await readInto(target, offset)
      return target
    },
  }
}
