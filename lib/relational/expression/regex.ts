/**
 * Validates the syntax of a regular expression without running it. The language is RE2 (https://github.com/google/re2/wiki/Syntax). This
 * accepts a large subset; whatever it accepts, the database compiles.
 */

export interface PatternProblem {
  /** Position in the pattern, in UTF-16 units. */
  readonly at: number
  readonly length: number
  readonly what: string
  readonly hint: string
}

const CATEGORIES =
  'Any C Cc Cf Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs Arabic Armenian Bengali Cyrillic Devanagari Georgian Greek Han Hangul Hebrew Hiragana Katakana Latin Thai'.split(
    ' ',
  )
const POSIX = /^\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]/
const REPEAT = /^\{(\d+)(?:(,)(\d*))?\}/
/**
 * RE2 rejects more than 1,000 repetitions, with nested ones multiplied, and programs beyond its memory. The second limit, with the steps
 * counted below, stays at half of that or less: measured, 300 × \\pL and 58,000 × . compile, 500 and 59,000 do not.
 */
const MAX_REPEATS = 1000
const MAX_STEPS = 50_000

/** A position in a pattern; readers advance it. */
interface Cursor {
  readonly pattern: string
  at: number
}

/** The cost of a part of a pattern: steps of the compiled program, and the product of the repetitions in it. */
interface Cost {
  readonly steps: number
  readonly repeats: number
  /** It matches a position, not characters, and cannot be repeated. */
  readonly position?: boolean
}

class InvalidPattern extends Error {
  readonly problem: PatternProblem

  constructor(problem: PatternProblem) {
    super(problem.what)
    this.problem = problem
  }
}

/** The first problem of a pattern; undefined if it is valid. */
export function patternProblem(pattern: string): PatternProblem | undefined {
  try {
    readAlternatives({ pattern, at: 0 }, 0)
    return undefined
  } catch (error) {
    if (error instanceof InvalidPattern) return error.problem
    throw error
  }
}

/** Reads to the end, or to the bracket that closes the group at `level`. */
function readAlternatives(cursor: Cursor, level: number): Cost {
  if (level > 100) fail(cursor, 1, 'The brackets of the pattern are nested too deeply.', 'Use at most 100 levels.')
  let steps = 1
  let repeats = 1
  for (let next = peek(cursor); next !== ''; next = peek(cursor)) {
    if (next === ')' && level > 0) break
    if (next === ')') fail(cursor, 1, 'The pattern has a ) without an opening bracket.', 'Write \\) for the character.')
    const start = cursor.at
    if (next === '|') cursor.at++
    const cost = next === '|' ? { steps: 1, repeats: 1 } : readRepetition(cursor, readAtom(cursor, level), start)
    steps += cost.steps
    repeats = Math.max(repeats, cost.repeats)
    if (steps > MAX_STEPS) failFrom(cursor, start, 'The pattern is too large.', 'Repeat less, or split the work into several patterns.')
  }
  return { steps, repeats }
}

function readRepetition(cursor: Cursor, atom: Cost, start: number): Cost {
  const mark = peek(cursor)
  const braces = REPEAT.exec(ahead(cursor))
  if (!isMark(mark) && braces === null) return atom
  if (atom.position === true) fail(cursor, 1, `\`${mark}\` has nothing to repeat.`, `Write \\${mark} for the character itself.`)
  cursor.at += braces === null ? 1 : braces[0].length
  if (peek(cursor) === '?') cursor.at++
  if (isMark(peek(cursor)) || REPEAT.test(ahead(cursor))) {
    fail(cursor, 1, 'A repetition is repeated; possessive quantifiers are not supported.', 'Put the first repetition in brackets: (?:…).')
  }
  if (braces === null) return { steps: atom.steps + 2, repeats: atom.repeats }
  const low = Number(braces[1])
  const high = Number(braces[3] || low)
  if (high < low) failFrom(cursor, start, `${braces[0]} ends before it begins.`, 'Write the smaller number first.')
  const repeats = Math.max(1, high) * atom.repeats
  if (repeats > MAX_REPEATS)
    failFrom(cursor, start, 'The pattern repeats too often.', `The limit is ${MAX_REPEATS} repetitions, with nested ones multiplied.`)
  return { steps: (atom.steps + 1) * Math.max(1, high) + 2, repeats }
}

function readAtom(cursor: Cursor, level: number): Cost {
  const next = peek(cursor)
  if (next === '(') return readGroup(cursor, level)
  if (next === '[') return readClass(cursor)
  if (next === '\\') return readEscape(cursor, false)
  if (isMark(next) || REPEAT.test(ahead(cursor)))
    fail(cursor, 1, `\`${next}\` has nothing to repeat.`, `Write \\${next} for the character itself.`)
  const length = character(cursor).length
  cursor.at += length
  return { steps: next === '.' ? 12 : length * 4, repeats: 1, position: next === '^' || next === '$' }
}

function readGroup(cursor: Cursor, level: number): Cost {
  const start = cursor.at
  const rest = ahead(cursor)
  if (/^\(\?<?[=!]/.test(rest))
    fail(
      cursor,
      3,
      'Lookahead and lookbehind are not supported.',
      'Match the surroundings too and take the part in brackets with regexp_extract.',
    )
  if (rest.startsWith('(?>')) fail(cursor, 3, 'Atomic groups are not supported.', 'Write (?:…).')
  if (rest.startsWith('(?P=')) fail(cursor, 4, 'Backreferences are not supported.', 'Compare the parts in the expression instead.')
  const head = /^\((?:\?P<[A-Za-z_]\w{0,49}>|\?(?:[imsU]+(?:-[imsU]+)?|-[imsU]+)?[:)]|(?!\?))/.exec(rest)
  if (head === null || head[0] === '(?)')
    fail(cursor, 2, 'This kind of group is not supported.', 'Write (…), (?:…), (?i:…) or (?P<name>…).')
  cursor.at += head[0].length
  if (head[0].endsWith(')')) return { steps: 0, repeats: 1, position: true }
  const cost = readAlternatives(cursor, level + 1)
  if (peek(cursor) !== ')')
    fail({ ...cursor, at: start }, 1, 'The pattern has a bracket that is not closed.', 'Write \\( for the character.')
  cursor.at++
  return { steps: cost.steps + 2, repeats: cost.repeats }
}

function readClass(cursor: Cursor): Cost {
  const start = cursor.at
  let steps = 4
  cursor.at += cursor.pattern.startsWith('[^', start) ? 2 : 1
  for (let first = true; first || peek(cursor) !== ']'; first = false) {
    if (peek(cursor) === '') fail({ ...cursor, at: start }, 1, 'The pattern has a [ that is not closed.', 'Write \\[ for the character.')
    const from = cursor.at
    const member = readMember(cursor)
    const low = member.character
    steps += member.steps
    if (
      low === undefined ||
      peek(cursor) !== '-' ||
      cursor.pattern.charAt(cursor.at + 1) === ']' ||
      cursor.pattern.charAt(cursor.at + 1) === ''
    )
      continue
    cursor.at++
    const high = readMember(cursor).character
    if (high === undefined || (high.codePointAt(0) ?? 0) < (low.codePointAt(0) ?? 0))
      failFrom(cursor, from, 'The range in [ ] does not go from a smaller to a larger character.', 'Write \\- for the character.')
  }
  cursor.at++
  return { steps, repeats: 1 }
}

/** One member of a class; without a character if it stands for several. */
function readMember(cursor: Cursor): { readonly steps: number; readonly character?: string } {
  const posix = POSIX.exec(ahead(cursor))
  if (posix !== null) {
    cursor.at += posix[0].length
    return { steps: 12 }
  }
  if (cursor.pattern.startsWith('[:', cursor.at))
    fail(cursor, 2, 'Unknown character class.', 'Write [:alpha:], [:digit:], [:space:] …, or \\[ for the character.')
  if (peek(cursor) === '\\') return readEscape(cursor, true)
  const single = character(cursor)
  cursor.at += single.length
  return { steps: 8, character: single }
}

function readEscape(cursor: Cursor, inClass: boolean): Cost & { character?: string } {
  const rest = ahead(cursor)
  const move = (length: number, cost: { steps: number; position?: boolean; character?: string }) => {
    cursor.at += length
    return { repeats: 1, ...cost }
  }
  if (rest.length === 1) fail(cursor, 1, 'The pattern ends with a single backslash.', 'Write \\\\ for the character.')
  const hex = /^\\x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/.exec(rest)
  const code = hex === null ? 0 : Number.parseInt(hex[1] ?? hex[2] ?? '', 16)
  if (hex !== null && code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff))
    return move(hex[0].length, { steps: 8, character: String.fromCodePoint(code) })
  const property = /^\\[pP](?:\{\^?(\w+)\}|([A-Z]))/.exec(rest)
  if (property !== null && CATEGORIES.includes(property[1] ?? property[2] ?? '')) return move(property[0].length, { steps: 800 })
  if (/^\\[dDsSwW]/.test(rest)) return move(2, { steps: 12 })
  if (!inClass && /^\\[bBAz]/.test(rest)) return move(2, { steps: 1, position: true })
  const control = 'afnrtv'.indexOf(rest.charAt(1))
  if (control >= 0) return move(2, { steps: 4, character: '\x07\f\n\r\t\v'.charAt(control) })
  if (/^\\[!-/:-@[-`{-~]/.test(rest)) return move(2, { steps: 4, character: rest.charAt(1) })
  if (/^\\[1-9]/.test(rest)) fail(cursor, 2, 'Backreferences are not supported.', 'Compare the parts in the expression instead.')
  return fail(cursor, 2, `\`${rest.slice(0, 2)}\` has no meaning in a pattern.`, 'Write \\\\ for a backslash.')
}

const peek = (cursor: Cursor) => cursor.pattern.charAt(cursor.at)
const ahead = (cursor: Cursor) => cursor.pattern.slice(cursor.at, cursor.at + 100)
const character = (cursor: Cursor) => String.fromCodePoint(cursor.pattern.codePointAt(cursor.at) ?? 0)
const isMark = (mark: string) => mark === '*' || mark === '+' || mark === '?'

function fail({ pattern, at }: Cursor, length: number, what: string, hint: string): never {
  throw new InvalidPattern({ at, length: Math.min(length, pattern.length - at), what, hint })
}

function failFrom(cursor: Cursor, start: number, what: string, hint: string): never {
  fail({ ...cursor, at: start }, cursor.at - start, what, hint)
}
