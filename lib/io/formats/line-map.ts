/** From lines of a text that was rewritten to the rows of the file they come from. Only where the count jumps is kept. */
import type { LineMap } from './source.ts'

export function startLineMap() {
  const lines: number[] = []
  const rows: number[] = []
  let offset: number | undefined
  return {
    /** That a line, later than all before, comes from a row. */
    add(line: number, row: number): void {
      if (row - line === offset) return
      offset = row - line
      lines.push(line)
      rows.push(row)
    },
    map: (): LineMap => ({ lines, rows }),
  }
}

/** The row of a line; the line itself without a map. */
export function rowOf(map: LineMap | undefined, line: number): number {
  if (map === undefined) return line
  let low = 0
  let high = map.lines.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((map.lines[middle] ?? 0) <= line) low = middle + 1
    else high = middle
  }
  const [from, row] = [map.lines[low - 1], map.rows[low - 1]]
  return from === undefined || row === undefined ? line : row + line - from
}
