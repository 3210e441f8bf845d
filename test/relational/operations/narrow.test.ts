/** What the facts spare changes nothing: the same operations with the values of a column known and not known give the same rows. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lower, nest } from '#relational/operations/to-sql.ts'
import type { CellOp } from '#relational/operations/ops.ts'
import type { Facts } from '#relational/measures/facts.ts'
import { NULL_VALUES, TEXT_NULL_VALUES } from '#relational/cells/null-values.ts'
import { valuesOf } from '#relational/operations/narrow.ts'
import { outputFlags } from '#data/pass/output-flags.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { anyOf } from '#relational/types/sql.ts'
import { aPlan } from '../../kit/column-plans.ts'
import { cellsRelation, type TestDatabase, testDatabase } from '../../kit/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const WORDS = [
  'North',
  'north',
  'NORTH',
  'N/A',
  '-',
  'null',
  'yes',
  'No',
  'f',
  '12',
  '-7',
  '007',
  '1.5',
  '1_0',
  '1e3',
  "it's",
  'ß',
  '1234567890123456',
]
const cell = fc
  .tuple(
    fc.constantFrom('', ' ', '\t', '\r\n', '\u00a0'),
    fc.oneof(fc.constantFrom(...WORDS), fc.string({ maxLength: 3 })),
    fc.constantFrom('', ' ', '\n'),
  )
  .map((parts) => parts.join('').replaceAll('\0', ''))

const word = fc.constantFrom(...WORDS, ' north', '', 'Unknown')
const operation = fc.oneof(
  fc.constant({ cell: 'trim', options: {} }),
  fc.record({
    cell: fc.constant('null_values'),
    options: fc.record({ tokens: fc.constantFrom(TEXT_NULL_VALUES, NULL_VALUES, [' north']), padded: fc.boolean() }),
  }),
  fc.record({ cell: fc.constant('replace_values'), options: fc.record({ values: fc.dictionary(word, fc.option(word), { maxKeys: 4 }) }) }),
  fc.constantFrom({ cell: 'lower', options: {} }, { cell: 'upper', options: {} }),
  fc.record({ cell: fc.constant('impute'), options: fc.record({ value: fc.constantFrom('Unknown', ' padded', 5) }) }),
)

const factsOf = (values: readonly string[] | null) =>
  ({
    columns: [
      {
        name: 'c',
        type: 'text',
        semantic: null,
        null_values: TEXT_NULL_VALUES,
        invalid: 1,
        doubtful: 0,
        effects: { whitespace: { cells: 1, example: null }, null_values: { cells: 1, example: null } },
        values: values?.map((value) => [value, 1] as const) ?? null,
      },
    ],
  }) as unknown as Facts

/** Everything the lowered operations say of each row, and the counts for the quality of the output. */
async function rowsOf(
  cells: readonly (string | null)[],
  plan: ColumnPlan,
  operations: readonly CellOp[],
  values: readonly string[] | null,
) {
  const { columns, flags, changes, layers } = lower({ columns: [{ plan, sql: 'r0' }], facts: factsOf(values), reader: 'read', operations })
  // the variants that are looked for in the output come from the values in either case
  const unlike = outputFlags(columns, factsOf(cells.filter((cell) => cell !== null))).map(({ sql }) => sql ?? 'FALSE')
  const conditions = [...flags.map(({ sql }) => sql), ...changes.map(({ changed }) => changed), anyOf(unlike)]
  const said = [...columns.map(({ sql }) => sql), ...conditions.map((condition) => `COALESCE(${condition}, FALSE)`)]
  return database.session.rows(
    `SELECT ${said.map((sql, at) => `${sql} AS c${at}`).join(', ')} FROM (${nest(cellsRelation(cells), layers)})`,
  )
}

const origin = { step: 'clean', rule: 'rule' }
const asOps = (operations: readonly { readonly cell: string; readonly options: object }[]) =>
  operations.map((one) => ({ op: 'cell', origin, column: 'c', counted: true, ...one }) as CellOp)

async function sameEitherWay(plan: ColumnPlan, cells: readonly string[], operations: readonly CellOp[]) {
  const rows = [...cells, null]
  expect(await rowsOf(rows, plan, operations, cells)).toEqual(await rowsOf(rows, plan, operations, null))
}

const cells = fc.array(cell, { minLength: 1, maxLength: 8 })

describe('a column of which all values are known', () => {
  it('is worked on as if they were not', async () => {
    const operations = fc.array(operation, { minLength: 1, maxLength: 6 }).map(asOps)
    await fc.assert(
      fc.asyncProperty(cells, operations, (values, ops) => sameEitherWay(aPlan(), values, ops)),
      { numRuns: 100 },
    )
  })

  it.each<[string, Partial<ColumnPlan>]>([
    ['integer', { type: 'integer', number: { decimal: '.', grouping: '', symbols: [] } }],
    ['integer with symbols', { type: 'integer', number: { decimal: ',', grouping: '.', symbols: ['€'] } }],
    ['float', { type: 'float', number: { decimal: '.', grouping: ',', symbols: ['$'] } }],
    ['boolean', { type: 'boolean' }],
    ['date', { type: 'date', date: { to: 'date', formats: ['%Y-%m-%d'] } }],
  ])('is read as %s as if they were not', async (_title, changes) => {
    const digits = fc.array(fc.constantFrom('1', '-7', '007', '', ' 12', 'N/A', '123456789012345'), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(fc.oneof(cells, digits), (values) => sameEitherWay(aPlan(changes), values, [])),
      { numRuns: 60 },
    )
  })

  it('may hold the empty text, whether it is listed or not', async () => {
    expect(
      valuesOf({
        values: [
          ['a', 2],
          ['b', 1],
        ],
      }),
    ).toEqual(new Set(['', 'a', 'b']))
    expect([valuesOf({ values: null }), valuesOf(undefined)]).toEqual([null, null])
    const operations = asOps([{ cell: 'null_values', options: { tokens: TEXT_NULL_VALUES } }])
    const rows = await rowsOf(['a', '', null], aPlan(), operations, ['a'])
    expect(rows.map(({ c0 = null }) => c0)).toEqual(['a', null, null])
  })

  it('costs nothing where an operation has nothing to do', () => {
    const operations = asOps([
      { cell: 'trim', options: {} },
      { cell: 'replace_values', options: { values: { south: 'South' } } },
    ])
    const { columns, layers } = lower({
      columns: [{ plan: aPlan(), sql: 'r0' }],
      facts: factsOf(['North', 'South']),
      reader: 'read',
      operations,
    })
    expect(columns[0]?.sql).toBe('r0')
    expect(layers).toEqual([])
  })
})
