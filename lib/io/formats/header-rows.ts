/** Headers of several rows: the names of a column are joined, and a second header row that is read as a record is found. */
import { trimmedText } from '#core/text/white-space.ts'
import { isSame } from './header.ts'
import { isFilled, isValue, type Row, typedIn } from './table-start.ts'

/**
 * The names of the columns from several header rows, joined by a space. A cell of an upper row also stands above the empty cells to its
 * right, as a merged cell does, if it has a name below it.
 */
export function joinedNames(rows: readonly (readonly string[])[], fields: number): readonly string[] {
  const names = rows.map((cells) => Array.from({ length: Math.max(fields, cells.length) }, (_, at) => trimmedText(cells[at] ?? '')))
  const spread = names.map((cells, row) => {
    const below = names.slice(row + 1)
    const isAbove = (at: number) => below.some((lower) => (lower[at] ?? '') !== '')
    let group = ''
    return cells.map((cell, at) => {
      if (cell !== '') group = isAbove(at) ? cell : ''
      return cell === '' && isAbove(at) ? group : cell
    })
  })
  return Array.from({ length: Math.max(fields, ...names.map((cells) => cells.length)) }, (_, at) =>
    spread
      .map((cells) => cells[at] ?? '')
      .filter((cell, row, all) => cell !== '' && cell !== all[row - 1])
      .join(' '),
  )
}

/**
 * How many rows name the columns, one or two. Two only if the names of the second row need the first: they repeat below groups (`q1,q2,q1,q2`),
 * or each column has its name in either row.
 */
export function countHeaderRows(rows: readonly Row[], fields: number): 1 | 2 {
  const [first, second, ...body] = rows
  if (first === undefined || second === undefined || !first.sound || !second.sound) return 1
  if (fields < 3 || first.cells.length !== fields || second.cells.length !== fields || body.length < 2) return 1
  const [upper, lower] = [first.cells.map(isFilled), second.cells.map(isFilled)]
  if (upper.every(Boolean) || upper.filter(Boolean).length < 2 || lower.filter(Boolean).length < 2) return 1
  const typed = typedIn(body, fields)
  if (typed.length === 0 || second.cells.some(isValue)) return 1
  const lowerNames = second.cells.map((cell) => trimmedText(cell).toLowerCase()).filter((cell) => cell !== '')
  const repeats = lower.every(Boolean) && new Set(lowerNames).size < lowerNames.length
  const completes = !lower.every(Boolean) && upper.every((is, at) => is || lower[at] === true)
  if (!repeats && !completes) return 1
  const joined = joinedNames([first.cells, second.cells], fields).map((name) => name.toLowerCase())
  return joined.every((name) => name !== '') && new Set(joined).size === joined.length ? 2 : 1
}

/** How many rows at the beginning are the header, once or repeated, where a row that is another follows. */
export function repeatedHeaders([first, ...others]: readonly Row[]): number {
  if (first === undefined || !first.sound || first.cells.length < 2) return 1
  const repeated = others.findIndex(({ cells, sound }) => !sound || !isSame(cells, first.cells))
  return repeated > 0 && repeated < MAX_HEADER_ROWS ? repeated + 1 : 1
}

/** As many as the setting allows. */
export const MAX_HEADER_ROWS = 10

/** Whether the row below the header is one more, such as units: text above at least two columns of numbers, dates or addresses. */
export function isSecondHeader(rows: readonly Row[], fields: number): boolean {
  const [, second, ...body] = rows
  if (second === undefined || !second.sound || second.cells.length !== fields) return false
  const typed = typedIn(body, fields)
  const named = typed.filter((column) => isFilled(second.cells[column] ?? ''))
  return (
    named.length >= 2 &&
    typed.every((column) => !isValue(second.cells[column] ?? '')) &&
    named.every((column) => body.every(({ cells }) => cells[column] !== second.cells[column]))
  )
}
