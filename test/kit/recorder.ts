/** A sink of tables that keeps what it is given. */
import type { SinkColumn, TableSink } from '#io/connectors/table-sink.ts'
import type { Scalar } from '#io/duckdb/session.ts'

/** `onAppend` is called with the number of rows so far; `first` keeps only so many cells of each row (default: all). */
export function recorder(onAppend: (rows: number) => unknown = () => {}, first?: number) {
  const columns: SinkColumn[] = []
  const rows: (readonly Scalar[])[] = []
  const sink: TableSink = {
    start: (given) => {
      columns.push(...given)
    },
    append: async (given) => {
      for (const row of given) rows.push(first === undefined ? row : row.slice(0, first))
      await onAppend(rows.length)
    },
  }
  return { sink, columns, rows }
}
