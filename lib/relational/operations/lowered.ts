/** What operations become when they are lowered: columns, flags and layers, all as SQL. */
import type { KeyReference, Origin } from './ops.ts'
import type { Values } from './narrow.ts'
import type { PlacedColumn } from './places.ts'
import type { Column } from '#relational/types/types.ts'

/** One bit of a row's mask: a condition some operation wants counted, in the order of the operations. */
export interface Flag {
  readonly origin: Origin
  /** The column it is about; '' for the row. */
  readonly column: string
  /** What happens to a row for which it is true. */
  readonly fate: Fate
  readonly counts: 'cells' | 'rows'
  /** In words, for quarantine and violations. */
  readonly reason: string
  /** The condition; null when the rows are known by number from the repeats of a key. */
  readonly sql: string | null
  readonly key_set: KeyReference | null
}

export type Fate = 'keep' | 'quarantine' | 'filter' | 'deduplicate'

/** A column of the result and where it came from. */
export interface LoweredColumn extends Column {
  readonly sql: string
  /** Columns of the sources it was made of. */
  readonly from: readonly string[]
  /** The operations on the way, as step and rule. */
  readonly through: readonly Origin[]
  /** Whether the cells are those of the one source column, changed or not. */
  readonly derived: boolean
  /** What its cells may be, beside missing, where that is known. */
  readonly values: Values
}

/** How an operation on cells shows in a row; all SQL stands above the layers. */
export interface CellChange {
  readonly origin: Origin
  readonly column: string
  readonly before: string
  readonly after: string
  /** Whether it changes the cell. */
  readonly changed: string
}

export interface LoweredRelation {
  readonly columns: readonly LoweredColumn[]
  readonly flags: readonly Flag[]
  readonly changes: readonly CellChange[]
  /** Layers of `expression AS identifier`, the innermost first. */
  readonly layers: readonly (readonly string[])[]
  /** The columns as they stand where keys were compared, by the number of operations before. */
  readonly places: ReadonlyMap<number, readonly PlacedColumn[]>
}
