/** Reports and what they are built from, with everything a test does not care about filled in. */
import type { DatasetPlan } from '#data/dataset/plan.ts'
import { buildLedger } from '#data/ledger/build.ts'
import { NO_ROWS, type RowAccount } from '#data/ledger/ledger.ts'
import type { ColumnFacts } from '#relational/measures/facts.ts'
import { buildReport } from '#data/report/build.ts'
import type { RunArtifacts, SegmentArtifacts } from '#data/ledger/artifacts.ts'
import type { QualityReport, RunStatus } from '#data/report/model.ts'
import type { SegmentStep } from '#data/ledger/segment-file.ts'
import type { RuleCount } from '#data/pass/rule-counts.ts'
import { qualityOf } from '#data/survey/quality.ts'
import type { FinalizeSettings } from '#data/report/finalize-settings.ts'
import type { FactsFile } from '#data/survey/sources.ts'

export function aColumn(more: Partial<ColumnFacts> = {}): ColumnFacts {
  return {
    name: 'amount',
    type: 'float',
    semantic: null,
    rows: 1000,
    missing: 40,
    invalid: 0,
    doubtful: 0,
    effects: {},
    distinct: { value: 700, exact: true, error: 0 },
    minimum: -3.5,
    maximum: 999.25,
    mean: 120.123456789,
    deviation: 33.3,
    sum: 120_000,
    values: null,
    null_values: [''],
    absent: 0,
    sampled: {
      cells: 960,
      quantiles: [1, 2, 3, 4, 5, 6, 7],
      mad: 2,
      histogram: { from: -3.5, to: 999.25, counts: [5, 900, 0, 55] },
      top: [
        ['10.5', 96],
        ['11', 48],
      ],
      patterns: [],
      length: { minimum: 1, mean: 4, maximum: 6 },
    },
    ...more,
  }
}

function aPlan(more: Partial<DatasetPlan> = {}): DatasetPlan {
  const source = (name: string, records: number, bad: number) => ({
    name,
    uri: `/data/${name}`,
    bytes: records * 50,
    records,
    bad,
    inspection: `runs/r/data/find/inspections/${name}.json`,
    layout: 0,
    absent: [],
    other_types: {},
  })
  return {
    columns: [],
    sources: [source('q1.csv', 605, 5), source('q2.csv', 400, 0)],
    layouts: [],
    batches: [],
    records: 1005,
    bytes: 50_250,
    workers: 1,
    distributed: false,
    sample: { rows: 1000, complete: true, threshold: 2 ** 32 },
    notes: ['q1.csv: read as windows-1252'],
    ...more,
  }
}

export const BEFORE = qualityOf({
  cells: 4000,
  missing: 352,
  typed: 2000,
  invalid: 110,
  rows: 1000,
  surplus: 9,
  compared: 1000,
  unlike: 113,
})
export const AFTER = qualityOf({ cells: 4000, missing: 8, typed: 2000, invalid: 2, rows: 980, surplus: 0, compared: 980, unlike: 60 })

export function someFacts(more: Partial<FactsFile> = {}): FactsFile {
  return {
    rows: 1000,
    columns: [aColumn()],
    surplus: [9],
    inconsistent: { count: 113, of: 1000, exact: true },
    sample: { rows: 1000, complete: true },
    sources: [
      {
        source: 0,
        name: 'q1.csv',
        rows: 600,
        bad: 5,
        completeness: 0.9,
        issues: [{ source: 'q1.csv', column: '', rule: 'record', count: 5 }],
      },
      { source: 1, name: 'q2.csv', rows: 400, bad: 0, completeness: 1, issues: [] },
    ],
    quality: BEFORE,
    uniqueness: 0,
    key_sets: [],
    ...more,
  }
}

export const aCount = (more: Partial<RuleCount>): RuleCount => ({
  rule: 'whitespace',
  column: 'name',
  cells: 3,
  rows: 0,
  fate: 'keep',
  reason: '',
  sources: 1,
  ...more,
})

export function aStep(id: string, type: string, counts: readonly RuleCount[], more: Partial<SegmentStep> = {}): SegmentStep {
  const removed = (fate: RuleCount['fate']) => counts.filter((count) => count.fate === fate).reduce((sum, { rows }) => sum + rows, 0)
  const [quarantined, deduplicated, filtered] = [removed('quarantine'), removed('deduplicate'), removed('filter')]
  const rows = { ...NO_ROWS, in: 1000, quarantined, deduplicated, filtered, out: 1000 - quarantined - deduplicated - filtered }
  return {
    id,
    type,
    rows,
    counts,
    result: {},
    report: { step: id, level: 'ok', message: `${type} done`, lines: [], fused: false },
    failing: [],
    quarantine: null,
    ...more,
  }
}

export function aSegment(
  steps: readonly SegmentStep[],
  more: Partial<SegmentArtifacts['file']> = {},
  plan: DatasetPlan = aPlan(),
): SegmentArtifacts {
  const first = steps[0]?.rows ?? NO_ROWS
  const sum = (of: (rows: RowAccount) => number) => steps.reduce((total, { rows }) => total + (rows === null ? 0 : of(rows)), 0)
  const rows = {
    ...NO_ROWS,
    in: first.in,
    quarantined: sum((one) => one.quarantined),
    deduplicated: sum((one) => one.deduplicated),
    filtered: sum((one) => one.filtered),
  }
  const total = { ...rows, out: rows.in - rows.quarantined - rows.deduplicated - rows.filtered }
  return {
    plan,
    outcomes: [],
    file: {
      standing: true,
      step: steps[0]?.id ?? 'publish',
      dataset: 'runs/r/data/find/dataset.json',
      facts: null,
      round: 0,
      accounts: { rows: total, steps: [], sources: [], chunks: [] },
      steps,
      quality: AFTER,
      columns: [],
      lineage: [],
      decisions: [],
      examples: [],
      output: null,
      ...more,
    },
  }
}

export const someArtifacts = (more: Partial<RunArtifacts> = {}): RunArtifacts => ({
  scans: [{ step: 'find', plan: aPlan() }],
  segments: [],
  exchanges: [],
  facts: someFacts(),
  reports: [],
  unreadable: 0,
  ...more,
})

const settings = (more: Partial<FinalizeSettings> = {}): FinalizeSettings => ({
  status: 'succeeded',
  inputs: {},
  fallbacks: [],
  units: [],
  steps: [],
  failed: [],
  failure: null,
  ...more,
})

const CONTEXT = {
  run: {
    id: 'r-20261121-080000-0a1b',
    started_at: '2026-11-21T08:00:00.000Z',
    ds: '2026-11-21',
    ds_nodash: '20261121',
    ts: '2026-11-21T08:00:00.000Z',
  },
  pipeline: { id: 'sales', name: 'Daily Sales' },
  now: () => new Date('2026-11-21T08:00:44.123Z'),
}

export const reportOf = (artifacts: RunArtifacts, status: RunStatus = 'succeeded', more: Partial<FinalizeSettings> = {}): QualityReport =>
  buildReport(artifacts, buildLedger(artifacts), status, [], settings(more), CONTEXT)

/** A run with everything a report can show. */
export function fullReport(): QualityReport {
  const clean = aStep(
    'tidy',
    'clean',
    [
      aCount({ rule: 'whitespace', column: 'name', cells: 31, sources: 2 }),
      aCount({ rule: 'missing', column: 'amount', cells: 40, sources: 1 }),
      aCount({ rule: 'outliers', column: 'amount', cells: 0, rows: 7, sources: 1, reason: 'amount is outside 1 to 9' }),
      aCount({ rule: 'type', column: 'amount', cells: 0, rows: 4, fate: 'quarantine', reason: 'amount is not of type float' }),
      aCount({ rule: 'deduplicate', column: '', cells: 0, rows: 9, fate: 'deduplicate', reason: 'duplicate', sources: 2 }),
    ],
    { result: { issues: 7, cells: 71 } },
  )
  const issue = (source: string, column: string, rule: string, count: number) => ({ source, column, rule, count })
  const facts = someFacts({
    columns: [
      aColumn({ effects: { whitespace: { cells: 31, example: { before: ' 1', after: '1' } } } }),
      aColumn({
        name: 'note',
        type: 'text',
        semantic: 'email',
        missing: 700,
        doubtful: 3,
        distinct: { value: 290, exact: false, error: 0.016 },
        minimum: null,
        maximum: null,
        mean: null,
        deviation: null,
        sampled: { ...aColumn().sampled, histogram: null, top: [['a@b.c', 30]] },
      }),
    ],
    sources: [
      {
        source: 0,
        name: 'q1.csv',
        rows: 600,
        bad: 5,
        completeness: 0.87,
        issues: [
          issue('q1.csv', '', 'record', 5),
          issue('q1.csv', '', 'deduplicate', 6),
          issue('q1.csv', 'name', 'whitespace', 20),
          issue('q1.csv', 'note', 'missing', 400),
        ],
      },
      {
        source: 1,
        name: 'q2.csv',
        rows: 400,
        bad: 0,
        completeness: 0.99,
        issues: [
          issue('q2.csv', '', 'deduplicate', 3),
          issue('q2.csv', 'name', 'whitespace', 11),
          issue('q2.csv', 'note', 'missing', 300),
          issue('q2.csv', 'amount', 'type', 4),
          issue('q2.csv', 'note', 'email', 3),
        ],
      },
    ],
    sample: { rows: 500, complete: false },
  })
  const manifest = {
    siftstep: 1 as const,
    pipeline: 'sales',
    format: 'parquet',
    rows: 987,
    bytes: 9_800_000,
    columns: [],
    files: [{ name: 'part-00001.parquet', rows: 987, bytes: 9_800_000, sha256: 'x' }],
  }
  const check = aStep('check', 'validate', [aCount({ rule: 'age', column: 'age', cells: 0, rows: 2, reason: 'age is not 18 to 120' })], {
    rows: { ...NO_ROWS, in: 987, out: 987 },
    report: {
      step: 'check',
      level: 'warning',
      message: '1 of 3 rules failed',
      lines: [{ level: 'warning', text: 'age: 2 rows (warning)' }],
      fused: true,
    },
  })
  const segment = aSegment([clean, check], {
    output: { step: 'publish', to: 'processed/sales', manifest, manifest_uri: 'processed/sales/_manifest.json' },
    decisions: [{ step: 'tidy', rule: 'missing', column: 'note', choice: 'leave', why: 'more than half of the cells are missing' }],
  })
  const reports = [
    { step: 'find', level: 'ok' as const, message: 'Found 2 data files (50.3 KB total)', lines: [], fused: false },
    clean.report,
    check.report,
  ]
  const steps = [
    { id: 'find', type: 'discover', name: 'find', unit: 'find' },
    { id: 'tidy', type: 'clean', name: 'tidy', unit: 'tidy' },
    { id: 'check', type: 'validate', name: 'check', unit: 'tidy' },
    { id: 'trace', type: 'lineage', name: 'trace', unit: 'trace' },
  ]
  return reportOf(someArtifacts({ facts, segments: [segment], reports }), 'succeeded', { steps })
}
