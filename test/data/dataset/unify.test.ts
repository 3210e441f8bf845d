import { describe, expect, it } from 'vitest'
import { groupSources, unify } from '#data/dataset/unify.ts'
import { evidenceOf } from '#relational/infer/evidence.ts'
import { valueShape } from '#relational/infer/decide.ts'
import { NULL_VALUES } from '#relational/cells/null-values.ts'

const table = (...columns: string[]) => ({ name: 't', columns, header: true })
const headerless = (...shapes: (string | null)[]) => ({
  name: 't',
  columns: shapes.map((_, at) => `column_${at + 1}`),
  header: false,
  shapes,
})

describe('groups of sources', () => {
  it('are one where headers changed over time', () => {
    const old = table('Province/State', 'Country/Region', 'Last Update', 'Confirmed')
    const later = table('FIPS', 'Province_State', 'Country_Region', 'Last_Update', 'Lat', 'Confirmed')
    expect(groupSources([old, old, later])).toEqual([[0, 1, 2]])
  })

  it('are several where tables have nothing in common, or a name by chance', () => {
    const airlines = table('carrier', 'name')
    const airports = table('faa', 'name', 'lat', 'lon')
    expect(groupSources([airlines, airports, airlines])).toEqual([[0, 2], [1]])
  })

  it('of tables without a header go by the number of columns and what these are made of', () => {
    expect(groupSources([headerless('text', 'number'), headerless('text', 'number', 'date')])).toEqual([[0], [1]])
    expect(groupSources([headerless('text', 'code2', 'code2'), headerless('text', 'code3', 'text')])).toEqual([[0], [1]])
    expect(groupSources([headerless('text', 'number', null), headerless('text', 'number', 'date')])).toEqual([[0, 1]])
    expect(groupSources([headerless('text', 'number'), table('name', 'amount')])).toEqual([[0], [1]])
  })

  it('take in sources that hold nothing', () => {
    expect(groupSources([table(), table('a', 'b'), table()])).toEqual([[1]])
    expect(groupSources([table()])).toEqual([])
  })
})

describe('unify', () => {
  it('takes names that differ in punctuation and case for one, under the spelling most sources use', () => {
    const { columns, mapping, renamed } = unify([table('Province/State', 'Lat'), table('Province_State'), table('Province/State')])
    expect(columns).toEqual(['Province/State', 'Lat'])
    expect(mapping[1]).toEqual(['Province/State'])
    expect(renamed).toEqual([{ from: 'Province_State', to: 'Province/State', sources: 1 }])
  })

  it('keeps them apart where one source has both', () => {
    expect(unify([table('a b', 'a-b'), table('A_B')]).columns).toEqual(['a b', 'a-b', 'A_B'])
  })
})

describe('what a column is made of', () => {
  it.each([
    { cells: ['Aruba', 'Algeria'], make: 'text' },
    { cells: ['AW', 'DZ', 'AF'], make: 'code2' },
    { cells: ['1', '2.5'], make: 'number' },
    { cells: ['2024-01-02'], make: 'date' },
    { cells: ['', '\\N'], make: null },
  ])('$cells: $make', ({ cells, make }) => {
    expect(valueShape(evidenceOf(cells, new Set(NULL_VALUES)))).toBe(make)
  })
})
