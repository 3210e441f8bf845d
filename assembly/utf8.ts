/**
 * Finds invalid UTF-8. The check of a block is the lookup algorithm of Keiser and Lemire, "Validating UTF-8 in less than one instruction
 * per byte" (Software: Practice and Experience, 2021); exact positions are found byte by byte.
 */

/** Whether the 64 bytes at `at` contain invalid UTF-8, given the bytes before them. May return false positives. */
export function isBroken(at: i32): bool {
  const found = v128.or(v128.or(part(at), part(at + 16)), v128.or(part(at + 32), part(at + 48)))
  return v128.any_true(found)
}

function part(at: i32): v128 {
  const input = v128.load(at)
  const before1 = v128.load(at - 1)
  const before2 = v128.load(at - 2)
  const before3 = v128.load(at - 3)
  const low = i8x16.splat(15)
  const high1 = i8x16.swizzle(v128(2, 2, 2, 2, 2, 2, 2, 2, -128, -128, -128, -128, 33, 1, 21, 73), i8x16.shr_u(before1, 4))
  const low1 = i8x16.swizzle(
    v128(-25, -93, -125, -125, -117, -53, -53, -53, -53, -53, -53, -53, -53, -37, -53, -53),
    v128.and(before1, low),
  )
  const high2 = i8x16.swizzle(v128(1, 1, 1, 1, 1, 1, 1, 1, -26, -82, -70, -70, 1, 1, 1, 1), i8x16.shr_u(input, 4))
  const special = v128.and(v128.and(high1, low1), high2)
  const must = v128.or(i8x16.sub_sat_u(before2, i8x16.splat(0x60)), i8x16.sub_sat_u(before3, i8x16.splat(0x70)))
  return v128.xor(v128.and(must, i8x16.splat(-128)), special)
}

/**
 * Where text from `from` to `to` is invalid UTF-8, looking back for the start of a character as far as `floor`. `what` 1: a mask of the
 * broken characters that start at from + bit (at most 64 bytes); 2: whether a character that started before `from` is broken; 0: whether
 * any is broken; 3: the same if the text ends at `to`. A character that continues after `to` is broken only in that case.
 */
export function breaksIn(floor: i32, from: i32, to: i32, what: i32): u64 {
  let at = from
  for (let back = 1; back <= 3 && from - back >= floor; back++) {
    const c = load<u8>(from - back)
    if (c < 0x80) break
    if (c >= 0xc0) {
      const size = sizeOf(c)
      // the check of a block finds a byte that starts no character only with the byte after it
      if (size > back || (size === 0 && back === 1)) at = from - back
      break
    }
  }
  let mask: u64 = 0
  while (at < to) {
    const c = load<u8>(at)
    if (c < 0x80) {
      at++
      continue
    }
    const size = sizeOf(c)
    let good = 1
    while (good < size && at + good < to && isNext(c, good, load<u8>(at + good))) good++
    if (size === 0 || (good < size && (at + good < to || what === 3))) {
      if (what === 0 || what === 3) return 1
      if (what === 2) {
        if (at < from) return 1
      } else if (at >= from) mask |= (<u64>1) << (at - from)
      at += good
    } else at += size
  }
  return mask
}

/** The length of a character by its first byte; 0 if no character starts with it. */
function sizeOf(lead: u8): i32 {
  if (lead < 0xc2 || lead > 0xf4) return 0
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
}

/** Whether a byte is valid in this position: no overlong forms, no surrogates, nothing above U+10FFFF. */
function isNext(lead: u8, place: i32, c: u8): bool {
  if ((c & 0xc0) !== 0x80) return false
  if (place > 1) return true
  if (lead === 0xe0) return c >= 0xa0
  if (lead === 0xed) return c < 0xa0
  if (lead === 0xf0) return c >= 0x90
  if (lead === 0xf4) return c < 0x90
  return true
}
