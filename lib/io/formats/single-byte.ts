/** Single-byte encodings, and which of them a text uses. */

export type SingleByte = 'windows-1252' | 'latin-1' | 'macintosh'

/** 0x80 to 0x9f in windows-1252; the five it does not define stay the control characters of ISO 8859-1. */
const WINDOWS =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178'
/** 0x80 to 0xff in Mac OS Roman. */
const MACINTOSH =
  'ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u00a0ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\uf8ffÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ'

/** The characters from 0x80 to 0xff. */
export function charactersOf(encoding: SingleByte): readonly string[] {
  if (encoding === 'macintosh') return [...MACINTOSH]
  return Array.from({ length: 128 }, (_, at) => (encoding === 'windows-1252' ? WINDOWS[at] : undefined) ?? String.fromCharCode(128 + at))
}

/**
 * Single-byte text is windows-1252, unless it has at least twice as many odd characters that way as in Mac OS Roman: capitals and signs
 * where lower-case letters belong (`knowledgeÊof`, `CafŽ`).
 */
export function singleByteOf(windows: readonly Uint8Array[]): 'windows-1252' | 'macintosh' {
  const odd = countOddBytes(windows, 'windows-1252')
  return odd > 0 && odd > 2 * countOddBytes(windows, 'macintosh') ? 'macintosh' : 'windows-1252'
}

/** The number of characters in unlikely positions if the text has this encoding. */
export function countOddBytes(windows: readonly Uint8Array[], encoding: SingleByte): number {
  const characters = charactersOf(encoding)
  return windows.reduce((sum, window) => sum + countOdd(window, characters), 0)
}

const isSmall = (byte: number | undefined) => byte !== undefined && byte >= 97 && byte <= 122
const isLetter = (byte: number | undefined) => byte !== undefined && isSmall(byte | 32)

/**
 * Counts non-ASCII characters in unlikely positions: capitals after a lower-case letter, signs between two letters, and control characters.
 */
function countOdd(window: Uint8Array, characters: readonly string[]): number {
  let odd = 0
  for (let at = 0; at < window.length; at++) {
    const byte = window[at] ?? 0
    if (byte < 128) continue
    const character = characters[byte - 128] ?? ''
    const [before, after] = [window[at - 1], window[at + 1]]
    if (/\p{Cc}/u.test(character)) odd++
    else if (/\p{Lu}/u.test(character)) odd += isSmall(before) ? 1 : 0
    // apostrophes, dashes and spaces are normal between letters
    else if (!/[\p{L}\u00a0‘’–—·]/u.test(character)) odd += isLetter(before) && isLetter(after) ? 1 : 0
  }
  return odd
}
