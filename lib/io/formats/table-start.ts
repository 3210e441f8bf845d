/**
 * Finds where the table of a text seems to begin if it is further down than detected: exports of banks and offices have lines above the
 * header that look like records. It only produces a note; the user decides.
 */
import { cellKind } from './cell-kind.ts'
import { trimmedText } from '#core/text/white-space.ts'

/** The relevant parts of one record. */
export interface Row {
  readonly cells: readonly string[]
  readonly sound: boolean
}

/** The number of records searched for a later header. */
const LOOKED_AT = 40
/** The share of a column's cells that makes it a column of numbers, dates or addresses. */
const NEARLY_ALL = 0.9

/**
 * The index of the row that seems to be the header; null if there is none below the first, or the evidence is insufficient. `first` is the
 * row the table was detected to begin with.
 */
export function laterHeader(rows: readonly Row[], first: number, fields: number): number | null {
  const typed = typedColumns(rows, first, fields)
  if (typed.length === 0) return null
  const values = ({ cells }: Row) => typed.filter((column) => isValue(cells[column] ?? '')).length
  let header: number | null = null
  // above the header hardly any cell has the type of its column
  for (let at = first; at < Math.min(rows.length, first + LOOKED_AT); at++) {
    const row = rows[at]
    if (row === undefined || values(row) * 2 > typed.length) break
    if (values(row) === 0 && isHeaderLike(row, fields)) header = at
  }
  if (header === null || header === first) return null
  // a single column may have a wrong cell; a second header has as many names as the first
  const above = rows.slice(first, header)
  return typed.length > 1 || above.some((row) => !isHeaderLike(row, fields)) ? header : null
}

/** Columns of numbers, dates or addresses in the part of the text that is certainly the table. */
function typedColumns(rows: readonly Row[], first: number, fields: number): readonly number[] {
  const from = Math.min(first + LOOKED_AT, first + Math.ceil((rows.length - first) / 2))
  return typedIn(rows.slice(from), fields)
}

/** Columns of numbers, dates or addresses in some rows. */
export function typedIn(rows: readonly Row[], fields: number): readonly number[] {
  const body = rows.filter(({ cells, sound }) => sound && cells.length === fields)
  return Array.from({ length: fields }, (_, column) => column).filter((column) => {
    const cells = body.map((row) => row.cells[column] ?? '').filter(isFilled)
    return cells.length >= 2 && cells.filter(isValue).length >= NEARLY_ALL * cells.length
  })
}

export const isValue = (cell: string) => ['number', 'date', 'address'].includes(cellKind(cell))

/** Whether a cell is neither empty nor a null value. */
export const isFilled = (cell: string) => !['empty', 'null'].includes(cellKind(cell))

/** Whether every column has a name and none occurs twice. */
function isHeaderLike({ cells, sound }: Row, fields: number): boolean {
  const names = cells.map((cell) => trimmedText(cell).toLowerCase())
  return sound && names.length === fields && names.every((name) => name !== '') && new Set(names).size === names.length
}
