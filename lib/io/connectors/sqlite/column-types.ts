/**
 * The types of a table's columns, from every cell. SQLite stores a type with each cell, whatever the column was declared as: a column has
 * a type of ours only when each of its cells is exactly a value of that type. Otherwise it is text, and the notes say what was found.
 */
import { count } from '#core/text/numbers.ts'
import type { SimpleType } from '#relational/types/types.ts'
import { name as quoted } from '#relational/types/sql.ts'
import type { Cell, Database } from './database.ts'

interface DeclaredColumn {
  readonly name: string
  /** In capitals; '' where there is none. */
  readonly declared: string
}

export interface TypedColumn {
  readonly name: string
  readonly type: SimpleType
  readonly notes: readonly string[]
  /** Those of the notes that need a decision. */
  readonly doubts: readonly string[]
  /** Texts that hold a NUL character. */
  readonly cut: number
}

/** Cells of a column by how they are stored. */
interface Stored {
  readonly integer: number
  readonly real: number
  readonly text: number
  readonly blob: number
  /** Integers beyond 2^53: no 64-bit float is equal to every one of them. */
  readonly large: number
  readonly zero_or_one: number
  readonly dates: number
  readonly timestamps: number
  /** Texts with a NUL character, which end there when they are read. */
  readonly cut: number
}

/** Of each column as many figures as `figuresOf` asks for; SQLite allows 2000 results. */
const COLUMNS_AT_ONCE = 200

/** The types of all columns of a SELECT. Reads every row. */
export function typeColumns(database: Database, select: string, columns: readonly DeclaredColumn[]): readonly TypedColumn[] {
  const typed: TypedColumn[] = []
  for (let first = 0; first < columns.length; first += COLUMNS_AT_ONCE) {
    const some = columns.slice(first, first + COLUMNS_AT_ONCE)
    const [row = []] = database.rows(`SELECT ${some.map(({ name }) => figuresOf(quoted(name))).join(', ')} FROM (${select}\n)`)
    for (const [at, column] of some.entries()) typed.push(typeOf(column, storedIn(row.slice(at * FIGURES, (at + 1) * FIGURES))))
  }
  return typed
}

const FIGURES = 9

function figuresOf(cell: string): string {
  const digits = (length: number) => '[0-9]'.repeat(length)
  const day = `${digits(4)}-${digits(2)}-${digits(2)}`
  const time = `${digits(2)}:${digits(2)}:${digits(2)}`
  // a date that is none, such as 2024-02-30, comes back as another
  const isDate = `${cell} GLOB '${day}' AND date(${cell}) = ${cell}`
  const second = `substr(${cell}, 1, 19)`
  const fraction = `substr(${cell}, 20)`
  const isTimestamp = `${second} GLOB '${day} ${time}' AND datetime(${second}) = ${second} AND (${fraction} = '' OR (length(${fraction}) BETWEEN 2 AND 7 AND ${fraction} GLOB '.[0-9]*' AND substr(${fraction}, 2) NOT GLOB '*[^0-9]*'))`
  return [
    ...['integer', 'real', 'text', 'blob'].map((type) => `sum(typeof(${cell}) = '${type}')`),
    `sum(typeof(${cell}) = 'integer' AND (${cell} > 9007199254740992 OR ${cell} < -9007199254740992))`,
    `sum(typeof(${cell}) = 'integer' AND ${cell} IN (0, 1))`,
    `sum(typeof(${cell}) = 'text' AND ${isDate})`,
    `sum(typeof(${cell}) = 'text' AND ${isTimestamp})`,
    `sum(typeof(${cell}) = 'text' AND instr(CAST(${cell} AS BLOB), x'00') > 0)`,
  ].join(', ')
}

function storedIn(figures: readonly Cell[]): Stored {
  const [integer = 0, real = 0, text = 0, blob = 0, large = 0, zero_or_one = 0, dates = 0, timestamps = 0, cut = 0] = figures.map(Number)
  return { integer, real, text, blob, large, zero_or_one, dates, timestamps, cut }
}

function typeOf({ name, declared }: DeclaredColumn, stored: Stored): TypedColumn {
  const { integer, real, text, blob, large } = stored
  const cells = integer + real + text + blob
  const one = (type: SimpleType): TypedColumn => ({ name, type, notes: [], doubts: [], cut: stored.cut })
  if (cells === 0) return one(declaredType(declared))
  if (integer === cells) return one(/BOOL/.test(declared) && stored.zero_or_one === cells ? 'boolean' : 'integer')
  if (integer + real === cells && large === 0) return one('float')
  if (text === cells) {
    if (/^DATE$/.test(declared) && stored.dates === cells) return one('date')
    if (/^(DATETIME|TIMESTAMP)\b/.test(declared) && stored.timestamps === cells) return one('timestamp')
    return one('text')
  }
  const found = [
    ...(integer > 0 ? [count(integer, 'integer')] : []),
    ...(real > 0 ? [count(real, 'real')] : []),
    ...(text > 0 ? [count(text, 'text')] : []),
    ...(blob > 0 ? [count(blob, 'BLOB')] : []),
  ].join(', ')
  const asHex = blob > 0 ? ', BLOBs in hexadecimal' : ''
  const note =
    blob === cells ? `${name} holds ${found}, read as text in hexadecimal` : `${name} holds ${found}: each cell is read as text${asHex}`
  return { name, type: 'text', notes: [note], doubts: blob === cells ? [] : [note], cut: stored.cut }
}

/** Of a column without any value: what it was declared as. Source: https://www.sqlite.org/datatype3.html, 3.1 */
function declaredType(declared: string): SimpleType {
  if (/BOOL/.test(declared)) return 'boolean'
  if (/^DATE$/.test(declared)) return 'date'
  if (/^(DATETIME|TIMESTAMP)\b/.test(declared)) return 'timestamp'
  if (/INT/.test(declared)) return 'integer'
  if (/REAL|FLOA|DOUB/.test(declared)) return 'float'
  return 'text'
}
