/** Why a run that has published is not simply successful: limits of rows and values, sources without a row, and the reasons with examples. */
import { describe, expect, it } from 'vitest'
import type { RunArtifacts, SegmentArtifacts } from '#data/ledger/artifacts.ts'
import { badRowsBySteps, quarantinedBy, unreadableIn } from '#data/ledger/bad-rows.ts'
import { buildLedger } from '#data/ledger/build.ts'
import { NO_ROWS } from '#data/ledger/ledger.ts'
import { type QuarantineRow, startQuarantineTally } from '#data/ledger/quarantine-tally.ts'
import { isTooMany, type Limits, tooMany, warningsOf } from '#data/ledger/warnings.ts'
import type { Outcome } from '#data/pass/outcome.ts'
import { aCounted, anOutcome } from '../pass/outcomes.ts'
import { aSegment, aStep, someArtifacts } from '../report/reports.ts'

// two sources: 605 records, 5 of which cannot be read, and 400
const [SCAN] = someArtifacts().scans
const SOURCES = [
  { source: 0, rows: 600 },
  { source: 1, rows: 400 },
]

/** A segment that reads the scan, of one batch. */
function segment(flags: Outcome['flags'], more: Partial<Outcome> = {}, rows = 1000, step = 'tidy'): SegmentArtifacts {
  const outcomes = [anOutcome({ sources: SOURCES, flags, ...more })]
  const accounts = { rows: { ...NO_ROWS, in: rows }, steps: [{ step, rows: { ...NO_ROWS, in: rows } }], sources: [], chunks: [] }
  return { ...aSegment([aStep(step, 'clean', [])], { step, accounts }), outcomes }
}

const quarantine = (counts: readonly number[], rule = 'r', more: Parameters<typeof aCounted>[1] = {}) =>
  aCounted(counts, { step: 'tidy', rule, fate: 'quarantine', reason: `${rule} says so`, ...more })
/** Cells that do not fit their declared type. */
const misfit = (counts: readonly number[]) => quarantine(counts, 'type', { counts: 'cells' })

const tallyOf = (...rows: readonly QuarantineRow[]) => {
  const { tally, add } = startQuarantineTally()
  for (const row of rows) add(row)
  return tally
}
const warned = (artifacts: RunArtifacts, limits: Limits = {}, ...rows: readonly QuarantineRow[]) =>
  warningsOf(artifacts, buildLedger(artifacts), tallyOf(...rows), limits)
const textsOf = (artifacts: RunArtifacts, limits: Limits = {}) =>
  warned(artifacts, limits).map(({ step, text }) => `${step ?? 'run'}: ${text}`)

describe('the share of rows that a step may quarantine', () => {
  it('is 5% by default: exactly that is allowed', () => {
    // the five records that cannot be read are within a limit of the scan's own
    const scan = { find: { max_bad_rows: 0.05 } }
    expect(textsOf(someArtifacts({ segments: [segment([quarantine([50, 0])])] }), scan)).toEqual([])
    expect(textsOf(someArtifacts({ segments: [segment([quarantine([50, 1])])] }), scan)).toEqual([
      'tidy: 51 of 1,000 rows quarantined (5.1%), more than max_bad_rows (5%)',
    ])
  })

  it('is the step’s own where it has one', () => {
    const artifacts = someArtifacts({ segments: [segment([quarantine([50, 1])])] })
    expect(textsOf(artifacts, { tidy: { max_bad_rows: 0.051 } })).toEqual([])
    expect(textsOf(artifacts, { tidy: { max_bad_rows: 0.005 } })).toEqual([
      'tidy: 51 of 1,000 rows quarantined (5.1%), more than max_bad_rows (0.5%)',
    ])
    expect(textsOf(artifacts, { find: { max_bad_rows: 1 } })).toHaveLength(1)
  })

  it('is of the rows that the step got, without the cells that do not fit a type, which the scan declares', () => {
    const own = segment([misfit([500, 0]), quarantine([25, 0])])
    expect(quarantinedBy(own.file.accounts.steps, own.outcomes)).toEqual([
      { step: 'tidy', rows: 25, of: 500, found: [expect.objectContaining({ rule: 'r', rows: 25, misfit: false })] },
    ])
    expect(unreadableIn(own.plan, own.outcomes)).toEqual({ rows: 505, of: 1005 })
    expect(textsOf(someArtifacts({ segments: [own] }))).toEqual([
      'find: 505 of 1,005 rows quarantined (50.2%), more than max_bad_rows (5%)',
    ])
  })

  it('counts a cell that does not fit as the scan’s only under the rule of types', () => {
    const cells = segment([quarantine([30, 0], 'r', { counts: 'cells' }), quarantine([30, 0], 'type')])
    expect(unreadableIn(cells.plan, cells.outcomes).rows).toBe(5)
    expect(quarantinedBy(cells.file.accounts.steps, cells.outcomes)[0]?.rows).toBe(60)
  })

  it('counts neither rows that stay nor duplicates, and no rule without rows', () => {
    const flags = [quarantine([0, 0]), aCounted([900, 0], { step: 'tidy' }), aCounted([90, 0], { step: 'tidy', fate: 'deduplicate' })]
    expect(badRowsBySteps(someArtifacts({ segments: [segment(flags)] }), tallyOf())).toEqual([
      { step: 'find', rows: 5, of: 1005, reasons: [] },
    ])
  })

  it('adds up batches, and branches that meet the same misfits once', () => {
    const left = segment([misfit([10, 0])])
    const right = { ...segment([misfit([30, 0])], {}, 1000, 'other'), outcomes: [...left.outcomes, ...left.outcomes, ...left.outcomes] }
    expect(badRowsBySteps(someArtifacts({ segments: [left, right] }), tallyOf()).map(({ step, rows }) => [step, rows])).toEqual([
      ['find', 35],
    ])
  })

  it('may be kept by each step and exceeded together: the reasons of all are listed, most frequent first', () => {
    const small = segment([quarantine([30, 0])])
    const large = segment([quarantine([40, 0], 'q', { step: 'gate' })], {}, 1000, 'gate')
    const artifacts = someArtifacts({ segments: [small, large] })
    const found = warned(artifacts)
    expect(found.map(({ step, text }) => [step, text])).toEqual([
      [null, '75 of 1,005 rows quarantined (7.5%), more than max_bad_rows (5%), by find, tidy, gate together'],
    ])
    expect(found[0]?.reasons.map(({ rows }) => rows)).toEqual([40, 30])
    expect(textsOf(artifacts, { gate: { max_bad_rows: 0.05 } })).toEqual([])
    // of one step alone nothing is together
    expect(textsOf(artifacts, { gate: { max_bad_rows: 0.05 }, tidy: { max_bad_rows: 0.05 } })).toEqual([])
  })

  it('lists the three most frequent reasons, each with its first example', () => {
    const flags = [10, 40, 20, 30].map((rows, at) => quarantine([rows, 0], `r${at}`))
    const row = (rule: string, value: string): QuarantineRow => ['q1.csv', 7, 8, 90, 'tidy', rule, 'c', value, '', 'raw\n']
    const [found] = warned(someArtifacts({ segments: [segment(flags)] }), {}, row('r1', 'first'), row('r1', 'second'), row('r3', 'x'))
    expect(found).toEqual({
      step: 'tidy',
      text: '100 of 1,000 rows quarantined (10.0%), more than max_bad_rows (5%)',
      counts: 'row',
      reasons: [
        { rows: 40, reason: 'r1 says so', example: { source: 'q1.csv', line: 8, value: 'first' } },
        { rows: 30, reason: 'r3 says so', example: { source: 'q1.csv', line: 8, value: 'x' } },
        { rows: 20, reason: 'r2 says so', example: null },
      ],
    })
  })

  it('is asked for before a step publishes with the same answer', () => {
    expect(isTooMany({ rows: 5, of: 100 }, {}, 'tidy')).toBe(false)
    expect(isTooMany({ rows: 6, of: 100 }, {}, 'tidy')).toBe(true)
    expect(isTooMany({ rows: 6, of: 100 }, { tidy: 0.06 }, 'tidy')).toBe(false)
    expect(tooMany({ rows: 6, of: 100 }, { tidy: 0.01 }, 'tidy')).toBe('6 of 100 rows quarantined (6.0%), more than max_bad_rows (1%)')
    expect(tooMany({ rows: 1, of: 1 }, {}, 'tidy')).toBe('1 of 1 row quarantined (100.0%), more than max_bad_rows (5%)')
  })
})

describe('a source without a row left', () => {
  const all = someArtifacts({ segments: [segment([quarantine([0, 400], 'r', { column: '' })])] })

  it('is named with its reasons, after the step', () => {
    expect(textsOf(all)).toEqual([
      'tidy: 400 of 1,000 rows quarantined (40.0%), more than max_bad_rows (5%)',
      'run: q2.csv: all 400 rows quarantined',
    ])
    const row: QuarantineRow = ['q2.csv', 1, 2, 3, 'tidy', 'r', '', null, '', 'a,b\n']
    expect(warned(all, {}, row)[1]?.reasons).toEqual([
      { rows: 400, reason: 'r says so', example: { source: 'q2.csv', line: 2, value: 'a,b' } },
    ])
  })

  it('is none when a single row of it stays', () => {
    expect(textsOf(someArtifacts({ segments: [segment([quarantine([0, 399])])] }))).toHaveLength(1)
    expect(textsOf(someArtifacts({ segments: [segment([quarantine([599, 0])])] }))).toHaveLength(1)
  })

  it('counts the records of it that cannot be read', () => {
    expect(textsOf(someArtifacts({ segments: [segment([quarantine([600, 0])])] }))[1]).toBe('run: q1.csv: all 605 rows quarantined')
  })

  it('is allowed by a step whose limit is 100%, if no other step had a part in it', () => {
    expect(textsOf(all, { tidy: { max_bad_rows: 1 } })).toEqual([])
    expect(textsOf(all, { tidy: { max_bad_rows: 0.99 } })).toEqual(['run: q2.csv: all 400 rows quarantined'])
    const both = someArtifacts({ segments: [segment([quarantine([600, 0])])] })
    // five records of it are the scan's
    expect(textsOf(both, { tidy: { max_bad_rows: 1 } })).toEqual(['run: q1.csv: all 605 rows quarantined'])
    expect(textsOf(both, { tidy: { max_bad_rows: 1 }, find: { max_bad_rows: 1 } })).toEqual([])
  })

  it('is the scan’s where cells do not fit their type', () => {
    const misfits = someArtifacts({ segments: [segment([misfit([0, 400])])] })
    expect(textsOf(misfits, { find: { max_bad_rows: 1 } })).toEqual([])
    expect(textsOf(misfits, { tidy: { max_bad_rows: 1 } })).toContain('run: q2.csv: all 400 rows quarantined')
  })

  const plan = (...sources: readonly (readonly [name: string, records: number, bad: number])[]) => {
    const [first] = SCAN?.plan.sources ?? []
    const made = sources.map(([name, records, bad]) => ({ ...first, name, records, bad, inspection: name }))
    const records = sources.reduce((sum, [, own]) => sum + own, 0)
    return someArtifacts({ scans: [{ step: 'find', plan: { ...SCAN?.plan, sources: made, records } as never }], facts: null })
  }

  it('may be one that nothing reads; one without records is none', () => {
    expect(textsOf(plan(['a.csv', 90, 0], ['b.csv', 1, 1], ['c.csv', 0, 0]))).toEqual(['run: b.csv: its only row quarantined'])
  })

  it('is not said twice where it is the only source', () => {
    expect(textsOf(plan(['a.csv', 4, 4]))).toEqual(['find: 4 of 4 rows quarantined (100.0%), more than max_bad_rows (5%)'])
    expect(textsOf(plan(['a.csv', 4, 4]), { find: { max_bad_rows: 1 } })).toEqual([])
    expect(textsOf(plan(['a.csv', 4, 4], ['b.csv', 4, 0]))).toHaveLength(2)
  })

  it('is named for five sources; the others are counted', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => [`${name}.csv`, 2, 2] as const)
    const texts = textsOf(plan(...names))
    expect(texts).toHaveLength(7)
    expect(texts[5]).toBe('run: e.csv: all 2 rows quarantined')
    expect(texts[6]).toBe('run: 2 more sources with all rows quarantined, see ledger.json')
    expect(textsOf(plan(...names.slice(0, 6))).at(-1)).toBe('run: 1 more source with all rows quarantined, see ledger.json')
    expect(textsOf(plan(...names.slice(0, 5)))).toHaveLength(6)
  })
})

describe('values that a step made missing', () => {
  const lost = (empty: number, cells: number, rule = 'cast') => [
    aCounted([empty, 0], { step: 'tidy', rule, counts: 'void' }),
    aCounted([cells, 0], { step: 'tidy', rule, counts: 'lost' }),
  ]
  const run = (...flags: Outcome['flags']) => someArtifacts({ segments: [segment(flags)] })

  it('are a warning above half of the values that were there', () => {
    expect(textsOf(run(...lost(200, 400)))).toEqual([])
    expect(textsOf(run(...lost(200, 401)))).toEqual(['tidy: c: 401 of 800 values became missing (50.1%), more than max_lost_values (50%)'])
    expect(textsOf(run(...lost(200, 401)), { tidy: { max_lost_values: 0.6 } })).toEqual([])
    expect(textsOf(run(...lost(0, 11)), { tidy: { max_lost_values: 0.01 } })).toEqual([
      'tidy: c: 11 of 1,000 values became missing (1.1%), more than max_lost_values (1%)',
    ])
  })

  it('are added up over the operations of a step and over batches, with an example of each operation', () => {
    const batch = anOutcome({ sources: SOURCES, flags: [...lost(0, 300), ...lost(300, 250, 'map')] })
    const found = { fate: 'keep', row: 0, record: 1, line: 9, byte: null, reason: '', raw: '' } as const
    const example = { ...found, source: 1, step: 'tidy', rule: 'map', column: 'c', value: 'x' }
    const artifacts = run()
    const [own] = artifacts.segments
    const segments = [{ ...(own as SegmentArtifacts), outcomes: [batch, { ...batch, lost: [example] }] }]
    expect(warned({ ...artifacts, segments })).toEqual([
      {
        step: 'tidy',
        text: 'c: 1,100 of 2,000 values became missing (55.0%), more than max_lost_values (50%)',
        counts: 'value',
        reasons: [
          { rows: 600, reason: 'made missing by cast', example: null },
          { rows: 500, reason: 'made missing by map', example: { source: 'q2.csv', line: 9, value: 'x' } },
        ],
      },
    ])
  })

  it('of different columns and steps are judged apart, and rows that were removed before are not counted', () => {
    expect(textsOf(run(...lost(0, 300), aCounted([300, 0], { step: 'tidy', column: 'd', counts: 'lost' })))).toEqual([])
    const removed = aCounted([600, 0], { step: 'tidy', fate: 'filter' })
    expect(textsOf(run(removed, ...lost(0, 201)))).toEqual([
      'tidy: c: 201 of 400 values became missing (50.3%), more than max_lost_values (50%)',
    ])
  })

  it('may be those of an exchange', () => {
    const file = { step: 'meet', dataset: 'runs/r/data/tidy/dataset.json', rows_in: 10, rows_out: 10, filtered: 0, fan: 0 }
    const lostValues = [{ step: 'meet', rule: 'cast', column: 'd', lost: 8, values: 10 }]
    const exchanges = [{ plan: SCAN?.plan as never, file: { ...file, counts: [], decisions: [], lineage: [], lost: lostValues } }]
    expect(textsOf(someArtifacts({ segments: [segment([])], exchanges }))).toEqual([
      'meet: d: 8 of 10 values became missing (80.0%), more than max_lost_values (50%)',
    ])
  })
})

describe('the reasons of a quarantine', () => {
  const row = (
    line: number,
    reason: string,
    more: { rule?: string; column?: string; value?: string; source?: string; raw?: string } = {},
  ) =>
    [
      more.source ?? 'a.csv',
      line,
      line,
      0,
      's',
      more.rule ?? 'r',
      more.column ?? 'c',
      more.value ?? 'v',
      reason,
      more.raw ?? 'raw  \n',
    ] as const

  it('are grouped in the order of their first rows, with three examples', () => {
    const { groups } = tallyOf(row(1, 'b'), row(2, 'a'), row(3, 'b'), row(4, 'b'), row(5, 'b'))
    expect(groups.map(({ reason, rows, examples }) => [reason, rows, examples.map(({ line }) => line)])).toEqual([
      ['b', 4, [1, 3, 4]],
      ['a', 1, [2]],
    ])
  })

  it('of records that cannot be read are counted in one source and in all', () => {
    const records = ['x', 'y', 'x'].map((reason, at) =>
      row(at, reason, { rule: 'record', column: '', source: at === 0 ? 'a.csv' : 'b.csv' }),
    )
    const tally = tallyOf(...records, row(9, 'x'))
    expect(tally.unreadable(null, 's').map(({ reason, rows }) => [reason, rows])).toEqual([
      ['x', 2],
      ['y', 1],
    ])
    expect(tally.unreadable('b.csv', 's').map(({ reason, rows, example }) => [reason, rows, example?.line])).toEqual([
      ['y', 1, 1],
      ['x', 1, 2],
    ])
    expect(tally.unreadable('c.csv', 's')).toEqual([])
    expect(tally.unreadable(null, 'other')).toEqual([])
  })

  it('have the first example of a source, a rule and a column: the cell, or the record where no cell is the reason', () => {
    const tally = tallyOf(row(1, 'b', { value: '1' }), row(2, 'b', { value: '2', source: 'b.csv' }), row(3, 'b', { column: '' }))
    expect(tally.example(null, 's', 'r', 'c')).toEqual({ source: 'a.csv', line: 1, value: '1' })
    expect(tally.example('b.csv', 's', 'r', 'c')).toEqual({ source: 'b.csv', line: 2, value: '2' })
    expect(tally.example(null, 's', 'r', '')).toEqual({ source: 'a.csv', line: 3, value: 'raw' })
    expect(tally.example('c.csv', 's', 'r', 'c')).toBeNull()
  })

  it('are cut where a cell is long, and kept for a thousand reasons', () => {
    expect(tallyOf(row(1, 'b', { value: 'x'.repeat(80) })).example(null, 's', 'r', 'c')?.value).toBe('x'.repeat(80))
    expect(tallyOf(row(1, 'b', { value: 'x'.repeat(81) })).example(null, 's', 'r', 'c')?.value).toBe(`${'x'.repeat(80)}…`)
    const many = Array.from({ length: 1001 }, (_, at) => row(at, `reason ${at}`))
    expect(tallyOf(...many, row(9, 'reason 9')).groups.map(({ rows }) => rows)).toEqual(
      Array.from({ length: 1000 }, (_, at) => (at === 9 ? 2 : 1)),
    )
  })
})
