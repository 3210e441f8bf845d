/** A node of an expression in the reference engine: a value of every row, with its type. */
import { dateIn } from '#relational/expression/moments.ts'
import { literalAs } from '#relational/expression/scalar.ts'
import type { ValueType } from '#relational/expression/types.ts'
import type { ColumnType } from '#relational/types/types.ts'
import type { Interval } from './moments.ts'
import { type Cell, convert } from './values.ts'

export type Row = ReadonlyMap<string, Cell>

/** A value of every row. */
export interface Node {
  readonly type: Exclude<ValueType, 'unknown'>
  /** The text or number if it is known before the data. */
  readonly text?: string
  readonly number?: number
  readonly interval?: Interval
  readonly at: (row: Row) => Cell
}

export type At = Node['at']

export const constant = (type: Node['type'], value: Cell, known: Partial<Node> = {}): Node => ({ type, ...known, at: () => value })

/** The type of a column that holds the values; text if they have no common type. */
export const columnType = (type: ValueType | 'mixed'): ColumnType =>
  type === 'mixed' || type === 'null' || type === 'unknown' || type === 'interval' ? 'text' : type

/** Converts a node. Text that is known before the data is read as a literal of the type. */
export function toType(node: Node, type: ColumnType): At {
  const { type: from, number, text } = node
  if (number !== undefined && type === 'float') return () => number
  if (text !== undefined && from === 'text' && type !== 'text') {
    const canonical = type === 'date' ? dateIn(text) : literalAs(text, type)
    return () => (canonical === undefined ? null : convert(canonical, 'text', type))
  }
  if (from === 'null') return () => null
  if (from === 'interval') throw new Error('an interval has no value of another type here')
  return (row) => convert(node.at(row), from, type)
}
