/** SQL for white space around cells: cheap conditions, and trimming. */
import { NARROW, WHITE_SPACE, WIDE } from '#core/text/white-space.ts'
import { text as quoted } from './sql.ts'

const ALL_SQL = quoted(WHITE_SPACE.join(''))
const WIDE_SQL = quoted(WIDE.map((code) => String.fromCharCode(code)).join(''))
const NARROW_SET_SQL = quoted(NARROW.map((code) => String.fromCharCode(code)).join(''))
const NARROW_SQL = NARROW.map((code) => (code === 32 ? "' '" : `chr(${code})`))

/** The cell without white space at either end. */
export const trimmedSql = (cell: string) => `trim(${cell}, ${ALL_SQL})`
export const leftTrimmedSql = (cell: string) => `ltrim(${cell}, ${ALL_SQL})`
export const rightTrimmedSql = (cell: string) => `rtrim(${cell}, ${ALL_SQL})`

/** The same for ASCII cells, at less than half the cost. */
export const trimmedAsciiSql = (cell: string) => `trim(${cell}, ${NARROW_SET_SQL})`
export const leftTrimmedAsciiSql = (cell: string) => `ltrim(${cell}, ${NARROW_SET_SQL})`

/** Any number of white space characters, as an RE2 pattern. The characters are literal, which keeps the pattern short. */
export const WHITE_PATTERN = `[${WHITE_SPACE.join('')}]*`

/** Conditions on a cell that is a plain reference. Only a non-ASCII cell can begin or end with wide white space. */
export const isAscii = (cell: string) => `strlen(${cell}) = length(${cell})`
export const endsNarrow = (cell: string) => NARROW_SQL.map((space) => `ends_with(${cell}, ${space})`).join(' OR ')
export const beginsWide = (cell: string) => `contains(${WIDE_SQL}, "left"(${cell}, 1))`
export const endsWide = (cell: string) => `contains(${WIDE_SQL}, "right"(${cell}, 1))`
