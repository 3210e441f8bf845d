/** 64-bit hashes of cells: XXH64 with seed 0 (Yann Collet, xxHash specification 0.1.1), and the finaliser of MurmurHash3. */

const P1: u64 = 0x9e3779b185ebca87
const P2: u64 = 0xc2b2ae3d27d4eb4f
const P3: u64 = 0x165667b19e3779f9
const P4: u64 = 0x85ebca77c2b2ae63
const P5: u64 = 0x27d4eb2f165667c5

function round(sum: u64, lane: u64): u64 {
  return rotl(sum + lane * P2, 31) * P1
}

function merge(sum: u64, lane: u64): u64 {
  return (sum ^ round(0, lane)) * P1 + P4
}

/** Never 0, which means no value. */
export function hashBytes(from: usize, length: u32): u64 {
  let at = from
  const end = from + length
  let h: u64
  if (length >= 32) {
    let a = P1 + P2
    let b = P2
    let c: u64 = 0
    let d: u64 = 0 - P1
    const limit = end - 32
    do {
      a = round(a, load<u64>(at))
      b = round(b, load<u64>(at, 8))
      c = round(c, load<u64>(at, 16))
      d = round(d, load<u64>(at, 24))
      at += 32
    } while (at <= limit)
    h = rotl(a, 1) + rotl(b, 7) + rotl(c, 12) + rotl(d, 18)
    h = merge(merge(merge(merge(h, a), b), c), d)
  } else h = P5
  h += length
  for (; at + 8 <= end; at += 8) h = rotl(h ^ round(0, load<u64>(at)), 27) * P1 + P4
  if (at + 4 <= end) {
    h = rotl(h ^ (<u64>load<u32>(at) * P1), 23) * P2 + P3
    at += 4
  }
  for (; at < end; at++) h = rotl(h ^ (<u64>load<u8>(at) * P5), 11) * P1
  h = (h ^ (h >> 33)) * P2
  h = (h ^ (h >> 29)) * P3
  h ^= h >> 32
  return h === 0 ? 1 : h
}

/** The hash of a 64-bit number; never 0. */
export function hashWord(word: u64): u64 {
  const h = mix(word ^ P3)
  return h === 0 ? 1 : h
}

/** Zero and negative zero are the same value. */
export function hashNumber(value: f64): u64 {
  return hashWord(reinterpret<u64>(value === 0 ? 0 : value))
}

export function mix(word: u64): u64 {
  let h = word
  h = (h ^ (h >> 33)) * 0xff51afd7ed558ccd
  h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53
  return h ^ (h >> 33)
}
