/** What is looked for in the rows that come out: cells that do not mean what their column means, and rows written unlike their columns. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LoweredColumn } from '#relational/operations/lowered.ts'
import type { ColumnFacts } from '#relational/measures/facts.ts'
import { outputFlags } from '#data/pass/output-flags.ts'
import { cellsRelation, type TestDatabase, testDatabase } from '../../kit/database.ts'
import { aColumn, someFacts } from '../report/reports.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const column = (more: Partial<LoweredColumn> = {}): LoweredColumn => ({
  ...{ name: 'out', type: 'text', sql: 'r0', from: ['c'], through: [], derived: false, values: null },
  ...more,
})
const fact = (more: Partial<ColumnFacts> = {}) => aColumn({ name: 'c', type: 'text', ...more })
const MAILS = fact({ semantic: 'email', doubtful: 1 })
const PADDED = fact({ effects: { whitespace: { cells: 1, example: null } } })
const CASES = fact({
  values: [
    ['Rome', 3],
    ['ROME', 1],
    ['Oslo', 1],
  ],
})

/** Which of the cells raise each flag, as `rule column: numbers`. */
async function raised(cells: readonly (string | null)[], columns: readonly LoweredColumn[], facts: readonly ColumnFacts[]) {
  const flags = outputFlags(columns, someFacts({ columns: facts }))
  const rows_key: string[] = []
  for (const { origin, column: about, fate, counts, reason, sql, key_set } of flags) {
    expect([origin.step, fate, reason, key_set]).toEqual(['output', 'keep', '', null])
    const rows = await database.session.rows(
      `SELECT n FROM (SELECT row_number() OVER () AS n, r0 FROM (${cellsRelation(cells)})) WHERE ${sql} ORDER BY n`,
    )
    rows_key.push(`${origin.rule} ${about} ${counts}: ${rows.map(({ n }) => n).join(' ')}`)
  }
  return rows_key
}

describe('in the rows that come out', () => {
  it('cells are doubtful that do not mean what their column means', async () => {
    expect(await raised(['a@b.ch', 'nobody', null, 'x'], [column()], [MAILS])).toEqual(['doubtful out cells: 2 4'])
  })

  it('rows are inconsistent with a padded cell, or one spelled as few are', async () => {
    expect(await raised([' a', 'a', 'b ', null], [column()], [PADDED])).toEqual(['inconsistent  rows: 1 3'])
    expect(await raised(['Rome', 'ROME', 'Oslo', null], [column()], [CASES])).toEqual(['inconsistent  rows: 2'])
  })

  it('each row counts once, whatever its columns', async () => {
    const both = { ...PADDED, values: CASES.values }
    expect(await raised(['ROME', ' ROME', ' x', 'Rome'], [column()], [both])).toEqual(['inconsistent  rows: 1 2 3'])
  })

  it('nothing is looked for that the facts say never happened', async () => {
    expect(await raised([' a', 'nobody'], [column()], [fact({ semantic: 'email', doubtful: 0 })])).toEqual([])
    expect(await raised([' a'], [column()], [fact({ doubtful: 3 })])).toEqual([])
    expect(await raised([' a'], [column()], [fact({ effects: { whitespace: { cells: 0, example: null } } })])).toEqual([])
    expect(outputFlags([column()], null)).toEqual([])
  })

  it('nothing is looked for in columns that are not the cells of one column of text', async () => {
    for (const other of [
      { type: 'integer' as const },
      { derived: true },
      { from: [] },
      { from: ['c', 'd'] },
      { from: ['d', 'c'] },
      { from: ['d'] },
    ])
      expect(await raised(['nobody'], [column(other)], [MAILS])).toEqual([])
  })

  it('nothing is looked for that the values a column can have rule out', async () => {
    const only = (...values: string[]) => column({ values: new Set(values) })
    expect(await raised(['ROME'], [only('Rome', 'Oslo')], [CASES])).toEqual([])
    expect(await raised(['ROME'], [only('ROME', 'Oslo')], [CASES])).toEqual(['inconsistent  rows: 1'])
    expect(await raised([' a'], [only('a')], [PADDED])).toEqual([])
    expect(await raised([' a'], [only('a', ' a')], [PADDED])).toEqual(['inconsistent  rows: 1'])
  })
})
