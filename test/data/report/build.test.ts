import { causeText } from '#core/errors/failure.ts'
import { describe, expect, it } from 'vitest'
import { AFTER, aCount, someArtifacts, aSegment, aStep, BEFORE, fullReport, reportOf, someFacts } from './reports.ts'

const issue = (column: string, rule: string, source = 'q1.csv', count = 1) => ({ source, column, rule, count })
const facts = (...issues: ReturnType<typeof issue>[]) =>
  someFacts({
    sources: [
      { source: 0, name: 'q1.csv', rows: 600, bad: 0, completeness: 1, issues: issues.filter(({ source }) => source === 'q1.csv') },
      { source: 1, name: 'q2.csv', rows: 400, bad: 0, completeness: 1, issues: issues.filter(({ source }) => source === 'q2.csv') },
    ],
  })
const fixing = (...counts: Parameters<typeof aCount>[0][]) =>
  aStep('tidy', 'clean', counts.map(aCount), { result: { issues: counts.length } })
const checking = (...counts: Parameters<typeof aCount>[0][]) => aStep('check', 'validate', counts.map(aCount), { result: { failed: 1 } })

describe('issues', () => {
  it('are fixed when a step changed their cells or took their rows out', () => {
    const artifacts = someArtifacts({
      facts: facts(
        issue('name', 'whitespace'),
        issue('name', 'whitespace', 'q2.csv'),
        issue('amount', 'type'),
        issue('', 'deduplicate'),
        issue('name', 'case'),
      ),
      segments: [
        aSegment([
          fixing(
            { rule: 'whitespace', column: 'name', cells: 2, sources: 2 },
            { rule: 'type', column: 'amount', cells: 0, rows: 1, fate: 'quarantine' },
            { rule: 'deduplicate', column: '', cells: 0, rows: 1, fate: 'deduplicate' },
          ),
        ]),
      ],
    })
    const { issues } = reportOf(artifacts)
    expect(issues).toEqual({ found: 5, fixed: 4, open: [{ ...issue('name', 'case'), why: 'no rule of the pipeline covers it' }] })
  })

  it('stay open where it was decided to leave them, with the reason', () => {
    const artifacts = someArtifacts({
      facts: facts(issue('note', 'missing')),
      segments: [
        aSegment([fixing()], {
          decisions: [{ step: 'tidy', rule: 'missing', column: 'note', choice: 'leave', why: 'more than half of the cells are missing' }],
        }),
      ],
    })
    expect(reportOf(artifacts).issues.open).toEqual([
      { ...issue('note', 'missing'), why: 'leave: more than half of the cells are missing' },
    ])
  })

  it('count records that could not be read as resolved: they are in the quarantine', () => {
    expect(reportOf(someArtifacts({ facts: facts(issue('', 'record')) })).issues).toEqual({ found: 1, fixed: 1, open: [] })
    expect(reportOf(someArtifacts({ facts: null })).issues).toEqual({ found: 1, fixed: 1, open: [] })
  })

  it('include findings of fixing rules that the survey does not look for', () => {
    const artifacts = someArtifacts({
      facts: facts(issue('country', 'consistency')),
      segments: [
        aSegment([
          fixing(
            { rule: 'outliers', column: 'amount', cells: 0, rows: 7, sources: 2 },
            { rule: 'consistency', column: 'country', cells: 9, sources: 2 },
          ),
        ]),
      ],
    })
    // outliers are flagged and not changed: they are no findings
    expect(reportOf(artifacts).issues).toEqual({ found: 2, fixed: 2, open: [] })
  })

  it('do not include what a validating step only warns of', () => {
    const artifacts = someArtifacts({
      facts: facts(issue('email', 'email')),
      segments: [
        aSegment([
          checking({ rule: 'age', column: 'age', cells: 0, rows: 3 }, { rule: 'email_email', column: 'email', cells: 0, rows: 2 }),
        ]),
      ],
    })
    expect(reportOf(artifacts).issues).toEqual({
      found: 1,
      fixed: 0,
      open: [{ ...issue('email', 'email'), why: 'check only warns about it' }],
    })
  })

  it('are fixed by a validating step that sets the rows aside', () => {
    const artifacts = someArtifacts({
      facts: facts(issue('email', 'email')),
      segments: [aSegment([checking({ rule: 'email_email', column: 'email', cells: 0, rows: 2, fate: 'quarantine' })])],
    })
    expect(reportOf(artifacts).issues).toMatchObject({ found: 1, fixed: 1 })
  })
})

describe('issues resolved', () => {
  it('are counted in cells by their kind, duplicates in rows', () => {
    const counts = [
      { rule: 'missing', column: 'amount', cells: 40 },
      { rule: 'missing', column: 'age', cells: 2 },
      { rule: 'missing', column: 'id', cells: 0, rows: 5, fate: 'quarantine' as const },
      { rule: 'whitespace', cells: 31 },
      { rule: 'dates', cells: 7 },
      { rule: 'consistency', cells: 3 },
      { rule: 'map', cells: 100 },
      { rule: 'outliers', column: 'amount', cells: 0, rows: 7 },
      { rule: 'outliers', column: 'age', cells: 6 },
      { rule: 'deduplicate', column: '', cells: 0, rows: 9, fate: 'deduplicate' as const },
    ]
    const { issues_resolved } = reportOf(someArtifacts({ segments: [aSegment([fixing(...counts)])] }))
    expect(issues_resolved).toEqual({ missing_values_imputed: 42, duplicates_removed: 9, format_standardized: 41, outliers_handled: 13 })
  })
})

describe('the report', () => {
  it('has the quality before and after, the time, and the rows', () => {
    const report = fullReport()
    expect(report.summary).toEqual({ total_records: 1005, processing_seconds: 44.123, quality_score: AFTER.score })
    expect([report.before, report.after]).toEqual([BEFORE, AFTER])
    expect(report.rows).toMatchObject({
      in: 1005,
      out: 987,
      quarantined: 9,
      deduplicated: 9,
      balanced: true,
      equation: '1,005 in = 987 out + 9 quarantined + 9 duplicates',
    })
    const manifest = 'processed/sales/_manifest.json'
    expect(report.output).toEqual({ to: 'processed/sales', manifest, format: 'parquet', files: 1, rows: 987, bytes: 9_800_000 })
  })

  it('says what became of each step', () => {
    const { steps } = fullReport()
    expect(steps.map(({ id, report, rows }) => [id, report.level, rows?.out])).toEqual([
      ['find', 'ok', 1000],
      ['tidy', 'ok', 987],
      ['check', 'warning', 987],
      ['trace', 'skipped', undefined],
    ])
  })

  it('scores what was read when nothing came out', () => {
    expect(reportOf(someArtifacts()).summary.quality_score).toBe(BEFORE.score)
    expect(reportOf(someArtifacts({ facts: null })).summary.quality_score).toBeNull()
  })

  it('reports what is known of a failed run', () => {
    const steps = [{ id: 'find', type: 'discover', name: 'find', unit: 'find' }]
    const artifacts = someArtifacts({ scans: [], facts: null })
    const report = reportOf(artifacts, 'failed', {
      status: 'failed',
      steps,
      failure: { Error: 'Data.NoSources', Cause: 'the pattern x matches no file' },
    })
    expect(report.failure).toEqual({
      error: 'Data.NoSources',
      cause: causeText({ code: 'Data.NoSources', message: 'the pattern x matches no file' }),
    })
    expect(report.steps[0]?.report).toMatchObject({ level: 'skipped', message: 'not finished' })
    expect(report).toMatchObject({ before: null, after: null, sources: [], columns: [], output: null, summary: { total_records: 0 } })
  })

  it('names steps the run went on without', () => {
    const steps = [{ id: 'trace', type: 'lineage', name: 'trace', unit: 'trace' }]
    const report = reportOf(someArtifacts({ unreadable: 2 }), 'partial', {
      steps,
      failed: [{ unit: 'trace', failure: { Error: 'Output.NoSpace', Cause: 'no room' } }],
    })
    expect(report.steps[0]?.report).toMatchObject({ level: 'error', message: 'failed; the run continued: no room' })
    expect(report.notes.slice(0, 2)).toEqual([
      'trace failed; the run continued without it: no room',
      '2 sources could not be read and were skipped',
    ])
  })

  it('lists sources nobody measured, without a completeness', () => {
    expect(reportOf(someArtifacts({ facts: null })).sources).toEqual([
      { name: 'q1.csv', rows: 600, bad: 5, completeness: null, issues: 1 },
      { name: 'q2.csv', rows: 400, bad: 0, completeness: null, issues: 0 },
    ])
  })
})
