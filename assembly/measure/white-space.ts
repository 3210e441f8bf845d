/** White space at the ends of a cell, one character at a time; lib/core/text/white-space.ts lists the same characters. */

function isNarrowWhite(c: u8): bool {
  return c === 32 || (c >= 9 && c <= 13)
}

/** Three-byte white space, as listed in lib/relational/types/white-space.ts. */
function isWideWhite(a: u8, b: u8, c: u8): bool {
  if (a === 0xe2) {
    if (b === 0x80) return c <= 0x8b || c === 0xa8 || c === 0xa9 || c === 0xaf
    return b === 0x81 && (c === 0x9f || c === 0xa0)
  }
  if (a === 0xe3) return b === 0x80 && c === 0x80
  if (a === 0xe1) return b === 0x9a && c === 0x80
  return a === 0xef && b === 0xbb && c === 0xbf
}

/** The length in bytes of the white space character that begins at `at`; 0 for none. */
export function whiteAt(at: usize, end: usize): usize {
  const first = load<u8>(at)
  if (first < 0x80) return isNarrowWhite(first) ? 1 : 0
  if (first === 0xc2) return end - at >= 2 && (load<u8>(at + 1) === 0x85 || load<u8>(at + 1) === 0xa0) ? 2 : 0
  return end - at >= 3 && isWideWhite(first, load<u8>(at + 1), load<u8>(at + 2)) ? 3 : 0
}

/** The length in bytes of the white space character that ends before `end`; 0 for none. */
export function whiteBefore(at: usize, end: usize): usize {
  const last = load<u8>(end - 1)
  if (last < 0x80) return isNarrowWhite(last) ? 1 : 0
  if (end - at >= 2 && load<u8>(end - 2) === 0xc2 && (last === 0x85 || last === 0xa0)) return 2
  return end - at >= 3 && isWideWhite(load<u8>(end - 3), load<u8>(end - 2), last) ? 3 : 0
}
