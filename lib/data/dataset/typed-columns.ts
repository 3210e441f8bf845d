/** Types of typed sources, and the one type that holds every value where sources disagree. */
import { preview } from '#core/text/preview.ts'
import { type ColumnType, type DecimalType, digitsOf, FLOAT_DIGITS, MAX_PRECISION, typeNamed } from '#relational/types/types.ts'
import type { TypedColumn } from './inspected-source.ts'

/** How a nested value is cast: its JSON. */
export const AS_JSON = 'JSON'

const TYPES: readonly { readonly pattern: RegExp; readonly type: ColumnType; readonly cast: string | null }[] = [
  { pattern: /^(TINY|SMALL|BIG|UTINY|USMALL)?INT(EGER)?$|^UINTEGER$/, type: 'integer', cast: null },
  { pattern: /^UBIGINT$/, type: 'decimal(20,0)', cast: 'DECIMAL(20,0)' },
  // no type of numbers holds all of them
  { pattern: /^(HUGEINT|UHUGEINT)$/, type: 'text', cast: 'VARCHAR' },
  { pattern: /^(FLOAT|DOUBLE)$/, type: 'float', cast: null },
  { pattern: /^BOOLEAN$/, type: 'boolean', cast: null },
  { pattern: /^DATE$/, type: 'date', cast: null },
  { pattern: /^TIMESTAMP$/, type: 'timestamp', cast: null },
  { pattern: /^TIMESTAMP[^[\]()]*$/, type: 'timestamp', cast: 'TIMESTAMP' },
  { pattern: /^VARCHAR$/, type: 'text', cast: null },
  { pattern: /[[\]]$|^(STRUCT|MAP|UNION|LIST)\b/, type: 'text', cast: AS_JSON },
]

export const isNumeric = (stored: string) => /INT|^(FLOAT|DOUBLE|DECIMAL)/.test(stored)

/** Times, bytes, UUIDs and the like are read as text. */
export function typedColumn(stored: string, small: boolean): TypedColumn {
  const decimal = stored.startsWith('DECIMAL(') ? typeNamed(stored) : undefined
  if (decimal !== undefined) return { type: decimal, cast: null, stored, ...(small ? { small } : {}) }
  const { type, cast } = TYPES.find(({ pattern }) => pattern.test(stored)) ?? { type: 'text' as const, cast: 'VARCHAR' }
  return { type, cast, stored, ...(small ? { small } : {}) }
}

/** What is to be known about a column of a file: digits that its new type does not have. */
export const noteOn = (name: string, stored: string): string | null =>
  stored === 'TIMESTAMP_NS' ? `"${name}" has nanoseconds; digits beyond microseconds are dropped` : null

export interface Agreed {
  readonly type: ColumnType
  /** The SQL type that all sources are cast to; null: each as it is by itself. */
  readonly cast: string | null
  /** How the sources disagree, where the type is no wider number or time. */
  readonly doubt: string | null
}

/** The type that holds every value of a column of typed sources. */
export function agree(name: string, parts: readonly { readonly source: string; readonly typed: TypedColumn }[]): Agreed {
  const [first] = parts
  const stored = new Set(parts.map(({ typed }) => typed.stored))
  if (first === undefined || stored.size === 1) return { type: first?.typed.type ?? 'text', cast: null, doubt: null }
  const wide = widest(parts.map(({ typed }) => typed))
  const zoned = [...stored].filter((type) => type.includes('TIME ZONE'))
  const listed = [...stored].map(
    (type) =>
      `${type} in ${preview(
        parts.filter(({ typed }) => typed.stored === type).map(({ source }) => source),
        2,
      )}`,
  )
  const apart = `"${name}" is ${listed.join(' and ')}`
  if (wide === null) return { type: 'text', cast: 'VARCHAR', doubt: `${apart}; no other type holds all values, so it is read as text` }
  const { type } = typedColumn(wide, false)
  const isMixed = type === 'timestamp' && zoned.length > 0 && zoned.length < stored.size
  return { type, cast: wide, doubt: isMixed ? `${apart}; times without a zone are read as UTC` : null }
}

const INTEGER_DIGITS: ReadonlyMap<string, number> = new Map([
  ['TINYINT', 3],
  ['UTINYINT', 3],
  ['SMALLINT', 5],
  ['USMALLINT', 5],
  ['INTEGER', 10],
  ['UINTEGER', 10],
  ['BIGINT', 19],
  ['UBIGINT', 20],
])

/** The SQL type that holds all values of these types; null if none but text does. */
function widest(columns: readonly TypedColumn[]): string | null {
  const stored = columns.map((column) => column.stored)
  if (stored.every((type) => INTEGER_DIGITS.has(type) && type !== 'UBIGINT')) return 'BIGINT'
  if (stored.every((type) => type === 'DATE' || type.startsWith('TIMESTAMP'))) return 'TIMESTAMP'
  const parts = columns.map(digitsIn)
  if (parts.some((part) => part === null)) return null
  const known = parts.filter((part) => part !== null)
  if (known.some(({ isFloat }) => isFloat)) return known.every(({ isFloat, isExact }) => isFloat || isExact) ? 'DOUBLE' : null
  const scale = Math.max(...known.map((part) => part.scale))
  const digits = Math.max(...known.map((part) => part.whole)) + scale
  return digits <= MAX_PRECISION ? `DECIMAL(${digits},${scale})` : null
}

/** Whether an exact decimal has room for all digits of a stored type. */
export function isWithin(stored: string, wanted: DecimalType): boolean {
  const room = digitsOf(wanted)
  const digits = digitsIn({ stored })
  return digits !== null && !digits.isFloat && digits.whole <= room.whole && digits.scale <= room.scale
}

/** The digits of a number before and behind the point; null for what is no number of bounded size. */
function digitsIn({ stored, small = false }: Pick<TypedColumn, 'stored' | 'small'>) {
  if (stored === 'FLOAT' || stored === 'DOUBLE') return { whole: 0, scale: 0, isFloat: true, isExact: true }
  const digits = INTEGER_DIGITS.get(stored)
  if (digits !== undefined) return { whole: digits, scale: 0, isFloat: false, isExact: digits <= FLOAT_DIGITS || small }
  const [, precision, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(stored) ?? []
  if (precision === undefined) return null
  return { whole: Number(precision) - Number(scale), scale: Number(scale), isFloat: false, isExact: Number(precision) <= FLOAT_DIGITS }
}
