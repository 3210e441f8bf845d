/** Cells as JavaScript values and back: nothing is lost, and what is no value of the type is refused. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellOf, valueIn } from '#io/functions/values.ts'
import { runs } from '../../kit/seed.ts'

const day = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }).map((date) => date.toISOString())
const CELLS = {
  text: fc.string({ unit: 'binary' }).map((text) => text.replace(/\p{Surrogate}/gu, '')),
  integer: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  float: fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (Object.is(number, -0) ? '-0.0' : `${number}`)),
  boolean: fc.boolean().map(String),
  date: day.map((text) => text.slice(0, 10)),
  timestamp: day.map((text) => text.replace('T', ' ').replace(/\.?0*Z$/, '')),
  'decimal(38,10)': fc
    .tuple(fc.constantFrom('', '-'), fc.bigInt({ min: 0n, max: 10n ** 28n - 1n }), fc.bigInt({ min: 0n, max: 10n ** 10n - 1n }))
    .map(([sign, whole, part]) => `${sign}${whole}.${String(part).padStart(10, '0')}`),
} as const

describe('a cell of the type', () => {
  it.each(Object.entries(CELLS))('%s comes back as it was', (type, cells) => {
    fc.assert(
      fc.property(fc.option(cells as fc.Arbitrary<string>), (cell) => {
        expect(cellOf(type, valueIn(type, cell))).toEqual({ cell })
      }),
      { numRuns: runs(200) },
    )
  })
})

it('gives numbers where they are exact, and bigint where they would not be', () => {
  expect(valueIn('integer', '9007199254740991')).toBe(9_007_199_254_740_991)
  expect(valueIn('integer', '9007199254740993')).toBe(9_007_199_254_740_993n)
  expect(valueIn('decimal(20,2)', '12345678901234567.89')).toBe('12345678901234567.89')
  expect(valueIn('float', '-inf')).toBe(Number.NEGATIVE_INFINITY)
  expect(valueIn('timestamp', '2026-01-31 12:00:00.5')).toBe('2026-01-31T12:00:00.5Z')
})

it('takes what means the same', () => {
  expect(cellOf('decimal(10,2)', 12.5)).toEqual({ cell: '12.5' })
  expect(cellOf('decimal(10,2)', '1.500')).toEqual({ cell: '1.500' })
  expect(cellOf('timestamp', new Date('2026-01-31T12:00:00Z'))).toEqual({ cell: '2026-01-31 12:00:00.000' })
  expect(cellOf('integer', 7n)).toEqual({ cell: '7' })
})

it.each([
  ['text', 7, 'is 7, which is no text'],
  ['text', '\ud83d', 'lone surrogate'],
  ['integer', '7', 'is "7", which is no integer'],
  ['integer', 1.5, 'is 1.5, which is no integer'],
  ['integer', 2 ** 60, 'beyond 2^53 a number has lost digits; return a bigint'],
  ['integer', 2n ** 63n, 'it has more than 64 bits'],
  ['float', '1.5', 'is "1.5", which is no float'],
  ['boolean', 1, 'is 1, which is no boolean'],
  ['boolean', {}, 'is {}, which is no boolean'],
  ['date', '2026-02-30', "write '2026-01-31'"],
  ['date', new Date(0), 'which is no date'],
  ['timestamp', '2026-01-31', "write '2026-01-31T12:00:00Z'"],
  ['timestamp', '2026-01-31T25:00:00Z', 'which is no timestamp'],
  ['decimal(6,2)', '1.234', 'it has more than 2 digits behind the point'],
  ['decimal(6,2)', 12_345, 'it has more than 4 digits before the point'],
  ['decimal(6,2)', Number.NaN, 'write its digits as text'],
  ['text', Promise.resolve('x'), 'is a promise, which is no text'],
] as const)('refuses for %s the value %s', (type, value, why) => {
  expect((cellOf(type, value) as { problem: string }).problem).toContain(why)
})
