/** Where and why a text is not JSON (RFC 8259): run only on text that JSON.parse refused, as its messages differ between engines. */

/** What is wrong, and the offset at which it shows; null when nothing is. */
export interface JsonProblem {
  readonly at: number
  readonly what: string
}

const NUMBER = /-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y
const SPACE = /[ \t\n\r]*/y
const PLAIN = /[^"\\\p{Cc}]*/uy
const ESCAPE = /\\(["\\/bfnrt]|u[0-9a-fA-F]{4})/y

/** Deeper nesting is not looked into. */
const DEEPEST = 1000

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
    if (depth > DEEPEST) return problem('values nested too deep')
    const start = text[at]
    if (start === '{') return members(depth, '}', () => key() ?? colon() ?? value(depth + 1))
    if (start === '[') return members(depth, ']', () => value(depth + 1))
    if (start === '"') return string()
    for (const word of ['true', 'false', 'null']) {
      if (!text.startsWith(word, at)) continue
      at += word.length
      return null
    }
    return match(NUMBER) ? null : problem(`${here()} where a value is expected`)
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
      if (next !== ',' && next !== close) return problem(`${here()} where a comma or ${close} is expected`)
      at++
      if (next === close) return null
    }
  }
  function key(): JsonProblem | null {
    return text[at] === '"' ? string() : problem(`${here()} where a key in double quotes is expected`)
  }
  function colon(): JsonProblem | null {
    space()
    if (text[at] !== ':') return problem(`${here()} where a colon is expected`)
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
      if (at >= text.length) return problem('a string that is never closed')
      if (text[at] !== '\\') {
        // DEL and the controls above it may stand in strings
        if (text.charCodeAt(at) < 32) return problem('a control character in a string')
        at++
      } else if (!match(ESCAPE)) return problem('a backslash that escapes nothing')
    }
  }

  space()
  const wrong = value(0)
  if (wrong !== null) return wrong
  space()
  return at < text.length ? problem(`${here()} behind the end of the value`) : null
}
