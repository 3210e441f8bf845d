/** Loads the rows of an output into a temporary table, which nobody else sees and which ends with the transaction. */
import { TaskError } from '#core/errors/errors.ts'
import type { Scalar } from '#io/duckdb/session.ts'
import { type Column, type ColumnType, digitsOf, isDecimal, type SimpleType } from '#relational/types/types.ts'
import { loadRows, type Rows } from '../servers/staged-rows.ts'
import type { Connection } from './connect.ts'
import { escaped } from './copy-text.ts'

/** The rows by their number, from 1; the cells are `c0`, `c1` and so on. */
export const STAGED = 'pg_temp._siftstep_staged'

const DECLARED: { readonly [Type in SimpleType]: string } = {
  integer: 'bigint',
  float: 'double precision',
  text: 'text',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp without time zone',
}

/** The type of a column of ours, by the name the server gives it. */
export function declared(type: ColumnType): string {
  if (!isDecimal(type)) return DECLARED[type]
  const { precision, scale } = digitsOf(type)
  return `numeric(${precision},${scale})`
}

export async function stage(connection: Connection, output: Rows): Promise<void> {
  const { columns } = output.manifest
  const fields = columns.map(({ type }, at) => `, c${at} ${declared(type)}`).join('')
  await connection.run(`CREATE TEMP TABLE _siftstep_staged (n bigint PRIMARY KEY${fields}) ON COMMIT DROP`)
  let n = 0
  const lineOf = (row: readonly Scalar[]) => `${++n}${row.map((value, at) => `\t${cellOf(value, columns[at] as Column)}`).join('')}\n`
  async function* lines(batches: AsyncIterable<readonly (readonly Scalar[])[]>) {
    for await (const batch of batches) yield batch.map(lineOf).join('')
  }
  await loadRows(output, (batches) => connection.copyIn(`COPY ${STAGED} FROM STDIN`, lines(batches)))
  await connection.run(`ANALYZE ${STAGED}`)
}

function cellOf(value: Scalar, { name, type }: Column): string {
  if (value === null) return '\\N'
  if (typeof value !== 'string') return String(value)
  if (value.includes('\0')) {
    throw new TaskError('Output.Conflict', `the column ${name} holds a text with a NUL character, which PostgreSQL cannot store`, {
      hint: "remove it before the export: replace(column, chr(0), '')",
    })
  }
  // years before 1 stand in brackets in the engine
  return escaped(type === 'text' ? value : value.replace(' (BC)', ' BC'))
}
