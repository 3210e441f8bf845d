/** How staged cells become cells of a table whose types somebody else has chosen: exactly, or the row is named. */
import { TaskError } from '#core/errors/errors.ts'
import { preview } from '#core/text/preview.ts'
import { type Column, type ColumnType, digitsOf, isDecimal } from '#relational/types/types.ts'
import { natureOf, type TableColumn } from './columns.ts'
import type { Connection } from './connect.ts'
import { quoted } from './sql.ts'
import { declared, NUMBER, STAGED } from './stage.ts'

/** The staged cells as values of the types of a table, in a temporary table. */
export const TYPED = quoted('_siftstep_typed')

export interface Fit {
  readonly column: TableColumn
  /** Its quoted name, as the table has it. */
  readonly name: string
  /** What is stored, from the staged row `s`. */
  readonly value: string
  /** Whether the typed row `y` holds another value, as SQL; undefined where it cannot. */
  readonly changed: string | undefined
  /** Whether the table has the type of our column. */
  readonly same: boolean
}

/** The columns of the rows, with those of the table that they go to. To the server, names that differ in capitals only are the same. */
export const fitsOf = (columns: readonly Column[], there: readonly TableColumn[]): readonly Fit[] =>
  columns.flatMap((own) => {
    const column = there.find(({ name }) => name.toLowerCase() === own.name.toLowerCase())
    return column === undefined ? [] : [fitOf(own, column)]
  })

function fitOf(own: Column, column: TableColumn): Fit {
  const [cell, name] = [`s.${quoted(own.name)}`, quoted(column.name)]
  if (isSame(own, column)) return { column, name, value: cell, changed: undefined, same: true }
  const bytes = own.type === 'text' && natureOf(column) === 'bytes'
  const value = bytes ? `UNHEX(SUBSTRING(${cell}, 3))` : cell
  return { column, name, value, changed: changedOf(own.type, column, cell, `y.${name}`), same: false }
}

export const isSame = (own: Column, { type, charset }: TableColumn) =>
  type === declared(own) && (own.type !== 'text' || charset === 'utf8mb4')

/** Only an error stops the server from storing another value: it rounds, cuts spaces and times of day, and puts signs in another order. */
function changedOf(own: ColumnType, column: TableColumn, cell: string, stored: string): string | undefined {
  const differs = (a: string, b: string) => `NOT (${a} <=> ${b})`
  const cast = (type: string) => differs(`CAST(${stored} AS ${type})`, `CAST(${cell} AS ${type})`)
  switch (natureOf(column)) {
    case 'text':
      return own === 'text' ? differs(`CAST(CONVERT(${stored} USING utf8mb4) AS BINARY)`, `CAST(${cell} AS BINARY)`) : undefined
    case 'bytes':
      return own === 'text' ? differs(`CONCAT('0x', LOWER(HEX(${stored})))`, `LOWER(${cell})`) : undefined
    case 'exact':
      return own === 'float' ? differs(`${stored} + 0e0`, cell) : exactly(own, column, cell, stored)
    case 'float':
      if (own === 'text') return undefined
      return own === 'float' ? differs(`${stored} * 1e0`, cell) : exactly(own, column, cell, stored)
    case 'day':
      return cast('DATETIME(6)')
    case 'time':
      return cast('TIME(6)')
    default:
      return undefined
  }
}

/** Digits of an exact number of the server. */
const DIGITS = 65
const MAX_SCALE = 30

/** Compares numbers by all of their digits. */
function exactly(own: ColumnType, { whole }: TableColumn, cell: string, stored: string): string {
  const given = isDecimal(own) ? digitsOf(own).precision - digitsOf(own).scale : whole
  const type = `DECIMAL(${DIGITS},${Math.min(MAX_SCALE, DIGITS - Math.max(whole, given, 20))})`
  return `NOT (CAST(${stored} + 0 AS ${type}) <=> CAST(${cell} AS ${type}))`
}

/** Output.Conflict for the first row of a range with a cell that its column would change. */
export async function firstMisfit(connection: Connection, fits: readonly Fit[], columns: readonly Column[], range: string): Promise<void> {
  const changing = fits.flatMap((fit, at) => (fit.changed === undefined ? [] : [{ ...fit, given: columns[at] as Column }]))
  if (changing.length === 0) return
  const which = changing.map(({ changed }, at) => `WHEN ${changed} THEN ${at}`).join(' ')
  const cells = changing.map(({ given }) => `s.${quoted(given.name)}`).join(', ')
  const [row] = await connection.rows(
    `SELECT s.${NUMBER}, CASE ${which} END AS fits_not, ${cells} FROM ${STAGED} AS s JOIN ${TYPED} AS y ON y.${NUMBER} = s.${NUMBER} WHERE ${range} HAVING fits_not IS NOT NULL ORDER BY 1 LIMIT 1`,
  )
  if (row === undefined) return
  const [n, at, ...given] = row
  const { column } = changing[Number(at)] as (typeof changing)[number]
  throw new TaskError(
    'Output.Conflict',
    `row ${n}: ${preview([String(given[Number(at)])])} does not fit the column ${column.name}, ${column.type}`,
    {
      hint:
        natureOf(column) === 'bytes'
          ? 'write bytes in hexadecimal: 0x00ff; nothing was changed'
          : 'round or shorten it before the export, or change the type of the column; nothing was changed',
    },
  )
}
