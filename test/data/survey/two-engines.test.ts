/** What a survey finds in small texts, written down by hand: by the measuring kernel the same as by SQL. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import type { KeySet } from '#relational/operations/key-set.ts'
import { MAX_LISTED_LENGTH, MAX_VALUES } from '#data/survey/partial.ts'
import { NO_WIDE_NUMBERS } from '#relational/measures/counts.ts'
import type { ColumnType } from '#relational/types/types.ts'
import { aPlan } from '../../kit/column-plans.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'
import { byKernel, bySql, statesOf, valuesOf } from './engines.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const WHOLE: KeySet = { columns: null, keep: 'first' }
const by = (...columns: string[]): KeySet => ({ columns, keep: 'first' })
const plain = { decimal: '.', grouping: '', symbols: [] } as const
const none = { cells: 0, first: null }

/** Meanings with two cells that have them, and one that has another. */
const MEANINGS = [
  ['email', 'a@b.ch', 'x.y@example.com', '+41 44 123 45 67'],
  ['phone', '+41 44 123 45 67', '044 123 45 67', 'a@b.ch'],
  ['url', 'https://example.com/a', 'http://example.com', '192.168.0.1'],
  ['uuid', '123e4567-e89b-12d3-a456-426614174000', '00000000-0000-4000-8000-000000000000', 'https://example.com'],
  ['ip', '192.168.0.1', '10.0.0.255', '123e4567-e89b-12d3-a456-426614174000'],
] as const

describe.each([
  ['the kernel', byKernel],
  ['SQL', bySql],
])('%s', (_, survey) => {
  /** One column `c` of these cells. */
  const cells = (plan: ColumnPlan, ...lines: string[]) =>
    survey(database, { text: `${lines.join('\n')}\n`, plans: [plan], keys: [by('c')], records: lines.length })
  const trimmed = { ...by('c'), match: { trimmed: true } } as const
  /** The keys of the column as written, and without white space at their ends. */
  const bothKeys = async (plan: ColumnPlan, ...lines: string[]) =>
    (await survey(database, { text: `${lines.join('\n')}\n`, plans: [plan], keys: [by('c'), trimmed], records: lines.length })).keys

  it('lists the values of a column with few as they stand, and counts the cells without one', async () => {
    const { rows, columns, keys } = await cells(aPlan({ dictionary: true }), 'a', '""', ' a', 'A', 'a', '""')
    expect(rows).toBe(6)
    // an empty cell is none, a quoted one too
    expect(valuesOf(columns['c'])).toEqual([' a 1', 'A 1', 'a 2', '~ 2'])
    expect(keys).toEqual(['a-bca-'])
  })

  it('compares listed values as they are written, or trimmed, and knows which are missing', async () => {
    const lines = ['Ab', ' Ab', 'ab', 'NA', 'N/A', 'x']
    for (const trait of ['padded', 'worded', 'folded'] as const)
      expect(await bothKeys(aPlan({ dictionary: true, [trait]: true }), ...lines)).toEqual(['abc--d', 'aab--c'])
    expect((await cells(aPlan({ dictionary: true }), ...lines)).keys).toEqual(['abcdef'])
  })

  it('gives up a list that becomes too long', async () => {
    const values = (count: number) => Array.from({ length: count }, (__, at) => `v${at}`)
    expect(valuesOf((await cells(aPlan({ dictionary: true }), ...values(MAX_VALUES))).columns['c'])).toHaveLength(MAX_VALUES)
    expect(valuesOf((await cells(aPlan({ dictionary: true }), ...values(MAX_VALUES + 1))).columns['c'])).toBeNull()
  })

  it.each(['x', 'é', '€', '😀'])('gives up a list with a value that is too long in bytes: %s', async (sign) => {
    const size = Buffer.byteLength(sign)
    const ofBytes = (bytes: number) => sign.repeat(Math.floor(bytes / size)) + 'x'.repeat(bytes % size)
    const listOf = async (bytes: number) => {
      const lines = ['a', ofBytes(bytes)]
      const text = { text: `${lines.join('\n')}\n`, plans: [aPlan({ dictionary: true })], records: 2, longest: bytes }
      return valuesOf((await survey(database, text)).columns['c'])
    }
    expect(await listOf(MAX_LISTED_LENGTH)).toHaveLength(2)
    expect(await listOf(MAX_LISTED_LENGTH + 1)).toBeNull()
  })

  it('measures text: what is missing, padded, a word for nothing, and different', async () => {
    const { columns, keys } = await cells(aPlan(), 'b', ' a', 'NA', 'a', ' n/a ', 'B', '""')
    expect(statesOf(columns['c'])).toEqual({
      missing: { count: 3 },
      effects: { whitespace: { cells: 2, first: ' a' }, null_values: { cells: 2, first: expect.stringMatching(/^NA$/) } },
      distinct: 3,
    })
    expect(keys).toEqual(['ab-c-d-'])
    expect(await bothKeys(aPlan(), 'b', ' a', 'NA', 'a', ' n/a ', 'B', '""')).toEqual(['ab-c-d-', 'ab-b-c-'])
  })

  it('measures integers: their sum and range, what is written in another form, and what is none', async () => {
    const plan = aPlan({ type: 'integer', number: { ...plain, grouping: ',', symbols: ['$'] } })
    const { columns, keys } = await cells(plan, '5', '"1,005"', '$7', ' 5', 'x', '-3', 'NA', '1.5', 'x')
    const { moments, ...states } = statesOf(columns['c'])
    expect(states).toEqual({
      missing: { count: 1 },
      invalid: { count: 3, coded: 0, first: 'x', wide: { cells: 1, fractional: 1, powers: 0, lossy: 0, whole: 1, scale: 1 } },
      effects: { whitespace: { cells: 1, first: ' 5' }, null_values: { cells: 1, first: 'NA' }, currency: { cells: 2, first: '1,005' } },
      extremes: { minimum: -3, maximum: 1005 },
      distinct: 6,
    })
    expect(moments).toMatchObject({ count: 5 })
    expect(keys).toEqual(['abcade-fd'])
  })

  it('reports the first cell in another format, plain or not', async () => {
    const plan = aPlan({ type: 'float', number: { ...plain, symbols: ['$'] } })
    const first = async (...lines: string[]) => {
      const { effects } = statesOf((await cells(plan, ...lines)).columns['c'])
      return (effects as Record<string, { cells: number; first: string | null }>)['currency']
    }
    // the kernel reads the plain ones itself, the others are left to SQL
    expect(await first('1', '$2', '$1e400', '$3')).toEqual({ cells: 2, first: '$2' })
    expect(await first('1', '$ 2', '$3')).toEqual({ cells: 2, first: '$ 2' })
    expect(await first('x', '$ \u00a03', '$3')).toMatchObject({ first: expect.stringContaining('3') })
    expect(await first('1', '2')).toEqual(none)
    expect(await first('1', '$\u00a02', '$3')).toEqual({ cells: 2, first: '$\u00a02' })
    expect(await first('$1', '$\u00a02', '3')).toEqual({ cells: 2, first: '$1' })
  })

  it('measures days and moments: the first and the last, whatever the format', async () => {
    const days = aPlan({ type: 'date', date: { to: 'date', formats: ['%Y-%m-%d', '%d/%m/%Y'] } })
    const found = await cells(days, '2024-02-03', '03/02/2024', '1969-12-31', 'x', '""', '31/12/2030', 'x')
    expect(statesOf(found.columns['c'])).toEqual({
      missing: { count: 1 },
      invalid: { count: 2, coded: 0, first: 'x', wide: NO_WIDE_NUMBERS },
      effects: { whitespace: none, null_values: none, dates: { cells: 2, first: '03/02/2024' } },
      extremes: { minimum: '1969-12-31', maximum: '2030-12-31' },
      distinct: 4,
    })
    expect(found.keys).toEqual(['aabc-dc'])
    const moments = aPlan({ type: 'timestamp', date: { to: 'timestamp', formats: ['%Y-%m-%d %H:%M:%S', 'epoch_ms'] } })
    const timed = await cells(moments, '2024-02-03 10:00:00', '1706954400500', '2024-02-03 10:00:00')
    expect(statesOf(timed.columns['c'])).toMatchObject({
      extremes: { minimum: '2024-02-03 10:00:00', maximum: '2024-02-03 10:00:00.5' },
      distinct: 2,
    })
    expect(timed.keys).toEqual(['aba'])
  })

  it('finds no extremes where no cell is of the type', async () => {
    const { extremes: days } = statesOf(
      (await cells(aPlan({ type: 'date', date: { to: 'date', formats: ['%Y-%m-%d'] } }), 'x')).columns['c'],
    )
    expect(days).toEqual({ minimum: null, maximum: null })
    const { extremes: numbers, moments } = statesOf((await cells(aPlan({ type: 'integer', number: plain }), 'x', '""')).columns['c'])
    expect(numbers).toEqual({ minimum: null, maximum: null })
    expect(moments).toMatchObject({ count: 0 })
  })

  it('compares numbers by their value, and other cells by what they say', async () => {
    const keysOf = async (type: ColumnType, ...lines: string[]) => (await cells(aPlan({ type, number: plain }), ...lines)).keys[0]
    expect(await keysOf('float', '1', '1.0', ' 1', '+1', '1.0e0', '-0', '0', 'x', 'X', 'x', 'NA')).toBe('aaaaabbcdc-')
    // digits that would be lost make another value
    expect(await keysOf('decimal(15,2)', '1', '1.0', '+1', '1.00', '1.000', '0.5', '.5', '-0', '0', '1.005', '1e0', '01')).toBe(
      'aaaaabbccdef',
    )
    const long = '12345678901234567.5'
    expect(await keysOf('decimal(38,4)', long, `${long}0`, `+${long}`, '12345678901234567.4', `-${long}`, `${long}00000`)).toBe('aaabca')
    expect(await keysOf('float', '1', '01', '1e0', '1.0000000000000000001', '0.1', '0.10000000000000001')).toBe('abcdef')
    expect(await keysOf('integer', '1', '1.0', ' 1', '9007199254740993', '9007199254740992', '0', '-0', 'x', ' x', '""')).toBe('aaabcddee-')
    expect((await cells(aPlan({ type: 'boolean' }), 'yes', 'TRUE', 'no', 'maybe', 'f', 'maybe')).keys[0]).toBe('aabcbc')
  })

  it('compares cells with unusual white space as it does others', async () => {
    const odd = '\u00a0'
    expect((await cells(aPlan({ type: 'integer', number: plain }), '5', `${odd}5`, `x${odd}`, 'x', `${odd}`)).keys[0]).toBe('aabb-')
    expect((await cells(aPlan({ type: 'float', number: plain }), '5.5', `${odd}5.50`, '5')).keys[0]).toBe('aab')
    expect(await bothKeys(aPlan(), 'a', `${odd}a`, `NA${odd}`, 'A')).toEqual(['ab-c', 'aa-b'])
    const date = { to: 'date', formats: ['%Y-%m-%d'] } as const
    expect((await cells(aPlan({ type: 'date', date }), '2024-01-02', `${odd}2024-01-02`, `x${odd}`, 'x', odd)).keys[0]).toBe('aabb-')
  })

  it('knows the key of every value, also of those that are nothing in bits', async () => {
    const date = { to: 'date', formats: ['%Y-%m-%d'] } as const
    expect((await cells(aPlan({ type: 'date', date }), '1970-01-01', '""', '1970-01-01')).keys).toEqual(['a-a'])
    expect((await cells(aPlan({ type: 'boolean', dictionary: true, padded: true }), 'no', ' no', 'yes')).keys).toEqual(['aab'])
    const plans = ['a', 'b'].map((name) => aPlan({ name, type: 'integer', number: plain }))
    const text = '0,0\n0,\n0,0\n'
    const sets = [WHOLE, by('a'), by('b'), by('a', 'b')]
    expect((await survey(database, { text, plans, keys: sets, records: 3 })).keys).toEqual(['aba', 'aaa', 'a-a', 'a-a'])
  })

  it('measures what means something: cells that are not of the meaning', async () => {
    const { doubtful } = statesOf((await cells(aPlan({ semantic: 'email' }), 'a@b.ch', 'nobody', '""', ' c@d.de', 'x')).columns['c'])
    expect(doubtful).toEqual({ count: 2 })
    for (const [semantic, ...lines] of MEANINGS) {
      const found = statesOf((await cells(aPlan({ semantic }), ...lines)).columns['c'])
      expect([semantic, found['doubtful']]).toEqual([semantic, { count: 1 }])
    }
  })

  it('finds every cell missing of a column the file does not have', async () => {
    const plans = [
      aPlan({ name: 'a' }),
      aPlan({ name: 'list', dictionary: true }),
      aPlan({ name: 'text', semantic: 'email' }),
      aPlan({ name: 'number', type: 'float', number: plain }),
      aPlan({ name: 'day', type: 'date', date: { to: 'date', formats: ['%d/%m/%Y'] } }),
    ]
    const { columns, keys } = await survey(database, {
      ...{ text: 'x\ny\nx\n', plans, fields: ['a'], records: 3 },
      keys: [by('a'), by('a', 'text'), by('text'), WHOLE],
    })
    expect(valuesOf(columns['list'])).toEqual(['~ 3'])
    const effects = { whitespace: none, null_values: none }
    expect(statesOf(columns['text'])).toEqual({ missing: { count: 3 }, doubtful: { count: 0 }, effects, distinct: 0 })
    expect(statesOf(columns['number'])).toEqual({
      ...{ missing: { count: 3 }, invalid: { count: 0, coded: 0, first: null, wide: NO_WIDE_NUMBERS }, distinct: 0 },
      effects: expect.objectContaining(effects),
      extremes: { minimum: null, maximum: null },
      moments: expect.objectContaining({ count: 0 }),
    })
    expect(statesOf(columns['day'])).toEqual({
      ...{ missing: { count: 3 }, invalid: { count: 0, coded: 0, first: null, wide: NO_WIDE_NUMBERS }, distinct: 0 },
      effects: { ...effects, dates: none },
      extremes: { minimum: null, maximum: null },
    })
    expect(keys).toEqual(['aba', '---', '---', 'aba'])
  })

  it('compares whole rows with what is missing in them, keys of named columns only where nothing is', async () => {
    const plans = [aPlan({ name: 'a' }), aPlan({ name: 'b' }), aPlan({ name: 'c', dictionary: true })]
    const text = 'x,y,z\nx,,z\nx,,z\ny,x,z\nx,y,z\n,,\n,,\n'
    const found = await survey(database, { text, plans, records: 7, keys: [WHOLE, by('a', 'b'), by('c'), by('a', 'b', 'c')] })
    expect(found.keys).toEqual(['abbcadd', 'a--ba--', 'aaaaa--', 'a--ba--'])
  })

  it('knows no row where there is none', async () => {
    const plans = [aPlan({ name: 'a' }), aPlan({ name: 'b', dictionary: true })]
    const { rows } = await survey(database, { text: '', plans, records: 0, keys: [WHOLE] })
    expect(rows).toBe(0)
  })
})

describe('the kernel', () => {
  const numbers = [aPlan({ type: 'integer', number: plain })]

  it('passes over a mark of the byte order', async () => {
    const { columns } = await byKernel(database, { text: '\ufeff1\n2\n', plans: numbers, records: 2 })
    expect(statesOf(columns['c'])).toMatchObject({ invalid: { count: 0 }, extremes: { minimum: 1, maximum: 2 } })
    const words = await byKernel(database, { text: '\ufeffa\nb\n', plans: [aPlan({ dictionary: true })], records: 2 })
    expect(valuesOf(words.columns['c'])).toEqual(['a 1', 'b 1'])
  })

  it('reads a file of a single byte', async () => {
    const { rows, columns } = await byKernel(database, { text: '7', plans: numbers, records: 1 })
    expect([rows, statesOf(columns['c'])['extremes']]).toEqual([1, { minimum: 7, maximum: 7 }])
  })

  it('reads a file of several blocks as one', async () => {
    const lines = Array.from({ length: 300_000 }, (_, at) => at)
    const { rows, columns } = await byKernel(database, { text: `${lines.join('\n')}\n`, plans: numbers, records: lines.length })
    expect(rows).toBe(lines.length)
    expect(statesOf(columns['c'])).toMatchObject({ extremes: { minimum: 0, maximum: 299_999 }, moments: { count: 300_000 } })
  })

  it('compares the values of several long lists, each by itself, as SQL does', async () => {
    // the kernel leaves numbers between unusual white space to SQL
    const cell = (row: number, different: number) => (row % 500 === 0 ? `x${row % 3}` : `\u00a0${row % different}`)
    const text = Array.from({ length: 3000 }, (_, row) => `${cell(row, 2900)},${cell(2999 - row, 1700)},${cell(row, 2900)}\n`).join('')
    const plans = ['a', 'b', 'c'].map((name) => aPlan({ name, type: 'integer', number: plain }))
    const of = { text, plans, records: 3000, keys: [by('a'), by('b'), by('c'), by('a', 'b')] }
    const found = await byKernel(database, of)
    const same = await bySql(database, of)
    expect(found.keys).toEqual(same.keys)
    expect(found.keys[2]).toBe(found.keys[0])
    // where nothing is kept from file to file, the hashes are asked for as they are
    expect((await byKernel(database, of, false)).keys).toEqual(same.keys)
    expect(new Set(found.keys[0]).size).toBeGreaterThan(2800)
    for (const { name } of plans) expect(statesOf(found.columns[name])).toEqual(statesOf(same.columns[name]))
    expect(statesOf(found.columns['b'])['distinct']).toBeLessThan(1750)
  })

  it('refuses a record that is longer than was found, or not as it was inspected', async () => {
    const long = { text: `${'x'.repeat(1_200_000)}\n`, plans: [aPlan()], records: 1, longest: 10 }
    await expect(byKernel(database, long)).rejects.toThrow('has a longer record than when it was inspected')
    await expect(byKernel(database, { ...long, text: 'a,b\n' })).rejects.toThrow('the text has a record that differs from its inspection')
  })
})
