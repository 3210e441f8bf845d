import { describe, expect, it } from 'vitest'
import type { ColumnFacts } from '#relational/measures/facts.ts'
import { cellOperation } from '#relational/cells/index.ts'
import { TEXT_NULL_VALUES } from '#relational/cells/null-values.ts'
import { missing } from '#steps/clean/cleaners/missing.ts'
import type { Decision } from '#relational/operations/choices.ts'
import { aColumn } from '../../data/report/reports.ts'

function lowered(facts: ColumnFacts) {
  const decisions: Omit<Decision, 'step'>[] = []
  const operations = missing.lower('auto', {
    step: 'clean',
    columns: [{ name: facts.name, type: facts.type }],
    facts: {
      rows: facts.rows,
      columns: [facts],
      surplus: [],
      inconsistent: { count: 0, of: 0, exact: true },
      sample: { rows: 0, complete: true },
    },
    decide: (decision) => decisions.push(decision),
    emptied: new Set(),
    claim: () => {},
    keySet: () => ({ survey: '', set: 0, after: 0 }),
  })
  return { decisions, operations }
}

function choice(facts: ColumnFacts): string {
  const [{ choice: what, why } = { choice: 'nothing', why: '' }] = lowered(facts).decisions
  return `${what}: ${why}`
}

const text = (values: readonly (readonly [string, number])[], more: Partial<ColumnFacts> = {}) =>
  aColumn({
    name: 'category',
    type: 'text',
    values,
    null_values: TEXT_NULL_VALUES,
    distinct: { value: values.length, exact: true, error: 0 },
    mean: null,
    ...more,
  })
const colours = [
  ['red', 800],
  ['green', 100],
  ['blue', 60],
] as const

describe('missing: auto', () => {
  it('fills numbers that measure something', () => {
    expect(choice(aColumn({ sampled: { ...aColumn().sampled, quantiles: [1, 50, 100, 120, 900, 950, 990] } }))).toMatch(
      /^mean \(120\.123456789\)/,
    )
    expect(choice(aColumn())).toMatch(/^median \(4\): numeric, with outliers/)
  })

  it.each([
    { what: 'many are missing', facts: aColumn({ missing: 201 }), why: /^leave: more than 20% of the cells are missing/ },
    { what: 'a source lacks the column', facts: aColumn({ absent: 10 }), why: /^leave: some sources lack the column/ },
    { what: 'the column has no name', facts: aColumn({ name: 'column_4' }), why: /^leave: the name of the column/ },
    ...['id', 'code', 'year', 'date_part', 'direction', 'postal_code', 'latitude', 'longitude'].map((semantic) => ({
      what: `they are a ${semantic}`,
      facts: aColumn({ semantic }),
      why: /^leave/,
    })),
    {
      what: 'they are grades',
      facts: aColumn({ type: 'integer', distinct: { value: 5, exact: true, error: 0 } }),
      why: /^leave: integers with few/,
    },
  ])('leaves numbers alone when $what', ({ facts, why }) => {
    expect(choice(facts)).toMatch(why)
  })

  it('gives categories a value of their own, never one of theirs', () => {
    expect(choice(text(colours))).toMatch(/^constant \(Unknown\)/)
  })

  it('empties null values of text and marks missing cells before it fills them', () => {
    const [first, mark, second] = lowered(text(colours)).operations
    expect(mark).toMatchObject({ op: 'derive', columns: [{ name: 'category_imputed' }] })
    if (first?.op !== 'cell' || second?.op !== 'cell') throw new Error('expected two cell operations')
    expect(cellOperation(first.cell).becomes?.('N/A', first.options)).toBeNull()
    expect(cellOperation(second.cell).becomes?.(null, second.options)).toBe('Unknown')
  })

  it.each([
    { what: 'a box that is ticked or not', facts: text([['Star Wars', 900]]), why: /^leave: with a single value, an empty cell/ },
    {
      what: 'codes',
      facts: text([
        ['US', 500],
        ['DE', 460],
      ]),
      why: /^leave: the values are codes/,
    },
    { what: 'names', facts: text(Array.from({ length: 31 }, (_, at) => [`name ${at}`, 30] as const)), why: /^leave: free text/ },
    { what: 'e-mail addresses', facts: text(colours, { semantic: 'email' }), why: /^leave: the column identifies something/ },
    { what: 'yes and no', facts: aColumn({ type: 'boolean' }), why: /^leave/ },
    { what: 'dates', facts: aColumn({ type: 'date' }), why: /^leave/ },
  ])('leaves $what alone', ({ facts, why }) => {
    expect(choice(facts)).toMatch(why)
  })
})
