/**
 * Numbers in common notation. Up to 15 digits the value is exact or one correctly rounded division (Clinger, "How to read floating point
 * numbers accurately", 1990); longer numbers and those with an exponent are parsed by the host. Everything else is left to the SQL of
 * parse_number.
 */
import { isDigit } from './forms'

export const NOT_PLAIN: i32 = 0
export const PLAIN: i32 = 1
export const FORMATTED: i32 = 2
/** An exact decimal of more digits than a float holds: it is compared by its text. */
export const LONG: i32 = 3

/** The number in these bytes; NaN if no 64-bit float is exactly this number. */
declare function exact(at: usize, length: u32): f64

/** The 64-bit float next to the number in these bytes. */
declare function nearest(at: usize, length: u32): f64

/** The last number parsed, and its digits before and behind the point. */
export let number: f64 = 0
let before: i32 = 0
let behind: i32 = 0

/** Whether the last number has at most so many digits before and behind the point. */
export function fits(whole: i32, scale: i32): bool {
  return before <= whole && behind <= scale
}

const MAX_DIGITS: i32 = 15

const POWERS: StaticArray<f64> = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]

/** Whether a number would begin with a zero that belongs to a code: 007. */
function isPadded(at: usize, end: usize): bool {
  return at + 1 < end && load<u8>(at) === 48 && isDigit(load<u8>(at + 1))
}

/** `group` is a byte between groups of three digits, 0 for none; `point`: whether decimals are allowed. */
function readDigits(from: usize, end: usize, group: u8, point: bool): bool {
  if (isPadded(from, end)) return false
  let at = from
  let mantissa: u64 = 0
  let digits = 0
  let decimals = -1
  // the digits since the last group mark
  let run = 0
  let grouped = false
  for (; at < end; at++) {
    const c = load<u8>(at)
    if (isDigit(c)) {
      if (++digits > MAX_DIGITS) return false
      mantissa = mantissa * 10 + (c - 48)
      if (decimals >= 0) decimals++
      run++
    } else if (c === 46 && point && decimals < 0 && digits > 0) {
      if (grouped && run !== 3) return false
      decimals = 0
    } else {
      if (group === 0 || c !== group || digits === 0 || decimals >= 0) return false
      if (grouped ? run !== 3 : run > 3 || load<u8>(from) === 48) return false
      grouped = true
      run = 0
    }
  }
  if (digits === 0 || decimals === 0 || (grouped && decimals < 0 && run !== 3)) return false
  behind = max(0, decimals)
  // a zero before the point takes no room
  before = digits - behind === 1 && load<u8>(from) === 48 ? 0 : digits - behind
  number = decimals > 0 ? <f64>mantissa / unchecked(POWERS[decimals]) : <f64>mantissa
  return true
}

/** A sign, digits, and decimals if the column allows them; `long`: also with more digits and an exponent, where a float is exact. */
export function readPlain(at: usize, end: usize, point: bool, long: bool): bool {
  if (load<u8>(at) !== 45) return readDigits(at, end, 0, point) || (long && readLong(at, at, end))
  if (!readDigits(at + 1, end, 0, point)) return long && readLong(at, at + 1, end)
  // zero has no sign
  number = 0 - number
  return true
}

/** An exact decimal with more digits than a float holds, without zeros at its end: equal numbers have equal bytes. */
export function readExact(from: usize, end: usize): bool {
  const first = load<u8>(from) === 45 ? from + 1 : from
  if (isPadded(first, end)) return false
  let at = first
  while (at < end && isDigit(load<u8>(at))) at++
  if (at === first) return false
  before = at - first === 1 && load<u8>(first) === 48 ? 0 : <i32>(at - first)
  behind = 0
  let digits = <i32>(at - first)
  if (at < end && load<u8>(at) === 46) {
    const decimals = ++at
    while (at < end && isDigit(load<u8>(at))) at++
    behind = <i32>(at - decimals)
    digits += behind
    if (behind === 0 || load<u8>(at - 1) === 48) return false
  }
  if (at !== end || digits <= MAX_DIGITS) return false
  number = nearest(from, <u32>(end - from))
  return true
}

/** More digits than are exact, or an exponent. */
function readLong(from: usize, first: usize, end: usize): bool {
  if (isPadded(first, end)) return false
  let at = first
  while (at < end && isDigit(load<u8>(at))) at++
  if (at === first) return false
  const whole = at
  if (at < end && load<u8>(at) === 46) {
    const decimals = ++at
    while (at < end && isDigit(load<u8>(at))) at++
    if (at === decimals) return false
  }
  if (at < end && (load<u8>(at) | 32) === 101) {
    const hasPoint = at > whole
    at++
    if (at < end && (load<u8>(at) === 43 || load<u8>(at) === 45)) at++
    else if (!hasPoint) return false
    const digits = at
    while (at < end && isDigit(load<u8>(at))) at++
    if (at === digits || at - digits > 3) return false
  }
  if (at !== end) return false
  // not a number where a 64-bit float cannot hold it
  number = exact(from, <u32>(end - from)) + 0
  return isFinite(number)
}

/** Bytes of a symbol in the list of a column: its length, whether it is a word, its text. */
const SYMBOL_BYTES: usize = 16

/**
 * A positive number with a symbol before or after it, or with grouped thousands; a symbol that is a word has a space between. It rejects
 * every cell in plain form.
 */
export function readFormatted(from: usize, to: usize, symbols: usize, count: u32, group: u8, point: bool): bool {
  let at = from
  let end = to
  let marked = false
  for (let one = symbols; one < symbols + count * SYMBOL_BYTES && !marked; one += SYMBOL_BYTES) {
    const length = load<u8>(one)
    const isWord = load<u8>(one + 1) !== 0
    if (to - from <= length) continue
    let spaces: usize = 0
    if (isSame(from, one + 2, length)) {
      at += length
      for (; at < end && load<u8>(at) === 32; at++) spaces++
      marked = true
    } else if (isSame(end - length, one + 2, length)) {
      end -= length
      for (; at < end && load<u8>(end - 1) === 32; end--) spaces++
      marked = true
    }
    if (marked && isWord && spaces === 0) return false
  }
  if (at === end || !readDigits(at, end, group, point)) return false
  if (marked) return true
  if (group === 0) return false
  for (; at < end; at++) if (load<u8>(at) === group) return true
  return false
}

function isSame(at: usize, symbol: usize, length: u32): bool {
  for (let byte: u32 = 0; byte < length; byte++) if (load<u8>(at + byte) !== load<u8>(symbol + byte)) return false
  return true
}
