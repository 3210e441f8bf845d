/** Moments and distinct values against arithmetic without rounding, for numbers of every size, in any chunks merged in any order. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MEASURES } from '#relational/measures/index.ts'
import type { Collector, Measure } from '#relational/measures/measure.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { aPlan } from '../../kit/column-plans.ts'

const { moments, distinct } = MEASURES

/** A state from the values in one go, or in chunks that begin at the given rows and are merged in the given order. */
function stateOf<Values extends Float64Array | BigUint64Array>(
  measure: typeof moments | typeof distinct,
  plan: ColumnPlan,
  values: Values,
  { starts = [0], order = 0, records = 0, counts = new Float64Array(values.length).fill(1) } = {} as {
    starts?: readonly number[]
    order?: number
    records?: number
    counts?: Float64Array
  },
) {
  const { collect, merge, create } = measure as unknown as Measure
  const borders = [...new Set([0, ...starts.map((start) => Math.min(start, values.length))])].sort((a, b) => a - b)
  let states = borders.map((from, at) => {
    const collector = collect?.create(plan, records) as Collector
    collector.add(values, counts, from, borders[at + 1] ?? values.length)
    return collector.state()
  })
  let random = order
  while (states.length > 1) {
    random = (random * 1_103_515_245 + 12_345) % 2 ** 31
    const [one] = states.splice(random % states.length, 1)
    const other = random % states.length
    states = states.map((state, at) =>
      at === other && one !== undefined ? (random % 2 === 0 ? merge(state, one) : merge(one, state)) : state,
    )
  }
  return states[0] ?? create()
}

/** A finite double as a fraction, by doubling it until it is whole. */
function fraction(value: number): readonly [bigint, bigint] {
  let [whole, doubled] = [value, 0]
  while (!Number.isInteger(whole)) {
    whole *= 2
    doubled++
  }
  return [BigInt(whole), 1n << BigInt(doubled)]
}
type Fraction = readonly [bigint, bigint]
const plus = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d + c * b, b * d]
const times = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * c, b * d]
const size = ([a, b]: Fraction): Fraction => [a < 0n ? -a : a, b]
const minus = (a: Fraction, [c, d]: Fraction) => plus(a, [-c, d])
const isAtMost = ([a, b]: Fraction, [c, d]: Fraction) => a * d <= c * b

/** The doubles next to one. */
function neighbours(value: number): readonly number[] {
  const bits = new BigInt64Array(new Float64Array([value]).buffer)
  const at = (step: bigint) => new Float64Array(BigInt64Array.of((bits[0] as bigint) + step).buffer)[0] as number
  return value === 0 ? [Number.MIN_VALUE, -Number.MIN_VALUE] : [at(1n), at(-1n)].filter(Number.isFinite)
}

/** That no other double is nearer. */
function expectNearest(found: number, exact: Fraction): void {
  const distance = size(minus(fraction(found), exact))
  for (const other of neighbours(found)) expect(isAtMost(distance, size(minus(fraction(other), exact)))).toBe(true)
}

const spread = (from: number, step: number, most = 400) => fc.nat(most).map((at) => from + at * step)
const NUMBERS = fc.oneof(
  ...[
    spread(1e-9, 1e-9),
    spread(-2e-7, 1e-9),
    fc.integer({ min: -1_000_000, max: 1_000_000 }).map((cents) => cents / 100),
    spread(1_700_000_000, 1),
    spread(1_700_000_000_123, 1000),
    spread(1e11, 0.01),
    spread(1e12, 1e9),
    spread(5.5, 0),
    spread(0, 0),
    fc.oneof(spread(0, 0), fc.constantFrom(1e300, -1e300, 5e-324, 1e-300, 0.1)),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e150, max: 1e150 }),
  ].map((values) => fc.array(values, { minLength: 1, maxLength: 60 })),
)

describe('moments', () => {
  const plan = aPlan({ type: 'float' })
  const cases = fc.tuple(NUMBERS, fc.array(fc.nat(60), { maxLength: 6 }), fc.nat(1000))

  it('are those of exact arithmetic, rounded once', () => {
    fc.assert(
      fc.property(NUMBERS, (numbers) => {
        const { count, sum, mean, deviation } = moments.value(stateOf(moments, plan, Float64Array.from(numbers)) as never, plan)
        const n: Fraction = [BigInt(numbers.length), 1n]
        const total = numbers.map(fraction).reduce(plus)
        expect(count).toBe(numbers.length)
        expectNearest(sum as number, total)
        expectNearest(mean as number, times(total, [1n, n[0]]))
        if (numbers.length < 2) {
          expect(deviation).toBeNull()
          return
        }
        const squares = numbers.map((number) => times(fraction(number), fraction(number))).reduce(plus)
        const variance = times(minus(squares, times(times(total, total), [1n, n[0]])), [1n, n[0] - 1n])
        if (variance[0] === 0n) {
          expect(deviation).toBe(0)
          return
        }
        const found = fraction(deviation as number)
        // the root of a rounded number, rounded: two units in the 53rd bit of the square
        if ((deviation as number) > 1e-300)
          expect(isAtMost(size(minus(times(found, found), variance)), times(variance, [1n, 1n << 51n]))).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('are the same for any chunks merged in any order', () => {
    fc.assert(
      fc.property(cases, ([numbers, starts, order]) => {
        const values = Float64Array.from(numbers)
        expect(stateOf(moments, plan, values, { starts, order })).toEqual(stateOf(moments, plan, values))
      }),
      { numRuns: 200 },
    )
  })

  it('count a value as often as it stands for', () => {
    fc.assert(
      fc.property(NUMBERS, fc.array(fc.nat(4), { minLength: 60, maxLength: 60 }), (numbers, often) => {
        const counts = Float64Array.from(numbers, (_, at) => often[at] as number)
        const all = Float64Array.from(numbers.flatMap((number, at) => Array.from({ length: counts[at] as number }, () => number)))
        expect(stateOf(moments, plan, Float64Array.from(numbers), { counts })).toEqual(stateOf(moments, plan, all))
      }),
      { numRuns: 100 },
    )
  })

  it('stay exact beyond what a double can hold of a sum', () => {
    const values = new Float64Array(100_001).fill(0.1)
    values[50_000] = 1e17
    values[100_000] = -1e17
    const { sum, mean } = moments.value(stateOf(moments, plan, values, { starts: [7, 40_000, 50_001] }) as never, plan)
    const [tenth, of] = fraction(0.1)
    expectNearest(sum as number, [tenth * 99_999n, of])
    expectNearest(mean as number, [tenth * 99_999n, of * 100_001n])
  })

  it('have no mean where a value is infinite or no number', () => {
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      expect(moments.value(stateOf(moments, plan, Float64Array.of(1, odd, 2)) as never, plan)).toEqual({
        count: 3,
        sum: null,
        mean: null,
        deviation: null,
      })
  })

  it('have a deviation where its square is larger or smaller than any double', () => {
    for (const unit of [1e200, 1e-200]) {
      const { deviation } = moments.value(stateOf(moments, plan, Float64Array.of(unit, 3 * unit)) as never, plan)
      expect((deviation as number) / unit).toBeCloseTo(Math.SQRT2, 12)
    }
  })
})

/** Hashes of the numbers below a limit: splitmix64, which gives each number another. */
function hashesOf(limit: number): BigUint64Array {
  const all = new BigUint64Array(limit)
  for (let at = 0; at < limit; at++) {
    let z = BigInt.asUintN(64, BigInt(at + 1) * 0x9e3779b97f4a7c15n)
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n)
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn)
    all[at] = z ^ (z >> 31n)
  }
  return all
}
const HASHES = hashesOf(200_000)

describe('distinct values', () => {
  const typed = aPlan({ sketched: true, from_text: false })
  const text = aPlan({ sketched: true })
  const LARGE = 3_600_000

  it.each([
    [typed, [0, 1, 2, 3, 13, 1000, 16_383]],
    [text, [0, 1, 2, 3, 13, 1000, 4095]],
  ] as const)('are counted exactly while they are few, however many rows there are', (plan, counts) => {
    for (const count of counts) {
      // each of them many times
      const rows = BigUint64Array.from({ length: count * 3 }, (_, at) => HASHES[at % count] as bigint)
      const state = stateOf(distinct, plan, rows, { records: LARGE, starts: [1, 2, 500, 20_000], order: count })
      expect(distinct.value(state as never, plan)).toEqual({ value: count, exact: true, error: 0 })
    }
  })

  it.each([
    [typed, 16_384],
    [typed, 20_000],
    [text, 4096],
    [text, 30_000],
    [typed, 200_000],
    [text, 200_000],
  ] as const)('are estimated beyond, within five standard errors, never below what is kept: %#', (plan, count) => {
    for (const records of [LARGE, 20 * LARGE]) {
      const state = stateOf(distinct, plan, HASHES.subarray(0, count), { records }) as { kept: string; smallest: number }
      const { value, exact, error } = distinct.value(state as never, plan)
      const kept = Buffer.from(state.kept, 'base64').length / 8
      expect(exact).toBe(false)
      expect(kept).toBeGreaterThanOrEqual(state.smallest)
      expect(value).toBeGreaterThanOrEqual(kept)
      expect(error).toBeCloseTo(1 / Math.sqrt(kept), 3)
      expect(Math.abs(value - count) / count).toBeLessThan(5 * error)
    }
  })

  it('are all counted in a small dataset, and in a column that is not sketched', () => {
    for (const [plan, records] of [
      [typed, 65_536],
      [aPlan(), LARGE],
    ] as const)
      expect(distinct.value(stateOf(distinct, plan, HASHES.subarray(0, 60_000), { records }) as never, plan)).toEqual({
        value: 60_000,
        exact: true,
        error: 0,
      })
  })

  it('are the same for any chunks merged in any order', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(40, 5000, 20_000, 90_000),
        fc.array(fc.nat(90_000), { maxLength: 5 }),
        fc.nat(1000),
        (count, starts, order) => {
          for (const plan of [typed, text]) {
            const hashes = HASHES.subarray(0, count)
            const options = { records: LARGE, starts, order }
            expect(stateOf(distinct, plan, hashes, options)).toEqual(stateOf(distinct, plan, hashes, { records: LARGE }))
          }
        },
      ),
      { numRuns: 6 },
    )
  })

  it('know a value whose hash is 0', () => {
    const hashes = BigUint64Array.of(0n, 5n, 0n, 2n ** 64n - 1n, 1n << 32n)
    expect(distinct.value(stateOf(distinct, typed, hashes, { starts: [2] }) as never, typed).value).toBe(4)
  })
})
