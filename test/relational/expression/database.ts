/** An in-memory database for tests of SQL. */
import { type DuckDBConnection, DuckDBInstance, type Json } from '@duckdb/node-api'

export async function connect(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  return instance.connect()
}

/** The values of a query's first column. DuckDB writes BIGINT as text in JSON; those JavaScript can hold are numbers here. */
export async function column(
  connection: DuckDBConnection,
  query: string,
): Promise<{ readonly values: readonly Json[]; readonly type: string }> {
  const result = await connection.runAndReadAll(query)
  const type = String(result.columnType(0))
  const values = result
    .getRowsJson()
    .map(([value = null]) =>
      type === 'BIGINT' && typeof value === 'string' && Number.isSafeInteger(Number(value)) ? Number(value) : value,
    )
  return { values, type }
}
