/** trim: removes white space at either end. */
import {
  beginsWide,
  endsNarrow,
  endsWide,
  isAscii,
  leftTrimmedAsciiSql,
  trimmedAsciiSql,
  trimmedSql,
} from '#relational/types/white-space.ts'
import { trimmedText } from '#core/text/white-space.ts'
import { defineCell, sameType } from './cell.ts'

/** Every string that begins with a control character or a space sorts before '!', so one comparison finds most clean cells. */
const starts = (cell: string) => `${cell} < '!'`
const isPadded = (cell: string) => `(${starts(cell)} OR ${endsNarrow(cell)} OR ${beginsWide(cell)} OR ${endsWide(cell)})`

export const trim = defineCell({
  name: 'trim',
  summary: 'Removes white space at either end.',
  type: sameType,
  // most padded cells begin with one space, which is cut: ltrim takes ten times as long, and trim scans the whole text
  sql: (cell) => {
    const ascii = `CASE WHEN ${endsNarrow(cell)} THEN ${trimmedAsciiSql(cell)} WHEN NOT ${starts(cell)} THEN ${cell} WHEN ${cell} >= ' !' THEN substr(${cell}, 2) ELSE ${leftTrimmedAsciiSql(cell)} END`
    return `CASE WHEN ${isAscii(cell)} THEN ${ascii} WHEN ${isPadded(cell)} THEN ${trimmedSql(cell)} ELSE ${cell} END`
  },
  becomes: (cell) => (cell === null ? null : trimmedText(cell)),
  // a cell may begin with a control character that is not white space; only these few cells are trimmed here, where AND would trim every
  // cell
  changes: (cell) =>
    `(CASE WHEN CASE WHEN ${isAscii(cell)} THEN ${cell} <> '' AND (${starts(cell)} OR ${endsNarrow(cell)}) ELSE ${isPadded(cell)} END THEN strlen(${trimmedSql(cell)}) < strlen(${cell}) ELSE FALSE END)`,
})
