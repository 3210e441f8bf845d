/** Arithmetic. Operators are put together first and guarded once: a guard at each would cost more than the work. */
import { SQL_TYPES } from '#relational/types/sql.ts'
import type { Arithmetic, Expression, Unary } from './ast.ts'
import { finite } from '#relational/types/conversion.ts'
import { tidy, tidySum } from './decimals.ts'
import { attempt } from './function.ts'
import { bigint, combined, given, type Integer, negated } from './integers.ts'
import { literalSql, type SqlContext, toType, type Value } from './sql-context.ts'
import { hasWholeDays } from './moments.ts'
import { literalAs, literalType } from './scalar.ts'
import { isMoment } from './types.ts'

type Lower = (expression: Expression, context: SqlContext) => Value

/** A part of a sum. */
interface Term {
  readonly sql: string
  readonly negative: boolean
}

/** A decimal being computed: SQL that never fails, but may be infinite. A sum has terms in place of SQL until it is finished. */
interface Decimal {
  readonly type: 'decimal'
  readonly sql: string
  /** Whether sums or products are in it, whose last digits are noise. */
  readonly noisy: boolean
  readonly computed: boolean
  /** What was added up to it; the digits of a sum are as reliable as those of its largest term. */
  readonly terms?: readonly Term[]
}

/** A moment and the days it is still to be moved by. */
interface Moment {
  readonly type: 'date' | 'timestamp'
  readonly moment: string
  readonly days: Integer
}

type Raw = Integer | Decimal | Moment
const isRaw = (part: Raw | Value): part is Raw => 'computed' in part || 'moment' in part

/**
 * A sign or an arithmetic operator with everything arithmetic below it. Integers that leave 64 bits, quotients by zero
 * and infinite results are NULL; products of decimals are rounded to 15 significant digits and sums to those of their largest
 * term (see tidy), a mere quotient is not.
 */
export const lowerArithmetic = (expression: Arithmetic | Unary, context: SqlContext, lower: Lower): Value =>
  closed(rawOf(expression, context, lower), context)

function closed(part: Raw | Value, context: SqlContext): Value {
  const { once } = context
  if (!isRaw(part)) return part
  if ('moment' in part)
    return { sql: moved(part.moment, `+ to_days(TRY_CAST(${bigint(part.days)} AS INTEGER))`, part.type), type: part.type }
  if (part.type === 'integer') return { sql: bigint(part), type: 'integer' }
  if (part.terms !== undefined) return { sql: closedSum(part.terms, context), type: 'decimal' }
  return { sql: !part.computed ? part.sql : part.noisy ? tidy(part.sql, once) : finite(part.sql, once), type: 'decimal' }
}

/** A sum that is finished before something else than a sum is made of it, and before a remainder anything noisy. */
const settled = (raw: Decimal, context: SqlContext, all = false): Decimal =>
  raw.terms === undefined && !(all && raw.noisy) ? raw : { type: 'decimal', sql: closed(raw, context).sql, noisy: true, computed: true }

/** Terms longer than this are given names, as they are added up and measured; more of them than that are put into a list. */
const LONG_TERM = 120
const MAX_NAMED = 6

const added = (terms: readonly Term[], names: readonly string[]) =>
  terms.map(({ negative }, at) => `${negative ? '- ' : at > 0 ? '+ ' : ''}${names[at]}`).join(' ')

/** All terms of a chain side by side, brackets among them melted away. */
function sumOf(operator: '+' | '-', a: Decimal, b: Decimal): Decimal {
  const left = a.terms ?? [{ sql: a.sql, negative: false }]
  const right = b.terms ?? [{ sql: b.sql, negative: false }]
  const terms = [...left, ...(operator === '-' ? opposite(right) : right)]
  return { type: 'decimal', sql: '', noisy: true, computed: true, terms }
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

const moved = (moment: string, step: string, type: 'date' | 'timestamp') =>
  `TRY_CAST(${attempt(`${moment} ${step}`)} AS ${SQL_TYPES[type]})`

function rawOf(expression: Expression, context: SqlContext, lower: Lower): Raw | Value {
  if (expression.kind === 'unary' && expression.operator !== 'NOT') return rawSign(expression, context, lower)
  if (expression.kind !== 'arithmetic') return lower(expression, context)
  const [left, right] = [rawOf(expression.left, context, lower), rawOf(expression.right, context, lower)]
  if ([left, right].some(({ type }) => isMoment(type) || type === 'interval')) return rawMoment(expression, left, right, context)
  const [one, other] = [numeric(left, context), numeric(right, context)]
  const { operator } = expression
  if (operator !== '/' && one.type === 'integer' && other.type === 'integer') return combined(operator, one, other)
  if (operator === '+' || operator === '-') return sumOf(operator, decimal(one, context), decimal(other, context))
  const finished = (part: Integer | Decimal) => settled(decimal(part, context), context, operator === '%')
  const [a, b] = [finished(one), finished(other)]
  // a divisor of zero would make an infinite number, which in turn divides to zero
  const divisor = operator === '/' ? context.once(b.sql, (value) => `CASE WHEN ${value} <> 0 THEN ${value} END`) : b.sql
  return {
    type: 'decimal',
    sql: `(${a.sql} ${operator} ${divisor})`,
    noisy: a.noisy || b.noisy || operator === '*',
    computed: true,
  }
}

function rawSign({ operator, operand }: Unary, context: SqlContext, lower: Lower): Raw {
  if (operator === '-' && operand.kind === 'number') {
    const digits = `-${operand.digits}`
    if (literalType(operand, true) === 'integer') return given(literalSql(digits, 'integer'), digits)
    return { type: 'decimal', sql: literalSql(digits, 'decimal'), noisy: false, computed: false }
  }
  const raw = numeric(rawOf(operand, context, lower), context)
  if (operator === '+') return raw
  if (raw.type === 'integer') return negated(raw)
  return raw.terms === undefined ? { ...raw, sql: `(-${raw.sql})`, computed: true } : { ...raw, terms: opposite(raw.terms) }
}

/** Anything as a number: text is read as one. */
function numeric(part: Raw | Value, context: SqlContext): Integer | Decimal {
  if (isRaw(part) && !('moment' in part)) return part
  const value = closed(part, context)
  const { type, text, number } = value
  const whole =
    type === 'integer' ||
    type === 'boolean' ||
    type === 'null' ||
    (type === 'text' && text !== undefined && literalAs(text, 'integer') !== undefined)
  if (!whole) return { type: 'decimal', sql: toType(value, 'decimal', context), noisy: false, computed: false }
  const sql = toType(value, 'integer', context)
  return given(sql, number !== undefined && Number.isSafeInteger(number) ? String(number) : undefined)
}

/** An integer among decimals is guarded on its own, as it would overflow before it becomes a decimal. */
function decimal(raw: Integer | Decimal, context: SqlContext): Decimal {
  if (raw.type === 'decimal') return raw
  return { type: 'decimal', sql: `CAST(${closed(raw, context).sql} AS DOUBLE)`, noisy: false, computed: false }
}

/** Moments move by intervals or days, and two dates differ by days; anything else has no meaning and is NULL. */
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
  if (!forwards || !isMoment(moment.type) || isMoment(step.type)) return { sql: `CAST(NULL AS ${SQL_TYPES[type]})`, type }
  if (step.type === 'interval') {
    const stays = type === 'date' && (stepNode.kind !== 'interval' || hasWholeDays(stepNode.value))
    const result = stays ? 'date' : 'timestamp'
    return { sql: moved(closed(moment, context).sql, `${operator} ${closed(step, context).sql}`, result), type: result }
  }
  const days = isRaw(step) && step.type === 'integer' ? step : given(toType(closed(step, context), 'integer', context))
  if (isRaw(moment) && 'moment' in moment) return { ...moment, days: combined(operator, moment.days, days) }
  return { type, moment: closed(moment, context).sql, days: operator === '-' ? negated(days) : days }
}
