/**
 * moments: count, sum, mean and deviation. Adding doubles is not associative, so the values and their squares are added exactly. The
 * results are the same for any grouping of the rows and any magnitude of the numbers, and each is rounded once.
 */
import { isNumeric } from '#relational/types/types.ts'
import { addDyadic, type Dyadic, nearest, nearestRoot, summing, wholeOf, ZERO } from './exact-sums.ts'
import { defineMeasure } from './measure.ts'

type State = {
  readonly count: number
  readonly sum: Dyadic
  readonly squares: Dyadic
  /** Cells that are infinite or not a number; with any of them there is no mean. */
  readonly excess: number
}

const NONE: State = { count: 0, sum: ZERO, squares: ZERO, excess: 0 }

const finite = (value: number) => (Number.isFinite(value) ? value : null)

export const moments = defineMeasure<State, { count: number; sum: number | null; mean: number | null; deviation: number | null }>({
  name: 'moments',
  summary: 'Count, sum, mean and (sample) standard deviation.',
  appliesTo: ({ type }) => isNumeric(type),
  sql: () => ({}),
  collect: {
    of: 'number',
    create() {
      const sums = summing()
      let count = 0
      return {
        add(values, counts, from, to) {
          for (let row = from; row < to; row++) count += counts[row] as number
          sums.add(values as Float64Array, counts, from, to)
        },
        state: () => ({ count, ...sums.sums() }),
      }
    },
  },
  read: () => NONE,
  create: () => NONE,
  merge: (a, b) => ({
    count: a.count + b.count,
    sum: addDyadic(a.sum, b.sum),
    squares: addDyadic(a.squares, b.squares),
    excess: a.excess + b.excess,
  }),
  value: ({ count, sum, squares, excess }) => {
    if (count === 0 || excess > 0) return { count, sum: null, mean: null, deviation: null }
    const n = BigInt(count)
    const total = wholeOf(sum, sum.power)
    return {
      count,
      sum: finite(nearest(total, 1n, sum.power)),
      mean: finite(nearest(total, n, sum.power)),
      deviation: count > 1 ? finite(deviation(n, sum, squares)) : null,
    }
  },
})

/** √((n Σx² − (Σx)²) / n (n − 1)), exact up to the root. */
function deviation(n: bigint, sum: Dyadic, squares: Dyadic): number {
  const power = Math.min(2 * sum.power, squares.power)
  const total = wholeOf(sum, sum.power)
  const spread = n * wholeOf(squares, power) - ((total * total) << BigInt(2 * sum.power - power))
  return nearestRoot(spread, n * (n - 1n), power)
}
