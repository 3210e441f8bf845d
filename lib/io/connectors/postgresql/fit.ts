/** How staged cells become cells of a table whose types somebody else has chosen: exactly, or the row is named. */
import { TaskError } from '#core/errors/errors.ts'
import { preview } from '#core/text/preview.ts'
import type { Column } from '#relational/types/types.ts'
import type { Connection } from './connect.ts'
import { declared, STAGED } from './stage.ts'
import type { TableColumn } from './tables.ts'

export interface Fit {
  readonly name: string
  readonly column: TableColumn
  /** The staged cell. */
  readonly cell: string
  /** It as a value of the column; the length and precision of the type are checked when it is stored. */
  readonly value: string
  /** Whether the column would hold another value, as SQL; undefined where it cannot. */
  readonly changed: string | undefined
}

/** The columns of the rows, with those of the table that they go to. */
export const fitsOf = (columns: readonly Column[], there: readonly TableColumn[]): readonly Fit[] =>
  columns.flatMap(({ name, type }, at) => {
    const column = there.find((one) => one.name === name)
    return column === undefined ? [] : [fitOf(name, column, `s.c${at}`, declared(type))]
  })

function fitOf(name: string, column: TableColumn, cell: string, own: string): Fit {
  if (column.type === own) return { name, column, cell, value: cell, changed: undefined }
  const value = `${cell}::${column.base}`
  const differs = [
    // an explicit cast cuts a text, and rounds a number or a time
    ...(column.type === column.base ? [] : [`(${cell}::${column.type}) IS DISTINCT FROM (${value})`]),
    ...(own === 'text'
      ? column.base === 'date'
        ? [`(${cell}::timestamp) IS DISTINCT FROM (${value})::timestamp`]
        : []
      : [`(${value})::${own} IS DISTINCT FROM ${cell}`]),
  ]
  return { name, column, cell, value, changed: differs.length === 0 ? undefined : differs.join(' OR ') }
}

/** Output.Conflict for the first row of a range with a cell that its column would change. */
export async function firstMisfit(connection: Connection, fits: readonly Fit[], range: string): Promise<void> {
  const changing = fits.flatMap(({ name, column, cell, changed }) => (changed === undefined ? [] : [{ name, column, cell, changed }]))
  if (changing.length === 0) return
  const which = changing.map(({ changed }, at) => `WHEN ${changed} THEN ${at}`).join(' ')
  const [row] = await connection.rows(
    `SELECT n, at, ${changing.map(({ cell }) => `${cell}::text`).join(', ')} FROM (SELECT s.*, CASE ${which} END AS at FROM ${STAGED} AS s WHERE ${range}) AS s WHERE at IS NOT NULL ORDER BY n LIMIT 1`,
  )
  if (row === undefined) return
  const [n, at, ...cells] = row
  const { name, column } = changing[Number(at)] as (typeof changing)[number]
  throw new TaskError(
    'Output.Conflict',
    `row ${n}: ${preview([String(cells[Number(at)])])} does not fit the column ${name}, ${column.type}`,
    {
      hint: `round or shorten it before the export, or change the type of the column; nothing was changed`,
    },
  )
}
