/** SQL about white space around cells: conditions that cost little, and what is left without it. */
import { NARROW, WHITE_SPACE, WIDE } from '#core/text/white-space.ts'
import { text as quoted } from './sql.ts'

const ALL_SQL = quoted(WHITE_SPACE.join(''))
const WIDE_SQL = quoted(WIDE.map((code) => String.fromCharCode(code)).join(''))
const NARROW_SET_SQL = quoted(NARROW.map((code) => String.fromCharCode(code)).join(''))
const NARROW_SQL = NARROW.map((code) => (code === 32 ? "' '" : `chr(${code})`))

/** SQL of the cell without white space at either end, however it is. */
export const trimmedSql = (cell: string) => `trim(${cell}, ${ALL_SQL})`
export const leftTrimmedSql = (cell: string) => `ltrim(${cell}, ${ALL_SQL})`
export const rightTrimmedSql = (cell: string) => `rtrim(${cell}, ${ALL_SQL})`

/** The same of a cell that has only letters of ASCII: at less than half the cost. */
export const trimmedAsciiSql = (cell: string) => `trim(${cell}, ${NARROW_SET_SQL})`
export const leftTrimmedAsciiSql = (cell: string) => `ltrim(${cell}, ${NARROW_SET_SQL})`

/** Any number of white space characters, in a pattern of RE2. The characters stand for themselves, so that it is short. */
export const WHITE_PATTERN = `[${WHITE_SPACE.join('')}]*`

/** Conditions on a cell that is a plain reference. Only a cell with a letter beyond ASCII can begin or end with wide white space. */
export const isAscii = (cell: string) => `strlen(${cell}) = length(${cell})`
export const endsNarrow = (cell: string) => NARROW_SQL.map((space) => `ends_with(${cell}, ${space})`).join(' OR ')
export const beginsWide = (cell: string) => `contains(${WIDE_SQL}, "left"(${cell}, 1))`
export const endsWide = (cell: string) => `contains(${WIDE_SQL}, "right"(${cell}, 1))`
