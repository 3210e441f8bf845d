/** Splits the text of an expression into tokens, and rejects characters that are not allowed in one. */
import type { Span } from './ast.ts'
import { fail } from './problem.ts'

export interface Token extends Span {
  /** `word` is a bare name or keyword, `quoted` a name in double quotes; `end` follows the last token. */
  readonly type: 'number' | 'text' | 'word' | 'quoted' | 'parameter' | 'symbol' | 'end'
  /** The token's value: digits, text without quotes, name, path, or the symbol itself. */
  readonly value: string
}

export const BARE_NAME = /[\p{L}_][\p{L}\p{N}\p{M}_]*/uy
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y
const SYMBOL = /::|==|!=|<>|<=|>=|\|\||[-+*/%(),=<>]/y
const SPACE = /\s+/y

/** Symbols of other languages, longest first, and what to write instead. */
const FOREIGN: readonly (readonly [symbol: string, what: string, hint: string])[] = [
  ['--', 'A comment is not allowed in an expression.', 'Write comments in the YAML, after `#`.'],
  ['/*', 'A comment is not allowed in an expression.', 'Write comments in the YAML, after `#`.'],
  ['//', '`//` is not an operator.', 'Write floor(a / b) for a whole quotient, and comments in the YAML, after `#`.'],
  ['&&', '`&&` is not an operator.', 'Write AND.'],
  ['=>', '`=>` is not an operator.', 'For "at least" write >=.'],
  ['=<', '`=<` is not an operator.', 'For "at most" write <=.'],
  ['**', '`**` is not an operator.', 'Write power(a, b).'],
  ['->', '`->` is not an operator: there are no lambdas and no JSON paths.', 'Extract values from text with regexp_extract or split_part.'],
  ['~', '`~` is not an operator.', "Write regexp_matches(text, 'pattern')."],
  ['!', '`!` is not an operator.', 'Write NOT, or <> for "not equal".'],
  ['^', '`^` is not an operator.', 'Write power(a, b).'],
  ['&', '`&` is not an operator.', 'Write AND for conditions, || to join texts.'],
  ['|', '`|` is not an operator.', 'Write OR for conditions, || to join texts.'],
  ['?', '`?` is not a parameter.', 'Write {{ inputs.name }}.'],
  ['$', '`$` is not allowed in an expression.', 'Write a value from outside as {{ inputs.name }}.'],
  ['@', '`@` is not allowed in an expression.', 'Write a value from outside as {{ inputs.name }}.'],
  [':', '`:` is not allowed in an expression.', 'Write a value from outside as {{ inputs.name }}, a cast as value::type.'],
  [';', 'An expression is one value; `;` is not allowed.', 'Remove everything from the `;` on.'],
  ['`', 'Names are not quoted with backticks.', 'Write "name" in double quotes.'],
  [
    '[',
    'There are no lists and no subscripts in an expression.',
    'For a part of a text write substr or split_part; write a list of values in round brackets after IN.',
  ],
  ['.', '`.` is not allowed here.', 'A column takes no table prefix; write a name that contains a point in double quotes.'],
  ['#', '`#` is not allowed in an expression.', 'Write a name that contains it in double quotes.'],
  ['\\', '`\\` is allowed only in text.', "Write text in single quotes, such as 'a\\b'."],
  ['{', 'A single `{` is not allowed in an expression.', 'Write a value from outside as {{ inputs.name }}.'],
  ['}', 'This `}` closes nothing.', 'Write a value from outside as {{ inputs.name }}.'],
]
const SINGLE_QUOTES = '‘’‚‛′´'
const DOUBLE_QUOTES = '“”„‟″«»'
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

/** The tokens of a text, ending with `end`. Throws an ExpressionError at the first invalid character. */
export function tokenize(text: string): readonly Token[] {
  failBroken(text)
  const tokens: Token[] = []
  let offset = 0
  while (offset < text.length) {
    const space = matchAt(SPACE, text, offset)
    if (space !== undefined) offset += space.length
    if (offset >= text.length) break
    const token = tokenAt(text, offset)
    tokens.push(token)
    offset += token.length
  }
  tokens.push({ type: 'end', value: '', offset: text.length, length: 0 })
  return tokens
}

function tokenAt(text: string, offset: number): Token {
  const character = text.charAt(offset)
  if (character === "'") return quotedAt(text, offset, 'text')
  if (character === '"') return quotedAt(text, offset, 'quoted')
  if (text.startsWith('{{', offset)) return parameterAt(text, offset)
  const number = matchAt(NUMBER, text, offset)
  if (number !== undefined) return numberToken(text, offset, number)
  const name = matchAt(BARE_NAME, text, offset)
  if (name !== undefined) return { type: 'word', value: name, offset, length: name.length }
  const foreign = FOREIGN.find(([symbol]) => text.startsWith(symbol, offset))
  if (foreign !== undefined && !text.startsWith('!=', offset) && !text.startsWith('||', offset) && !text.startsWith('::', offset)) {
    fail({ offset, length: foreign[0].length }, foreign[1], foreign[2])
  }
  const symbol = matchAt(SYMBOL, text, offset)
  if (symbol !== undefined) return { type: 'symbol', value: symbol, offset, length: symbol.length }
  return failCharacter(text, offset)
}

/** Quoted text or a quoted name; a quote inside is doubled. */
function quotedAt(text: string, offset: number, type: 'text' | 'quoted'): Token {
  const quote = text.charAt(offset)
  let value = ''
  let at = offset + 1
  for (;;) {
    const close = text.indexOf(quote, at)
    if (close < 0) {
      fail(
        { offset, length: text.length - offset },
        `This ${type === 'text' ? 'text' : 'name'} is not closed.`,
        `Put a ${quote} at its end; a ${quote} inside is written twice.`,
      )
    }
    value += text.slice(at, close)
    if (text.charAt(close + 1) !== quote) return { type, value, offset, length: close + 1 - offset }
    value += quote
    at = close + 2
  }
}

function parameterAt(text: string, offset: number): Token {
  const close = text.indexOf('}}', offset + 2)
  if (close < 0) fail({ offset, length: text.length - offset }, 'This {{ is not closed.', 'Put }} after the name.')
  const path = text.slice(offset + 2, close).trim()
  const length = close + 2 - offset
  failBadPath(path, { offset, length })
  return { type: 'parameter', value: path, offset, length }
}

/** The path of a parameter can be anything except empty or nested braces. */
export function failBadPath(path: string, span: Span): void {
  if (path === '') fail(span, 'There is nothing between {{ and }}.', 'Write a name, such as {{ inputs.start }}.')
  if (path.includes('{{')) fail(span, 'A {{ is inside another one.', 'Close the first one with }}.')
}

function numberToken(text: string, offset: number, raw: string): Token {
  const rest = matchAt(/[\p{L}\p{N}_.]+/uy, text, offset + raw.length)
  if (rest !== undefined) {
    const span = { offset, length: raw.length + rest.length }
    const hint = rest.startsWith('_') ? 'Write the digits without `_`.' : 'Write a name that starts with a digit in double quotes.'
    fail(span, `\`${raw}${rest}\` is neither a number nor a name.`, hint)
  }
  if (!Number.isFinite(Number(raw)))
    fail({ offset, length: raw.length }, `${raw} exceeds the range of numbers.`, 'The largest is about 1.79e308.')
  const [mantissa = '', exponent] = raw.toLowerCase().split('e')
  const [whole = '', fraction] = mantissa.split('.')
  const digits = `${whole.replace(/^0+(?=\d)/, '') || '0'}${fraction === undefined ? '' : `.${fraction || '0'}`}${exponent === undefined ? '' : `e${exponent}`}`
  return { type: 'number', value: digits, offset, length: raw.length }
}

function failCharacter(text: string, offset: number): never {
  const character = String.fromCodePoint(text.codePointAt(offset) ?? 0)
  const span = { offset, length: character.length }
  if (SINGLE_QUOTES.includes(character))
    fail(span, `${character} is a typographic quotation mark.`, "Write text in straight single quotes: 'text'.")
  if (DOUBLE_QUOTES.includes(character))
    fail(
      span,
      `${character} is a typographic quotation mark.`,
      "Write text in straight single quotes: 'text'; a name in straight double quotes.",
    )
  const code = `U+${(text.codePointAt(offset) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
  const shown = /[\p{C}\p{Z}\p{M}]/u.test(character) ? `The invisible character ${code}` : `The character ${character} (${code})`
  fail(span, `${shown} is not allowed in an expression.`, 'Remove it; write a name that contains it in double quotes.')
}

/** NUL and lone surrogates cannot be passed to a database unchanged. */
function failBroken(text: string): void {
  const nul = text.indexOf('\0')
  if (nul >= 0) fail({ offset: nul, length: 1 }, 'A NUL character is not allowed in an expression.', 'Remove it.')
  const broken = LONE_SURROGATE.exec(text)
  if (broken !== null) fail({ offset: broken.index, length: 1 }, 'This is half of a surrogate pair.', 'Type the character again.')
}

function matchAt(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset
  return pattern.exec(text)?.[0]
}
