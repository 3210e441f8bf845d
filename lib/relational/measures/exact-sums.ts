/**
 * Sums of doubles and of their squares without rounding, so that they are the same in any order. A finite double is a whole number times a
 * power of two, and so is its square. Whole numbers are added per power; rounding happens once, when a sum is read.
 */

/** `digits × 2^power`. The digits are decimal and odd, or '0' with the power 0, so that equal numbers are equal as JSON. */
export type Dyadic = {
  readonly digits: string
  readonly power: number
}

export const ZERO: Dyadic = { digits: '0', power: 0 }

/** The exponent of the smallest double; that of its square is twice this. */
const MIN_EXPONENT = -1074

function dyadic(number: bigint, power: number): Dyadic {
  if (number === 0n) return ZERO
  let zeros = 0
  let rest = number
  while (BigInt.asUintN(64, rest) === 0n) {
    rest >>= 64n
    zeros += 64
  }
  while ((rest & 1n) === 0n) {
    rest >>= 1n
    zeros++
  }
  return { digits: String(rest), power: power + zeros }
}

export function addDyadic(a: Dyadic, b: Dyadic): Dyadic {
  if (a.digits === '0') return b
  if (b.digits === '0') return a
  const power = Math.min(a.power, b.power)
  return dyadic(wholeOf(a, power) + wholeOf(b, power), power)
}

/** The number as a multiple of `2^power`; the power must not exceed its own. */
export const wholeOf = ({ digits, power: own }: Dyadic, power: number) => (digits === '0' ? 0n : BigInt(digits) << BigInt(own - power))

/** The double nearest to `numerator / denominator × 2^power`. The denominator is positive. */
export function nearest(numerator: bigint, denominator: bigint, power: number): number {
  if (numerator === 0n) return 0
  const size = numerator < 0n ? -numerator : numerator
  // a quotient of 66 or 67 bits whose lowest bit is set if there is a remainder: rounding it twice equals rounding it once
  const shift = 66 + bits(denominator) - bits(size)
  const dividend = shift > 0 ? size << BigInt(shift) : size
  const divisor = shift < 0 ? denominator << BigInt(-shift) : denominator
  const quotient = dividend / divisor
  const value = timesPower(Number(quotient | (quotient * divisor === dividend ? 0n : 1n)), power - shift)
  return numerator < 0n ? -value : value
}

/** The square root of `numerator / denominator × 2^power`, even if the number itself is outside the range of doubles. */
export function nearestRoot(numerator: bigint, denominator: bigint, power: number): number {
  const half = Math.trunc((bits(numerator) - bits(denominator) + power) / 2)
  return timesPower(Math.sqrt(nearest(numerator, denominator, power - 2 * half)), half)
}

const bits = (number: bigint) => number.toString(2).length

/** Multiplies in steps that a double can represent. */
function timesPower(value: number, power: number): number {
  let [scaled, left] = [value, power]
  for (; left > 1000; left -= 1000) scaled *= 2 ** 1000
  for (; left < -1000 && scaled !== 0; left += 1000) scaled *= 2 ** -1000
  return scaled * 2 ** left
}

export interface Sums {
  readonly sum: Dyadic
  readonly squares: Dyadic
  /** Cells that are not a finite number. */
  readonly excess: number
}

export interface Summing {
  /** Adds the values of rows `from` to `to` (exclusive), each as often as its count says. */
  add(values: Float64Array, counts: Float64Array, from: number, to: number): void
  sums(): Sums
}

/** The bin of one power of two: how many values were added since it was emptied, and sums that stay exact for that many. */
const [ADDED, HIGH, LOW, AA, AB, ACBB, BC, CC] = [0, 1, 2, 3, 4, 5, 6, 7]
/** The largest sum grows by less than 2^37 per value. */
const MAX_ADDED = 2 ** 15

export function summing(): Summing {
  const bins: (Float64Array | undefined)[] = []
  const wholes: { sum: bigint; squares: bigint }[] = []
  let excess = 0

  /** Moves the content of a bin to whole numbers. */
  const empty = (exponent: number, bin: Float64Array) => {
    const big = (part: number) => BigInt(bin[part] as number)
    const squares = (big(AA) << 72n) + (big(AB) << 55n) + (big(ACBB) << 36n) + (big(BC) << 19n) + big(CC)
    addWhole(exponent, (big(HIGH) << 32n) + big(LOW), squares)
    bin.fill(0)
  }
  const addWhole = (exponent: number, sum: bigint, squares: bigint) => {
    const whole = wholes[exponent]
    if (whole === undefined) wholes[exponent] = { sum, squares }
    else {
      whole.sum += sum
      whole.squares += squares
    }
  }

  return {
    add(values, counts, from, to) {
      const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2)
      for (let row = from; row < to; row++) {
        const times = counts[row] as number
        if (times === 0) continue
        const above = words[row * 2 + 1] as number
        const low = words[row * 2] as number
        const exponent = (above >>> 20) & 2047
        if (exponent === 2047) {
          excess += times
          continue
        }
        const high = exponent === 0 ? above & 0xfffff : (above & 0xfffff) | 0x100000
        const sign = above >>> 31 === 0 ? 1 : -1
        if (times !== 1) {
          const mantissa = (BigInt(high) << 32n) + BigInt(low)
          addWhole(exponent, BigInt(sign * times) * mantissa, BigInt(times) * mantissa * mantissa)
          continue
        }
        // parts of 17, 18 and 18 bits, because their products are exact
        const a = high >>> 4
        const b = ((high & 15) << 14) | (low >>> 18)
        const c = low & 0x3ffff
        const bin = bins[exponent] ?? new Float64Array(8)
        bins[exponent] = bin
        bin[HIGH] = (bin[HIGH] as number) + sign * high
        bin[LOW] = (bin[LOW] as number) + sign * low
        bin[AA] = (bin[AA] as number) + a * a
        bin[AB] = (bin[AB] as number) + a * b
        bin[ACBB] = (bin[ACBB] as number) + 2 * a * c + b * b
        bin[BC] = (bin[BC] as number) + b * c
        bin[CC] = (bin[CC] as number) + c * c
        bin[ADDED] = (bin[ADDED] as number) + 1
        if ((bin[ADDED] as number) === MAX_ADDED) empty(exponent, bin)
      }
    },
    sums() {
      for (const [exponent, bin] of bins.entries()) if (bin !== undefined) empty(exponent, bin)
      let [sum, squares] = [ZERO, ZERO]
      for (const [exponent, whole] of wholes.entries()) {
        if (whole === undefined) continue
        const power = Math.max(1, exponent) - 1 + MIN_EXPONENT
        sum = addDyadic(sum, dyadic(whole.sum, power))
        squares = addDyadic(squares, dyadic(whole.squares, 2 * power))
      }
      return { sum, squares, excess }
    },
  }
}

/** Sums from the words of a complete register, lowest first: multiples of the smallest double, and of its square. */
export const registerSums = (positive: BigUint64Array, negative: BigUint64Array, squares: BigUint64Array) => ({
  sum: dyadic(wordsOf(positive) - wordsOf(negative), MIN_EXPONENT),
  squares: dyadic(wordsOf(squares), 2 * MIN_EXPONENT),
})

const wordsOf = (words: BigUint64Array) => words.reduceRight((sum, word) => (sum << 64n) | word, 0n)
