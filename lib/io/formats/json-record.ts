/** One JSON record: whether it can be a row, and its keys. */
import { findJsonProblem } from './json-problem.ts'

/** The parser's stack cannot hold values nested much deeper. */
const MAX_DEPTH = 1000

/** The keys of an object in order, or why the text is not a row. */
export type JsonRecord = { readonly keys: readonly string[] } | { readonly reason: string }

export function readJsonRecord(text: string): JsonRecord {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    const problem = findJsonProblem(text)
    return { reason: `is not valid JSON: ${problem?.what ?? 'unreadable'}, at character ${(problem?.at ?? 0) + 1}` }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { reason: `is ${nameOf(value)}, not an object` }
  const { keys, depth } = outline(text)
  if (depth > MAX_DEPTH) return { reason: `is nested ${depth} levels deep, more than ${MAX_DEPTH}` }
  const withNul = keys.find((key) => key.includes('\0'))
  if (withNul !== undefined) return { reason: `has the key ${JSON.stringify(withNul)}, but column names cannot contain NUL characters` }
  // well-formed text does not need these escapes, so this second check is rare
  if (/\\ud[89a-f]/i.test(text) && /(?<!\\)(\\\\)*\\ud[89a-f]/.test(JSON.stringify(value)))
    return { reason: 'contains half of a surrogate pair, which is not a character' }
  return { keys }
}

/** Whether keys cannot be columns as they are: one is empty, or there twice. */
export const hasOddKeys = (keys: readonly string[]) => keys.includes('') || new Set(keys).size < keys.length

const nameOf = (value: unknown) =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value === 'boolean' ? 'a boolean' : `a ${typeof value}`

interface Keys {
  readonly keys: readonly string[]
  /** The keys as written, with their quotes. */
  readonly written: readonly string[]
}

/** The keys of the previous record: most records have the same, and comparing is cheaper than extracting. */
let usual: Keys = { keys: [], written: [] }

/** The keys of the outermost object in order, and the deepest nesting, of valid JSON text. */
function outline(text: string): Keys & { readonly depth: number } {
  // the keys from the first one that differs from the usual ones
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
    usual = { written, keys: written.map(keyOf) }
  }
  return { ...usual, depth }
}

/** The offset of the quote that closes the string opened at `start`. */
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
