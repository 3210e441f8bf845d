/** Operations as SQL, run: what cells become, which rows are flagged, and where each column came from. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expressionOf } from '#relational/operations/expressions.ts'
import { type LowerInput, lookupKey, lower, nest } from '#relational/operations/to-sql.ts'
import type { Op } from '#relational/operations/ops.ts'
import type { Facts } from '#relational/measures/facts.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { text } from '#relational/types/sql.ts'
import { aPlan } from '../../kit/column-plans.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const origin = { step: 's', rule: 'r' }
const NUMBER = { decimal: '.', grouping: '', symbols: [] } as const
const NAME = aPlan({ name: 'name' })
const AGE = aPlan({ name: 'age', type: 'integer', number: NUMBER })

/** The cells of two columns after the operations, and for each flag the numbers of the rows for which it is true. */
async function run(rows: readonly (readonly [string | null, string | null])[], operations: readonly Op[], more: Partial<LowerInput> = {}) {
  const columns = [
    { plan: NAME, sql: 'r0' },
    { plan: AGE, sql: 'r1' },
  ]
  const lowered = lower({ columns, facts: undefined, reader: 'find', operations, ...more })
  const cell = (value: string | null) => (value === null ? 'NULL' : text(value))
  const source = `SELECT CAST(r0 AS VARCHAR) AS r0, CAST(r1 AS VARCHAR) AS r1, n FROM (VALUES ${rows.map(([a, b], at) => `(${cell(a)}, ${cell(b)}, ${at})`).join(', ')}) AS t(r0, r1, n)`
  const flagged = lowered.flags.map(({ sql }, at) => `COALESCE(${sql ?? 'FALSE'}, FALSE) AS f${at}`)
  const changed = lowered.changes.map(({ changed: sql }, at) => `COALESCE(${sql}, FALSE) AS c${at}`)
  const selected = [...lowered.columns.map(({ sql }, at) => `CAST(${sql} AS VARCHAR) AS o${at}`), ...flagged, ...changed]
  const found = await database.session.rows(`SELECT ${selected.join(', ')} FROM (${nest(source, lowered.layers)}) ORDER BY n`)
  const numbers = (name: string) => found.flatMap((row, at) => (row[name] === true ? [at] : []))
  return {
    lowered,
    cells: found.map((row) => lowered.columns.map((_, at) => row[`o${at}`])),
    flags: lowered.flags.map(({ origin: { step, rule }, column, fate, counts, reason }, at) => ({
      of: `${step} ${rule} ${column}`.trim(),
      fate,
      counts,
      reason,
      rows: numbers(`f${at}`),
    })),
    changes: lowered.changes.map(({ column }, at) => ({ column, rows: numbers(`c${at}`) })),
  }
}

const ROWS = [
  [' Ana ', '1'],
  ['Ben', ' 22'],
  ['', 'x'],
  [null, 'N/A'],
  ['Eva', ''],
] as const

const factsOf = (plans: readonly Pick<ColumnPlan, 'name'>[], changes: object) =>
  ({ columns: plans.map(({ name }) => ({ name, effects: {}, invalid: 0, values: null, ...changes })) }) as unknown as Facts

describe('reading', () => {
  it('parses what is there, and flags the cells that are not of their type and not empty', async () => {
    const { cells, flags } = await run(ROWS, [])
    expect(cells).toEqual([
      [' Ana ', '1'],
      ['Ben', '22'],
      ['', null],
      [null, null],
      ['Eva', null],
    ])
    expect(flags).toEqual([{ of: 'find type age', fate: 'quarantine', counts: 'cells', reason: 'age is not of type integer', rows: [2] }])
  })

  it('leaves out what the facts say never happens', async () => {
    const clean = await run([['Ana', '1']], [], { facts: factsOf([NAME, AGE], {}) })
    expect(clean.flags).toEqual([])
    expect(clean.cells).toEqual([['Ana', '1']])
    expect(clean.lowered.layers.flat().join()).not.toContain('N/A')
    // white space alone is no cell of another type
    const dirty = await run([...ROWS, ['Fay', '  ']], [], {
      facts: factsOf([NAME, AGE], { invalid: 1, effects: { whitespace: { cells: 1 }, null_values: { cells: 1 } } }),
    })
    expect(dirty.cells.map(([, age]) => age)).toEqual(['1', '22', null, null, null, null])
    expect(dirty.flags.map(({ rows }) => rows)).toEqual([[2]])
  })

  it('returns each column with its type and source', async () => {
    const { lowered } = await run(ROWS, [])
    expect(lowered.columns.map(({ name, type, from, through, derived }) => ({ name, type, from, through, derived }))).toEqual([
      { name: 'name', type: 'text', from: ['name'], through: [], derived: false },
      { name: 'age', type: 'integer', from: ['age'], through: [], derived: false },
    ])
    const untyped = lower({
      columns: [{ plan: aPlan({ name: 'none', untyped: true }), sql: 'r0' }],
      facts: undefined,
      reader: 'find',
      operations: [{ op: 'derive', origin, columns: [{ name: 'made', expression: expressionOf('none'), parameters: {} }] }],
    })
    expect(untyped.columns.map((column) => [column.name, column.untyped])).toEqual([
      ['none', true],
      ['made', undefined],
    ])
    expect(lowered.columns.every((column) => !('untyped' in column))).toBe(true)
  })
})

describe('operations', () => {
  it('on cells report which they change, and flag them if they are counted', async () => {
    const trim: Op = { op: 'cell', origin, column: 'name', cell: 'trim', options: {}, counted: true }
    const fill: Op = {
      op: 'cell',
      origin: { step: 't', rule: 'fill' },
      column: 'age',
      cell: 'impute',
      options: { value: 7 },
      counted: false,
    }
    const { cells, flags, changes, lowered } = await run(ROWS, [trim, fill])
    expect(cells.map((row) => row.join())).toEqual(['Ana,1', 'Ben,22', ',7', ',7', 'Eva,7'])
    expect(changes).toEqual([
      { column: 'name', rows: [0] },
      { column: 'age', rows: [2, 3, 4] },
    ])
    expect(flags.slice(1)).toEqual([{ of: 's r name', fate: 'keep', counts: 'cells', reason: '', rows: [0] }])
    expect(lowered.columns.map(({ through }) => through)).toEqual([[origin], [{ step: 't', rule: 'fill' }]])
  })

  it('that derive see the columns as they were before, one another left out', async () => {
    const columns = [
      { name: 'age', expression: expressionOf('age + 1'), parameters: {} },
      { name: 'next', expression: expressionOf('age * {{ by }}'), parameters: { by: 10 } },
    ]
    const { cells, lowered } = await run([['Ana', '2']], [{ op: 'derive', origin, columns }])
    expect(cells).toEqual([['Ana', '3', '20']])
    expect(lowered.columns.slice(1).map(({ name, from, through, derived }) => ({ name, from, through, derived }))).toEqual([
      { name: 'age', from: ['age'], through: [origin], derived: true },
      { name: 'next', from: ['age'], through: [origin], derived: true },
    ])
  })

  it('that filter flag the rows for which the expression is not true, unknown ones too', async () => {
    const filter: Op = { op: 'filter', origin, expression: expressionOf('age > 1'), parameters: {} }
    const { flags } = await run(ROWS, [filter])
    expect(flags[1]).toEqual({ of: 's r', fate: 'filter', counts: 'rows', reason: 'filtered', rows: [0, 2, 3, 4] })
  })

  it('that check flag the rows for which the test is true, with their fate and reason', async () => {
    const test = { is: 'violation', expression: expressionOf('age > {{ most }}'), parameters: { most: 1 } } as const
    const { flags } = await run(ROWS, [{ op: 'check', origin, column: 'age', test, fate: 'quarantine', reason: 'too old' }])
    expect(flags[1]).toEqual({ of: 's r age', fate: 'quarantine', counts: 'rows', reason: 'too old', rows: [1] })
  })

  it('that look values up flag those another file does not hold, where the condition holds', async () => {
    await database.session.run("CREATE OR REPLACE TEMP TABLE people AS SELECT unnest(['1', '3']) AS value")
    const lookups = new Map([[lookupKey('people.csv', 'id'), { table: 'people', type: 'text' as const }]])
    const absent = { is: 'absent', column: 'age', source: 'people.csv', source_column: 'id' } as const
    const check = (test: Extract<Op, { op: 'check' }>['test']): Op => ({
      op: 'check',
      origin,
      column: 'age',
      test,
      fate: 'keep',
      reason: '',
    })
    expect((await run(ROWS, [check(absent)], { lookups })).flags[1]?.rows).toEqual([1])
    const when = { expression: expressionOf("name = 'Ana'"), parameters: {} }
    expect((await run(ROWS, [check({ ...absent, when })], { lookups })).flags[1]?.rows).toEqual([])
    await expect(run(ROWS, [check(absent)])).rejects.toThrow('people.csv was not opened for lookups')
    await expect(run(ROWS, [check({ ...absent, column: 'gone' })], { lookups })).rejects.toThrow('no column "gone" in the relation')
  })

  it('that rename, drop or select columns keep cells with their names', async () => {
    const swap: Op = { op: 'rename', origin, names: { name: 'age', age: 'name' } }
    expect((await run([['Ana', '2']], [swap])).lowered.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'age text',
      'name integer',
    ])
    const { cells } = await run(
      [['Ana', '2']],
      [swap, { op: 'select', origin, columns: ['name', 'age'] }, { op: 'drop', origin, columns: ['age'] }],
    )
    expect(cells).toEqual([['2']])
  })

  it('after one another see the cells as those before left them', async () => {
    const columns = [{ name: 'twice', expression: expressionOf('age * 2'), parameters: {} }]
    const fill: Op = { op: 'cell', origin, column: 'age', cell: 'impute', options: { value: 7 }, counted: true }
    const filter: Op = { op: 'filter', origin, expression: expressionOf('twice < 10'), parameters: {} }
    const { cells, flags } = await run(ROWS, [
      { op: 'derive', origin, columns },
      fill,
      { op: 'derive', origin, columns: [{ name: 'last', expression: expressionOf('age + twice'), parameters: {} }] },
      filter,
    ])
    expect(cells.map((row) => row.slice(1).join())).toEqual(['1,2,3', '22,44,66', '7,,', '7,,', '7,,'])
    expect(flags.at(-1)?.rows).toEqual([1, 2, 3, 4])
  })

  it('that can make values missing flag the cells that were missing before, and then those they made missing', async () => {
    const rows = [
      ['1', '1'],
      ['x', '1'],
      [null, '1'],
      ['', '1'],
    ] as const
    const lostIn = async (operation: Op) =>
      (await run(rows, [operation])).flags.filter(({ counts }) => counts === 'void' || counts === 'lost')
    const emptied = [
      { of: 's r name', fate: 'keep', counts: 'void', reason: '', rows: [2] },
      { of: 's r name', fate: 'keep', counts: 'lost', reason: 'name became missing', rows: [1] },
    ]
    const derived = { name: 'name', expression: expressionOf("nullif(name, 'x')"), parameters: {} }
    expect(await lostIn({ op: 'derive', origin, columns: [derived] })).toEqual(emptied)
    const spelled = (values: object): Op =>
      ({ op: 'cell', origin, column: 'name', cell: 'replace_values', options: { values }, counted: true }) as Op
    expect(await lostIn(spelled({ x: null }))).toEqual(emptied)
    expect(await lostIn(spelled({ x: 'y' }))).toEqual([])
    expect(await lostIn({ op: 'derive', origin, columns: [{ ...derived, name: 'new' }] })).toEqual([])
  })
})
