/**
 * White space around text: what Unicode calls white space, and zero-width marks that come along when text is copied from pages (zero width
 * space, word joiner, byte order mark). The joiners U+200C and U+200D are not white space: they shape words and emoji.
 * `assembly/measure/white-space.ts` uses the same list.
 */

/** ASCII white space by code, and the rest. */
export const NARROW = [9, 10, 11, 12, 13, 32]
export const WIDE = [
  0x85, 0xa0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a, 0x200b, 0x2028, 0x2029,
  0x202f, 0x205f, 0x2060, 0x3000, 0xfeff,
]

export const WHITE_SPACE: readonly string[] = [...NARROW, ...WIDE].map((code) => String.fromCharCode(code))

const wide: ReadonlySet<number> = new Set(WIDE)
const isWhite = (code: number) => (code <= 32 ? code === 32 || (code >= 9 && code <= 13) : code >= 0x85 && wide.has(code))

/** Removes white space at both ends. The running time does not depend on white space within. */
export function trimmedText(text: string): string {
  let [from, to] = [0, text.length]
  while (from < to && isWhite(text.charCodeAt(from))) from++
  while (to > from && isWhite(text.charCodeAt(to - 1))) to--
  return from === 0 && to === text.length ? text : text.slice(from, to)
}
