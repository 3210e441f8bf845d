/** The columns that a SELECT of an author returns, known from the engine before a row is read, with our types. */
import type { Session } from '#io/duckdb/session.ts'
import { engineMessage } from '#io/duckdb/error.ts'
import { nearest } from '#core/text/nearest.ts'
import { preview } from '#core/text/preview.ts'
import { name as quoted, noRows, sqlType } from '#relational/types/sql.ts'
import { type Column, type ColumnType, decimalType } from '#relational/types/types.ts'
import { type Statement, statementSql, type StatementTable } from './statement.ts'
import { nodesIn, type StatementProblem } from './statement-tree.ts'

/** A column, and SQL for its value in the type that we have for it. */
export interface ReturnedColumn extends Column {
  readonly sql: string
}

export type Bound = { readonly columns: readonly ReturnedColumn[] } | { readonly problem: StatementProblem }

/** Types of the engine that are one of ours, whatever their values are. */
const TYPES: ReadonlyMap<string, ColumnType> = new Map([
  ['VARCHAR', 'text'],
  ['BOOLEAN', 'boolean'],
  ['DOUBLE', 'float'],
  ['DATE', 'date'],
  ...['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'UTINYINT', 'USMALLINT', 'UINTEGER'].map((name) => [name, 'integer'] as const),
  // a value beyond 64 bits fails the cast, and so the step
  ...['HUGEINT', 'UBIGINT', 'UHUGEINT'].map((name) => [name, 'integer'] as const),
  ...['TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP WITH TIME ZONE'].map((name) => [name, 'timestamp'] as const),
])

/** What an author writes where a type is none of ours. */
const FIXES: ReadonlyMap<string, string> = new Map([
  ['FLOAT', 'DOUBLE'],
  ['TIMESTAMP_NS', 'TIMESTAMP'],
])

/** The columns of the statement over these tables, or why it has none. */
export async function bind(session: Session, sql: string, statement: Statement, tables: readonly StatementTable[]): Promise<Bound> {
  let described: readonly { readonly [field: string]: unknown }[]
  try {
    described = await session.rows(`DESCRIBE ${sql}`)
  } catch (error) {
    const message = engineMessage(error)
    if (message === undefined) throw error
    return { problem: bindProblem(message, statement, tables) }
  }
  const columns: ReturnedColumn[] = []
  for (const { column_name, column_type } of described) {
    const found = returned(String(column_name), String(column_type))
    if ('problem' in found) return found
    columns.push(found)
  }
  return { columns }
}

/** What the statement says of a column that its one table does not have; undefined if it names no such column. Creates the table, without rows. */
export async function missingColumn(
  session: Session,
  statement: Statement,
  given: StatementTable,
  parameters: readonly string[],
): Promise<StatementProblem | undefined> {
  await session.run(`CREATE TEMP TABLE ${given.table} AS ${noRows(given.columns)}`)
  const values = Object.fromEntries(parameters.map((name) => [name, null]))
  const bound = await bind(session, await statementSql(session, statement, [given], values), statement, [given])
  return 'problem' in bound && bound.problem.missing !== undefined ? bound.problem : undefined
}

function returned(name: string, engineType: string): ReturnedColumn | { readonly problem: StatementProblem } {
  const [, precision, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(engineType) ?? []
  const type = precision === undefined ? TYPES.get(engineType) : decimalType(Number(precision), Number(scale))
  if (type === undefined) {
    const what = `the column "${name}" has the type ${engineType}, which rows cannot have`
    return { problem: { what, hint: `convert it in the statement: CAST(… AS ${FIXES.get(engineType) ?? 'VARCHAR'}) AS ${quoted(name)}` } }
  }
  const moment = engineType === 'TIMESTAMP WITH TIME ZONE' ? `${quoted(name)} AT TIME ZONE 'UTC'` : quoted(name)
  return { name, type, sql: `CAST(${moment} AS ${sqlType(type)})` }
}

function bindProblem(message: string, { tree }: Statement, tables: readonly StatementTable[]): StatementProblem {
  const first = (message.split('\n')[0] ?? '').replace(/^\w[\w ]* Error: /, '')
  const listed = tables
    .map(
      ({ name, columns }) =>
        `${name} (${preview(
          columns.map((column) => `${column.name}${column.untyped === true ? '' : ` ${column.type}`}`),
          30,
        )})`,
    )
    .join(', ')
  const [, missing] = /^Referenced column "(.*)" not found|does not have a column named "(.*)"/.exec(first)?.filter(Boolean) ?? []
  if (missing === undefined) return { what: first, hint: `the columns here are ${listed}` }
  const names = tables.flatMap(({ columns }) => columns.map(({ name }) => name))
  const near = nearest(missing, names)
  const place = [...nodesIn(tree)].find(([node]) => (node['column_names'] as readonly string[] | undefined)?.at(-1) === missing)
  return {
    missing,
    what: `there is no column "${missing}"`,
    hint: `${near === undefined ? '' : `did you mean ${near}? `}the columns here are ${listed}`,
    at: place?.[0]['query_location'] as number | undefined,
  }
}
