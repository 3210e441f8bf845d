/**
 * White space around text, which says nothing: what Unicode calls white space, and the marks without width that come along when text is
 * copied from pages (zero width space, word joiner, byte order mark). The joiners U+200C and U+200D are none: they shape words and emoji.
 * `assembly/measure/columns.ts` knows the same ones.
 */
import { text as quoted } from './sql.ts'

const NARROW = [9, 10, 11, 12, 13, 32]
const WIDE = [
  0x85, 0xa0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a, 0x200b, 0x2028, 0x2029,
  0x202f, 0x205f, 0x2060, 0x3000, 0xfeff,
]

export const WHITE_SPACE: readonly string[] = [...NARROW, ...WIDE].map((code) => String.fromCharCode(code))

const wide: ReadonlySet<number> = new Set(WIDE)
const isWhite = (code: number) => (code <= 32 ? code === 32 || (code >= 9 && code <= 13) : code >= 0x85 && wide.has(code))

/** A text without white space at either end; the time it takes does not depend on white space within. */
export function trimmedText(text: string): string {
  let [from, to] = [0, text.length]
  while (from < to && isWhite(text.charCodeAt(from))) from++
  while (to > from && isWhite(text.charCodeAt(to - 1))) to--
  return from === 0 && to === text.length ? text : text.slice(from, to)
}

const ALL_SQL = quoted(WHITE_SPACE.join(''))
const WIDE_SQL = quoted(WIDE.map((code) => String.fromCharCode(code)).join(''))
const NARROW_SQL = NARROW.map((code) => (code === 32 ? "' '" : `chr(${code})`))

/** SQL of the cell without white space at either end, however it is. */
export const trimmedSql = (cell: string) => `trim(${cell}, ${ALL_SQL})`
export const leftTrimmedSql = (cell: string) => `ltrim(${cell}, ${ALL_SQL})`
export const rightTrimmedSql = (cell: string) => `rtrim(${cell}, ${ALL_SQL})`

/** Any number of white space characters, in a pattern of RE2. The characters stand for themselves, so that it is short. */
export const WHITE_PATTERN = `[${WHITE_SPACE.join('')}]*`

/** Conditions on a cell that is a plain reference. Only a cell with a letter beyond ASCII can begin or end with wide white space. */
export const isAscii = (cell: string) => `strlen(${cell}) = length(${cell})`
export const endsNarrow = (cell: string) => NARROW_SQL.map((space) => `ends_with(${cell}, ${space})`).join(' OR ')
export const beginsWide = (cell: string) => `contains(${WIDE_SQL}, "left"(${cell}, 1))`
export const endsWide = (cell: string) => `contains(${WIDE_SQL}, "right"(${cell}, 1))`
