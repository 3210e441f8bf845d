/** The four metrics of quality, and the counts they are made of. */
import { describe, expect, it } from 'vitest'
import type { ColumnFacts, Facts } from '#relational/measures/facts.ts'
import { countsOf, isTyped, type QualityCounts, qualityOf } from '#data/survey/quality.ts'

const NOTHING: QualityCounts = { cells: 0, missing: 0, typed: 0, invalid: 0, rows: 0, surplus: 0, compared: 0, unlike: 0 }

describe('quality', () => {
  it('is 1 if there is nothing to measure', () => {
    expect(qualityOf(NOTHING)).toEqual({ completeness: 1, validity: 1, uniqueness: 1, consistency: 1, score: 1 })
  })

  it('is the share of what is right, each metric by its own counts and a quarter of the score', () => {
    const counts = { cells: 10, missing: 1, typed: 8, invalid: 2, rows: 20, surplus: 10, compared: 4, unlike: 4 }
    expect(qualityOf(counts)).toEqual({ completeness: 0.9, validity: 0.75, uniqueness: 0.5, consistency: 0, score: 0.5375 })
  })

  it('checks cells with a type or a meaning, but not plain text', () => {
    expect(isTyped({ type: 'text', semantic: null })).toBe(false)
    expect(isTyped({ type: 'text', semantic: 'category' })).toBe(false)
    expect(isTyped({ type: 'text', semantic: 'email' })).toBe(true)
    expect(isTyped({ type: 'integer', semantic: null })).toBe(true)
  })

  it('counts missing cells of all columns, invalid ones of typed columns, and duplicates of the key set', () => {
    const column = (changes: Partial<ColumnFacts>) => ({
      type: 'text',
      semantic: null,
      rows: 10,
      missing: 0,
      invalid: 0,
      doubtful: 0,
      ...changes,
    })
    const facts = {
      rows: 10,
      columns: [
        column({ missing: 3, doubtful: 5 }),
        column({ semantic: 'email', missing: 2, doubtful: 4 }),
        column({ type: 'integer', missing: 1, invalid: 2, doubtful: 1 }),
      ],
      surplus: [7, 2],
      inconsistent: { count: 4, of: 9, exact: false },
    } as unknown as Facts
    expect(countsOf(facts, 1)).toEqual({ cells: 30, missing: 6, typed: 17, invalid: 7, rows: 10, surplus: 2, compared: 9, unlike: 4 })
    expect(countsOf(facts, 5).surplus).toBe(0)
  })
})
