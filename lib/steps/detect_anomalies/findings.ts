/** Findings of the methods that look at rows. */
import { count } from '#core/text/numbers.ts'

export interface Finding {
  /** The number of the row among all rows, from 0. */
  readonly row: number
  readonly method: string
  readonly column: string
  readonly value: string
  /** Larger is more unusual; of one method. */
  readonly score: number
  readonly reason: string
}

/** Where numbers lie, as the middle and the width that robust_z compares with. */
export interface Spread {
  readonly centre: number
  readonly width: number
  readonly robust: boolean
}

/** 1.4826 makes the median absolute deviation one of a normal distribution. */
export function spreadOf(values: readonly number[]): Spread {
  const centre = medianOf(values)
  const mad = medianOf(values.map((value) => Math.abs(value - centre)))
  if (mad > 0) return { centre, width: 1.4826 * mad, robust: true }
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length))
  return { centre: mean, width: deviation, robust: false }
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  const upper = sorted[half] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2
}

export const short = (value: number) => Number(value.toPrecision(6)).toString()

/** `amount 9999 is 41.2 robust deviations above the median 20`. */
export function farText(column: string, value: number, { centre, width, robust }: Spread): string {
  const far = (value - centre) / width
  const [unit, middle] = robust ? ['robust deviations', 'median'] : ['standard deviations', 'mean']
  return `${column} ${short(value)} is ${Math.abs(far).toFixed(1)} ${unit} ${far > 0 ? 'above' : 'below'} the ${middle} ${short(centre)}`
}

/** Rare values of a text column, with how many rows have each; empty where rare values are usual. */
export function rareIn(counts: ReadonlyMap<string | null, number>, rows: number): ReadonlyMap<string, number> {
  const there = [...counts].filter((one): one is [string, number] => one[0] !== null)
  if (rows < 20 || there.length < 2 || there.length > 50 || there.length * 5 > rows) return new Map()
  const rare = there.filter(([, cells]) => cells <= Math.max(1, Math.floor(rows * 0.01)))
  return rare.length * 2 > there.length ? new Map() : new Map(rare)
}

export const rareText = (column: string, value: string, cells: number, rows: number) =>
  `${column} '${value}' is in ${count(cells, 'row')} of ${rows.toLocaleString('en')}`

/** Groups of rows of one value within an hour that are far larger than the others, with a finding for each of their rows. */
export function burstsIn(
  groups: ReadonlyMap<string, readonly number[]>,
  { column, fewest, threshold }: { readonly column: string; readonly fewest: number; readonly threshold: number },
): readonly Finding[] {
  const sizes = [...groups.values()].map((rows) => rows.length)
  const { centre, width } = spreadOf(sizes)
  return [...groups].flatMap(([group, rows]) => {
    const score = (rows.length - centre) / Math.max(width, 1)
    if (rows.length < fewest || score <= threshold) return []
    const [value = '', hour = ''] = group.split('\u0000')
    const reason = `${column} ${value} has ${count(rows.length, 'row')} within the hour of ${hour}:00, and usually there are ${short(centre)}`
    return rows.map((row) => ({ row, method: 'bursts', column, value, score, reason }))
  })
}
