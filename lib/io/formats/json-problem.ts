/**
 * Finds where and why a text is invalid JSON (RFC 8259). Runs only on text that JSON.parse rejected, because its messages differ between
 * engines.
 */

/** The problem and its offset; null if there is none. */
export interface JsonProblem {
  readonly at: number
  readonly what: string
}

const NUMBER = /-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y
const SPACE = /[ \t\n\r]*/y
const PLAIN = /[^"\\\p{Cc}]*/uy
const ESCAPE = /\\(["\\/bfnrt]|u[0-9a-fA-F]{4})/y

/** Deeper nesting is not examined. */
const MAX_DEPTH = 1000

export function findJsonProblem(text: string): JsonProblem | null {
  let at = 0
  const match = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found !== null) at += found[0].length
    return found !== null
  }
  const space = () => match(SPACE)
  const problem = (what: string): JsonProblem => ({ at, what })
  const here = () => (at >= text.length ? 'the end' : JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0)))

  function value(depth: number): JsonProblem | null {
    if (depth > MAX_DEPTH) return problem('values are nested too deeply')
    const start = text[at]
    if (start === '{') return members(depth, '}', () => key() ?? colon() ?? value(depth + 1))
    if (start === '[') return members(depth, ']', () => value(depth + 1))
    if (start === '"') return string()
    for (const word of ['true', 'false', 'null']) {
      if (!text.startsWith(word, at)) continue
      at += word.length
      return null
    }
    return match(NUMBER) ? null : problem(`${here()}, expected a value`)
  }
  function members(_depth: number, close: string, member: () => JsonProblem | null): JsonProblem | null {
    at++
    space()
    if (text[at] === close) {
      at++
      return null
    }
    while (true) {
      space()
      const wrong = member()
      if (wrong !== null) return wrong
      space()
      const next = text[at]
      if (next !== ',' && next !== close) return problem(`${here()}, expected a comma or ${close}`)
      at++
      if (next === close) return null
    }
  }
  function key(): JsonProblem | null {
    return text[at] === '"' ? string() : problem(`${here()}, expected a key in double quotes`)
  }
  function colon(): JsonProblem | null {
    space()
    if (text[at] !== ':') return problem(`${here()}, expected a colon`)
    at++
    space()
    return null
  }
  function string(): JsonProblem | null {
    at++
    while (true) {
      match(PLAIN)
      if (text[at] === '"') {
        at++
        return null
      }
      if (at >= text.length) return problem('an unclosed string')
      if (text[at] !== '\\') {
        // DEL and the control characters above it are allowed in strings
        if (text.charCodeAt(at) < 32) return problem('a control character in a string')
        at++
      } else if (!match(ESCAPE)) return problem('an invalid escape sequence')
    }
  }

  space()
  const wrong = value(0)
  if (wrong !== null) return wrong
  space()
  return at < text.length ? problem(`${here()} after the end of the value`) : null
}
