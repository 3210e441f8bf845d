/** Patterns of the reference engine: LIKE and RE2 as regular expressions of JavaScript. */
import { lowered } from './letters.ts'

const quoted = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/** The pattern of LIKE: % is any text, _ any character. */
export function likePattern(pattern: string, escaping: string | null, insensitive: boolean): { test(text: string): boolean } {
  const letters = [...(insensitive ? lowered(pattern) : pattern)]
  let source = ''
  for (let at = 0; at < letters.length; at++) {
    const letter = letters[at] as string
    if (letter === escaping) source += quoted(letters[++at] ?? '')
    else source += letter === '%' ? '[^]*' : letter === '_' ? '[^]' : quoted(letter)
  }
  const expression = new RegExp(`^${source}$`, 'u')
  return { test: (text) => expression.test(insensitive ? lowered(text) : text) }
}

/** A part of an RE2 pattern: an escape, a dot, or a named group; and what it is in JavaScript. */
const PART = /\\([pP][A-Z])|\\([AzsS])|\\([\s\S])|(\.)|\(\?P</g
const SPACES = '\\t\\n\\f\\r '

/** An RE2 pattern as a regular expression; null if it is not valid. A pattern of the tests has no flags, classes of POSIX or dots in [ ]. */
export function re2(pattern: string, flags: string): RegExp | null {
  const source = pattern.replace(PART, (part, property?: string, special?: string, escaped?: string, dot?: string) => {
    if (property !== undefined) return `\\${property.charAt(0)}{${property.slice(1)}}`
    if (special !== undefined) return { A: '^', z: '$', s: `[${SPACES}]`, S: `[^${SPACES}]` }[special] as string
    if (dot !== undefined) return '[^\\n]'
    return escaped === undefined ? '(?<' : part
  })
  try {
    return new RegExp(source, `u${flags}`)
  } catch {
    return null
  }
}

/** The new text of a match: `\1` is its first group, `\\` a backslash; null if the text asks for a group that the pattern has not. */
export function rewritten(fresh: string, match: readonly (string | undefined)[]): string | null {
  let made = ''
  for (let at = 0; at < fresh.length; at++) {
    const letter = fresh.charAt(at)
    if (letter !== '\\') {
      made += letter
      continue
    }
    const next = fresh.charAt(++at)
    if (next === '\\') made += '\\'
    else if (/\d/.test(next) && Number(next) < match.length) made += match[Number(next)] ?? ''
    else return null
  }
  return made
}
