/** Every cell operation compared with the reference engine, cell by cell: the new cell, and whether it counts as changed. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CELL_OPERATIONS, cellOperation } from '#relational/cells/index.ts'
import type { ColumnType } from '#relational/types/types.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'
import { runs } from '../../kit/seed.ts'
import { CELLS, changedCell } from '../reference/cells.ts'
import { cellsOf, relationOf } from '../reference/rows.ts'
import { cellTexts, TRIED } from '../reference/tried.ts'
import { asText, type Cell } from '../reference/values.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

/** Fails with the cells that the two engines see differently. */
async function compare(name: string, type: ColumnType, options: (typeof TRIED)[number][2], cells: readonly Cell[]): Promise<void> {
  const operation = cellOperation(name)
  const types = new Map([['c', type]])
  const sql = operation.sql('c', options, type)
  const changes = operation.changes?.('c', options, type) ?? `c IS DISTINCT FROM ${sql}`
  const relation = relationOf(
    types,
    cells.map((cell) => new Map([['c', cell]])),
  )
  const found = await database.session.rows(
    `SELECT CAST(${sql} AS VARCHAR) AS cell, COALESCE(${changes}, FALSE) AS changed FROM (${relation}) ORDER BY n`,
  )
  const wanted = cells.map((cell) => {
    const after = changedCell(name, cell, options, type)
    return { before: asText(cell, type), cell: asText(after.cell, operation.type(type, options)), changed: after.changed }
  })
  const seen = cells.map((cell, at) => ({ before: asText(cell, type), ...found[at] }))
  expect(seen.filter((one, at) => JSON.stringify(one) !== JSON.stringify(wanted[at]))).toEqual(
    wanted.filter((one, at) => JSON.stringify(one) !== JSON.stringify(seen[at])),
  )
}

describe('the reference engine', () => {
  it('knows every cell operation, and each is tried', () => {
    const names = CELL_OPERATIONS.map(({ name }) => name).sort()
    expect([...CELLS.keys()].sort()).toEqual(names)
    expect([...new Set(TRIED.map(([name]) => name))].sort()).toEqual(names)
  })

  it.each(
    TRIED.map(([name, type, options]) => ({ name, type, options, title: `${name} ${type} ${JSON.stringify(options).slice(0, 70)}` })),
  )('agrees on $title', async ({ name, type, options }) => {
    const cells = type === 'text' ? fc.oneof(cellTexts, cellsOf('text')) : cellsOf(type)
    await fc.assert(
      fc.asyncProperty(fc.array(cells, { minLength: 1, maxLength: 80 }), (all) => compare(name, type, options, all)),
      { numRuns: runs(2) },
    )
  })
})

describe('a cell that is nearly of a type', () => {
  const integer = { decimal: ',', grouping: '.', symbols: [] }
  const dates = ['%Y/%m/%d', '%m/%d/%Y', '%b %d, %Y']
  it.each<[name: string, options: (typeof TRIED)[number][2], cells: { readonly [text: string]: string | null }]>([
    // a cast to an integer would round
    ['parse_integer', integer, { '90071992547409915,5': null, '12345678901234e-1': null, '9.007.199.254.740.993': '9007199254740993' }],
    ['parse_date', { to: 'date', formats: dates }, { infinity: null, '-infinity': null, 'Infinity ': null, epoch: null }],
    // the fifth character does not make an ISO date
    ['parse_date', { to: 'date', formats: dates }, { '1/12/28': null, '1/12/2028': '2028-01-12', '2028/1/12': '2028-01-12' }],
    ['parse_date', { to: 'date', formats: ['%Y-%m-%d'] }, { '1-12-28': null, '01-2-24': null, '0024-02-01': '0024-02-01' }],
    [
      'parse_date',
      { to: 'timestamp', formats: ['epoch_s'] },
      { '1706695.20': null, '170669520.': null, '1706695200': '2024-01-31 10:00:00' },
    ],
  ])('is not rounded or read as another value by %s', async (name, options, cells) => {
    const rows = Object.keys(cells)
    await compare(name, 'text', options, rows)
    expect(
      Object.fromEntries(
        rows.map((cell) => [cell, asText(changedCell(name, cell, options, 'text').cell, cellOperation(name).type('text', options))]),
      ),
    ).toEqual(cells)
  })
})
