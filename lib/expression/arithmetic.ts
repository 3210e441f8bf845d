/** Arithmetic. Operators are put together first and guarded once: a guard at each would cost more than the work. */
import { SQL_TYPES } from '../relation/sql.ts'
import type { Arithmetic, Expression, Unary } from './ast.ts'
import { finite, tidy } from './decimals.ts'
import { attempt } from './function.ts'
import { bigint, combined, given, type Integer, negated } from './integers.ts'
import { literalSql, type Lowering, toType, type Value } from './lowering.ts'
import { hasWholeDays } from './moments.ts'
import { literalAs, literalType } from './scalar.ts'
import { isMoment } from './types.ts'

type Lower = (expression: Expression, lowering: Lowering) => Value

/** A decimal being computed: SQL that never fails, but may be infinite. */
interface Decimal {
  readonly type: 'decimal'
  readonly sql: string
  /** Whether sums or products are in it, whose last digits are noise. */
  readonly noisy: boolean
  readonly computed: boolean
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
 * and infinite results are NULL; sums and products of decimals are rounded to 15 significant digits (see tidy), a mere
 * quotient is not.
 */
export const lowerArithmetic = (expression: Arithmetic | Unary, lowering: Lowering, lower: Lower): Value =>
  closed(rawOf(expression, lowering, lower), lowering)

function closed(part: Raw | Value, { once }: Lowering): Value {
  if (!isRaw(part)) return part
  if ('moment' in part)
    return { sql: moved(part.moment, `+ to_days(TRY_CAST(${bigint(part.days)} AS INTEGER))`, part.type), type: part.type }
  if (part.type === 'integer') return { sql: bigint(part), type: 'integer' }
  return { sql: !part.computed ? part.sql : part.noisy ? tidy(part.sql, once) : finite(part.sql, once), type: 'decimal' }
}

const moved = (moment: string, step: string, type: 'date' | 'timestamp') =>
  `TRY_CAST(${attempt(`${moment} ${step}`)} AS ${SQL_TYPES[type]})`

function rawOf(expression: Expression, lowering: Lowering, lower: Lower): Raw | Value {
  if (expression.kind === 'unary' && expression.operator !== 'NOT') return rawSign(expression, lowering, lower)
  if (expression.kind !== 'arithmetic') return lower(expression, lowering)
  const [left, right] = [rawOf(expression.left, lowering, lower), rawOf(expression.right, lowering, lower)]
  if ([left, right].some(({ type }) => isMoment(type) || type === 'interval')) return rawMoment(expression, left, right, lowering)
  const [one, other] = [numeric(left, lowering), numeric(right, lowering)]
  const { operator } = expression
  if (operator !== '/' && one.type === 'integer' && other.type === 'integer') return combined(operator, one, other)
  const [a, b] = [decimal(one, lowering), decimal(other, lowering)]
  // a divisor of zero would make an infinite number, which in turn divides to zero
  const divisor = operator === '/' ? lowering.once(b.sql, (value) => `CASE WHEN ${value} <> 0 THEN ${value} END`) : b.sql
  return {
    type: 'decimal',
    sql: `(${a.sql} ${operator} ${divisor})`,
    noisy: a.noisy || b.noisy || (operator !== '/' && operator !== '%'),
    computed: true,
  }
}

function rawSign({ operator, operand }: Unary, lowering: Lowering, lower: Lower): Raw {
  if (operator === '-' && operand.kind === 'number') {
    const digits = `-${operand.digits}`
    if (literalType(operand, true) === 'integer') return given(literalSql(digits, 'integer'), digits)
    return { type: 'decimal', sql: literalSql(digits, 'decimal'), noisy: false, computed: false }
  }
  const raw = numeric(rawOf(operand, lowering, lower), lowering)
  if (operator === '+') return raw
  return raw.type === 'integer' ? negated(raw) : { ...raw, sql: `(-${raw.sql})`, computed: true }
}

/** Anything as a number: text is read as one. */
function numeric(part: Raw | Value, lowering: Lowering): Integer | Decimal {
  if (isRaw(part) && !('moment' in part)) return part
  const value = closed(part, lowering)
  const { type, text, number } = value
  const whole =
    type === 'integer' ||
    type === 'boolean' ||
    type === 'null' ||
    (type === 'text' && text !== undefined && literalAs(text, 'integer') !== undefined)
  if (!whole) return { type: 'decimal', sql: toType(value, 'decimal', lowering), noisy: false, computed: false }
  const sql = toType(value, 'integer', lowering)
  return given(sql, number !== undefined && Number.isSafeInteger(number) ? String(number) : undefined)
}

/** An integer among decimals is guarded on its own, as it would overflow before it becomes a decimal. */
function decimal(raw: Integer | Decimal, lowering: Lowering): Decimal {
  if (raw.type === 'decimal') return raw
  return { type: 'decimal', sql: `CAST(${closed(raw, lowering).sql} AS DOUBLE)`, noisy: false, computed: false }
}

/** Moments move by intervals or days, and two dates differ by days; anything else has no meaning and is NULL. */
function rawMoment(
  { operator, left: leftNode, right: rightNode }: Arithmetic,
  left: Raw | Value,
  right: Raw | Value,
  lowering: Lowering,
): Raw | Value {
  if (operator === '-' && left.type === 'date' && right.type === 'date')
    return given(attempt(`${closed(left, lowering).sql} - ${closed(right, lowering).sql}`))
  const [moment, step, stepNode] = isMoment(left.type) ? [left, right, rightNode] : [right, left, leftNode]
  const type = moment.type === 'date' ? 'date' : 'timestamp'
  const forwards = operator === '+' || (operator === '-' && moment === left)
  if (!forwards || !isMoment(moment.type) || isMoment(step.type)) return { sql: `CAST(NULL AS ${SQL_TYPES[type]})`, type }
  if (step.type === 'interval') {
    const stays = type === 'date' && (stepNode.kind !== 'interval' || hasWholeDays(stepNode.value))
    const result = stays ? 'date' : 'timestamp'
    return { sql: moved(closed(moment, lowering).sql, `${operator} ${closed(step, lowering).sql}`, result), type: result }
  }
  const days = isRaw(step) && step.type === 'integer' ? step : given(toType(closed(step, lowering), 'integer', lowering))
  if (isRaw(moment) && 'moment' in moment) return { ...moment, days: combined(operator, moment.days, days) }
  return { type, moment: closed(moment, lowering).sql, days: operator === '-' ? negated(days) : days }
}
