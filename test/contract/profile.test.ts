/** The figures of a profile against plain JavaScript over the same values. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ColumnFacts } from '#relational/measures/facts.ts'
import { QUANTILES } from '#relational/measures/facts.ts'
import { seeded } from '../kit/chance.ts'
import { runDefinition, type Workplace, workplace } from '../kit/run-pipeline.ts'

let place: Workplace
beforeAll(() => {
  place = workplace()
})
afterAll(() => place.clear())

interface Profile {
  readonly rows: number
  readonly duplicates: number
  readonly sample: { readonly rows: number; readonly complete: boolean }
  readonly columns: readonly ColumnFacts[]
}

async function profileOf(name: string, csv: string, settings = ''): Promise<Profile> {
  const source = place.write(`${name}/in.csv`, csv)
  const run = await runDefinition(
    `version: 1\nid: measured\nsteps:\n  - {id: find, type: discover, with: {source: ${source}}}\n  - {id: look, type: profile, with: {${settings}}}\n`,
    { store: join(place.folder, name, 'store') },
  )
  expect(run.cause).toBeUndefined()
  return run.object<Profile>('profile.json')
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const mean = (values: readonly number[]) => sum(values) / values.length
function deviation(values: readonly number[]): number {
  const middle = mean(values)
  return Math.sqrt(sum(values.map((value) => (value - middle) ** 2)) / (values.length - 1))
}

/** The value at a share of the way through the sorted values, between two of them in proportion. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1)
  const [low, high] = [sorted[Math.floor(at)] as number, sorted[Math.ceil(at)] as number]
  return low + (high - low) * (at - Math.floor(at))
}

function counts<Value>(values: readonly Value[]): Map<Value, number> {
  const found = new Map<Value, number>()
  for (const value of values) found.set(value, (found.get(value) ?? 0) + 1)
  return found
}

/** Most frequent first, equals in the order of their text. */
const top = (values: readonly string[], most: number) =>
  [...counts(values)].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, most)

const near = (found: number | null, expected: number) => {
  expect(found).not.toBeNull()
  expect(Math.abs((found as number) - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)))
}

const present = <Value>(values: readonly (Value | null)[]) => values.filter((value): value is Value => value !== null)

describe('a small table, every row of which is in the sample', () => {
  const random = seeded(7)
  const size = 1500
  const missing = (share: number) => random() < share
  const whole = Array.from({ length: size }, () => (missing(0.1) ? null : Math.floor(random() ** 2 * 400) - 50))
  const money = Array.from({ length: size }, () => (missing(0.05) ? null : Math.round(random() * 500_000) / 100))
  const kinds = Array.from({ length: size }, () =>
    missing(0.02) ? null : (['pear', 'apple', 'fig', 'Ölive'][Math.floor(random() ** 1.5 * 4)] as string),
  )
  const codes = Array.from({ length: size }, (_, at) => `${'AB'[at % 2]}b-${String(at).padStart(at % 3 === 0 ? 4 : 5, '0')}`)
  const days = Array.from({ length: size }, () => new Date(Date.UTC(2020, 0, 1 + Math.floor(random() * 1000))).toISOString().slice(0, 10))
  const rows = whole.map((number, at) => {
    const amount = money[at] ?? null
    const shown =
      amount === null ? 'n/a' : at % 4 === 0 ? `"$${amount.toLocaleString('en', { minimumFractionDigits: 2 })}"` : amount.toFixed(2)
    return `${number ?? ''},${shown},${kinds[at] ?? 'NA'},${codes[at]},${days[at]},${at % 2 === 0 ? 'yes' : 'no'}`
  })
  // the last three rows repeat the first three
  const csv = `${['whole,money,kind,code,day,ok', ...rows, ...rows.slice(0, 3)].join('\n')}\n`
  const repeated = <Value>(values: readonly Value[]) => [...values, ...values.slice(0, 3)]

  let profile: Profile
  const column = (name: string) => profile.columns.find((one) => one.name === name) as ColumnFacts
  beforeAll(async () => {
    profile = await profileOf('small', csv, 'top_values: 3, histogram_bins: 8')
  })

  it('is counted as a whole', () => {
    expect(profile.rows).toBe(size + 3)
    expect(profile.duplicates).toBe(3)
    expect(profile.sample).toEqual({ rows: size + 3, complete: true })
    expect(profile.columns.map(({ name, type, semantic }) => [name, type, semantic])).toEqual([
      ['whole', 'integer', null],
      ['money', 'decimal(15,2)', 'currency'],
      ['kind', 'text', null],
      ['code', 'text', null],
      ['day', 'date', 'date'],
      ['ok', 'boolean', null],
    ])
  })

  describe.each([
    ['whole', repeated(whole)],
    ['money', repeated(money)],
  ])('numbers: %s', (name, all) => {
    const values = present(all)
    const sorted = [...values].sort((a, b) => a - b)

    it('count, extremes, sum, mean and deviation are exact', () => {
      const { rows: total, missing: without, invalid, distinct, minimum, maximum, ...facts } = column(name)
      expect([total, without, invalid, minimum, maximum]).toEqual([all.length, all.length - values.length, 0, sorted[0], sorted.at(-1)])
      expect(distinct).toEqual({ value: new Set(values).size, exact: true, error: 0 })
      near(facts.sum, sum(values))
      near(facts.mean, mean(values))
      near(facts.deviation, deviation(values))
    })

    it('quantiles and the deviation from the median', () => {
      const { quantiles, mad, cells } = column(name).sampled
      expect(cells).toBe(values.length)
      for (const [at, share] of QUANTILES.entries()) near(quantiles?.[at] ?? null, quantile(sorted, share))
      const middle = quantile(sorted, 0.5)
      near(
        mad,
        quantile(
          values.map((value) => Math.abs(value - middle)).sort((a, b) => a - b),
          0.5,
        ),
      )
    })

    it('a histogram of as many bins as were asked for', () => {
      const { from, to, counts: bins } = column(name).sampled.histogram as NonNullable<ColumnFacts['sampled']['histogram']>
      const [low, high] = [sorted[0] as number, sorted.at(-1) as number]
      expect([from, to, bins.length]).toEqual([low, high, 8])
      const expected = Array.from({ length: 8 }, () => 0)
      for (const value of values) {
        const bin = Math.min(7, Math.floor(((value - low) / (high - low)) * 8))
        expected[bin] = (expected[bin] as number) + 1
      }
      expect(bins).toEqual(expected)
    })
  })

  it('texts: values, frequencies, lengths and patterns', () => {
    const values = present(repeated(kinds))
    const kind = column('kind')
    expect(kind.missing).toBe(size + 3 - values.length)
    expect(kind.distinct.value).toBe(new Set(values).size)
    expect(kind.sampled.top).toEqual(top(values, 3))
    const lengths = values.map((value) => [...value].length)
    expect(kind.sampled.length).toEqual({
      minimum: Math.min(...lengths),
      mean: Number(mean(lengths).toPrecision(6)),
      maximum: Math.max(...lengths),
    })
    expect(column('code').sampled.patterns).toEqual([['Aa-9', size + 3]])
    expect(kind.sampled.patterns).toEqual(
      top(
        values.map((value) => (value === 'Ölive' ? 'Aa' : 'a')),
        3,
      ),
    )
    expect(column('code').distinct.value).toBe(size)
  })

  it('days: extremes and different values', () => {
    const all = repeated(days)
    expect([column('day').minimum, column('day').maximum]).toEqual([[...all].sort()[0], [...all].sort().at(-1)])
    expect(column('day').distinct.value).toBe(new Set(all).size)
  })

  it('says what writing the same thing the same way would change', () => {
    const dollars = repeated(money).filter((value, at) => value !== null && (at < size ? at : at - size) % 4 === 0)
    expect(column('money').effects['currency']?.cells).toBe(dollars.length)
    expect(column('money').effects['null_values']?.cells).toBe(repeated(money).filter((value) => value === null).length)
    expect(column('ok').effects['booleans']?.cells).toBe(size + 3)
  })
})

describe('a table larger than the sample', () => {
  const random = seeded(11)
  const size = 90_000
  const values = Array.from({ length: size }, () => Math.round(-Math.log(1 - random()) * 10_000))
  const words = Array.from({ length: size }, (_, at) => `w${at % 10 === 0 ? 0 : at}`)
  let profile: Profile
  beforeAll(async () => {
    profile = await profileOf('large', `value,word\n${values.map((value, at) => `${value},${words[at]}\n`).join('')}`)
  })
  const column = (name: string) => profile.columns.find((one) => one.name === name) as ColumnFacts

  it('says so, and is exact in what it counts', () => {
    expect(profile.sample.complete).toBe(false)
    expect(profile.sample.rows).toBeGreaterThan(5_000)
    expect(profile.sample.rows).toBeLessThanOrEqual(20_000)
    near(column('value').sum, sum(values))
    near(column('value').deviation, deviation(values))
    expect([column('value').minimum, column('value').maximum]).toEqual([
      values.reduce((a, b) => Math.min(a, b)),
      values.reduce((a, b) => Math.max(a, b)),
    ])
  })

  it('estimates quantiles as well as a sample of that size can', () => {
    const sorted = [...values].sort((a, b) => a - b)
    const { quantiles, cells } = column('value').sampled
    for (const [at, share] of QUANTILES.entries()) {
      const found = quantiles?.[at] as number
      const rank = sorted.filter((value) => value <= found).length / size
      // four standard errors of a share in a sample
      expect(Math.abs(rank - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / cells) + 1e-3)
    }
  })

  it.each([
    ['word', words],
    ['value', values],
  ])('estimates the different values of %s within four times the error it states', (name, all) => {
    const { value, exact, error } = column(name).distinct
    const true_ = new Set<string | number>(all).size
    expect(exact).toBe(false)
    expect(error).toBeLessThan(0.02)
    expect(Math.abs(value - true_) / true_).toBeLessThan(4 * error)
  })
})
