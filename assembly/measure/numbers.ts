/**
 * Numbers in common notation. Up to 15 digits the value is exact or one correctly rounded division (Clinger, "How to read floating point
 * numbers accurately", 1990); longer numbers and those with an exponent are parsed by the host. Everything else is left to the SQL of
 * parse_number.
 */
import { isDigit } from './forms'

export const NOT_PLAIN: i32 = 0
export const PLAIN: i32 = 1
export const FORMATTED: i32 = 2

/** The number in these bytes, correctly rounded. */
declare function exact(at: usize, length: u32): f64

/** The last number parsed. */
export let number: f64 = 0

const MAX_DIGITS: i32 = 15

const POWERS: StaticArray<f64> = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]

/** `group` is a byte to skip between digits, 0 for none; `point`: whether decimals are allowed. */
function readDigits(from: usize, end: usize, group: u8, point: bool): bool {
  let at = from
  let mantissa: u64 = 0
  let digits = 0
  let decimals = -1
  for (; at < end; at++) {
    const c = load<u8>(at)
    if (isDigit(c)) {
      if (++digits > MAX_DIGITS) return false
      mantissa = mantissa * 10 + (c - 48)
      if (decimals >= 0) decimals++
    } else if (c === 46 && point && decimals < 0 && digits > 0) decimals = 0
    else if (group === 0 || c !== group || digits === 0 || decimals >= 0) return false
  }
  if (digits === 0 || decimals === 0 || !isDigit(load<u8>(end - 1))) return false
  number = decimals > 0 ? <f64>mantissa / unchecked(POWERS[decimals]) : <f64>mantissa
  return true
}

/** A sign, digits, and decimals if the column allows them. */
export function readPlain(at: usize, end: usize, point: bool): bool {
  if (load<u8>(at) !== 45) return readDigits(at, end, 0, point) || (point && readLong(at, at, end))
  if (!readDigits(at + 1, end, 0, point)) return point && readLong(at, at + 1, end)
  // zero has no sign
  number = 0 - number
  return true
}

/** More digits than are exact, or an exponent. */
function readLong(from: usize, first: usize, end: usize): bool {
  let at = first
  while (at < end && isDigit(load<u8>(at))) at++
  if (at === first) return false
  if (at < end && load<u8>(at) === 46) {
    const decimals = ++at
    while (at < end && isDigit(load<u8>(at))) at++
    if (at === decimals) return false
  }
  if (at < end && (load<u8>(at) | 32) === 101) {
    at++
    if (at < end && (load<u8>(at) === 43 || load<u8>(at) === 45)) at++
    const digits = at
    while (at < end && isDigit(load<u8>(at))) at++
    if (at === digits) return false
  }
  if (at !== end) return false
  number = exact(from, <u32>(end - from)) + 0
  return isFinite(number)
}

/**
 * A positive number with symbols before or after it, or with grouped thousands. `symbols` are 256 bytes, 1 for the bytes of a symbol. It
 * rejects every cell that a cast would parse: the cell must contain something that no plain number has.
 */
export function readFormatted(from: usize, to: usize, symbols: usize, group: u8, point: bool): bool {
  let at = from
  let end = to
  let significant = false
  while (at < end && load<u8>(symbols + load<u8>(at)) !== 0) significant = isSignificant(load<u8>(at++)) || significant
  while (at < end && load<u8>(symbols + load<u8>(end - 1)) !== 0) significant = isSignificant(load<u8>(--end)) || significant
  if (at === end || !readDigits(at, end, group, point)) return false
  if (significant) return true
  if (group === 0) return false
  for (; at < end; at++) if (load<u8>(at) === group) return true
  return false
}

/** An E may belong to an exponent; a space is never significant. */
function isSignificant(c: u8): bool {
  return c !== 32 && (c | 32) !== 101
}
