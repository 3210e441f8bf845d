/**
 * Integer arithmetic in SQL: a result beyond 64 bits is NULL, but intermediate results may be larger. A single operation runs in 64 bits
 * under TRY; several are combined in 128 bits, where they cannot overflow, and cast back once. A TRY around several operations would not
 * work: DuckDB moves parts that occur twice out of it.
 */
import { attempt } from './function.ts'

/** An integer being computed. */
export interface Integer {
  readonly type: 'integer'
  /** SQL of type BIGINT that may fail only in its single operation; null if there are several operations. */
  readonly narrow: string | null
  /** SQL of type HUGEINT that never fails. */
  readonly wide: string
  /** How many bits the magnitude may need; at most MAX_BITS. */
  readonly bits: number
  readonly computed: boolean
}

/** HUGEINT has 127 bits and a sign. */
const MAX_BITS = 126

/** An existing BIGINT; `digits` if it is a literal. */
export function given(sql: string, digits?: string): Integer {
  const bits = digits === undefined ? 64 : BigInt(digits.replace('-', '')).toString(2).length
  return { type: 'integer', narrow: sql, wide: `CAST(${sql} AS HUGEINT)`, bits, computed: false }
}

/** The SQL of type BIGINT; NULL if the number does not fit. */
export function bigint({ narrow, wide, computed }: Integer): string {
  if (narrow === null) return `TRY_CAST(${wide} AS BIGINT)`
  return computed ? attempt(narrow) : narrow
}

const reduced = (integer: Integer) => (integer.computed ? given(bigint(integer)) : integer)

export function combined(operator: '+' | '-' | '*' | '%', left: Integer, right: Integer): Integer {
  const bits = operator === '*' ? left.bits + right.bits : Math.max(left.bits, right.bits) + 1
  if (bits > MAX_BITS && (left.computed || right.computed)) return combined(operator, reduced(left), reduced(right))
  const single = !left.computed && !right.computed
  return {
    type: 'integer',
    narrow: single ? `(${left.narrow} ${operator} ${right.narrow})` : null,
    wide: `(${left.wide} ${operator} ${right.wide})`,
    bits,
    computed: true,
  }
}

export function negated(operand: Integer): Integer {
  return { ...operand, narrow: operand.computed ? null : `(-${operand.narrow})`, wide: `(-${operand.wide})`, computed: true }
}
