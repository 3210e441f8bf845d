/** Which row stays in place of its duplicates, and the account of it: against a model that looks at one row after another. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFates, encodeFates, LEFT, WRITTEN } from '#data/pass/members.ts'
import { type RepeatFlag, settle, unprovenRepeats } from '#data/pass/settle.ts'
import { passed, plainly, type SomeFlag, type SomeRow } from './fates.ts'

const byRow = fc
  .constantFrom('keep', 'quarantine', 'filter', 'keep')
  .map((fate): SomeFlag => ({ fate: fate as SomeFlag['fate'], about: 'row', keep: 'first' }))
const byKey = fc
  .record({ fate: fc.constantFrom('deduplicate', 'deduplicate', 'quarantine', 'keep'), keep: fc.constantFrom('first', 'last') })
  .map(({ fate, keep }): SomeFlag => ({ fate: fate as SomeFlag['fate'], about: 'key', keep: keep as SomeFlag['keep'] }))

const row = fc.record({
  raised: fc.array(
    fc.nat(5).map((n) => n === 0),
    { minLength: 40, maxLength: 40 },
  ),
  keys: fc.array(fc.option(fc.nat(6), { freq: 8 }), { minLength: 4, maxLength: 4 }),
}) satisfies fc.Arbitrary<SomeRow>

const flags = fc
  .tuple(fc.array(byRow, { maxLength: 3 }), fc.array(fc.oneof(byRow, byKey), { maxLength: 5 }), byKey)
  .map(([before, mixed, last]) => {
    const all = [...before, ...mixed, last]
    // rows have four keys
    return all.filter((flag, at) => flag.about === 'row' || all.slice(0, at).filter(({ about }) => about === 'key').length < 4)
  })

describe('rows, rules and keys', () => {
  it.each([
    ['the rows that stay are chosen as row by row', null],
    ['different keys with one hash are distinguished', 2],
  ] as const)('%s', (_, collide) => {
    let again = 0
    fc.assert(
      fc.property(fc.array(fc.array(row, { maxLength: 12 }), { minLength: 1, maxLength: 5 }), flags, (batches, own) => {
        const found = passed(batches, own, collide)
        const { removed, counts } = plainly(batches.flat(), own)
        expect(found.removed).toEqual(removed)
        expect(found.counts).toEqual(counts)
        const written = found.accounts.reduce((sum, { kept }) => sum + kept, 0)
        expect(written).toBe(removed.filter((flag) => flag === null).length)
        if (found.rounds > 1) again++
      }),
      { numRuns: 300 },
    )
    // both ways are walked
    expect(again).toBeGreaterThan(20)
    expect(again).toBeLessThan(300)
  })

  it('flags beyond the 32nd decide as the first do', () => {
    fc.assert(
      fc.property(fc.array(fc.array(row, { maxLength: 10 }), { minLength: 1, maxLength: 3 }), flags, (batches, own) => {
        const many = [...Array.from({ length: 30 }, (): SomeFlag => ({ fate: 'keep', about: 'row', keep: 'first' })), ...own]
        expect(passed(batches, many, null)).toMatchObject(plainly(batches.flat(), many))
      }),
      { numRuns: 100 },
    )
  })

  const deduplicate: SomeFlag = { fate: 'deduplicate', about: 'key', keep: 'first' }
  const quarantine: SomeFlag = { fate: 'quarantine', about: 'row', keep: 'first' }
  const one = (key: number, isBad = false): SomeRow => ({ raised: [isBad], keys: [key] })

  it.each([
    ['before', [quarantine, deduplicate]],
    ['after', [deduplicate, quarantine]],
  ])('a row quarantined by a rule %s deduplicating keeps no other from the output', (_, own) => {
    const bad = own.indexOf(quarantine)
    const { removed, rounds, affected } = passed([[one(1, true), one(2)], [one(1)], [one(2), one(1)]], own, null)
    expect(removed).toEqual([bad, null, null, own.indexOf(deduplicate), own.indexOf(deduplicate)])
    // the third batch lost the same rows as before
    expect([rounds, affected]).toEqual([2, 1])
  })

  it('no second pass is made where nobody who stays was taken for the duplicate of a row that left', () => {
    expect(passed([[one(1, true), one(1, true), one(2), one(2)]], [quarantine, deduplicate], null).rounds).toBe(1)
  })
})

describe('the proof that a duplicate is one', () => {
  const flagWith = (fates: readonly number[], proofs: readonly bigint[]): RepeatFlag => ({
    keep: 'first',
    removes: true,
    repeats: [[[3, 0, 1]]],
    fates: [{ rows: Uint32Array.of(1, 3), fates: Uint32Array.from(fates), proofs: BigUint64Array.from(proofs) }],
  })

  it.each([
    ['the row it repeats was written', [WRITTEN, 2], [7n, 7n], 0],
    ['the row it repeats was quarantined', [LEFT, 2], [7n, 7n], 1],
    ['the row it repeats was removed by the same rule', [2, 2], [7n, 7n], 1],
    ['the keys differ by the second hash', [WRITTEN, 2], [7n, 8n], 1],
    ['it left for another reason itself', [LEFT, LEFT], [7n, 8n], 0],
  ] as const)('%s', (_, fates, proofs, unproven) => {
    expect(unprovenRepeats([flagWith(fates, proofs)])).toBe(unproven)
  })

  it('a row removed later as the repeat of another passes, one removed earlier does not', () => {
    const later = (fate: number) => [flagWith([fate, 2], [1n, 1n]), flagWith([fate, 2], [1n, 1n])].slice(0, 1)
    expect(unprovenRepeats(later(3))).toBe(0)
    const [first] = later(3) as [RepeatFlag]
    expect(
      unprovenRepeats([
        { ...first, repeats: [[]] },
        { ...first, fates: [{ ...(first.fates[0] as RepeatFlag['fates'][number]), fates: Uint32Array.of(2, 3) }] },
      ]),
    ).toBe(1)
  })

  it('requires that the pass checked every row whose key occurs more than once', () => {
    const blind = {
      ...flagWith([WRITTEN, 2], [1n, 1n]),
      fates: [{ rows: Uint32Array.of(3), fates: Uint32Array.of(2), proofs: BigUint64Array.of(1n) }],
    }
    expect(() => unprovenRepeats([blind])).toThrow('row 1 of batch 0')
    expect(() => settle([blind])).toThrow('row 1 of batch 0')
  })

  it('comes back from its bytes', () => {
    const fates = [
      { rows: Uint32Array.of(1, 4_000_000_000), fates: Uint32Array.of(0, 5), proofs: BigUint64Array.of(2n ** 64n - 1n, 3n) },
      { rows: new Uint32Array(), fates: new Uint32Array(), proofs: new BigUint64Array() },
      { rows: Uint32Array.of(7), fates: Uint32Array.of(1), proofs: BigUint64Array.of(9n) },
    ]
    expect(decodeFates(encodeFates(fates))).toEqual(fates)
    expect(decodeFates(encodeFates([]))).toEqual([])
  })
})
