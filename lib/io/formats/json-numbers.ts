/** Numbers in JSON that the parser would round: it reads those with a fraction or an exponent as 64-bit floats. */
import { isExact } from '#relational/types/number-forms.ts'

/** Fewer characters are always exact. */
const LONG = /[\d.]{17}/
/** Strings and numbers of JSON. */
export const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** Whether a token is a number with a fraction or exponent that is not exact as a 64-bit float. */
export const isRounded = (token: string) => token.charCodeAt(0) !== 34 && /[.eE]/.test(token) && !isExact(token.replace('-', ''))

/** Whether a line of valid JSON has a number that would be rounded. */
export function hasRounded(line: string): boolean {
  if (!LONG.test(line)) return false
  for (const [token] of line.matchAll(TOKENS)) if (isRounded(token)) return true
  return false
}

/** The line with numbers of many digits as texts, because JSON.parse rounds them. */
export const withLongNumbers = (line: string) =>
  LONG_NUMBER.test(line)
    ? line.replace(TOKENS, (token) => (token.charCodeAt(0) !== 34 && LONG_NUMBER.test(token) ? `"${token}"` : token))
    : line

const LONG_NUMBER = /[\d.]{16}/

export function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
