/**
 * repair_encoding: text whose UTF-8 bytes were once read as Windows-1252 or Mac Roman, such as `cafÃ©`, as it was meant. The characters are taken back
 * to their bytes, and these are read as UTF-8. A cell for which that is impossible is not changed, which is so for nearly all text that is right.
 */
import { text } from '#relational/types/sql.ts'
import { defineCell, sameType } from './cell.ts'

/** The characters of the bytes 0x80 to 0x9F in Windows-1252; bytes without one are control characters. Source: https://encoding.spec.whatwg.org/ */
const WINDOWS_1252_UPPER = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'
const WINDOWS_1252 = WINDOWS_1252_UPPER + Array.from({ length: 96 }, (_, at) => String.fromCodePoint(0xa0 + at)).join('')

/** The characters of the bytes 0x80 to 0xFF in Mac OS Roman; 0xF0 is the logo of Apple. Source: https://encoding.spec.whatwg.org/index-macintosh.txt */
const MAC_ROMAN =
  'ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u00a0ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\uf8ffÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ'

/**
 * The cell with its characters as bytes of the code page, read as UTF-8; NULL if that is impossible. Control characters are their own bytes, as
 * in ISO-8859-1. `zz` is no number, so the cell is refused.
 */
function reread(cell: string, characters: string): string {
  const hex = `CASE WHEN unicode(c) < 160 THEN format('{:02x}', unicode(c)) WHEN instr(${text(characters)}, c) > 0 THEN format('{:02x}', 127 + instr(${text(characters)}, c)) ELSE 'zz' END`
  return `TRY(decode(unhex(array_to_string(list_transform(string_split(${cell}, ''), lambda c: ${hex}), ''))))`
}

/** The bytes 0xC2 to 0xF4 begin a character of several bytes in UTF-8, and a byte above 0x7F follows: all other text is right, or beyond repair. */
const SUSPECT = `[Â-ô${MAC_ROMAN.slice(0xc2 - 0x80, 0xf5 - 0x80)}][^\\x00-\\x7f]`

export const repairEncoding = defineCell({
  name: 'repair_encoding',
  summary: 'Restores text whose UTF-8 was read as Windows-1252 or Mac Roman.',
  type: sameType,
  // ASCII has as many bytes as characters, and needs no look
  sql: (cell) =>
    `CASE WHEN strlen(${cell}) > length(${cell}) AND regexp_matches(${cell}, ${text(SUSPECT)}) THEN COALESCE(${reread(cell, WINDOWS_1252)}, ${reread(cell, MAC_ROMAN)}, ${cell}) ELSE ${cell} END`,
})
