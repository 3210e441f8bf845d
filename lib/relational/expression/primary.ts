/** Parses operands: literals, columns, parameters, brackets, CASE, CAST and calls. */
import { enumeration } from '#core/text/preview.ts'
import type { Case, Expression, Span, Template } from './ast.ts'
import { type ColumnType, DECIMAL_SPELLINGS, SIMPLE_TYPES, typeNamed, typeProblem } from '#relational/types/types.ts'
import { problem, nearest, fail } from './problem.ts'
import { interval, isoDate, isoTimestamp } from './moments.ts'
import {
  between,
  close,
  deeper,
  isSymbol,
  isWord,
  made,
  peek,
  type Reading,
  RESERVED,
  since,
  take,
  tookWord,
  unexpected,
} from './token-reader.ts'
import { readCall } from './read-call.ts'
import { failBadPath, type Token } from './tokens.ts'
import { TYPE_NAMES } from './types.ts'

const TYPES = `The types are ${enumeration([...SIMPLE_TYPES, 'decimal(precision,scale)'])}.`
const OPERAND = 'Expected a column, a value, a call or a bracket.'

export function readPrimary(reading: Reading): Expression {
  const token = peek(reading)
  switch (token.type) {
    case 'number':
      take(reading)
      return made(reading, { kind: 'number', digits: token.value, offset: token.offset, length: token.length })
    case 'text':
      take(reading)
      return readText(reading, token)
    case 'parameter':
      take(reading)
      return made(reading, { kind: 'parameter', path: token.value, offset: token.offset, length: token.length })
    case 'quoted':
      return readQuoted(reading)
    case 'word':
      return readWord(reading)
    case 'symbol':
      return isSymbol(token, '(') ? readBracket(reading) : failSymbol(reading)
    default:
      return unexpected(reading, OPERAND)
  }
}

function failSymbol(reading: Reading): never {
  const token = peek(reading)
  if (isSymbol(token, '*')) fail(token, 'A * cannot select columns.', 'Name the columns; only count(*) allows it.')
  if (isSymbol(token, ',')) fail(token, 'A value is missing before this comma.', 'Add a value, or remove the comma.')
  const before = reading.tokens[reading.at - 1]
  if (isSymbol(token, ')') && before !== undefined && isSymbol(before, ','))
    fail(before, 'A value is missing after this comma.', 'Remove the comma, or add a value after it.')
  if (isSymbol(token, ')') && before !== undefined && isSymbol(before, '('))
    fail(between(before, token), 'These brackets are empty.', OPERAND)
  if (isSymbol(token, ')') && reading.level > 0) fail(token, 'A value is missing before this ).', OPERAND)
  return unexpected(reading, OPERAND)
}

function readBracket(reading: Reading): Expression {
  const open = take(reading)
  return deeper(reading, open, () => {
    const inner = reading.expression(reading)
    if (isSymbol(peek(reading), ','))
      fail(peek(reading), 'A list of values is not allowed here.', 'Lists are allowed only after IN and as arguments of a call.')
    close(reading, open)
    return inner
  })
}

/** Parses text; `{{ }}` in it are parameters. */
function readText(reading: Reading, token: Token): Expression {
  const span: Span = { offset: token.offset, length: token.length }
  const parts: ({ text: string } | { path: string })[] = []
  let rest = token.value
  for (let open = rest.indexOf('{{'); open >= 0; open = rest.indexOf('{{')) {
    const end = rest.indexOf('}}', open)
    if (end < 0) fail(span, 'A {{ in this text is not closed.', "Put }} after the name; write two literal braces as '{' || '{'.")
    const path = rest.slice(open + 2, end).trim()
    failBadPath(path, span)
    if (open > 0) parts.push({ text: rest.slice(0, open) })
    parts.push({ path })
    rest = rest.slice(end + 2)
  }
  if (parts.length === 0) return made(reading, { kind: 'text', value: token.value, ...span })
  if (rest !== '') parts.push({ text: rest })
  return made<Template>(reading, { kind: 'template', parts, ...span })
}

function readQuoted(reading: Reading): Expression {
  const token = take(reading)
  if (token.value === '') fail(token, 'This name is empty.', "Write empty text in single quotes: ''.")
  if (token.value.includes('{{'))
    fail(token, 'A parameter cannot name a column.', "Write {{ name }} without quotes for its value, '… {{ name }} …' for text with it.")
  if (isSymbol(peek(reading), '(')) fail(token, 'Names of functions are not quoted.', `Write ${token.value}(…) without the quotes.`)
  return made(reading, { kind: 'column', name: token.value, offset: token.offset, length: token.length })
}

function readWord(reading: Reading): Expression {
  const token = take(reading)
  const span = { offset: token.offset, length: token.length }
  const word = token.value.toLowerCase()
  const next = peek(reading)
  if (next.type === 'text' && (word === 'date' || word === 'timestamp' || word === 'interval')) return readMoment(reading, word, token)
  if (next.type === 'text' && next.offset === token.offset + token.length)
    fail(between(token, next), `Text takes no ${token.value} prefix.`, "Write plain text: 'text'.")
  if (isSymbol(next, '(')) {
    if (word === 'cast' || word === 'try_cast') return readCast(reading, token)
    if (!RESERVED.has(word)) return readCall(reading, token)
  }
  if (
    word === 'select' &&
    (['word', 'quoted', 'number', 'text'].includes(next.type) || isSymbol(next, '*')) &&
    !isWord(next, ...RESERVED)
  ) {
    fail(token, 'A query is not allowed in an expression.', 'Write only the value; use the join operation for other data.')
  }
  switch (word) {
    case 'true':
    case 'false':
      return made(reading, { kind: 'boolean', value: word === 'true', ...span })
    case 'null':
      return made(reading, { kind: 'null', ...span })
    case 'case':
      return deeper(reading, token, () => readCase(reading, token))
    default:
      if (!RESERVED.has(word)) return made(reading, { kind: 'column', name: token.value, ...span })
  }
  reading.at--
  if (word === 'not') fail(token, 'NOT is not allowed here.', 'Put the negated condition in brackets: (NOT …).')
  return unexpected(reading, `${OPERAND} Write a column named ${word} as "${token.value}".`)
}

/** DATE '…', TIMESTAMP '…', INTERVAL '…'. With a parameter in the text it becomes a cast. */
function readMoment(reading: Reading, kind: 'date' | 'timestamp' | 'interval', start: Token): Expression {
  const token = take(reading)
  const span = between(start, token)
  if (token.value.includes('{{')) {
    if (kind === 'interval') fail(token, 'An interval must be a literal.', "Write date_add('day', {{ days }}, moment).")
    return made(reading, { kind: 'cast', operand: readText(reading, token), type: kind, ...span })
  }
  const value = kind === 'date' ? isoDate(token.value) : kind === 'timestamp' ? isoTimestamp(token.value) : interval(token.value)
  const hints = {
    date: "Write it as DATE '2024-01-31'.",
    timestamp: "Write it as TIMESTAMP '2024-01-31 10:00:00', with an offset such as +02:00 if it has one.",
    interval:
      "Write it as INTERVAL '3 days' or INTERVAL '1 year 6 months': whole numbers (up to a million) of years, quarters, months, weeks, days, hours, minutes, seconds.",
  }
  if (value === undefined) {
    reading.problems.push(problem(token, `'${token.value}' is not a valid ${kind}.`, hints[kind]))
    return made(reading, { kind: 'null', ...span })
  }
  return made(reading, { kind, value, ...span })
}

function readCast(reading: Reading, start: Token): Expression {
  const open = take(reading)
  return deeper(reading, start, () => {
    const operand = reading.expression(reading)
    if (tookWord(reading, 'as') === undefined) {
      if (peek(reading).type === 'end') fail(open, 'This bracket is not closed.', 'Write CAST(value AS type).')
      fail(peek(reading), 'AS is missing here.', 'Write CAST(value AS type).')
    }
    const type = readType(reading)
    close(reading, open)
    return made(reading, { kind: 'cast', operand, type, ...since(reading, start) })
  })
}

/** Parses the name of a type in any known spelling. An unknown name is a problem, and text is assumed. */
export function readType(reading: Reading): ColumnType {
  const token = peek(reading)
  if (token.type !== 'word') fail(token, 'Expected the name of a type.', TYPES)
  take(reading)
  const next = peek(reading)
  const digits = isSymbol(next, '(') ? readDigits(reading, token) : ''
  const type = typeNamed(`${token.value}${digits}`)
  if (type === undefined) {
    const known = typeProblem(`${token.value}${digits}`)
    const close = nearest(token.value, TYPE_NAMES)
    reading.problems.push(
      known === undefined
        ? problem(token, `There is no type ${token.value}.`, close === undefined ? TYPES : `Did you mean ${close}? ${TYPES}`)
        : problem(token, `${token.value}${digits} is no type: ${known}.`, 'Write CAST(x AS decimal(18,2)) or CAST(x AS float).'),
    )
  }
  const after = peek(reading)
  if (after.type === 'word' && isWord(after, 'precision', 'with', 'without', 'varying')) fail(after, 'Type names are one word.', TYPES)
  return type ?? 'text'
}

/** The digits of a decimal: `(18,2)`. */
function readDigits(reading: Reading, name: Token): string {
  const open = take(reading)
  if (!DECIMAL_SPELLINGS.includes(name.value.toLowerCase()))
    fail(open, 'Only decimal has a precision.', 'Write only the name; use round(x, digits) for digits, left(x, length) for characters.')
  const parts: string[] = []
  while (peek(reading).type === 'number' || isSymbol(peek(reading), ',')) parts.push(take(reading).value)
  close(reading, open)
  return `(${parts.join('')})`
}

function readCase(reading: Reading, start: Token): Case {
  const operand = isWord(peek(reading), 'when') ? null : reading.expression(reading)
  const branches: { when: Expression; value: Expression }[] = []
  while (tookWord(reading, 'when') !== undefined) {
    const when = reading.expression(reading)
    expectInCase(reading, start, 'then')
    branches.push({ when, value: reading.expression(reading) })
  }
  if (branches.length === 0) expectInCase(reading, start, 'when')
  const otherwise = tookWord(reading, 'else') === undefined ? null : reading.expression(reading)
  expectInCase(reading, start, 'end')
  return made(reading, { kind: 'case', operand, branches, otherwise, ...since(reading, start) })
}

function expectInCase(reading: Reading, start: Token, word: 'when' | 'then' | 'end'): void {
  if (tookWord(reading, word) !== undefined) return
  const next = peek(reading)
  const form = 'Write CASE WHEN condition THEN value ELSE value END.'
  if (word === 'end' && (next.type === 'end' || isSymbol(next, ')', ','))) fail(start, 'This CASE has no END.', form)
  if (next.type === 'end') fail(next, `${word.toUpperCase()} is missing here.`, form)
  if (isWord(next, 'else', 'end', 'when', 'then'))
    fail(next, `${word.toUpperCase()} is missing before this ${next.value.toUpperCase()}.`, form)
  unexpected(reading, `${word.toUpperCase()} is missing here. ${form}`)
}
