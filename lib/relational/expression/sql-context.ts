/** The context for lowering one expression, and the values it produces. */
import { type Once, sqlType, text as quoted } from '#relational/types/sql.ts'
import { type ColumnType, type DecimalType, digitsOf, isDecimal, type SimpleType } from '#relational/types/types.ts'
import type { Json } from '#core/json.ts'
import { TaskError } from '#core/errors/errors.ts'
import type { AggregateFunction } from './aggregates.ts'
import type { Aggregate } from './ast.ts'
import { converted as convertedColumn } from '#relational/types/conversion.ts'
import { dateIn } from './moments.ts'
import { isInteger, literalAs } from './scalar.ts'
import { decimalOf } from './exact.ts'
import type { ValueType } from './types.ts'

/** SQL and its type; `text` if the value is text known before the data; `path` if a parameter provided it. */
export interface Value {
  readonly sql: string
  readonly type: Exclude<ValueType, 'unknown'>
  readonly text?: string
  /** The number of a literal or of a parameter. */
  readonly number?: number
  /** The digits of a number that is known before the data, and the exact decimal they are. */
  readonly digits?: string
  readonly exact?: DecimalType | undefined
  readonly path?: string
}

export interface SqlContext {
  readonly column: (name: string) => Value
  readonly parameter: (path: string) => Json
  readonly once: Once
  /** See CallParts. */
  readonly bind: Once
  /** What is added to an aggregate: FILTER, ORDER BY, OVER. */
  readonly decorate: (aggregate: Aggregate, filter: string | undefined, called: AggregateFunction) => (sql: string) => string
  /** Moves SQL into a record that is computed first, and returns the SQL that reads it; null if there is no such record. */
  readonly hoist: ((sql: string) => string) | null
}

/** SQL up to this length is repeated rather than bound: a plain column with a cast. */
const SHORT = 120

/** Binds long SQL to a name with a lambda over a list of one, the only way to name a value in a scalar expression. */
export function bindOnce(names: () => string, short = SHORT): Once {
  return (sql, build) => {
    if (sql.length <= short) return build(sql)
    const bound = names()
    return `list_transform([${sql}], lambda ${bound}: ${build(bound)})[1]`
  }
}

/** Rejects the value of a parameter, at the start of the run. */
export function failParameter(path: string, value: Json | undefined, wanted: string): never {
  const given = value === undefined ? 'nothing' : JSON.stringify(value)
  throw new TaskError(
    'Definition.InvalidSetting',
    `{{ ${path} }} is ${given.length > 80 ? `${given.slice(0, 79)}…` : given}, expected ${wanted}.`,
    {
      hint: `Give {{ ${path} }} another value, or change the expression that uses it.`,
    },
  )
}

/** Converts a value to another type. Text known in advance is converted here; an invalid parameter is rejected. */
export function toType(value: Value, type: ColumnType, context: SqlContext): string {
  if (value.digits !== undefined && isDecimal(type)) return literalSql(value.digits, type)
  // a whole number among floats is written as a float
  if (value.number !== undefined && type === 'float') return literalSql(String(value.number), 'float')
  if (value.text === undefined || value.type !== 'text' || type === 'text') return converted(value.sql, value.type, type, context.once)
  const canonical = type === 'date' ? dateIn(value.text) : literalAs(value.text, type)
  if (canonical !== undefined) return literalSql(canonical, type)
  if (value.path !== undefined) failParameter(value.path, value.text, wanted(type))
  return `CAST(NULL AS ${sqlType(type)})`
}

const WANTED: Readonly<Record<SimpleType, string>> = {
  text: 'text',
  integer: 'a whole number',
  float: 'a number',
  boolean: 'true or false',
  date: 'a date such as 2024-01-31',
  timestamp: 'a timestamp such as 2024-01-31T10:00:00',
}

function wanted(type: ColumnType): string {
  if (!isDecimal(type)) return WANTED[type]
  const { whole, scale } = digitsOf(type)
  return `a number of at most ${whole} digits before and ${scale} behind the point`
}

/** The SQL of a canonical literal, of exactly its type. */
export function literalSql(canonical: string, type: ColumnType): string {
  if (isDecimal(type)) return `TRY_CAST('${canonical}' AS ${sqlType(type)})`
  switch (type) {
    case 'text':
      return quoted(canonical)
    case 'integer':
      return `CAST(${canonical} AS BIGINT)`
    case 'float':
      return floatSql(Number(canonical))
    case 'boolean':
      return canonical
    case 'date':
      return `DATE '${canonical}'`
    case 'timestamp':
      return `TIMESTAMP '${canonical}'`
  }
}

/** DuckDB reads a number with an exponent as DOUBLE; without one it would be a DECIMAL. */
function floatSql(number: number): string {
  const digits = Object.is(number, -0) ? '-0' : String(number)
  return `CAST(${digits.includes('e') ? digits : `${digits}e0`} AS DOUBLE)`
}

/** A JSON scalar as a value. */
export function jsonValue(value: Json | undefined, path: string): Value {
  if (value === null) return { sql: 'NULL', type: 'null' }
  if (typeof value === 'boolean') return { sql: value ? 'TRUE' : 'FALSE', type: 'boolean' }
  if (typeof value === 'string') {
    if (value.includes('\0')) failParameter(path, value, 'text without NUL characters')
    return { sql: quoted(value), type: 'text', text: value, path }
  }
  if (typeof value !== 'number') failParameter(path, value, value === undefined ? 'a value' : 'a single value')
  const digits = String(value)
  return isInteger(digits.replace(/^-/, ''), digits.startsWith('-'))
    ? { sql: literalSql(digits, 'integer'), type: 'integer', number: value, digits, path }
    : { sql: literalSql(digits, 'float'), type: 'float', number: value, digits, exact: decimalOf(digits), path }
}

/** Converts a value from one type to another. NULL stays NULL, and an interval can only become text. */
export function converted(sql: string, from: Exclude<ValueType, 'unknown'>, to: ColumnType, once: Once): string {
  if (from === 'null') return `CAST(NULL AS ${sqlType(to)})`
  if (from === 'interval') return to === 'text' ? `CAST(${sql} AS VARCHAR)` : `CAST(NULL AS ${sqlType(to)})`
  return convertedColumn(sql, from, to, once)
}
