/** The ledger of a run from the accounts of its units: whichever way the rows took, each is in it once. */
import { describe, expect, it } from 'vitest'
import type { DatasetPlan } from '#data/dataset/plan.ts'
import { buildLedger } from '#data/ledger/build.ts'
import type { ExchangeArtifacts, SegmentArtifacts } from '#data/ledger/artifacts.ts'
import { NO_ROWS, type RowAccount } from '#data/ledger/ledger.ts'
import { someArtifacts, aSegment, someFacts } from '../report/reports.ts'

// two sources: 605 records, 5 of which cannot be read, and 400
const [SCAN] = someArtifacts().scans
const PLAN = SCAN?.plan as DatasetPlan
const rows = (more: Partial<RowAccount>): RowAccount => ({ ...NO_ROWS, ...more })
const keyOf = (unit: string) => `runs/r/data/${unit}/dataset.json`

/** A segment that reads what another unit made; by source, by step and by chunk its account is as given. */
function segment(
  id: string,
  reads: string,
  own: RowAccount,
  accounts: Partial<SegmentArtifacts['file']['accounts']> = {},
): SegmentArtifacts {
  return aSegment([], { step: id, dataset: keyOf(reads), accounts: { rows: own, steps: [], sources: [], chunks: [], ...accounts } })
}

const exchange = (id: string, reads: string, rows_in: number, rows_out: number, filtered: number, fan: number): ExchangeArtifacts => ({
  plan: PLAN,
  file: { step: id, dataset: keyOf(reads), rows_in, rows_out, filtered, fan, counts: [], decisions: [], lineage: [] },
})

const ledgerOf = (segments: readonly SegmentArtifacts[], exchanges: readonly ExchangeArtifacts[] = []) =>
  buildLedger(someArtifacts({ segments, exchanges }))

describe('the rows of a run', () => {
  it('are those of its sources where no step works on them, but for the records that cannot be read', () => {
    const { rows: all, steps, sources, chunks, balanced, equation } = ledgerOf([])
    expect(all).toEqual(rows({ in: 1005, out: 1000, quarantined: 5 }))
    expect([balanced, equation]).toEqual([true, '1,005 in = 1,000 out + 5 quarantined'])
    expect(steps).toEqual([{ step: 'find', rows: rows({ in: 1005, out: 1000, quarantined: 5 }), balanced: true }])
    expect(sources).toEqual([
      { source: 'q1.csv', rows: rows({ in: 605, out: 600, quarantined: 5 }), balanced: true },
      { source: 'q2.csv', rows: rows({ in: 400, out: 400 }), balanced: true },
    ])
    expect(chunks).toEqual([])
  })

  it('that only are measured are as many as the survey has seen', () => {
    expect(buildLedger(someArtifacts({ facts: someFacts({ rows: 999 }) })).rows.out).toBe(999)
    expect(buildLedger(someArtifacts({ facts: someFacts({ rows: 999 }) })).balanced).toBe(false)
    expect(buildLedger(someArtifacts({ facts: null })).rows.out).toBe(1000)
  })

  it('went where the segment says that reads them: by source, step and chunk', () => {
    const first = rows({ in: 600, out: 580, quarantined: 20 })
    const second = rows({ in: 400, out: 390, deduplicated: 7, filtered: 3 })
    const whole = rows({ in: 1000, out: 970, quarantined: 20, deduplicated: 7, filtered: 3 })
    const {
      rows: all,
      sources,
      steps,
      chunks,
      balanced,
    } = ledgerOf([
      segment('tidy', 'find', whole, {
        sources: [
          { source: 0, rows: first },
          { source: 1, rows: second },
        ],
        steps: [{ step: 'tidy', rows: whole }],
        chunks: [
          { source: 1, chunk: 4, rows: second },
          { source: 9, chunk: 5, rows: first },
        ],
      }),
    ])
    expect(all).toEqual(rows({ in: 1005, out: 970, quarantined: 25, deduplicated: 7, filtered: 3 }))
    expect(sources).toEqual([
      { source: 'q1.csv', rows: rows({ in: 605, out: 580, quarantined: 25 }), balanced: true },
      { source: 'q2.csv', rows: second, balanced: true },
    ])
    expect(steps.map(({ step }) => step)).toEqual(['find', 'tidy'])
    expect(steps[1]).toEqual({ step: 'tidy', rows: whole, balanced: true })
    expect(chunks).toEqual([
      { source: 'q2.csv', chunk: 4, rows: second, balanced: true },
      { source: '', chunk: 5, rows: first, balanced: true },
    ])
    expect(balanced).toBe(true)
  })

  it('are followed through all units after one another', () => {
    const {
      rows: all,
      steps,
      balanced,
    } = ledgerOf(
      [
        segment('tidy', 'find', rows({ in: 1000, out: 990, quarantined: 10 })),
        segment('gate', 'meet', rows({ in: 300, out: 280, deduplicated: 15, filtered: 5 })),
      ],
      [exchange('meet', 'tidy', 990, 300, 90, -600)],
    )
    expect(all).toEqual({ in: 1005, out: 280, quarantined: 15, deduplicated: 15, filtered: 95, fan: -600 })
    expect(steps).toEqual([
      expect.objectContaining({ step: 'find' }),
      { step: 'meet', rows: rows({ in: 990, out: 300, filtered: 90, fan: -600 }), balanced: true },
    ])
    expect(balanced).toBe(true)
  })

  it('that several units read come in once, and are gained by each after the first', () => {
    const left = rows({ in: 1000, out: 900, quarantined: 100 })
    const right = rows({ in: 1000, out: 800, filtered: 200 })
    const own = (account: RowAccount) => ({ sources: [{ source: 1, rows: account }] })
    const {
      rows: all,
      sources,
      balanced,
    } = ledgerOf([
      segment('left', 'find', left, own(rows({ in: 400, out: 400 }))),
      segment('right', 'find', right, own(rows({ in: 400, out: 300, filtered: 100 }))),
    ])
    expect(all).toEqual({ in: 1005, out: 1700, quarantined: 105, deduplicated: 0, filtered: 200, fan: 1000 })
    expect(sources[1]?.rows).toEqual(rows({ in: 400, out: 700, filtered: 100, fan: 400 }))
    expect(balanced).toBe(true)
  })

  it('of a unit further on that several read are gained, too', () => {
    const { rows: all, balanced } = ledgerOf([
      segment('tidy', 'find', rows({ in: 1000, out: 1000 })),
      segment('left', 'tidy', rows({ in: 1000, out: 1000 })),
      segment('right', 'tidy', rows({ in: 1000, out: 1000 })),
    ])
    expect(all).toEqual(rows({ in: 1005, out: 2000, quarantined: 5, fan: 1000 }))
    expect(balanced).toBe(true)
  })
})

describe('a ledger', () => {
  const whole = rows({ in: 1000, out: 1000 })
  const lost = rows({ in: 10, out: 9 })

  it.each([
    ['step', { steps: [{ step: 'tidy', rows: lost }] }],
    ['source', { sources: [{ source: 0, rows: lost }] }],
    ['chunk', { chunks: [{ source: 0, chunk: 0, rows: lost }] }],
  ])('is not balanced where a %s is not, and says which', (_, accounts) => {
    const { balanced, steps, sources, chunks } = ledgerOf([segment('tidy', 'find', whole, accounts)])
    expect(balanced).toBe(false)
    expect([...steps, ...sources, ...chunks].filter((one) => !one.balanced)).toHaveLength(1)
  })

  it('is not balanced where a row was lost on the way', () => {
    expect(ledgerOf([segment('tidy', 'find', rows({ in: 1000, out: 999 }))]).balanced).toBe(false)
    expect(ledgerOf([segment('tidy', 'find', whole)], [exchange('meet', 'tidy', 1000, 999, 0, 0)]).balanced).toBe(false)
  })

  it('says what became of rows that were merged into what was there, by the step that merged them', () => {
    expect(ledgerOf([segment('tidy', 'find', whole)])).not.toHaveProperty('merged')
    const merged = [
      { by: 'r-1/publish', from: null, inserted: 3, updated: 2, unchanged: 1 },
      { by: 'r-1/again', from: 'x', inserted: 0, updated: 6, unchanged: 0 },
    ]
    const output = { step: 'publish', to: 'out', manifest: { merged } as never, manifest_uri: null }
    const own = segment('tidy', 'find', whole)
    expect(ledgerOf([{ ...own, file: { ...own.file, output } }]).merged).toEqual([
      { step: 'publish', inserted: 3, updated: 2, unchanged: 1 },
      { step: 'again', inserted: 0, updated: 6, unchanged: 0 },
    ])
  })

  it('adds up several scans, each with the units that read it', () => {
    const other = { step: 'other', plan: { ...PLAN, sources: [], records: 7 } }
    const ledger = buildLedger(
      someArtifacts({ facts: null, scans: [...someArtifacts().scans, other], segments: [segment('tidy', 'find', whole)] }),
    )
    expect(ledger.rows).toEqual(rows({ in: 1012, out: 1007, quarantined: 5 }))
    expect(ledger.steps.map(({ step }) => step)).toEqual(['find', 'other'])
  })
})
