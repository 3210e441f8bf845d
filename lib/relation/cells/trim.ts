/** trim: no white space (space, tab, CR, LF) at either end. */
import { allOf, anyOf } from '../sql.ts'
import { defineCell, sameType } from './cell.ts'

/** Every string that starts with a control character or a space sorts before '!', so one comparison finds most cells clean. */
const starts = (cell: string) => `${cell} < '!'`
const ends = (cell: string) => anyOf(["' '", 'chr(9)', 'chr(10)', 'chr(13)'].map((space) => `ends_with(${cell}, ${space})`))
const SPACE = "' ' || chr(9) || chr(10) || chr(13)"

/** The cell without white space at either end, however it is. */
export const trimmed = (cell: string) => `trim(${cell}, ${SPACE})`

/** The same of a text that is here. */
export const trimmedText = (text: string) => text.replace(/^[ \t\n\r]+|[ \t\n\r]+$/g, '')

export const trim = defineCell({
  name: 'trim',
  summary: 'White space at either end is removed.',
  type: sameType,
  // what begins with one space, as most of them do, is cut: ltrim takes ten times as long, and trim goes through the whole text
  sql: (cell) =>
    `CASE WHEN ${ends(cell)} THEN ${trimmed(cell)} WHEN NOT ${starts(cell)} THEN ${cell} WHEN ${cell} >= ' !' THEN substr(${cell}, 2) ELSE ltrim(${cell}, ${SPACE}) END`,
  becomes: (cell) => (cell === null ? null : trimmedText(cell)),
  changes: (cell) => allOf([`${cell} <> ''`, anyOf([starts(cell), ends(cell)])]),
})
