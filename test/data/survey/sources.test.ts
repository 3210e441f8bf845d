/** What the survey found in one source: its figures and its issues. */
import { expect, it } from 'vitest'
import { type SourceStates, sourceFacts } from '#data/survey/sources.ts'
import { aPlan } from '../../kit/column-plans.ts'

const SOURCE = { index: 3, name: 'a.csv', bad: 2 }
const PLANS = [aPlan({ name: 'city' }), aPlan({ name: 'mail', semantic: 'email' }), aPlan({ name: 'more' })]
const NONE = new Map<string, ReadonlySet<string>>()

it('lists every issue with source, column, rule and count, those of the source first', () => {
  const states: SourceStates = {
    source: 3,
    rows: 10,
    columns: {
      city: {
        states: { missing: { count: 3 }, effects: { whitespace: { cells: 4 }, null_values: { cells: 0 } } },
        values: [
          ['Rome', 5],
          [' rome ', 2],
          ['ROME', 1],
          [null, 2],
        ],
      },
      mail: { states: { invalid: { count: 1 }, doubtful: { count: 2 } }, values: null },
    },
  }
  const variants = new Map([
    ['city', new Set(['rome', 'ROME'])],
    ['mail', new Set<string>()],
  ])
  const { issues, ...figures } = sourceFacts(SOURCE, states, PLANS, variants, 5)
  expect(figures).toEqual({ source: 3, name: 'a.csv', rows: 10, bad: 2, completeness: 0.9 })
  expect(issues.map(({ source, column, rule, count }) => `${source} ${column} ${rule} ${count}`)).toEqual([
    'a.csv  record 2',
    'a.csv  deduplicate 5',
    'a.csv city missing 3',
    'a.csv city whitespace 4',
    'a.csv city case 3',
    'a.csv mail type 1',
    'a.csv mail email 2',
  ])
})

it('calls cells that are not of an unnamed meaning just that', () => {
  const states: SourceStates = { source: 3, rows: 1, columns: { city: { states: { doubtful: { count: 1 } }, values: null } } }
  const { issues } = sourceFacts({ ...SOURCE, bad: 0 }, states, PLANS, NONE, 0)
  expect(issues).toEqual([{ source: 'a.csv', column: 'city', rule: 'meaning', count: 1 }])
})

it('finds nothing, and nothing missing, in a source without rows', () => {
  expect(sourceFacts({ ...SOURCE, bad: 0 }, undefined, PLANS, NONE, 0)).toEqual({
    source: 3,
    name: 'a.csv',
    rows: 0,
    bad: 0,
    completeness: 1,
    issues: [],
  })
})
