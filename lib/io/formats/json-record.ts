/** One record of JSON: whether it can be a row, and the keys it has. */
import { findJsonProblem } from './json-problem.ts'

/** The parser's stack does not hold values nested much deeper. */
const DEEPEST = 1000

/** The keys of an object in their order, or the reason why the text is no row. */
export type JsonRecord = { readonly keys: readonly string[] } | { readonly reason: string }

export function readJsonRecord(text: string): JsonRecord {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    const problem = findJsonProblem(text)
    return { reason: `is not JSON: ${problem?.what ?? 'it cannot be read'}, at character ${(problem?.at ?? 0) + 1}` }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { reason: `is ${nameOf(value)}, not an object` }
  const { keys, twice, depth } = outline(text)
  if (depth > DEEPEST) return { reason: `is nested ${depth} levels deep, more than ${DEEPEST}` }
  if (twice !== undefined) return { reason: `has the key ${JSON.stringify(twice)} twice` }
  const withNul = keys.find((key) => key.includes('\0'))
  if (withNul !== undefined)
    return { reason: `has the key ${JSON.stringify(withNul)}, and a NUL character cannot stand in the name of a column` }
  if (keys.includes('')) return { reason: 'has a key that is empty, which is no name for a column' }
  // well-formed text has no need of these escapes, so the second look is rare
  if (/\\ud[89a-f]/i.test(text) && /(?<!\\)(\\\\)*\\ud[89a-f]/.test(JSON.stringify(value)))
    return { reason: 'holds half of a surrogate pair, which is no character' }
  return { keys }
}

const nameOf = (value: unknown) =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value === 'boolean' ? 'a truth value' : `a ${typeof value}`

interface Keys {
  readonly keys: readonly string[]
  /** As they are written, in their quotes. */
  readonly written: readonly string[]
  /** One that is there more than once. */
  readonly twice: string | undefined
}

/** Those of the record before: most records have the same, and comparing is cheaper than cutting out. */
let usual: Keys = { keys: [], written: [], twice: undefined }

/** Keys of the outermost object, in the order they stand, and the deepest nesting, of text that is JSON. */
function outline(text: string): Keys & { readonly depth: number } {
  // the keys that differ from the usual ones, from the first one on that does
  let written: string[] | null = null
  let count = 0
  let level = 0
  let depth = 0
  let isKey = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 34) {
      if (isKey) {
        const expected = usual.written[count]
        if (written === null && expected !== undefined && text.startsWith(expected, at)) at += expected.length - 1
        else {
          const end = stringEnd(text, at)
          written ??= usual.written.slice(0, count)
          written.push(text.slice(at, end + 1))
          at = end
        }
        count++
        isKey = false
      } else at = stringEnd(text, at)
    } else if (code === 123 || code === 91) {
      level++
      if (level > depth) depth = level
      isKey = level === 1
    } else if (code === 125 || code === 93) level--
    else if (code === 44) isKey = level === 1
  }
  if (written === null && count < usual.written.length) written = usual.written.slice(0, count)
  if (written !== null) {
    const keys = written.map(keyOf)
    const seen = new Set<string>()
    const twice = keys.find((key) => seen.size === seen.add(key).size)
    usual = { written, keys, twice }
  }
  return { ...usual, depth }
}

/** Offset of the quote that closes the string opened at `start`. */
function stringEnd(text: string, start: number): number {
  let at = text.indexOf('"', start + 1)
  while (true) {
    let slashes = 0
    while (text.charCodeAt(at - 1 - slashes) === 92) slashes++
    if (slashes % 2 === 0) return at
    at = text.indexOf('"', at + 1)
  }
}

const keyOf = (written: string): string => (written.includes('\\') ? (JSON.parse(written) as string) : written.slice(1, -1))
