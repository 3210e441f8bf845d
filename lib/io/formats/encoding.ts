/** Detects the encoding of a text. */
import type { Encoding } from './encodings.ts'
import { guessEncoding } from './guess-encoding.ts'

export interface DetectedEncoding {
  readonly encoding: Encoding
  /** The length of the byte order mark in bytes. */
  readonly bom: number
  /** The reason, if it is a guess. */
  readonly note: string | null
  /** Whether a person should confirm it. */
  readonly unsure?: boolean
}

/** Examines windows of a text, the first of which is its head. */
export function detectEncoding(windows: readonly Uint8Array[]): DetectedEncoding {
  const head = windows[0] ?? new Uint8Array()
  const marked = byMark(head)
  if (marked !== null) return marked
  const wide = byNuls(head)
  if (wide !== null)
    return {
      encoding: wide,
      bom: 0,
      note: `the text has no byte order mark; it is read as ${wide} because of the pattern of its NUL bytes`,
    }
  let sound = 0
  let broken = 0
  for (const window of windows) {
    const count = countUtf8(window)
    sound += count.sound
    broken += count.broken
  }
  return broken > sound ? guessEncoding(windows) : { encoding: 'utf-8', bom: 0, note: null }
}

/** The encoding of the byte order mark at the start, if any. */
function byMark(head: Uint8Array): DetectedEncoding | null {
  const [a, b, c, d] = head
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: 'utf-8', bom: 3, note: null }
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) return { encoding: 'utf-32le', bom: 4, note: null }
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return { encoding: 'utf-32be', bom: 4, note: null }
  if (a === 0xff && b === 0xfe) return { encoding: 'utf-16le', bom: 2, note: null }
  if (a === 0xfe && b === 0xff) return { encoding: 'utf-16be', bom: 2, note: null }
  return null
}

/** Detects UTF-16 of mostly western text: many bytes are NUL, nearly all at even or at odd offsets. */
function byNuls(head: Uint8Array): Encoding | null {
  const pairs = Math.min(head.length, 65536) >> 1
  if (pairs === 0) return null
  let even = 0
  let odd = 0
  for (let at = 0; at < pairs * 2; at += 2) {
    if (head[at] === 0) even++
    if (head[at + 1] === 0) odd++
  }
  if (odd > pairs / 4 && odd >= even * 3) return 'utf-16le'
  if (even > pairs / 4 && even >= odd * 3) return 'utf-16be'
  return null
}

/** Counts multi-byte characters that are valid UTF-8, and invalid bytes. Characters cut by the window's edges do not count. */
export function countUtf8(window: Uint8Array): { sound: number; broken: number } {
  let sound = 0
  let broken = 0
  let at = 0
  while (at < 3 && ((window[at] ?? 0) & 0xc0) === 0x80) at++
  while (at < window.length) {
    const lead = window[at] ?? 0
    if (lead < 0x80) {
      at++
      continue
    }
    const size = lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0
    if (size > 0 && at + size > window.length) break
    let good = 1
    while (good < size && ((window[at + good] ?? 0) & 0xc0) === 0x80) good++
    if (size > 0 && good === size) sound++
    else broken++
    at += Math.max(1, good)
  }
  return { sound, broken }
}
