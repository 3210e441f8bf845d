/** SQL for sums, differences and products of exact decimals; see exact.ts for their types. */
import { sqlType } from '#relational/types/sql.ts'
import { type DecimalType, decimalType, digitsOf, MAX_PRECISION, MAX_PRECISION_64 } from '#relational/types/types.ts'
import type { ArithmeticOperator } from './ast.ts'
import { needed } from './exact.ts'
import { attempt } from './function.ts'

/** An exact number being computed: SQL that never fails, of its type. */
export interface ExactPart {
  readonly type: DecimalType
  readonly sql: string
  readonly computed: true
}

/** The SQL of an operation on exact decimals whose result is one. */
export function exactOperation(operator: ArithmeticOperator, left: ExactPart, right: ExactPart, type: DecimalType): ExactPart {
  const { precision, scale } = digitsOf(type)
  const overflows = needed(operator, left.type, right.type).precision > MAX_PRECISION
  const cast = overflows ? 'TRY_CAST' : 'CAST'
  const as = (sql: string, to: DecimalType) => `${cast}(${sql} AS ${sqlType(to)})`
  const sides =
    operator === '*'
      ? // DuckDB multiplies two numbers of 64 bits in 64 bits
        [precision > MAX_PRECISION_64 ? as(left.sql, widened(left.type)) : left.sql, right.sql]
      : [as(left.sql, type), as(right.sql, type)]
  const sql = `(${sides.join(` ${operator} `)})`
  return { type, sql: `${cast}(${overflows ? attempt(sql) : sql} AS DECIMAL(${precision},${scale}))`, computed: true }
}

function widened(type: DecimalType): DecimalType {
  const { precision, scale } = digitsOf(type)
  return decimalType(Math.max(precision, MAX_PRECISION_64 + 1), scale)
}
