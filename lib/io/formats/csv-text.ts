/** Rows as delimited text, for formats that are rewritten to it. */
import type { ReadSettings } from './source.ts'

/** The dialect of what `csvLine` writes. */
export const WRITTEN = { delimiter: ',', quote: '"', escape: '"' } as const satisfies ReadSettings

/** One record and its newline. Quoted is what the reader would take for something else. */
export const csvLine = (cells: readonly string[]) => `${cells.map(quoted).join(',')}\n`

const quoted = (cell: string) => (/[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
