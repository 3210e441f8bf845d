/** trim: no white space at either end. */
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

/** Every string that starts with a control character or a space sorts before '!', so one comparison finds most cells clean. */
const starts = (cell: string) => `${cell} < '!'`
const isPadded = (cell: string) => `(${starts(cell)} OR ${endsNarrow(cell)} OR ${beginsWide(cell)} OR ${endsWide(cell)})`

export const trim = defineCell({
  name: 'trim',
  summary: 'White space at either end is removed.',
  type: sameType,
  // what begins with one space, as most of them do, is cut: ltrim takes ten times as long, and trim goes through the whole text
  sql: (cell) => {
    const ascii = `CASE WHEN ${endsNarrow(cell)} THEN ${trimmedAsciiSql(cell)} WHEN NOT ${starts(cell)} THEN ${cell} WHEN ${cell} >= ' !' THEN substr(${cell}, 2) ELSE ${leftTrimmedAsciiSql(cell)} END`
    return `CASE WHEN ${isAscii(cell)} THEN ${ascii} WHEN ${isPadded(cell)} THEN ${trimmedSql(cell)} ELSE ${cell} END`
  },
  becomes: (cell) => (cell === null ? null : trimmedText(cell)),
  // a cell may begin with a control character that is no white space; the few cells in question are trimmed, where AND would trim all of them
  changes: (cell) =>
    `(CASE WHEN CASE WHEN ${isAscii(cell)} THEN ${cell} <> '' AND (${starts(cell)} OR ${endsNarrow(cell)}) ELSE ${isPadded(cell)} END THEN strlen(${trimmedSql(cell)}) < strlen(${cell}) ELSE FALSE END)`,
})
