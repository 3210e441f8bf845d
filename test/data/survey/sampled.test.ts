/** What is taken from the sample: figures, frequent values, patterns, bins, and rows that are written unlike their columns. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Session } from '#io/duckdb/session.ts'
import type { ColumnFacts } from '#relational/measures/facts.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { drawSample, loadSample, type Range, type SampleDetail, sampledFacts, unlikeRows } from '#data/survey/sampled.ts'
import { aPlan } from '../../kit/column-plans.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const NONE: Range = { minimum: null, maximum: null }
const INTEGER = aPlan({ type: 'integer', number: { decimal: '.', grouping: '', symbols: [] } })

async function load(plans: readonly ColumnPlan[], columns: readonly (readonly (string | null)[])[]) {
  const text = (cell: string | null) => (cell === null ? 'NULL' : `'${cell}'`)
  const rows = (columns[0] ?? []).map((_, row) => `(${columns.map((cells) => text(cells[row] ?? null)).join(', ')})`)
  const names = plans.map((_, at) => `r${at}`)
  const none = `SELECT ${names.map((name) => `CAST(NULL AS VARCHAR) AS ${name}`).join(', ')} WHERE FALSE`
  const relation = rows.length === 0 ? none : `SELECT * FROM (VALUES ${rows.join(', ')}) t(${names.join(', ')})`
  const selected = `SELECT ${names.map((name) => `CAST(${name} AS VARCHAR) AS ${name}`).join(', ')} FROM (${relation})`
  const inSample = plans.map((plan, at) => ({ plan, sql: `r${at}` }))
  const drawn = await drawSample(database.session, selected, inSample)
  return { loaded: await loadSample(database.session, inSample), rows: drawn }
}

async function factsOf(
  plan: ColumnPlan,
  cells: readonly (string | null)[],
  range: { minimum?: number; maximum?: number } = {},
  detail: SampleDetail | null = null,
) {
  const { loaded } = await load([plan], [cells])
  const [facts] = await sampledFacts(
    database.session,
    loaded,
    [{ minimum: range.minimum ?? null, maximum: range.maximum ?? null }],
    detail,
    true,
  )
  if (facts === undefined) throw new Error('the column has no facts')
  return facts
}

const asFacts = (plan: ColumnPlan, values: ColumnFacts['values']) =>
  ({ type: plan.type, semantic: plan.semantic, null_values: [], values }) as unknown as ColumnFacts

describe('facts of a sample', () => {
  it('of text are its frequent values, its patterns and its lengths; missing cells are none of it', async () => {
    expect(await factsOf(aPlan(), ['Ab1', ' Ab1 ', 'cd', null, 'N/A', '', 'Zz99'])).toEqual({
      cells: 4,
      quantiles: null,
      mad: null,
      histogram: null,
      top: [
        ['Ab1', 2],
        ['Zz99', 1],
        ['cd', 1],
      ],
      patterns: [
        ['Aa9', 3],
        ['a', 1],
      ],
      length: { minimum: 2, mean: 3, maximum: 4 },
    })
  })

  it('of numbers are quantiles, deviation and bins, the last with the largest value', async () => {
    const cells = Array.from({ length: 101 }, (_, at) => String(at))
    const facts = await factsOf(INTEGER, cells, { minimum: 0, maximum: 100 })
    expect(facts).toMatchObject({ cells: 101, mad: 25, patterns: [], length: { minimum: 1, maximum: 3 } })
    expect(facts.quantiles).toEqual([1, 5, 25, 50, 75, 95, 99])
    expect(facts.top).toHaveLength(20)
    expect(facts.histogram).toEqual({ from: 0, to: 100, counts: [...Array.from({ length: 19 }, () => 5), 6] })
  })

  it('of numbers name the values, however they are written', async () => {
    const grouped = aPlan({ type: 'integer', number: { decimal: '.', grouping: ',', symbols: ['$'] } })
    const facts = await factsOf(grouped, ['1,005', '$1,005', ' 1005', '7', null], { minimum: 7, maximum: 1005 })
    expect(facts).toMatchObject({
      top: [
        ['1005', 3],
        ['7', 1],
      ],
      length: { minimum: 1, maximum: 4 },
    })
  })

  it('are as fine as is asked, but never coarser than the choices need', async () => {
    const cells = Array.from({ length: 40 }, (_, at) => String(at))
    const fine = await factsOf(INTEGER, cells, { minimum: 0, maximum: 39 }, { top_values: 30, histogram_bins: 4 })
    expect([fine.top.length, fine.histogram?.counts]).toEqual([30, [10, 10, 10, 10]])
    const coarse = await factsOf(INTEGER, cells, { minimum: 0, maximum: 39 }, { top_values: 1, histogram_bins: 1 })
    expect([coarse.top.length, coarse.histogram?.counts]).toEqual([20, [40]])
  })

  it('have one bin for one value, and none without a range', async () => {
    expect((await factsOf(INTEGER, ['7', '7', null], { minimum: 7, maximum: 7 })).histogram).toEqual({ from: 7, to: 7, counts: [2] })
    expect((await factsOf(INTEGER, [null], { minimum: 7, maximum: 7 })).histogram).toEqual({ from: 7, to: 7, counts: [0] })
    expect((await factsOf(INTEGER, ['7'], { minimum: 8, maximum: 7 })).histogram).toBeNull()
    expect((await factsOf(INTEGER, ['7'], { minimum: Number.NaN, maximum: 7 })).histogram).toBeNull()
    expect((await factsOf(INTEGER, ['7'], { minimum: 7, maximum: Number.POSITIVE_INFINITY })).histogram).toBeNull()
  })

  it('leave values outside the range out of the bins, and take ranges wider than a number holds', async () => {
    expect(
      (await factsOf(INTEGER, ['0', '5', '9'], { minimum: 0, maximum: 8 }, { top_values: 1, histogram_bins: 2 })).histogram?.counts,
    ).toEqual([1, 1])
    const decimal = aPlan({ type: 'float', number: { decimal: '.', grouping: '', symbols: [] } })
    const wide = await factsOf(
      decimal,
      ['-1.0e308', '0', '1.0e308'],
      { minimum: -1e308, maximum: 1e308 },
      { top_values: 1, histogram_bins: 2 },
    )
    expect(wide.histogram?.counts).toEqual([1, 2])
  })

  it('for display only are left out where nothing is displayed', async () => {
    const cells = ['1', '2', '2', null]
    const { loaded } = await load([INTEGER, aPlan({ name: 'word' })], [cells, ['Ab', 'Ab', 'c', null]])
    const [numbers, words] = await sampledFacts(database.session, loaded, [{ minimum: 1, maximum: 2 }, NONE], null, false)
    expect(numbers).toMatchObject({ cells: 3, histogram: null, length: null, patterns: [], mad: 0 })
    expect(numbers?.top).toEqual([
      ['2', 2],
      ['1', 1],
    ])
    expect(words).toMatchObject({
      cells: 3,
      length: null,
      patterns: [],
      top: [
        ['Ab', 2],
        ['c', 1],
      ],
    })
  })

  it('of decimals that came with a type are those of each column, whatever its type in the file', async () => {
    const typed = (name: string) => aPlan({ name, type: 'float', from_text: false })
    const columns = [
      { plan: typed('a'), sql: 'a' },
      { plan: typed('b'), sql: 'b' },
    ]
    await drawSample(database.session, 'SELECT 0.1::FLOAT AS a, 1.50::DECIMAL(9, 2) AS b', columns)
    const loaded = await loadSample(database.session, columns)
    const facts = await sampledFacts(database.session, loaded, [NONE, NONE], null, true)
    expect(facts.map(({ top }) => top)).toEqual([[['0.1', 1]], [['1.50', 1]]])
  })

  it('of an empty column are none', async () => {
    expect(await factsOf(INTEGER, [])).toMatchObject({ cells: 0, quantiles: null, mad: null, top: [], patterns: [], length: null })
    expect((await factsOf(aPlan(), [null, 'N/A'])).length).toBeNull()
  })
})

describe('rows written unlike their columns', () => {
  async function unlike(plan: ColumnPlan, cells: readonly (string | null)[], values: ColumnFacts['values'] = null) {
    const { loaded, rows } = await load([plan], [cells])
    expect(rows).toBe(cells.length)
    return [...(await unlikeRows(database.session, loaded, [asFacts(plan, values)]))].map(Number)
  }

  it('are those with padded cells', async () => {
    expect(await unlike(aPlan(), ['a', ' b', 'c ', null, 'N/A', ''])).toEqual([2, 3])
    expect(await unlike(aPlan(), ['a', 'b'])).toEqual([])
  })

  it('are those in the format of the few, whichever it is', async () => {
    const dates = aPlan({ type: 'date', date: { to: 'date', formats: ['%Y-%m-%d', '%d/%m/%Y'] } })
    expect(await unlike(dates, ['2024-01-01', '2024-01-02', '03/01/2024', null, 'x'])).toEqual([3])
    const slashed = aPlan({ type: 'date', date: { to: 'date', formats: ['%d/%m/%Y', '%Y-%m-%d'] } })
    expect(await unlike(slashed, ['01/01/2024', '02/01/2024', '2024-01-03', null, 'x'])).toEqual([3])
    // the first format is not always that of most
    expect(await unlike(dates, ['2024-01-01', '02/01/2024', '03/01/2024'])).toEqual([1])
    const seconds = aPlan({ type: 'timestamp', date: { to: 'timestamp', formats: ['epoch_s', '%d/%m/%Y'] } })
    expect(await unlike(seconds, ['1700000000', '02/01/2024', '03/01/2024'])).toEqual([])
    // half of each: the one that has to be rewritten is the odd one
    expect(await unlike(slashed, ['01/01/2024', '2024-01-03'])).toEqual([1])
    const money = aPlan({ type: 'float', number: { decimal: '.', grouping: ',', symbols: ['$'] } })
    expect(await unlike(money, ['$1', '$2', '3', 'x', null])).toEqual([3])
    expect(await unlike(money, ['1', '2', '$3', 'x', null])).toEqual([3])
  })

  it('are not those whose yes or nothing is spelled in another way', async () => {
    expect(await unlike(aPlan({ type: 'boolean' }), ['yes', 'true', 'no', 'N/A', null])).toEqual([])
  })

  it('are those with a spelling of the few, where the values are known', async () => {
    const cells = ['Rome', 'Rome', 'ROME', null]
    expect(
      await unlike(aPlan(), cells, [
        ['Rome', 2],
        ['ROME', 1],
      ]),
    ).toEqual([3])
    expect(await unlike(aPlan(), cells)).toEqual([])
    expect(await unlike(aPlan(), cells, [['Rome', 3]])).toEqual([])
  })
})

describe('columns that are read alike', () => {
  const DATES = aPlan({ type: 'date', date: { to: 'date', formats: ['%Y-%m-%d', '%d/%m/%Y'] } })
  const COLUMNS: readonly (readonly [ColumnPlan, readonly (string | null)[], Range, ColumnFacts['values']])[] = [
    [
      aPlan(),
      ['Rome', ' Rome', 'ROME', null],
      NONE,
      [
        ['Rome', 2],
        ['ROME', 1],
      ],
    ],
    [INTEGER, ['1', '2', '3', '4'], { minimum: 1, maximum: 4 }, null],
    [aPlan(), ['x1', 'x1', 'Y', 'Y'], NONE, null],
    [INTEGER, ['7', null, '7', '7'], { minimum: 7, maximum: 7 }, null],
    [DATES, ['2024-01-01', '02/01/2024', '03/01/2024', null], NONE, null],
    [INTEGER, [null, null, 'x', null], NONE, null],
    [DATES, ['2024-01-01', '2024-01-02', '2024-01-03', '04/01/2024'], NONE, null],
  ]
  const plans = COLUMNS.map(([plan]) => plan)

  it('have the facts that each has by itself, and the same rows are unlike', async () => {
    const { loaded } = await load(
      plans,
      COLUMNS.map(([, cells]) => cells),
    )
    expect(loaded.stacks).toHaveLength(3)
    const together = await sampledFacts(
      database.session,
      loaded,
      COLUMNS.map(([, , range]) => range),
      null,
      true,
    )
    const rows = [
      ...(await unlikeRows(
        database.session,
        loaded,
        COLUMNS.map(([plan, , , values]) => asFacts(plan, values)),
      )),
    ]
    const alone: unknown[] = []
    const unlike = new Set<bigint>()
    for (const [plan, cells, range, values] of COLUMNS) {
      const one = await load([plan], [cells])
      alone.push(...(await sampledFacts(database.session, one.loaded, [range], null, true)))
      for (const row of await unlikeRows(database.session, one.loaded, [asFacts(plan, values)])) unlike.add(row)
    }
    expect(together).toEqual(alone)
    expect(rows).toEqual([...unlike].sort((a, b) => Number(a - b)))
    expect(rows.map(Number)).toEqual([1, 2, 3, 4])
  })

  it('are asked about together: twice the columns are no more statements', async () => {
    const statements = async (copies: number) => {
      const sql: string[] = []
      const heard = (text: string) => {
        sql.push(text)
        return text
      }
      const spied: Session = {
        ...database.session,
        run: (text) => database.session.run(heard(text)),
        rows: (text) => database.session.rows(heard(text)),
        lists: (text) => database.session.lists(heard(text)),
      }
      const many = Array.from({ length: copies }, () => COLUMNS).flat()
      const columns = many.map(([plan], at) => ({ plan, sql: `r${at}` }))
      await drawSample(spied, `SELECT ${columns.map(({ sql: name }) => `'a' AS ${name}`).join(', ')}`, columns)
      const loaded = await loadSample(spied, columns)
      await sampledFacts(
        spied,
        loaded,
        many.map(([, , range]) => range),
        null,
        true,
      )
      await unlikeRows(
        spied,
        loaded,
        many.map(([plan, , , values]) => asFacts(plan, values)),
      )
      return { count: sql.length, size: sql.reduce((sum, { length }) => sum + length, 0) }
    }
    const [once, four] = [await statements(5), await statements(20)]
    expect(four.count).toBe(once.count)
    expect(four.size).toBeLessThan(4 * once.size)
  })
})
