/** Drift of columns between runs: the population stability index. */
import type { Json } from '#core/json.ts'

/** How the values of a column are distributed: the shares of ten bins of a number, or of the values of a category. */
export interface Distribution {
  /** Upper ends of all bins but the last; null for categories. */
  readonly edges: readonly number[] | null
  /** By the text of the bin or the value. */
  readonly shares: { readonly [bin: string]: number }
}

export type Baseline = { readonly [column: string]: Distribution }

const BINS = 10
/** A bin without rows counts as this share: the index would be infinite. */
const LEAST = 1e-4
const OTHERS = '(other values)'
const MISSING = '(missing)'

/** What an earlier run left, if it has this form. */
export const baselineOf = (left: Json | undefined): Baseline | null =>
  left !== undefined && left !== null && typeof left === 'object' && !Array.isArray(left) ? (left as unknown as Baseline) : null

/** Bins with about as many values each; `edges` of an earlier run are kept, so that the bins are the same. */
export function numbersIn(values: readonly (number | null)[], edges: readonly number[] | null): Distribution {
  const there = values.filter((value) => value !== null).sort((a, b) => a - b)
  const cuts = edges ?? [...new Set(Array.from({ length: BINS - 1 }, (_, at) => there[Math.floor(((at + 1) * there.length) / BINS)] ?? 0))]
  const names = binNames(cuts)
  const counts = new Map<string, number>(names.map((name) => [name, 0]))
  for (const value of there) {
    const at = cuts.findIndex((cut) => value <= cut)
    const name = names[at < 0 ? cuts.length : at] ?? ''
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  counts.set(MISSING, values.length - there.length)
  return { edges: cuts, shares: sharesOf(counts, values.length) }
}

const binNames = (cuts: readonly number[]) =>
  [...cuts, Number.POSITIVE_INFINITY].map((cut, at) => {
    const low = cuts[at - 1]
    if (low === undefined) return `up to ${short(cut)}`
    return cut === Number.POSITIVE_INFINITY ? `above ${short(low)}` : `${short(low)} to ${short(cut)}`
  })
const short = (value: number) => Number(value.toPrecision(6)).toString()

/** The most frequent values, and all others together. */
export function categoriesIn(counts: ReadonlyMap<string | null, number>, rows: number): Distribution {
  const sorted = [...counts].filter((one): one is [string, number] => one[0] !== null).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  const listed = new Map<string, number>(sorted.slice(0, 50))
  // a value may be written like one of these names
  const add = (name: string, count: number) => listed.set(name, (listed.get(name) ?? 0) + count)
  add(
    OTHERS,
    sorted.slice(50).reduce((sum, [, count]) => sum + count, 0),
  )
  add(MISSING, counts.get(null) ?? 0)
  return { edges: null, shares: sharesOf(listed, rows) }
}

const sharesOf = (counts: ReadonlyMap<string, number>, rows: number) =>
  Object.fromEntries([...counts].map(([name, count]) => [name, rows === 0 ? 0 : count / rows]))

interface Drift {
  readonly psi: number
  /** The bins that changed most: `above 90: 12.0 % now, 2.0 % then`. */
  readonly reasons: readonly string[]
}

/** The index of a distribution against an earlier one, Σ (now − then) × ln(now ÷ then). */
export function driftOf(now: Distribution, then: Distribution): Drift {
  const [n, t] = [new Map(Object.entries(now.shares)), new Map(Object.entries(then.shares))]
  const terms = [...new Set([...n.keys(), ...t.keys()])].map((bin) => {
    const [after, before] = [Math.max(n.get(bin) ?? 0, LEAST), Math.max(t.get(bin) ?? 0, LEAST)]
    return { bin, after: n.get(bin) ?? 0, before: t.get(bin) ?? 0, term: (after - before) * Math.log(after / before) }
  })
  const share = (value: number) => `${(value * 100).toFixed(1)} %`
  const largest = [...terms].sort((a, b) => b.term - a.term).filter(({ term }) => term > 0.01)
  return {
    psi: terms.reduce((sum, { term }) => sum + term, 0),
    reasons: largest.slice(0, 3).map(({ bin, after, before }) => `${bin}: ${share(after)} now, ${share(before)} then`),
  }
}
