/** What a rule changed and found, added up over batches and sources. */
import { describe, expect, it } from 'vitest'
import { type RuleCount, rowsFound, ruleCounts } from '#data/pass/rule-counts.ts'
import type { FactsFile } from '#data/survey/sources.ts'
import { someFacts } from '../report/reports.ts'
import { aCounted, anOutcome } from './outcomes.ts'

const THREE = [4, 7, 9].map((source) => ({ source, rows: 10 }))
const none = { cells: 0, rows: 0, sources: 1, fate: 'keep', reason: '' } as const

describe('what the flags of a rule counted', () => {
  it('is added up over batches and sources; a source counts once, and only when something was found in it', () => {
    const outcomes = [
      anOutcome({ sources: THREE, flags: [aCounted([2, 0, 1])] }),
      anOutcome({ sources: [{ source: 9, rows: 10 }], flags: [aCounted([5])] }),
    ]
    expect(ruleCounts('s', outcomes, [], undefined)).toEqual([{ ...none, rule: 'r', column: 'c', rows: 8, sources: 2 }])
  })

  it('is cells where cells are counted and their rows stay, else rows', () => {
    const counted = (counts: 'cells' | 'rows', fate: 'keep' | 'quarantine') => {
      const [found] = ruleCounts('s', [anOutcome({ flags: [aCounted([3], { counts, fate })] })], [], undefined)
      return [found?.cells, found?.rows]
    }
    expect(counted('cells', 'keep')).toEqual([3, 0])
    expect(counted('rows', 'keep')).toEqual([0, 3])
    expect(counted('cells', 'quarantine')).toEqual([0, 3])
    expect(counted('rows', 'quarantine')).toEqual([0, 3])
  })

  it('is counted by rule, column, fate and reason, for the step alone', () => {
    const flags = [
      aCounted([1]),
      aCounted([2], { rule: 'other' }),
      aCounted([3], { column: 'd' }),
      aCounted([4], { fate: 'filter' }),
      aCounted([5], { reason: 'why' }),
      aCounted([6], { step: 't' }),
    ]
    const found = ruleCounts('s', [anOutcome({ flags }), anOutcome({ flags })], [], undefined)
    expect(found.map(({ rows }) => rows)).toEqual([2, 4, 6, 8, 10])
    expect(found.map(({ rule, column, fate, reason }) => [rule, column, fate, reason])).toEqual([
      ['r', 'c', 'keep', ''],
      ['other', 'c', 'keep', ''],
      ['r', 'd', 'keep', ''],
      ['r', 'c', 'filter', ''],
      ['r', 'c', 'keep', 'why'],
    ])
  })

  it('is left out where nothing was found', () => {
    expect(ruleCounts('s', [anOutcome({ flags: [aCounted([0])] })], [], undefined)).toEqual([])
    expect(ruleCounts('s', [], [{ step: 's', rule: 'r', column: 'c', cells: 0 }], undefined)).toEqual([])
    expect(ruleCounts('s', [anOutcome({ flags: [aCounted([1])] })], [], undefined)).toHaveLength(1)
  })
})

describe('what the facts had counted', () => {
  const issue = (column: string, rule: string) => ({ source: '', column, rule, count: 1 })
  const source = (issues: FactsFile['sources'][number]['issues']) => ({ source: 0, name: '', rows: 1, bad: 0, completeness: 1, issues })
  const claim = { step: 's', rule: 'trim', column: 'c', cells: 7 }

  it('comes first, with the sources in which it was an issue', () => {
    const facts = someFacts({
      sources: [
        source([issue('c', 'trim'), issue('d', 'trim')]),
        source([issue('d', 'trim'), issue('c', 'case')]),
        source([issue('x', 'y'), issue('c', 'trim')]),
      ],
    })
    const found = ruleCounts('s', [anOutcome({ flags: [aCounted([1])] })], [{ ...claim, step: 't' }, claim], facts)
    expect(found).toEqual([
      { ...none, rule: 'trim', column: 'c', cells: 7, sources: 2 },
      { ...none, rule: 'r', column: 'c', rows: 1 },
    ])
  })

  it('was in at least one source, even without a survey', () => {
    expect(ruleCounts('s', [], [claim], someFacts({ sources: [] }))[0]?.sources).toBe(1)
    expect(ruleCounts('s', [], [claim], undefined)[0]?.sources).toBe(1)
  })
})

describe('the rows in which a rule found something', () => {
  const count = (rule: string, rows: number): RuleCount => ({ ...none, rule, column: '', rows })

  it('are added up over its columns, but each counts once where the pass counted rows', () => {
    const found = (rows: number, step = 's') => ({ origin: { step, rule: 'wide' }, rows })
    const outcomes = [anOutcome({ found: [found(2), found(9, 't')] }), anOutcome({ found: [found(3)] })]
    const rows = rowsFound('s', [count('one', 1), count('wide', 4), count('one', 2), count('wide', 4)], outcomes)
    expect([...rows]).toEqual([
      ['one', 3],
      ['wide', 5],
    ])
  })
})
