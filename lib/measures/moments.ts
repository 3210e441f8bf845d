/**
 * moments: count, sum, mean and deviation, exactly the same however the rows are grouped. Adding doubles is not associative,
 * so each value is first moved to whole steps of 2^-scale from a centre that the plan fixes for the dataset, and steps are added
 * as 128-bit integers. Rounding a value to its step costs less than the 53rd bit of the column's spread.
 */
import { allOf } from '../relation/sql.ts'
import { defineMeasure, toNumber } from './measure.ts'

type State = {
  readonly count: number
  /** Decimal text of 128-bit integers. */
  readonly steps: string
  readonly squares: string
  /** Values too far out to be added exactly; then there is no mean. */
  readonly excess: number
}

/** Beyond this many steps a value is not added: 2^31 of them would overflow 128 bits. */
const REACH = 2 ** 94
/** Squares are taken at half the scale, so that they have the same reach. */
const half = (scale: number) => Math.floor(scale / 2)

const power = (exponent: number | string) => `pow(2.0, ${exponent})`

export const moments = defineMeasure<State, { count: number; sum: number | null; mean: number | null; deviation: number | null }>({
  name: 'moments',
  summary: 'Count, sum, mean and (sample) standard deviation.',
  appliesTo: ({ type }) => type === 'integer' || type === 'decimal',
  sql: ({ value, weight, position }, plan) => {
    const { centre, finely, halfway } =
      position === undefined
        ? { centre: plan.centre, finely: power(plan.scale), halfway: power(2 * half(plan.scale)) }
        : { centre: position.centre, finely: power(position.scale), halfway: power(`2 * floor(${position.scale} / 2)`) }
    const offset = `(CAST(${value} AS DOUBLE) - ${centre})`
    const steps = `round(${offset} * ${finely})`
    const squares = `round(${offset} * ${offset} * ${halfway})`
    const fits = allOf([`abs(${steps}) < ${REACH}`, `${squares} < ${REACH}`])
    const sum = (number: string) => {
      const whole = `TRY_CAST(${number} AS HUGEINT)`
      return `CAST(COALESCE(sum(${weight === '1' ? whole : `${whole} * ${weight}`}) FILTER (WHERE ${fits}), 0) AS VARCHAR)`
    }
    const count = (condition: string) =>
      weight === '1' ? `count(*) FILTER (WHERE ${condition})` : `COALESCE(sum(${weight}) FILTER (WHERE ${condition}), 0)::BIGINT`
    return {
      count: count(`${value} IS NOT NULL`),
      steps: sum(steps),
      squares: sum(squares),
      excess: count(allOf([`${value} IS NOT NULL`, `NOT ${fits}`])),
    }
  },
  read: ({ count, steps, squares, excess }) => ({
    count: toNumber(count),
    steps: String(steps ?? 0),
    squares: String(squares ?? 0),
    excess: toNumber(excess),
  }),
  create: () => ({ count: 0, steps: '0', squares: '0', excess: 0 }),
  merge: (a, b) => ({
    count: a.count + b.count,
    steps: add(a.steps, b.steps),
    squares: add(a.squares, b.squares),
    excess: a.excess + b.excess,
  }),
  value: ({ count, steps, squares, excess }, { centre, scale }) => {
    if (count === 0 || excess > 0) return { count, sum: null, mean: null, deviation: null }
    const offsets = Number(steps) * 2 ** -scale
    const spread = Number(squares) * 2 ** (-2 * half(scale))
    const mean = centre + offsets / count
    const variance = count > 1 ? Math.max(0, (spread - (offsets * offsets) / count) / (count - 1)) : null
    return { count, sum: centre * count + offsets, mean, deviation: variance === null ? null : Math.sqrt(variance) }
  },
})

const add = (a: string, b: string) => String(BigInt(a) + BigInt(b))
