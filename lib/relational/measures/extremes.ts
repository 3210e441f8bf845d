/** extremes: the smallest and the largest value. */
import type { Json } from '#core/json.ts'
import { defineMeasure } from './measure.ts'

type State = { readonly minimum: Json; readonly maximum: Json }

/** Compares numbers by value and everything else (ISO dates) by text. */
const before = (a: Json, b: Json) => (typeof a === 'number' && typeof b === 'number' ? a < b : String(a) < String(b))

const best = (a: Json, b: Json, first: (x: Json, y: Json) => boolean): Json => (a === null ? b : b === null ? a : first(b, a) ? b : a)

export const extremes = defineMeasure<State, State>({
  name: 'extremes',
  summary: 'The smallest and the largest value.',
  appliesTo: ({ type }) => type !== 'text' && type !== 'boolean',
  sql: ({ value }, { type }) => {
    // DOUBLE and not BIGINT, so that all numbers compare as numbers in JSON
    const shown =
      type === 'date' || type === 'timestamp' ? (sql: string) => `CAST(${sql} AS VARCHAR)` : (sql: string) => `CAST(${sql} AS DOUBLE)`
    return { minimum: shown(`min(${value})`), maximum: shown(`max(${value})`) }
  },
  read: ({ minimum = null, maximum = null }) => ({ minimum, maximum }),
  create: () => ({ minimum: null, maximum: null }),
  merge: (a, b) => ({ minimum: best(a.minimum, b.minimum, before), maximum: best(a.maximum, b.maximum, (x, y) => before(y, x)) }),
  value: (state) => state,
})
