/** Arithmetic. Operators are combined first and guarded once: a guard for each would cost more than the computation. */
import { sqlType } from '#relational/types/sql.ts'
import { type DecimalType, decimalType, isDecimal } from '#relational/types/types.ts'
import type { Arithmetic, ArithmeticOperator, Expression, Unary } from './ast.ts'
import { finite, floatOf, INTEGER_DIGITS } from '#relational/types/conversion.ts'
import { adapted, decimalOf, exactResult, literalDecimal } from './exact.ts'
import { exactOperation, type ExactPart } from './exact-arithmetic.ts'
import { tidy, tidySum } from './decimals.ts'
import { attempt } from './function.ts'
import { bigint, combined, given, type Integer, negated } from './integers.ts'
import { converted, literalSql, type SqlContext, toType, type Value } from './sql-context.ts'
import { hasWholeDays } from './moments.ts'
import { literalAs, literalType } from './scalar.ts'
import { isMoment } from './types.ts'

type Lower = (expression: Expression, context: SqlContext) => Value

/** A term of a sum. */
interface Term {
  readonly sql: string
  readonly negative: boolean
}

/** A float being computed: SQL that never fails but may be infinite. A sum holds terms instead of SQL until it is finished. */
interface Float {
  readonly type: 'float'
  readonly sql: string
  /** Whether it contains sums or products, whose last digits are noise. */
  readonly noisy: boolean
  readonly computed: boolean
  /** A literal or a calculation with literals: the exact decimal it may be instead, and its digits if it is a literal. */
  readonly exact?: DecimalType | undefined
  readonly digits?: string | undefined
  /** The terms of a sum. Its digits are as reliable as those of its largest term. */
  readonly terms?: readonly Term[]
}

/** A date or timestamp, and the days still to be added. */
interface Moment {
  readonly type: 'date' | 'timestamp'
  readonly moment: string
  readonly days: Integer
}

/** A number being computed. */
type Number = Integer | Float | ExactPart

/** An integer as an exact decimal. */
const INTEGER = decimalType(INTEGER_DIGITS, 0)

type Raw = Integer | Float | ExactPart | Moment
const isRaw = (part: Raw | Value): part is Raw => 'computed' in part || 'moment' in part

/**
 * A sign or an arithmetic operator with all arithmetic below it. Integers beyond 64 bits, divisions by zero and infinite results are NULL.
 * Exact decimals stay exact (see exact.ts). Products of floats are rounded to 15 significant digits, sums to the digits of their largest term (see tidy); a plain quotient is not
 * rounded.
 */
export const lowerArithmetic = (expression: Arithmetic | Unary, context: SqlContext, lower: Lower): Value =>
  closed(rawOf(expression, context, lower), context)

function closed(part: Raw | Value, context: SqlContext): Value {
  const { once } = context
  if (!isRaw(part)) return part
  if ('moment' in part)
    return { sql: moved(part.moment, `+ to_days(TRY_CAST(${bigint(part.days)} AS INTEGER))`, part.type), type: part.type }
  if (part.type === 'integer') return { sql: bigint(part), type: 'integer' }
  if (part.type !== 'float') return { sql: part.sql, type: part.type }
  if (part.terms !== undefined) return { sql: closedSum(part.terms, context), type: 'float' }
  return { sql: !part.computed ? part.sql : part.noisy ? tidy(part.sql, once) : finite(part.sql, once), type: 'float' }
}

/** Finishes a sum before it becomes an operand of something other than a sum; before a remainder, finishes anything noisy. */
const settled = (raw: Float, context: SqlContext, all = false): Float =>
  raw.terms === undefined && !(all && raw.noisy) ? raw : { type: 'float', sql: closed(raw, context).sql, noisy: true, computed: true }

/** Longer terms are named, as they are both added and measured; several long terms are put into a list. */
const LONG_TERM = 120
const MAX_NAMED = 6

const added = (terms: readonly Term[], names: readonly string[]) =>
  terms.map(({ negative }, at) => `${negative ? '- ' : at > 0 ? '+ ' : ''}${names[at]}`).join(' ')

/** All terms of a chain, with brackets among them flattened. */
function sumOf(operator: '+' | '-', a: Float, b: Float): Float {
  const left = a.terms ?? [{ sql: a.sql, negative: false }]
  const right = b.terms ?? [{ sql: b.sql, negative: false }]
  const terms = [...left, ...(operator === '-' ? opposite(right) : right)]
  return { type: 'float', sql: '', noisy: true, computed: true, terms }
}

const opposite = (terms: readonly Term[]) => terms.map(({ sql, negative }) => ({ sql, negative: !negative }))

function closedSum(terms: readonly Term[], { once, bind }: SqlContext): string {
  const sqls = terms.map(({ sql }) => sql)
  const total = (names: readonly string[]) => tidySum(`(${added(terms, names)})`, names, once)
  if (sqls.filter((sql) => sql.length > LONG_TERM).length > MAX_NAMED)
    return bind(`[${sqls.join(', ')}]`, (list) => total(sqls.map((_sql, at) => `${list}[${at + 1}]`)))
  const named = (at: number, names: readonly string[]): string => {
    const sql = sqls[at]
    if (sql === undefined) return total(names)
    return sql.length > LONG_TERM ? once(sql, (name) => named(at + 1, [...names, name])) : named(at + 1, [...names, sql])
  }
  return named(0, [])
}

const moved = (moment: string, step: string, type: 'date' | 'timestamp') => `TRY_CAST(${attempt(`${moment} ${step}`)} AS ${sqlType(type)})`

function rawOf(expression: Expression, context: SqlContext, lower: Lower): Raw | Value {
  if (expression.kind === 'unary' && expression.operator !== 'NOT') return rawSign(expression, context, lower)
  if (expression.kind !== 'arithmetic') return lower(expression, context)
  const [left, right] = [rawOf(expression.left, context, lower), rawOf(expression.right, context, lower)]
  if ([left, right].some(({ type }) => isMoment(type) || type === 'interval')) return rawMoment(expression, left, right, context)
  const [one, other] = [numeric(left, context), numeric(right, context)]
  const { operator } = expression
  if (operator !== '/' && one.type === 'integer' && other.type === 'integer') return combined(operator, one, other)
  const exact = exactly(operator, one, other, context)
  if (exact !== undefined) return exact
  const result = inexact(operator, one, other, context)
  return { ...result, exact: literalDecimal(expression) }
}

/** The operation on exact decimals; undefined if an operand or the result is a float. */
function exactly(operator: ArithmeticOperator, one: Number, other: Number, context: SqlContext): ExactPart | undefined {
  const [a, b] = adapted([one, other]).map(({ type }) => type)
  if (a === undefined || b === undefined || a === 'float' || b === 'float' || (a === 'integer' && b === 'integer')) return undefined
  const type = exactResult(operator, a, b)
  return type === 'float' ? undefined : exactOperation(operator, asExact(one, context), asExact(other, context), type)
}

/** An operand as an exact decimal. A calculation with literals is the decimal that its float shows. */
function asExact(raw: Number, context: SqlContext): ExactPart {
  if (raw.type === 'integer') return { type: INTEGER, sql: `CAST(${closed(raw, context).sql} AS ${sqlType(INTEGER)})`, computed: true }
  if (raw.type !== 'float') return raw
  const { exact, digits } = raw
  if (exact === undefined) throw new Error('a float is no exact decimal')
  return {
    type: exact,
    sql: digits === undefined ? converted(closed(raw, context).sql, 'float', exact, context.once) : literalSql(digits, exact),
    computed: true,
  }
}

function inexact(operator: ArithmeticOperator, one: Number, other: Number, context: SqlContext): Float {
  if (operator === '+' || operator === '-') return sumOf(operator, toFloat(one, context), toFloat(other, context))
  const finished = (part: Number) => settled(toFloat(part, context), context, operator === '%')
  const [a, b] = [finished(one), finished(other)]
  // a zero divisor would give an infinite number, and dividing by that gives zero
  const divisor = operator === '/' ? context.once(b.sql, (value) => `CASE WHEN ${value} <> 0 THEN ${value} END`) : b.sql
  return {
    type: 'float',
    sql: `(${a.sql} ${operator} ${divisor})`,
    noisy: a.noisy || b.noisy || operator === '*',
    computed: true,
  }
}

function rawSign({ operator, operand }: Unary, context: SqlContext, lower: Lower): Raw {
  if (operator === '-' && operand.kind === 'number') {
    const digits = `-${operand.digits}`
    if (literalType(operand, true) === 'integer') return given(literalSql(digits, 'integer'), digits)
    return { type: 'float', sql: literalSql(digits, 'float'), noisy: false, computed: false, digits, exact: decimalOf(digits) }
  }
  const raw = numeric(rawOf(operand, context, lower), context)
  if (operator === '+') return raw
  if (raw.type === 'integer') return negated(raw)
  if (raw.type !== 'float') return { ...raw, sql: `(-${raw.sql})` }
  const { digits, ...rest } = raw
  return raw.terms === undefined ? { ...rest, sql: `(-${raw.sql})`, computed: true } : { ...rest, terms: opposite(raw.terms) }
}

/** Converts any value to a number; text is parsed. */
function numeric(part: Raw | Value, context: SqlContext): Number {
  if (isRaw(part) && !('moment' in part)) return part
  const value = closed(part, context)
  const { type, text, number, digits, exact } = value
  if (isDecimal(type)) return { type, sql: value.sql, computed: true }
  const whole =
    type === 'integer' ||
    type === 'boolean' ||
    type === 'null' ||
    (type === 'text' && text !== undefined && literalAs(text, 'integer') !== undefined)
  if (!whole) return { type: 'float', sql: toType(value, 'float', context), noisy: false, computed: false, digits, exact }
  const sql = toType(value, 'integer', context)
  return given(sql, number !== undefined && Number.isSafeInteger(number) ? String(number) : undefined)
}

/** An integer among floats is guarded separately, because it would overflow before it becomes a float. */
function toFloat(raw: Integer | Float | ExactPart, context: SqlContext): Float {
  if (raw.type === 'float') return raw
  if (raw.type !== 'integer') return { type: 'float', sql: floatOf(raw.sql, raw.type), noisy: false, computed: false }
  return { type: 'float', sql: `CAST(${closed(raw, context).sql} AS DOUBLE)`, noisy: false, computed: false }
}

/** Dates and timestamps move by intervals or days, and the difference of two dates is days. Anything else has no meaning and is NULL. */
function rawMoment(
  { operator, left: leftNode, right: rightNode }: Arithmetic,
  left: Raw | Value,
  right: Raw | Value,
  context: SqlContext,
): Raw | Value {
  if (operator === '-' && left.type === 'date' && right.type === 'date')
    return given(attempt(`${closed(left, context).sql} - ${closed(right, context).sql}`))
  const [moment, step, stepNode] = isMoment(left.type) ? [left, right, rightNode] : [right, left, leftNode]
  const type = moment.type === 'date' ? 'date' : 'timestamp'
  const forwards = operator === '+' || (operator === '-' && moment === left)
  if (!forwards || !isMoment(moment.type) || isMoment(step.type)) return { sql: `CAST(NULL AS ${sqlType(type)})`, type }
  if (step.type === 'interval') {
    const stays = type === 'date' && (stepNode.kind !== 'interval' || hasWholeDays(stepNode.value))
    const result = stays ? 'date' : 'timestamp'
    return { sql: moved(closed(moment, context).sql, `${operator} ${closed(step, context).sql}`, result), type: result }
  }
  const days = isRaw(step) && step.type === 'integer' ? step : given(toType(closed(step, context), 'integer', context))
  if (isRaw(moment) && 'moment' in moment) return { ...moment, days: combined(operator, moment.days, days) }
  return { type, moment: closed(moment, context).sql, days: operator === '-' ? negated(days) : days }
}
