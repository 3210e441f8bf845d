/** Rows of a table on their way into the run's store: collected in the native engine, written as one Parquet file. */
import { DEFAULT_WRITER } from '#io/formats/writers/index.ts'
import type { Scalar, ScalarType, Session } from '#io/duckdb/session.ts'
import { name as quoted, sqlType, text } from '#relational/types/sql.ts'
import { type ColumnType, isDecimal, type SimpleType } from '#relational/types/types.ts'

export interface SinkColumn {
  readonly name: string
  readonly type: ColumnType
}

export interface TableSink {
  /** Called first, once. */
  start(columns: readonly SinkColumn[]): void
  /**
   * Rows in their order. Integers are bigint, floats number, everything else text: decimals in digits,  dates as `2024-01-31`, timestamps as
   * `2024-01-31 10:00:00.123456`, booleans as 0n or 1n.
   */
  append(rows: readonly (readonly Scalar[])[]): Promise<void>
}

/** How a type comes into the engine. */
const LOADED: { readonly [Type in SimpleType]: ScalarType } = {
  integer: 'BIGINT',
  boolean: 'BIGINT',
  float: 'DOUBLE',
  text: 'VARCHAR',
  date: 'VARCHAR',
  timestamp: 'VARCHAR',
}

const loaded = (type: ColumnType) => (isDecimal(type) ? 'VARCHAR' : LOADED[type])

/** The types that are cast before they are written. */
const isCast = (type: ColumnType) => type === 'boolean' || type === 'date' || type === 'timestamp' || isDecimal(type)

/** A sink that `finish` writes to `path`. */
export function tableSink(session: Session): { readonly sink: TableSink; finish(path: string): Promise<void> } {
  let columns: readonly SinkColumn[] = []
  let created = false
  const create = async () => {
    if (created) return
    created = true
    const fields = columns.map(({ type }, at) => `c${at} ${loaded(type)}`)
    await session.run(`CREATE TEMP TABLE extracted (${fields.join(', ')})`)
  }
  return {
    sink: {
      start: (given) => {
        columns = given
      },
      append: async (rows) => {
        await create()
        await session.append(
          'extracted',
          columns.map(({ type }) => loaded(type)),
          rows,
        )
      },
    },
    finish: async (path) => {
      await create()
      const selected = columns.map(
        ({ name, type }, at) => `${isCast(type) ? `CAST(c${at} AS ${sqlType(type)})` : `c${at}`} AS ${quoted(name)}`,
      )
      // as between two segments: small row groups, so that chunks are small (docs/performance.md)
      await session.run(
        `COPY (SELECT ${selected.join(', ')} FROM extracted) TO ${text(path)} (${DEFAULT_WRITER.copyOptions(DEFAULT_WRITER.compressions[0])})`,
      )
    },
  }
}
