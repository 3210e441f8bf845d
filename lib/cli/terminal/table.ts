/** Text tables for the terminal. */

/** Columns as wide as their content; those with these numbers are right-aligned. One line for the header and one per row. */
export function columnsOf(head: readonly string[], rows: readonly (readonly string[])[], right: ReadonlySet<number> = new Set()): string {
  const widths = head.map((title, at) => Math.max(length(title), ...rows.map((row) => length(row[at] ?? ''))))
  const line = (cells: readonly string[]) =>
    widths
      .map((width, at) => {
        const cell = cells[at] ?? ''
        const gap = ' '.repeat(width - length(cell))
        return right.has(at) ? `${gap}${cell}` : `${cell}${gap}`
      })
      .join('  ')
      .trimEnd()
  return `${[head, ...rows].map(line).join('\n')}\n`
}

const length = (text: string) => [...text].length
