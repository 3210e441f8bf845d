/** Faults of values that do not fit their place: conditions, texts, numbers, arguments, and values that meet others. */
import type { Expression, Span } from './ast.ts'
import { type ExpressionProblem, problem } from './problem.ts'
import type { FunctionParameter } from './function.ts'
import { print } from './print.ts'
import { literalAs, meetingType } from './scalar.ts'
import { commonResult, commonType, isMoment, isNumber, type ValueType } from './types.ts'

export type Report = (found: ExpressionProblem) => void

/** An expression and the type found for it. */
export interface Typed {
  readonly expression: Expression
  readonly type: ValueType
}

export const NAMES: Readonly<Record<ValueType, string>> = {
  text: 'text',
  integer: 'an integer',
  decimal: 'a decimal',
  boolean: 'true or false',
  date: 'a date',
  timestamp: 'a timestamp',
  interval: 'an interval',
  null: 'NULL',
  unknown: 'unknown',
}

/** How an expression is quoted in a message. */
export function shown(expression: Expression): string {
  const text = print(expression)
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}

export const intervalProblem = (expression: Expression) =>
  problem(
    expression,
    'An interval can only be added to or taken from a date or timestamp.',
    'For the time between two moments use date_diff.',
  )

/** A condition must be true, false or missing. */
export function assertCondition({ expression, type }: Typed, report: Report): void {
  if (type === 'boolean' || type === 'unknown' || type === 'null') return
  const hints: Partial<Record<ValueType, string>> = {
    text: `Compare it with something, or write CAST(${shown(expression)} AS boolean) for words such as yes and no.`,
    interval: 'Compare moments instead.',
  }
  report(
    problem(
      expression,
      `${shown(expression)} is ${NAMES[type]}, where a condition is needed.`,
      hints[type] ?? `Compare it with something, such as ${shown(expression)} ${isNumber(type) ? '<> 0' : 'IS NOT NULL'}.`,
    ),
  )
}

/** LIKE compares texts only. */
export function assertText({ expression, type }: Typed, report: Report): void {
  if (type !== 'text' && type !== 'unknown' && type !== 'null')
    report(
      problem(expression, `${shown(expression)} is ${NAMES[type]}, but LIKE compares texts.`, `Write CAST(${shown(expression)} AS text).`),
    )
}

/** Arithmetic and number parameters take numbers only. */
export function assertNumber({ expression, type }: Typed, report: Report): void {
  if (isNumber(type) || type === 'null' || type === 'unknown') return
  const bare = expression.kind === 'text' && literalAs(expression.value, 'decimal') !== undefined
  const hint = bare
    ? 'Write the number without quotes.'
    : type === 'text'
      ? `Write CAST(${shown(expression)} AS decimal).`
      : 'Take a number from it with a function.'
  const found = problem(expression, `${shown(expression)} is ${NAMES[type]}, where a number is needed.`, hint)
  report(type === 'text' && expression.kind !== 'text' ? { ...found, textForNumber: true } : found)
}

/** Conditions side by side are no texts to join. */
export function assertTexts(typed: readonly Typed[], span: Span, report: Report): void {
  for (const { expression, type } of typed) if (type === 'interval') report(intervalProblem(expression))
  if (typed.every(({ type }) => type === 'boolean')) report(problem(span, '|| joins texts, but conditions stand beside it.', 'Write OR.'))
}

/** What values have to do with one another where they meet. */
export type Meeting = 'compared' | 'alternatives'

/** The type of values that meet; where they do not go together that is a fault. */
export function meet(typed: readonly Typed[], how: Meeting, report: Report): ValueType {
  for (const { expression, type } of typed) if (type === 'interval') report(intervalProblem(expression))
  if (typed.some(({ type }) => type === 'interval')) return 'text'
  const common = meetingType(typed.map(({ expression, type }) => ({ type, text: knownText(expression) })))
  const written = typed.filter(({ expression }) => expression.kind === 'text')
  // beside numbers and conditions a text has to be written without quotes; only a parameter may bring it
  const clash = common === 'mixed' || (written.length > 0 && (isNumber(common) || common === 'boolean'))
  if (clash) report(mixedProblem(typed, how))
  if (common === 'mixed') return 'text'
  if (isMoment(common)) {
    const form = common === 'date' ? "Write it as '2024-01-31'." : "Write it as '2024-01-31' or '2024-01-31 10:00:00'."
    for (const { expression } of written)
      if (literalAs(knownText(expression) ?? '', common === 'date' ? 'date' : 'timestamp') === undefined)
        report(problem(expression, `${shown(expression)} is no ${common} that exists.`, form))
  }
  return commonResult([common])
}

/** The text of an expression that is text before the data is known; '' while a parameter has yet to say it. */
const knownText = (expression: Expression) =>
  expression.kind === 'text' ? expression.value : expression.kind === 'template' ? '' : undefined

function mixedProblem(typed: readonly Typed[], how: Meeting): ExpressionProblem {
  const known = typed.filter(({ expression, type }) => type !== 'null' && type !== 'unknown' && expression.kind !== 'template')
  const [first] = known
  const other = known.find(({ type }) => first !== undefined && commonType([first.type, type]) === 'mixed')
  if (first === undefined || other === undefined) throw new Error('values that do not go together are at least two')
  const [text, rest] = first.type === 'text' ? [first, other] : [other, first]
  const both = `${shown(first.expression)} is ${NAMES[first.type]} and ${shown(other.expression)} is ${NAMES[other.type]}`
  const textForNumber = how === 'compared' && text.type === 'text' && text.expression.kind !== 'text' && isNumber(rest.type)
  const found = problem(
    other.expression,
    how === 'compared' ? `${both}: they cannot be compared.` : `${both}, but one column has one type.`,
    mixedHint(text, rest, how),
  )
  return textForNumber ? { ...found, textForNumber } : found
}

function mixedHint(text: Typed, rest: Typed, how: Meeting): string {
  const isText = text.type === 'text'
  if (isText && text.expression.kind === 'text' && isNumber(rest.type) && literalAs(text.expression.value, 'decimal') !== undefined)
    return 'Write the number without quotes.'
  if (!isText && how === 'compared' && [text, rest].some(({ type }) => type === 'boolean')) {
    const condition = text.type === 'boolean' ? text.expression : rest.expression
    return `Write the condition itself, ${shown(condition)}, or NOT and the condition.`
  }
  if (!isText || how === 'alternatives')
    return `Write CAST(${shown(rest.expression)} AS text)${isText ? '' : `, and ${shown(text.expression)} likewise`}.`
  if (rest.expression.kind === 'number')
    return `Write CAST(${shown(text.expression)} AS decimal) to compare numbers, '${shown(rest.expression)}' in quotes to compare texts.`
  // a text may hold a fraction where the others are whole
  return `Write CAST(${shown(text.expression)} AS ${isNumber(rest.type) ? 'decimal' : rest.type}).`
}

/** Whether an argument is what its parameter takes. */
export function checkArgument({ expression, type }: Typed, { name, kind }: FunctionParameter, report: Report): void {
  if (type === 'unknown' || type === 'null') return
  if (type === 'interval') report(intervalProblem(expression))
  else if (kind === 'boolean') assertCondition({ expression, type }, report)
  else if ((kind === 'number' || kind === 'decimal' || kind === 'integer') && !isNumber(type)) assertNumber({ expression, type }, report)
  else if (kind === 'integer' && type === 'decimal') wrong(`Write CAST(${shown(expression)} AS integer), which rounds.`, 'a whole number')
  else if ((kind === 'moment' || kind === 'date' || kind === 'timestamp') && !isMoment(type)) checkMoment()

  function wrong(hint: string, wanted: string): void {
    report(problem(expression, `${shown(expression)} is ${NAMES[type]}, where the ${name} must be ${wanted}.`, hint))
  }

  function checkMoment(): void {
    if (type !== 'text') wrong('make_date and from_epoch make moments from numbers.', 'a date or timestamp')
    const text = type === 'text' ? knownText(expression) : ''
    if (text === undefined && kind === 'moment')
      wrong(
        `Write date(${shown(expression)}), timestamp(${shown(expression)}) or to_date(${shown(expression)}, format).`,
        'a date or timestamp',
      )
    if (text !== undefined && text !== '' && literalAs(text, 'timestamp') === undefined)
      wrong("Write it as '2024-01-31', or use to_date(text, format) for other forms.", 'a moment that exists')
  }
}
