/**
 * Exact sums of doubles and of their squares. A finite double is a multiple of 2^-1074, its square a multiple of 2^-2148; the multiples are
 * added as unsigned integers with as many 64-bit words as the largest needs, so nothing is rounded and the order does not matter. Kulisch,
 * "Computer arithmetic and validity" (2008), calls this a complete register.
 */
import { zeroed } from './tables'

// words, as in lib/data/survey/kernel.ts: sums of the positive values, of the negative values, and of the squares, the lowest word first
const SUM: usize = 34
const SQUARES: usize = 68

export function newSums(): usize {
  return zeroed((SUM * 2 + SQUARES) << 3)
}

/** Adds to a word, and carries to the words above. */
function addWord(word: usize, part: u64): void {
  let at = word
  let sum = load<u64>(at) + part
  store<u64>(at, sum)
  if (sum >= part) return
  do {
    at += 8
    sum = load<u64>(at) + 1
    store<u64>(at, sum)
  } while (sum === 0)
}

/** Whether the value was added: infinity and NaN cannot be. */
export function addValueTo(sums: usize, value: f64): bool {
  const bits = reinterpret<u64>(value)
  const exponent = <u32>(bits >> 52) & 2047
  if (exponent === 2047) return false
  const fraction = bits & 0xfffffffffffff
  const mantissa = exponent === 0 ? fraction : fraction | ((<u64>1) << 52)
  if (mantissa === 0) return true
  const place = exponent === 0 ? 0 : exponent - 1

  const word = (bits >> 63 === 0 ? sums : sums + (SUM << 3)) + ((<usize>(place >> 6)) << 3)
  const shift = <u64>(place & 63)
  addWord(word, mantissa << shift)
  if (shift > 11) addWord(word + 8, mantissa >> (64 - shift))

  // the square: halves of 21 and 32 bits, multiplied to 106
  const high = mantissa >> 32
  const low = mantissa & 0xffffffff
  const middle = (high * low) << 1
  const square = low * low
  const below = square + (middle << 32)
  const above = high * high + (middle >> 32) + <u64>(below < square)
  const first = sums + (SUM << 4) + ((<usize>(place >> 5)) << 3)
  const by = <u64>((place << 1) & 63)
  addWord(first, below << by)
  if (by === 0) addWord(first + 8, above)
  else {
    addWord(first + 8, (above << by) | (below >> (64 - by)))
    if (by > 22) addWord(first + 16, above >> (64 - by))
  }
  return true
}
