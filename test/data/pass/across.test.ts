/** Operations across rows on small tables: their limits, what they say where they cannot do their work, and how many rows they must gain. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyAcross, ROW, type Table } from '#data/pass/across.ts'
import type { ExternalTable } from '#data/pass/external.ts'
import { expressionOf } from '#relational/operations/expressions.ts'
import type { AcrossOp } from '#relational/operations/ops.ts'
import { untouched } from '#relational/operations/traced.ts'
import type { Column, ColumnType } from '#relational/types/types.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const origin = { step: 's', rule: 'r' }
const columnsOf = (columns: { readonly [name: string]: ColumnType }): Column[] =>
  Object.entries(columns).map(([name, type]) => ({ name, type }))
let tables = 0

/** The table of a query, its rows in the order of the query. */
async function table(query: string, columns: { readonly [name: string]: ColumnType }): Promise<Table> {
  const name = `t${tables++}`
  await database.session.run(`CREATE TEMP TABLE ${name} AS SELECT row_number() OVER () AS ${ROW}, * FROM (${query})`)
  return { name, columns: untouched(columnsOf(columns)) }
}

/** What comes out, row by row, with the columns as they were planned. */
async function applied(from: Table, operation: AcrossOp, external?: ExternalTable) {
  const next = `n${tables++}`
  const { table: to, filtered, fan } = await applyAcross(database.session, from, operation, next, () => external)
  const rows = await database.session.rows(`SELECT CAST(COLUMNS(* EXCLUDE (${ROW})) AS VARCHAR) FROM ${next} ORDER BY ${ROW}`)
  return { rows: rows.map((row) => to.columns.map(({ name }) => row[name] ?? '~').join(' ')), columns: to.columns, filtered, fan }
}

const external = (query: string, columns: { readonly [name: string]: ColumnType }): ExternalTable => ({
  ...{ columns: columnsOf(columns), relations: [query], misfits: [], folders: [] },
  release: async () => {},
})

const value = (text: string) => ({ name: 'v', expression: expressionOf(text, 'aggregate'), parameters: {} })

describe('a pivot', () => {
  const pivot = (text = 'sum(n)'): AcrossOp => ({ op: 'pivot', origin, rows: ['part'], column: 'kind', value: value(text) })
  const kinds = (count: number) =>
    table(`SELECT 'p' AS part, 'k' || lpad(CAST(i AS VARCHAR), 4, '0') AS kind, i AS n FROM range(${count}) r(i)`, {
      part: 'text',
      kind: 'text',
      n: 'integer',
    })

  it('makes at most a thousand columns', async () => {
    // planned only: a table of a thousand columns takes long to make
    const planned = { ...database.session, run: async () => {} }
    const { table: most } = await applyAcross(planned, await kinds(1000), pivot(), 'planned', () => undefined)
    expect(most.columns).toHaveLength(1001)
    expect(most.columns.at(-1)?.name).toBe('k0999')
    await expect(applied(await kinds(1001), pivot())).rejects.toMatchObject({
      name: 'Definition.InvalidSetting',
      message: expect.stringMatching(/"kind".*1000/),
      hint: expect.stringContaining('few'),
    })
  })

  it('has a column for rows without a heading, behind the others, and gives each group the place of its first row', async () => {
    const from = await table(
      "FROM (VALUES ('b', 'x', 1), ('a', NULL, 2), ('b', ' ', 3), ('a', 'y', 4), ('b', 'x ', 5), ('c', '(missing)', 6)) t(part, kind, n)",
      { part: 'text', kind: 'text', n: 'integer' },
    )
    const found = await applied(from, pivot())
    expect(found.columns.map(({ name, type, derived }) => [name, type, derived])).toEqual([
      ['part', 'text', false],
      ['x', 'integer', true],
      ['y', 'integer', true],
      ['(missing)', 'integer', true],
    ])
    expect(found.rows).toEqual(['b 6 ~ 3', 'a ~ 4 2', 'c ~ ~ 6'])
    expect([found.filtered, found.fan]).toEqual([0, -3])
    expect(found.columns[1]).toMatchObject({ from: ['kind', 'n'], outside: [], through: [origin] })
  })

  it('groups by all of its columns', async () => {
    const from = await table("FROM (VALUES ('a', 1, 'x', 1), ('a', 2, 'x', 2), ('b', 1, 'x', 3), ('a', 1, 'x', 4)) t(part, lot, kind, n)", {
      ...{ part: 'text', lot: 'integer', kind: 'text', n: 'integer' },
    })
    const found = await applied(from, { ...pivot(), rows: ['part', 'lot'] } as AcrossOp)
    expect(found.rows).toEqual(['a 1 5', 'a 2 2', 'b 1 3'])
    expect(found.fan).toBe(-1)
  })

  it.each([
    ['part', 'there would be two columns called "part"'],
    ['PART', 'there would be two columns "part" and "PART", which differ only in case'],
  ])('is refused where a heading is the name of another column: %s', async (heading, message) => {
    const from = await table(`SELECT 'a' AS part, '${heading}' AS kind, 1 AS n`, { part: 'text', kind: 'text', n: 'integer' })
    await expect(applied(from, pivot())).rejects.toMatchObject({ name: 'Definition.InvalidSetting', message })
  })
})

describe('an aggregate', () => {
  const from = () => table("FROM (VALUES ('b', 1), ('a', 2), ('b', 3)) t(part, n)", { part: 'text', n: 'integer' })
  const aggregate = (by: readonly string[]): AcrossOp => ({ op: 'aggregate', origin, by, columns: [value('sum(n)')] })

  it('gives each group the place of its first row, and counts the rows it merges', async () => {
    const found = await applied(await from(), aggregate(['part']))
    expect(found.rows).toEqual(['b 4', 'a 2'])
    expect([found.filtered, found.fan]).toEqual([0, -1])
    expect(found.columns.find(({ name }) => name === 'v')).toMatchObject({ from: ['n'], through: [origin], derived: true })
  })

  it('of all rows has one row, also where there is none', async () => {
    expect(await applied(await from(), aggregate([]))).toMatchObject({ rows: ['6'], fan: -2 })
    const none = await table('SELECT 1 AS n WHERE FALSE', { n: 'integer' })
    expect(await applied(none, aggregate([]))).toMatchObject({ rows: ['~'], fan: 1 })
  })
})

describe('a join', () => {
  const left = () => table("FROM (VALUES (1, 'x'), (2, 'y'), (NULL, 'z'), (1, 'w')) t(id, tag)", { id: 'integer', tag: 'text' })
  const right = external("FROM (VALUES (1, 'a', 'p'), (1, 'b', 'q'), (2, 'c', 'r'), (3, 'd', 's')) t(key, tag, more)", {
    key: 'integer',
    tag: 'text',
    more: 'text',
  })
  const join = (kind: 'inner' | 'left', columns?: readonly string[]): AcrossOp => ({
    ...{ op: 'join', origin, source: 'other.csv', kind, ...(columns === undefined ? {} : { columns }) },
    on: [{ left: 'id', right: 'key' }],
  })

  it('keeps the order of the rows, and for each that of its matches; a column of the same name is marked', async () => {
    const inner = await applied(await left(), join('inner'), right)
    expect(inner.rows).toEqual(['1 x a p', '1 x b q', '2 y c r', '1 w a p', '1 w b q'])
    expect([inner.filtered, inner.fan]).toEqual([1, 2])
    const outer = await applied(await left(), join('left'), right)
    expect(outer.rows).toEqual(['1 x a p', '1 x b q', '2 y c r', '~ z ~ ~', '1 w a p', '1 w b q'])
    expect([outer.filtered, outer.fan]).toEqual([0, 2])
    expect(outer.columns.map(({ name }) => name)).toEqual(['id', 'tag', 'tag_right', 'more'])
    expect(outer.columns.at(-2)).toMatchObject({
      from: [],
      outside: [{ source: 'other.csv', column: 'tag' }],
      through: [origin],
      derived: false,
    })
  })

  it('brings over the columns that are named, and no others', async () => {
    expect((await applied(await left(), join('inner', ['MORE']), right)).columns.map(({ name }) => name)).toEqual(['id', 'tag', 'more'])
    await expect(applied(await left(), join('inner', ['mroe']), right)).rejects.toMatchObject({
      message: expect.stringMatching(/other\.csv has no column "mroe"/),
      hint: expect.stringContaining('more'),
    })
  })

  it('is refused where the marked name is taken, too, with what to do', async () => {
    const both = await table("SELECT 1 AS id, 'x' AS tag, 'y' AS tag_right", { id: 'integer', tag: 'text', tag_right: 'text' })
    await expect(applied(both, join('inner'), right)).rejects.toMatchObject({
      name: 'Definition.InvalidSetting',
      message: expect.stringMatching(/"tag".*"tag_right".*join with other\.csv/),
      hint: expect.stringMatching(/columns.*rename/),
    })
    await expect(applied(both, join('inner'))).rejects.toThrow('no other table')
  })
})
