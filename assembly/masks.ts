/** Operations on 64 bytes at a time, with masks of one bit per byte, and hashing of record numbers. */

/** The high bits of 64 bytes, one bit per byte. */
export function bits(a: v128, b: v128, c: v128, d: v128): u64 {
  return (
    <u64>(<u32>i8x16.bitmask(a)) |
    ((<u64>(<u32>i8x16.bitmask(b))) << 16) |
    ((<u64>(<u32>i8x16.bitmask(c))) << 32) |
    ((<u64>(<u32>i8x16.bitmask(d))) << 48)
  )
}

/** Whether any of 64 bytes has the value. */
export function any(a: v128, b: v128, c: v128, d: v128, value: v128): bool {
  return v128.any_true(v128.or(v128.or(i8x16.eq(a, value), i8x16.eq(b, value)), v128.or(i8x16.eq(c, value), i8x16.eq(d, value))))
}

/** Bit n is the parity of bits 0 to n. */
export function prefixXor(marks: u64): u64 {
  marks ^= marks << 1
  marks ^= marks << 2
  marks ^= marks << 4
  marks ^= marks << 8
  marks ^= marks << 16
  return marks ^ (marks << 32)
}

/** The finaliser of MurmurHash3 over the two halves of the number; lib/io/formats/sample.ts has the same. */
export function sampleHash(number: i64): u32 {
  let h = <u32>number ^ (<u32>(number >> 32) * 0x9e3779b1)
  h ^= h >> 16
  h *= 0x85ebca6b
  h ^= h >> 13
  h *= 0xc2b2ae35
  return h ^ (h >> 16)
}
