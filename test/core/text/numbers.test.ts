/** Shares are counted: a limit that is met exactly is not passed, whatever a computer makes of its digits. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toShare } from '#language/definition/atoms.ts'
import { isMoreThanShare } from '#core/text/numbers.ts'
import '../../kit/seed.ts'

describe('more than a share', () => {
  it.each([
    [29, 100, 0.29, false],
    [30, 100, 0.29, true],
    [7, 1000, 0.007, false],
    [8, 1000, 0.007, true],
    [0, 0, 0, false],
    [0, 10, 0, false],
    [1, 10, 0, true],
    [10, 10, 1, false],
    [1, 3, 1 / 3, true],
    [1, 3, 0.34, false],
    [1, 1_000_000_000, 1e-9, false],
    [2, 1_000_000_000, 1e-9, true],
    [1, 1e12, 1e-13, true],
  ])('%i of %i and %f', (part, whole, share, more) => {
    expect(isMoreThanShare(part, whole, share)).toBe(more)
  })

  it('is what whole numbers say, for every share in percent and per mille', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 5000 }), fc.nat({ max: 5000 }), (perMille, whole, part) => {
        const more = part * 1000 > perMille * whole
        expect(isMoreThanShare(part, whole, perMille / 1000)).toBe(more)
        expect(isMoreThanShare(part, whole, Number(`0.${String(perMille).padStart(3, '0')}`) + (perMille === 1000 ? 1 : 0))).toBe(more)
      }),
    )
  })
})

describe('a share in percent', () => {
  it('is the number with the same digits', () => {
    for (let tenths = 0; tenths <= 1000; tenths++) expect(toShare(`${tenths / 10}%`)).toBe(Number(`${tenths}e-3`))
    expect(toShare('0.7 %')).toBe(0.007)
    expect(toShare(0.3)).toBe(0.3)
  })
})
