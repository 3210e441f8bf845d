/** The examples of what reading changes show what each cell becomes, column by column, also where columns are read alike. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withExamples } from '#data/survey/reread.ts'
import { aPlan } from '../../kit/column-plans.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const effect = (before: string | null) => ({ cells: 1, example: before === null ? null : { before, after: 'not read yet' } })

describe('examples of reading', () => {
  it('show the cell without white space, nothing for a null word, and the value of another format', async () => {
    const plans = [
      aPlan({ name: 'a', null_values: ['', 'none'] }),
      aPlan({ name: 'b', null_values: ['', 'none'] }),
      aPlan({ name: 'when', type: 'date', date: { to: 'date', formats: ['%d/%m/%Y'] } }),
      aPlan({ name: 'untouched' }),
    ]
    const found = await withExamples(database.session, plans, [
      { effects: { whitespace: effect(' x '), null_values: effect('none') } },
      { effects: { whitespace: effect('\u00a0it’s "y"\t') } },
      { effects: { dates: effect('24/12/2024') } },
      { effects: { whitespace: effect(null) } },
    ])
    expect(found.map(({ effects }) => effects)).toEqual([
      {
        whitespace: { cells: 1, example: { before: ' x ', after: 'x' } },
        null_values: { cells: 1, example: { before: 'none', after: null } },
      },
      { whitespace: { cells: 1, example: { before: '\u00a0it’s "y"\t', after: 'it’s "y"' } } },
      { dates: { cells: 1, example: { before: '24/12/2024', after: '2024-12-24' } } },
      { whitespace: { cells: 1, example: null } },
    ])
  })
})
