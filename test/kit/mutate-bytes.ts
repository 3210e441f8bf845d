/** Damages the bytes of a source as happens to files: cut off, overwritten, mixed up. The caller provides the random numbers. */

type Change = (bytes: Uint8Array, random: () => number) => Uint8Array

/** Changes a source in one to three ways. The bytes given are left as they are, and the same random numbers give the same damage. */
export function mutateBytes(bytes: Uint8Array, random: () => number): Uint8Array {
  let mutated = Uint8Array.from(bytes)
  const changes = 1 + upTo(3, random)
  for (let done = 0; done < changes; done++) mutated = Uint8Array.from(pick(CHANGES, random)(mutated, random))
  return mutated
}

/** A whole number from 0 up to, but not including, `limit`. */
const upTo = (limit: number, random: () => number) => Math.min(Math.floor(random() * limit), Math.max(0, limit - 1))

function pick<T>(items: readonly T[], random: () => number): T {
  const item = items[upTo(items.length, random)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}

/** Replaces the bytes from `start` to `end`. */
const splice = (bytes: Uint8Array, start: number, end: number, by: Uint8Array) =>
  Buffer.concat([bytes.subarray(0, start), by, bytes.subarray(end)])

const ascii = (text: string) => Buffer.from(text, 'latin1')

/** A place of one of these bytes, or any place when there is none. */
function placeOf(bytes: Uint8Array, wanted: string, random: () => number): number {
  const codes = new Set(ascii(wanted))
  const start = upTo(bytes.length, random)
  for (let step = 0; step < bytes.length; step++) {
    const at = (start + step) % bytes.length
    if (codes.has(bytes[at] ?? -1)) return at
  }
  return start
}

/** What separates, quotes or ends something in one of the formats. */
const SIGNS = ',;\t|"\'\n\r:{}[]\\'

/** Sequences that readers of text stumble over. */
const HOSTILE: readonly Uint8Array[] = [
  ascii('\0'),
  ascii('\0\0\0\0'),
  ascii('\xff'),
  ascii('\xc3'),
  ascii('\xed\xa0\x80'),
  ascii('\xef\xbb\xbf'),
  ascii('\xff\xfe'),
  ascii('\x1b[31m'),
  ascii('\\u0000'),
  ascii('\\ud800'),
  ascii('"'),
  ascii('""'),
  ascii('\r'),
  ascii('\n\n'),
  ascii('\\'),
  ascii("'"),
  ascii('=1+1'),
  ascii('9'.repeat(400)),
  ascii('-9223372036854775809'),
  ascii('1e999'),
  ascii('NaN'),
  ascii('__proto__'),
  ascii('constructor'),
  ascii('{"a":'),
  ascii('[[[['),
  ascii(']]'),
]

const CHANGES: readonly Change[] = [
  // cut off at the end, or at the start
  (bytes, random) => bytes.subarray(0, upTo(bytes.length + 1, random)),
  (bytes, random) => bytes.subarray(upTo(Math.min(bytes.length, 64) + 1, random)),
  // one bit, one byte, a run of random bytes
  (bytes, random) => overwrite(bytes, upTo(bytes.length, random), (byte) => byte ^ (1 << upTo(8, random)), 1),
  (bytes, random) => overwrite(bytes, upTo(bytes.length, random), () => upTo(256, random), 1),
  (bytes, random) => overwrite(bytes, upTo(bytes.length, random), () => upTo(256, random), 1 + upTo(32, random)),
  // zeros, as after a power cut
  (bytes, random) => overwrite(bytes, upTo(bytes.length, random), () => 0, 1 + upTo(64, random)),
  // a sign becomes another one, goes, or comes where none was
  (bytes, random) => overwrite(bytes, placeOf(bytes, SIGNS, random), () => pick([...ascii(SIGNS)], random), 1),
  (bytes, random) => {
    const at = placeOf(bytes, SIGNS, random)
    return splice(bytes, at, at + 1, new Uint8Array())
  },
  (bytes, random) => {
    const at = upTo(bytes.length + 1, random)
    return splice(bytes, at, at, Uint8Array.of(pick([...ascii(SIGNS)], random)))
  },
  // all of one sign are swapped for another
  (bytes, random) => {
    const from = pick([...ascii(',;\t"\n:')], random)
    const to = pick([...ascii(',;\t"\n:')], random)
    return bytes.map((byte) => (byte === from ? to : byte))
  },
  // something hostile at any place, or at the start or end of a cell
  (bytes, random) => insert(bytes, upTo(bytes.length + 1, random), pick(HOSTILE, random)),
  (bytes, random) => insert(bytes, placeOf(bytes, SIGNS, random) + upTo(2, random), pick(HOSTILE, random)),
  // a huge field
  (bytes, random) =>
    insert(bytes, upTo(bytes.length + 1, random), Buffer.alloc(1 << (8 + upTo(13, random)), pick(['x', ' ', '"', '7'], random))),
  // a piece of it goes, comes twice, or moves
  (bytes, random) => {
    const [start, end] = stretch(bytes, random)
    return splice(bytes, start, end, new Uint8Array())
  },
  (bytes, random) => {
    const [start, end] = stretch(bytes, random)
    return insert(bytes, upTo(bytes.length + 1, random), bytes.slice(start, end))
  },
]

const insert = (bytes: Uint8Array, at: number, more: Uint8Array) => splice(bytes, at, at, more)

function overwrite(bytes: Uint8Array, start: number, by: (byte: number) => number, length: number): Uint8Array {
  const changed = Uint8Array.from(bytes)
  for (let at = start; at < Math.min(changed.length, start + length); at++) changed[at] = by(changed[at] ?? 0)
  return changed
}

function stretch(bytes: Uint8Array, random: () => number): readonly [number, number] {
  const start = upTo(bytes.length + 1, random)
  return [start, Math.min(bytes.length, start + upTo(1 + Math.min(bytes.length, 400), random))]
}
