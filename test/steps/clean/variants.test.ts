import { describe, expect, it } from 'vitest'
import { TEXT_NULL_VALUES } from '#relational/cells/null-values.ts'
import { caseVariants, fingerprint, spellingVariants } from '#relational/measures/variants.ts'
import { aColumn } from '../../data/report/reports.ts'

const column = (values: readonly (readonly [string, number])[], more = {}) =>
  aColumn({ type: 'text', values, null_values: TEXT_NULL_VALUES, ...more })

describe('spellings of one value', () => {
  it('are not those of a number with its unit', () => {
    const amounts = [
      ['12.0 oz', 5],
      ['12.0 oz.', 9],
      ['12.0 OZ.', 1],
      ['Oz', 1],
      ['OZ.', 2],
    ] as const
    expect(spellingVariants(column(amounts)).values).toEqual({})
    expect(caseVariants(column(amounts)).count).toBe(0)
  })

  it.each([
    ['U.S.A.', 'USA'],
    ['u.s.a.', 'Usa'],
    ['U.S.', 'US'],
    ['St. Louis', 'st louis'],
    ['T-Shirt', 't shirt'],
    ["O'Brien", 'OBrien'],
    ['São Paulo', 'Sao  Paulo'],
    ['two parcels,\none invoice', 'Two parcels, one invoice'],
    ['Offense:', 'offense'],
  ])('%j is %j', (a, b) => {
    expect(fingerprint(a)).toBe(fingerprint(b))
  })

  it.each([
    ['A+', 'A-'],
    ['A+', 'A'],
    ['A-', 'A'],
    ['C', 'C#'],
    ['C++', 'C'],
    ['<10', '>10'],
    ['-8', '8'],
    ['1.5', '15'],
    ['10-14', '1014'],
    ['1/2', '12'],
    ['$100', '100'],
    ['Juan A.', 'Juana'],
    ['Viet Nam', 'Vietnam'],
    ['Aa', 'AA'],
    ['m²', 'm2'],
    ['+', '-'],
    ['10%', '10'],
    ['B-12', 'B 12'],
  ])('%j is not %j', (a, b) => {
    expect(fingerprint(a)).not.toBe(fingerprint(b))
  })

  it('become the most frequent one', () => {
    const country = column([
      ['United States', 50],
      ['USA', 20],
      ['U.S.A.', 5],
      [' usa ', 2],
      ['NA', 3],
    ])
    expect(spellingVariants(country)).toEqual({ values: { 'U.S.A.': 'USA', usa: 'USA' }, count: 7 })
    expect(caseVariants(country)).toEqual({ values: { usa: 'USA' }, count: 2 })
  })

  it('become the one that is written like the rest of the column, else the most frequent', () => {
    const regions = column([
      ['north', 30],
      ['North', 20],
      ['SOUTH', 25],
      ['South', 24],
      ['East', 10],
      ['West', 9],
    ])
    expect(caseVariants(regions).values).toEqual({ north: 'North', SOUTH: 'South' })
    const states = column([
      ['SHIPPED', 50],
      ['shipped', 20],
      ['Delivered', 30],
      ['delivered', 20],
      ['returned', 9],
      ['pending', 8],
    ])
    expect(caseVariants(states).values).toEqual({ SHIPPED: 'shipped', Delivered: 'delivered' })
  })

  it('keep the capitals that belong to a word, and prefer what is well formed', () => {
    const products = column([
      ['iPhone', 9],
      ['Iphone', 8],
      ['NASA', 95],
      ['Nasa', 5],
      ['Tool Set', 3],
      ['Desk Lamp', 3],
      ['Yo-Yo', 2],
    ])
    expect(caseVariants(products).values).toEqual({ Iphone: 'iPhone', Nasa: 'NASA' })
    const cities = column([
      ['St. Gallen,', 9],
      ['St. Gallen', 3],
      ['Bern', 2],
    ])
    expect(spellingVariants(cities).values).toEqual({ 'St. Gallen,': 'St. Gallen' })
  })

  it('are looked for in text only, and not in what identifies something', () => {
    const values = [
      ['AB-1', 2],
      ['ab-1', 1],
      ['ABC x', 2],
      ['abc x', 1],
    ] as const
    expect(spellingVariants(column(values, { semantic: 'id' })).count).toBe(0)
    expect(spellingVariants(column(values, { semantic: 'url' })).count).toBe(0)
    expect(
      spellingVariants(
        aColumn({
          type: 'integer',
          values: [
            ['8', 3],
            ['-8', 1],
          ],
        }),
      ).count,
    ).toBe(0)
    expect(spellingVariants(column(values)).values).toEqual({ 'abc x': 'ABC x' })
  })
})
