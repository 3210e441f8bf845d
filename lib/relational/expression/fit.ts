/** Type problems: operands and arguments of the wrong type, and values that cannot be combined. */
import type { Expression, Span } from './ast.ts'
import { type ExpressionProblem, problem } from './problem.ts'
import type { FunctionParameter } from './function.ts'
import { print } from './print.ts'
import { type DecimalType, isDecimal, isNumeric } from '#relational/types/types.ts'
import { literalDecimal } from './exact.ts'
import { literalAs, meetingType } from './scalar.ts'
import { commonResult, commonType, isMoment, isNumber, type ValueType } from './types.ts'

export type Report = (found: ExpressionProblem) => void

/** An expression and its inferred type. */
export interface Typed {
  readonly expression: Expression
  readonly type: ValueType
}

const NAMES: Readonly<Record<Exclude<ValueType, DecimalType>, string>> = {
  text: 'text',
  integer: 'an integer',
  float: 'a float',
  boolean: 'true or false',
  date: 'a date',
  timestamp: 'a timestamp',
  interval: 'an interval',
  null: 'NULL',
  unknown: 'unknown',
}

/** How messages name a type. */
export const nameOf = (type: ValueType) => (isDecimal(type) ? `a ${type}` : NAMES[type])

/** How messages quote an expression. */
export function formatExpression(expression: Expression): string {
  const text = print(expression)
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}

export const intervalProblem = (expression: Expression) =>
  problem(
    expression,
    'An interval can only be added to or subtracted from a date or timestamp.',
    'Use date_diff for the time between two moments.',
  )

/** A condition must be true, false or missing. */
export function assertCondition({ expression, type }: Typed, report: Report): void {
  if (type === 'boolean' || type === 'unknown' || type === 'null') return
  const hints: Partial<Record<ValueType, string>> = {
    text: `Compare it with something, or write CAST(${formatExpression(expression)} AS boolean) for words such as yes and no.`,
    interval: 'Compare dates or timestamps instead.',
  }
  report(
    problem(
      expression,
      `${formatExpression(expression)} is ${nameOf(type)}, expected a condition.`,
      hints[type] ?? `Compare it with something, such as ${formatExpression(expression)} ${isNumber(type) ? '<> 0' : 'IS NOT NULL'}.`,
    ),
  )
}

/** LIKE compares only text. */
export function assertText({ expression, type }: Typed, report: Report): void {
  if (type !== 'text' && type !== 'unknown' && type !== 'null')
    report(
      problem(
        expression,
        `${formatExpression(expression)} is ${nameOf(type)}, but LIKE compares texts.`,
        `Write CAST(${formatExpression(expression)} AS text).`,
      ),
    )
}

/** Arithmetic and number parameters accept only numbers. */
export function assertNumber({ expression, type }: Typed, report: Report): void {
  if (isNumber(type) || type === 'null' || type === 'unknown') return
  const bare = expression.kind === 'text' && literalAs(expression.value, 'float') !== undefined
  const hint = bare
    ? 'Write the number without quotes.'
    : type === 'text'
      ? `Write CAST(${formatExpression(expression)} AS float).`
      : 'Take a number from it with a function.'
  const found = problem(expression, `${formatExpression(expression)} is ${nameOf(type)}, expected a number.`, hint)
  report(type === 'text' && expression.kind !== 'text' ? { ...found, textForNumber: true } : found)
}

/** Conditions cannot be joined as text. */
export function assertTexts(typed: readonly Typed[], span: Span, report: Report): void {
  for (const { expression, type } of typed) if (type === 'interval') report(intervalProblem(expression))
  if (typed.every(({ type }) => type === 'boolean')) report(problem(span, '|| joins texts, but its operands are conditions.', 'Write OR.'))
}

/** How values are combined. */
export type Meeting = 'compared' | 'alternatives'

/** The type of combined values; reports a problem if they are incompatible. */
export function meet(typed: readonly Typed[], how: Meeting, report: Report): ValueType {
  for (const { expression, type } of typed) if (type === 'interval') report(intervalProblem(expression))
  if (typed.some(({ type }) => type === 'interval')) return 'text'
  const common = meetingType(
    typed.map(({ expression, type }) => ({ type, text: knownText(expression), exact: literalDecimal(expression) })),
  )
  const written = typed.filter(({ expression }) => expression.kind === 'text')
  // next to numbers and conditions, a literal must be written without quotes; only a parameter may provide it as text
  const clash = common === 'mixed' || (written.length > 0 && (isNumber(common) || common === 'boolean'))
  if (clash) report(mixedProblem(typed, how))
  if (common === 'mixed') return 'text'
  if (isMoment(common)) {
    const form = common === 'date' ? "Write it as '2024-01-31'." : "Write it as '2024-01-31' or '2024-01-31 10:00:00'."
    for (const { expression } of written)
      if (literalAs(knownText(expression) ?? '', common === 'date' ? 'date' : 'timestamp') === undefined)
        report(problem(expression, `${formatExpression(expression)} is not a valid ${common}.`, form))
  }
  return commonResult([common])
}

/** The text of an expression that is known before the data; '' until a parameter provides it. */
const knownText = (expression: Expression) =>
  expression.kind === 'text' ? expression.value : expression.kind === 'template' ? '' : undefined

function mixedProblem(typed: readonly Typed[], how: Meeting): ExpressionProblem {
  const known = typed.filter(({ expression, type }) => type !== 'null' && type !== 'unknown' && expression.kind !== 'template')
  const [first] = known
  const other = known.find(({ type }) => first !== undefined && commonType([first.type, type]) === 'mixed')
  if (first === undefined || other === undefined) throw new Error('there must be at least two incompatible values')
  const [text, rest] = first.type === 'text' ? [first, other] : [other, first]
  const both = `${formatExpression(first.expression)} is ${nameOf(first.type)} and ${formatExpression(other.expression)} is ${nameOf(other.type)}`
  const textForNumber = how === 'compared' && text.type === 'text' && text.expression.kind !== 'text' && isNumber(rest.type)
  const found = problem(
    other.expression,
    how === 'compared' ? `${both}; they cannot be compared.` : `${both}; a column has only one type.`,
    mixedHint(text, rest, how),
  )
  return textForNumber ? { ...found, textForNumber } : found
}

function mixedHint(text: Typed, rest: Typed, how: Meeting): string {
  const isText = text.type === 'text'
  if (isText && text.expression.kind === 'text' && isNumber(rest.type) && literalAs(text.expression.value, 'float') !== undefined)
    return 'Write the number without quotes.'
  if (!isText && how === 'compared' && [text, rest].some(({ type }) => type === 'boolean')) {
    const condition = text.type === 'boolean' ? text.expression : rest.expression
    return `Write the condition itself, ${formatExpression(condition)}, or NOT and the condition.`
  }
  if (!isText || how === 'alternatives')
    return `Write CAST(${formatExpression(rest.expression)} AS text)${isText ? '' : `, and ${formatExpression(text.expression)} likewise`}.`
  if (rest.expression.kind === 'number')
    return `Write CAST(${formatExpression(text.expression)} AS float) to compare numbers, '${formatExpression(rest.expression)}' in quotes to compare texts.`
  // text may hold a fraction even if the other values are whole numbers
  return `Write CAST(${formatExpression(text.expression)} AS ${isNumber(rest.type) ? 'float' : rest.type}).`
}

/** Whether an argument is valid for its parameter. */
export function checkArgument({ expression, type }: Typed, { name, kind }: FunctionParameter, report: Report): void {
  if (type === 'unknown' || type === 'null') return
  if (type === 'interval') report(intervalProblem(expression))
  else if (kind === 'boolean') assertCondition({ expression, type }, report)
  else if ((kind === 'number' || isNumeric(kind)) && !isNumber(type)) assertNumber({ expression, type }, report)
  else if (kind === 'integer' && type !== 'integer')
    wrong(`Write CAST(${formatExpression(expression)} AS integer), which rounds.`, 'a whole number')
  else if ((kind === 'moment' || kind === 'date' || kind === 'timestamp') && !isMoment(type)) checkMoment()

  function wrong(hint: string, wanted: string): void {
    report(problem(expression, `${formatExpression(expression)} is ${nameOf(type)}, but ${name} must be ${wanted}.`, hint))
  }

  function checkMoment(): void {
    if (type !== 'text') wrong('make_date and from_epoch make moments from numbers.', 'a date or timestamp')
    const text = type === 'text' ? knownText(expression) : ''
    if (text === undefined && kind === 'moment')
      wrong(
        `Write date(${formatExpression(expression)}), timestamp(${formatExpression(expression)}) or to_date(${formatExpression(expression)}, format).`,
        'a date or timestamp',
      )
    if (text !== undefined && text !== '' && literalAs(text, 'timestamp') === undefined)
      wrong("Write it as '2024-01-31', or use to_date(text, format) for other forms.", 'a valid date or timestamp')
  }
}
