/** The pass of a survey by SQL: file by file, which rows it measures, and which of them have keys. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import type { KeySet } from '#relational/operations/key-set.ts'
import { type Measurable, scan } from '#data/survey/scan.ts'
import { aPlan } from '../../kit/column-plans.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'
import { lettered, statesOf, valuesOf } from './engines.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const typed = (name: string, type: ColumnPlan['type'] = 'integer') => aPlan({ name, type, from_text: false })

/** Rows of two files, not in their order; `left` says of a row whether it left before. */
const ROWS = `SELECT * FROM (VALUES
  ('b', 7, 'x', 'k', FALSE), ('b', 7, 'y', 'k', TRUE), ('a', 1, 'x', NULL, FALSE), ('a', 2, 'x', 'm', TRUE), ('b', 8, NULL, 'k', FALSE), ('a', 1, 'z', 'm', FALSE)
) AS t(_file, n, word, list, left_before)`
const COLUMNS = [
  { plan: typed('n'), sql: 'n' },
  { plan: typed('word', 'text'), sql: 'word' },
  { plan: aPlan({ name: 'list', dictionary: true }), sql: 'list' },
]
const by = (...columns: string[]): KeySet => ({ columns, keep: 'first' })

async function scanned(keySets: readonly KeySet[], more: Partial<Measurable> = {}, only: ReadonlySet<string> | null = null) {
  const { files } = await scan(database.session, { relation: ROWS, columns: COLUMNS, gone: null, ...more }, keySets, 100, only)
  return files.map(({ file, rows, partial, keys }) => ({
    file,
    rows,
    measured: partial.rows,
    columns: partial.columns,
    keys: keys.map(lettered),
  }))
}

const listed = (partial: unknown) => {
  const { listed: values } = partial as { listed?: readonly (readonly [string | null, number])[] | null }
  return values?.map(([value, count]) => `${value ?? '~'} ${count}`).sort()
}

describe('a survey by SQL', () => {
  it('measures file by file, in the order of their names, each row in its place', async () => {
    const [a, b] = await scanned([by('n'), by('word'), by('list', 'n')])
    expect([a?.file, a?.rows, a?.measured, b?.file, b?.rows, b?.measured]).toEqual(['a', 3, 3, 'b', 3, 3])
    expect([a?.keys, b?.keys]).toEqual([
      ['aba', 'aab', '-ab'],
      ['aab', 'ab-', 'aab'],
    ])
    expect(statesOf(a?.columns['n'])).toMatchObject({ extremes: { minimum: 1, maximum: 2 }, distinct: 2, moments: { count: 3 } })
    expect(statesOf(b?.columns['n'])).toMatchObject({ extremes: { minimum: 7, maximum: 8 }, distinct: 2 })
    expect([valuesOf(a?.columns['list']), valuesOf(b?.columns['list'])]).toEqual([['m 2', '~ 1'], ['k 3']])
    // text that comes with its type is measured and listed
    expect([listed(a?.columns['word']), listed(b?.columns['word'])]).toEqual([
      ['x 2', 'z 1'],
      ['x 1', 'y 1', '~ 1'],
    ])
    expect(statesOf(b?.columns['word'])).toMatchObject({ missing: { count: 1 }, distinct: 2 })
  })

  it('gives equal keys equal hashes in all files', async () => {
    const relation = ROWS.replace("('b', 8,", "('b', 1,")
    const { files } = await scan(database.session, { relation, columns: COLUMNS, gone: null }, [by('n')], 100)
    expect(files[0]?.keys[0]?.[0]).toBe(files[1]?.keys[0]?.[2])
  })

  it('leaves rows that left before out of the figures, but not out of the keys', async () => {
    const [a, b] = await scanned([by('n')], { gone: 'left_before' })
    expect([a?.rows, a?.measured, b?.rows, b?.measured]).toEqual([3, 2, 3, 2])
    expect([a?.keys, b?.keys]).toEqual([['aba'], ['aab']])
    expect(statesOf(a?.columns['n'])).toMatchObject({ extremes: { minimum: 1, maximum: 1 }, moments: { count: 2 } })
    expect(valuesOf(b?.columns['list'])).toEqual(['k 2'])
    expect(listed(b?.columns['word'])).toEqual(['x 1', '~ 1'])
  })

  it('knows a file of which all rows left, with nothing measured', async () => {
    const [a] = await scanned([by('n')], { gone: "(_file = 'a')" })
    expect([a?.file, a?.rows, a?.measured, a?.keys]).toEqual(['a', 3, 0, ['aba']])
    expect(statesOf(a?.columns['n'])).toMatchObject({ missing: { count: 0 }, extremes: { minimum: null, maximum: null } })
    expect(valuesOf(a?.columns['list'])).toEqual([])
  })

  it('gives no keys to rows that must not have one', async () => {
    const [a, b] = await scanned([by('n'), { columns: null, keep: 'first' }], { keyless: 'left_before' })
    expect([a?.keys, b?.keys]).toEqual([
      ['a-a', 'a-b'],
      ['a-b', 'a-b'],
    ])
  })

  it('gives keys only to the rows a key is about', async () => {
    const about = (expression: string, parameters = {}): KeySet => ({ ...by('list'), when: { expression, parameters } })
    const sets = [about('n > {{ least }}', { least: 1 }), about("word = 'x'"), about("list = 'k'")]
    const [a, b] = await scanned(sets)
    expect([a?.keys, b?.keys]).toEqual([
      ['-a-', '-a-', '---'],
      ['aaa', 'a--', 'aaa'],
    ])
    const [, both] = await scanned([about("word = 'x'")], { keyless: 'n = 7' })
    expect(both?.keys).toEqual(['---'])
  })

  it('lists each column by its own values, whatever the order of listed and measured ones', async () => {
    const relation = "SELECT * FROM (VALUES ('a', 'd1', 't1', 'd2', 't2'), ('a', 'd1', 't1', 'd3', 't3')) AS t(_file, d, t, e, u)"
    const list = (name: string) => ({ plan: aPlan({ name, dictionary: true }), sql: name })
    const text = (name: string) => ({ plan: typed(name, 'text'), sql: name })
    const columns = [list('d'), text('t'), list('e'), text('u')]
    const { files } = await scan(database.session, { relation, columns, gone: null }, [], 100)
    const found = files[0]?.partial.columns ?? {}
    expect([valuesOf(found['d']), listed(found['t']), valuesOf(found['e']), listed(found['u'])]).toEqual([
      ['d1 2'],
      ['t1 2'],
      ['d2 1', 'd3 1'],
      ['t2 1', 't3 1'],
    ])
  })

  it('asks a condition of text as it is written, and of other cells by their value', async () => {
    const relation = "SELECT * FROM (VALUES ('a', 'NA', '1'), ('a', ' x', ' 1'), ('a', 'x', 'NA')) AS t(_file, w, n)"
    const number = { decimal: '.', grouping: '', symbols: [] } as const
    const columns = [
      { plan: aPlan({ name: 'w' }), sql: 'w' },
      { plan: aPlan({ name: 'n', type: 'integer', number }), sql: 'n' },
    ]
    const about = (expression: string): KeySet => ({ columns: null, keep: 'first', when: { expression, parameters: {} } })
    const sets = [about("w = 'NA'"), about("w = ' x'"), about("w = 'x'"), about('n = 1')]
    const { files } = await scan(database.session, { relation, columns, gone: null }, sets, 100)
    expect(files[0]?.keys.map(lettered)).toEqual(['a--', '-a-', '--a', 'ab-'])
  })

  it('measures the columns that are asked for alone, whatever the keys', async () => {
    const [a] = await scanned([by('word', 'list')], {}, new Set(['n']))
    expect(Object.keys(a?.columns ?? {})).toEqual(['n'])
    expect(a?.keys).toEqual(['-ab'])
    expect(Object.keys((await scanned([], {}, new Set(['list', 'word'])))[0]?.columns ?? {})).toEqual(['word', 'list'])
    expect((await scanned([], {}, new Set()))[0]?.columns).toEqual({})
  })

  it('refuses a key of a column there is not', async () => {
    await expect(scanned([by('n', 'nowhere')])).rejects.toThrow('the key has an unknown column "nowhere"')
  })

  it('finds no file where there is no row', async () => {
    expect(await scanned([by('n')], { relation: `SELECT * FROM (${ROWS}) WHERE FALSE` })).toEqual([])
  })
})
