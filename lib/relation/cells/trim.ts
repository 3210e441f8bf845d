/** trim: no white space (space, tab, CR, LF) at either end. */
import { defineCell, sameType } from './cell.ts'

/** Every string that starts with a control character or a space sorts before '!', so one comparison finds most cells clean. */
const padded = (cell: string) =>
  `(${cell} < '!' OR ends_with(${cell}, ' ') OR ends_with(${cell}, chr(9)) OR ends_with(${cell}, chr(10)) OR ends_with(${cell}, chr(13)))`

/** The cell without white space at either end, however it is. */
export const trimmed = (cell: string) => `trim(${cell}, ' ' || chr(9) || chr(10) || chr(13))`

export const trim = defineCell({
  name: 'trim',
  summary: 'White space at either end is removed.',
  type: sameType,
  sql: (cell) => `CASE WHEN ${padded(cell)} THEN ${trimmed(cell)} ELSE ${cell} END`,
  changes: (cell) => `(${cell} <> '' AND ${padded(cell)})`,
})
