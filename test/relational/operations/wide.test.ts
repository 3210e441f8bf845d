/** Wide tables: what is made of twice the columns is twice as long, and nests hardly deeper; the parser has a limit for depth, and time for length. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { columnsAfterAll } from '#relational/operations/across.ts'
import { expressionOf } from '#relational/operations/expressions.ts'
import { lower, nest } from '#relational/operations/to-sql.ts'
import type { Op } from '#relational/operations/ops.ts'
import type { Facts } from '#relational/measures/facts.ts'
import { anyOf, isOneOf, sumOf } from '#relational/types/sql.ts'
import { keptRows } from '#data/pass/pass.ts'
import { aPlan } from '../../kit/column-plans.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'

const origin = { step: 's', rule: 'r' }
const NUMBER = { decimal: '.', grouping: '', symbols: [] } as const

const plansOf = (count: number) =>
  Array.from({ length: count }, (_, at) =>
    at % 2 === 0 ? aPlan({ name: `c${at}` }) : aPlan({ name: `c${at}`, type: 'integer', number: NUMBER, padded: true, worded: true }),
  )

/** One operation of each sort for each column, and one over all columns. */
const operationsOn = (names: readonly string[]): readonly Op[] => [
  ...names.flatMap((name, at): Op[] =>
    at % 2 === 0
      ? [{ op: 'cell', origin, column: name, cell: 'lower', options: {}, counted: true }]
      : [
          {
            op: 'check',
            origin,
            column: name,
            fate: 'quarantine',
            reason: 'r',
            test: { is: 'violation', expression: expressionOf(`"${name}" IS NULL`), parameters: {} },
          },
        ],
  ),
  {
    op: 'derive',
    origin,
    columns: [{ name: 'any', expression: expressionOf(names.map((name) => `"${name}" IS NULL`).join(' OR ')), parameters: {} }],
  },
]

/** Brackets within brackets, and CASE within CASE. */
function depthOf(sql: string): number {
  let [depth, most] = [0, 0]
  for (const [sign] of sql.replaceAll(/'[^']*'/g, '').matchAll(/[()]|\bCASE\b|\bEND\b/g)) {
    depth += sign === '(' || sign === 'CASE' ? 1 : -1
    most = Math.max(most, depth)
  }
  return most
}

/** The list, with a count of how often one of its items is read. */
function counted<Item extends object>(items: readonly Item[]) {
  const count = { reads: 0 }
  const watched = new Proxy(items, {
    get(target, key) {
      if (typeof key === 'string' && /^\d+$/.test(key)) count.reads++
      return Reflect.get(target, key, target)
    },
  })
  return { watched, count }
}

function passOver(columns: number) {
  const plans = plansOf(columns)
  const facts = counted(plans.map(({ name }) => ({ name, effects: {}, invalid: 1, values: null })))
  const lowering = lower({
    columns: plans.map((plan, at) => ({ plan, sql: `r${at}` })),
    facts: { columns: facts.watched } as unknown as Facts,
    reader: 'find',
    operations: operationsOn(plans.map(({ name }) => name)),
  })
  const typed = lowering.columns.map((column) => ({ ...column, typed: true, key: false }))
  return {
    reads: facts.count.reads,
    sql: keptRows('SELECT * FROM source', lowering, typed, true, []),
    layers: nest('SELECT * FROM source', lowering.layers),
  }
}

describe('twice the columns', () => {
  const [once, twice] = [passOver(500), passOver(1_000)]

  it('are twice the SQL of the pass', () => {
    expect(twice.sql.length / once.sql.length).toBeLessThan(2.1)
    expect(twice.layers.length / once.layers.length).toBeLessThan(2.1)
  })

  it('nest by one level more', () => {
    expect(depthOf(twice.sql) - depthOf(once.sql)).toBeLessThanOrEqual(2)
    expect(depthOf(twice.sql)).toBeLessThan(60)
  })

  it('read the facts twice as often, not four times', () => {
    expect(once.reads).toBeGreaterThanOrEqual(500)
    expect(twice.reads).toBeLessThanOrEqual(2 * once.reads)
  })
})

describe('many columns with few rows', () => {
  const layersOf = (columns: number, rows: number) => {
    const plans = plansOf(2 * columns).filter(({ type }) => type === 'integer')
    const input = { columns: plans.map((plan, at) => ({ plan, sql: `r${at}` })), facts: undefined, reader: 'find', operations: [] }
    return lower({ ...input, rows })
  }
  const patternsIn = (columns: number, rows: number) =>
    nest('SELECT * FROM source', layersOf(columns, rows).layers).split('regexp_full_match').length - 1

  it('are read by one expression for each list of columns, and each is taken out once', () => {
    expect(patternsIn(960, 1_000)).toBe(30)
    const taken = nest('SELECT * FROM source', layersOf(960, 1_000).layers).match(/l\d+\[\d+\] AS /g)
    expect(taken).toHaveLength(960)
  })

  it('have one term of a mask for each list of flags', () => {
    const lowering = layersOf(960, 1_000)
    const typed = lowering.columns.map((column) => ({ ...column, typed: true, key: false }))
    const sql = keptRows('SELECT * FROM source', lowering, typed, false, [])
    expect(sql.match(/list_sum\(/g)).toHaveLength(30)
    expect(sql.length / 960).toBeLessThan(200)
  })

  it('are read one by one where there are many rows or few columns', () => {
    expect(patternsIn(960, 1_000_000)).toBe(960)
    expect(patternsIn(40, 1)).toBe(40)
  })
})

describe('many columns with few rows are the same as one by one', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase()
  })
  afterAll(() => database.close())

  const check = (column: string): Op => ({
    ...{ op: 'check', origin, column, fate: 'keep', reason: 'r' },
    test: { is: 'violation', expression: expressionOf(`"${column}" IS NULL`), parameters: {} },
  })
  const lowered = (column: string): Op => ({ op: 'cell', origin, column, cell: 'lower', options: {}, counted: true })
  const derived = (name: string, text: string): Op => ({
    ...{ op: 'derive', origin },
    columns: [{ name, expression: expressionOf(text), parameters: {} }],
  })

  async function rowsOf(operations: readonly Op[], rows: number | undefined) {
    const plans = plansOf(130)
    const relation = lower({
      ...{ columns: plans.map((plan, at) => ({ plan, sql: `r${at}` })), facts: undefined, reader: 'find', operations },
      ...(rows === undefined ? {} : { rows }),
    })
    const cells = (row: number) => plans.map((_, at) => (row === 2 ? 'NULL' : at % 2 === 0 ? `'A${at}'` : row === 0 ? `'${at}'` : "'x'"))
    const values = [0, 1, 2].map((row) => `(${cells(row).join(', ')}, ${row})`).join(', ')
    const source = `SELECT * FROM (VALUES ${values}) t(${plans.map((_, at) => `r${at}`).join(', ')}, n)`
    const selected = [
      ...relation.columns.map(({ name, sql }) => `CAST(${sql} AS VARCHAR) AS "o ${name}"`),
      ...relation.flags.map(({ sql }, at) => `COALESCE(${sql ?? 'FALSE'}, FALSE) AS f${at}`),
    ]
    const found = await database.session.rows(`SELECT ${selected.join(', ')} FROM (${nest(source, relation.layers)}) ORDER BY n`)
    return { found, flags: relation.flags.map(({ sql: _sql, held, ...flag }) => ({ ...flag, held: held !== undefined })) }
  }

  it.each([
    ['nothing is done', []],
    ['one column is looked at', [check('c7')]],
    ['one column is changed', [lowered('c8'), check('c8')]],
    ['a column is computed of one', [derived('made', 'c9 + 1'), check('made')]],
    ['columns are computed of several', [derived('made', 'c9 + c11 + c129'), derived('c9', 'c9 * 2'), check('c9'), lowered('c128')]],
    ['some operations are on every column', operationsOn(plansOf(130).map(({ name }) => name))],
  ])('where %s', async (_what, operations) => {
    const [wide, plain] = [await rowsOf(operations, 3), await rowsOf(operations, undefined)]
    expect(wide.found).toEqual(plain.found)
    const without = (flags: typeof wide.flags) => flags.map(({ held: _held, ...flag }) => flag)
    expect(without(wide.flags)).toEqual(without(plain.flags))
    // it is another way
    expect([wide.flags.some(({ held }) => held), plain.flags.some(({ held }) => held)]).toEqual([true, false])
  })
})

it('conditions made for each column nest no deeper with more of them', () => {
  const conditions = (count: number) => Array.from({ length: count }, (_, at) => `c${at} IS NULL`)
  for (const made of [anyOf, sumOf, (words: readonly string[]) => isOneOf('c', words)])
    expect(depthOf(made(conditions(10_000))) - depthOf(made(conditions(5_000)))).toBeLessThanOrEqual(1)
})

it('the columns after operations on each are found by going through them once', () => {
  const reads = (count: number) => {
    const columns = counted(plansOf(count).map(({ name, type }) => ({ name, type })))
    const after = columnsAfterAll(columns.watched, operationsOn(columns.watched.map(({ name }) => name)))
    expect(after.map(({ name }) => name)).toHaveLength(count + 1)
    return columns.count.reads
  }
  expect(reads(1_000)).toBeLessThanOrEqual(2.1 * reads(500))
})
