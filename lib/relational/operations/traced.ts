/** Traces columns to their origin through a sequence of operations. */
import type { Origin } from './ops.ts'
import type { Column } from '#relational/types/types.ts'

/** A column of another file that was added to the relation. */
export interface Outside {
  readonly source: string
  readonly column: string
}

export interface TracedColumn extends Column {
  /** Columns of the initial relation. */
  readonly from: readonly string[]
  readonly outside: readonly Outside[]
  /** The operations applied. */
  readonly through: readonly Origin[]
  /** False if the cells are those of one column, changed or not. */
  readonly derived: boolean
  /** The expression that computed its cells, which can read columns that were computed before; absent if no expression did. */
  readonly expression?: string
}

export const untouched = (columns: readonly Column[]): readonly TracedColumn[] =>
  columns.map(({ name, type, untyped }) => ({ name, type, untyped, from: [name], outside: [], through: [], derived: false }))

/** Rewrites the lineage `after` in terms of the relation that `before` starts from. */
export function traceOn(before: readonly TracedColumn[], after: readonly TracedColumn[]): readonly TracedColumn[] {
  return after.map((column) => {
    const sources = column.from.flatMap((name) => before.filter((one) => one.name === name))
    const expression = column.expression ?? (column.derived ? undefined : sources[0]?.expression)
    return {
      name: column.name,
      type: column.type,
      untyped: column.untyped,
      from: distinct(sources.flatMap(({ from }) => from)),
      outside: distinct([...sources.flatMap(({ outside }) => outside), ...column.outside]),
      through: distinct([...sources.flatMap(({ through }) => through), ...column.through]),
      derived: column.derived || sources.some(({ derived }) => derived),
      ...(expression === undefined ? {} : { expression }),
    }
  })
}

function distinct<Item>(items: readonly Item[]): readonly Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()]
}
