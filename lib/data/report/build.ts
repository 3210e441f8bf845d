/** Builds the quality report of a run from its artifacts. */
import type { Ledger } from '#data/ledger/ledger.ts'
import { type CaughtError, parseCause, readFailure } from '#core/errors/failure.ts'
import type { StepReport } from '#core/task/task.ts'
import { named } from '#core/text/lookup.ts'
import { WEIGHTS } from '#data/survey/quality.ts'
import type { FinalizeSettings } from './finalize-settings.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { decisionsOf, type RunArtifacts } from '#data/ledger/artifacts.ts'
import { tracedTo } from '#data/ledger/traced-columns.ts'
import { accountIssues, issuesResolved } from './issues.ts'
import type { RunWarning } from '#data/ledger/warnings.ts'
import type { QualityReport, RunStatus } from './model.ts'

type Context = Pick<TaskContext, 'run' | 'pipeline' | 'now'>

/** Pure except for the clock. `before` is the quality of the input, `after` that of the output of the last segment. */
export function buildReport(
  artifacts: RunArtifacts,
  ledger: Ledger,
  status: RunStatus,
  warnings: readonly RunWarning[],
  settings: FinalizeSettings,
  context: Context,
  attention: QualityReport['attention'] = [],
): QualityReport {
  const { scans, segments, exchanges, facts } = artifacts
  const before = facts?.quality ?? null
  const after = segments.at(-1)?.file.quality ?? null
  const { run, pipeline } = context
  return {
    pipeline,
    run: { id: run.id, started_at: run.started_at, status },
    ...(warnings.length === 0 ? {} : { warnings }),
    attention,
    summary: {
      total_records: scans.reduce((sum, { plan }) => sum + plan.records, 0),
      processing_seconds: Math.max(0, context.now().getTime() - Date.parse(run.started_at)) / 1000,
      quality_score: (after ?? before)?.score ?? null,
    },
    before,
    after,
    weights: WEIGHTS,
    issues_resolved: issuesResolved(artifacts, ledger.rows.deduplicated),
    issues: accountIssues(artifacts),
    rows: { ...ledger.rows, equation: ledger.equation, balanced: ledger.balanced },
    sources: sourcesOf(artifacts),
    steps: settings.steps.map(({ id, type, unit }) => {
      const own = segments.flatMap(({ file }) => file.steps).find((step) => step.id === id)
      const met = exchanges.find(({ file }) => file.step === id)?.file
      const account = ledger.steps.find(({ step }) => step === id)
      return {
        id,
        type,
        report: reportOf(id, unit, artifacts, settings),
        rows: own?.rows ?? account?.rows ?? null,
        counts: own?.counts ?? met?.counts ?? [],
      }
    }),
    columns: facts?.columns ?? [],
    published: publishedColumns(artifacts),
    changes: changesOf(artifacts),
    sample: facts?.sample ?? null,
    decisions: decisionsOf(artifacts),
    notes: notesOf(artifacts, settings),
    output: outputOf(artifacts),
    failure: settings.failure === null ? null : readFailure(settings.failure),
  }
}

/** The columns after the last pass. */
function publishedColumns(artifacts: RunArtifacts): QualityReport['published'] {
  const { segments } = artifacts
  const counts = segments.flatMap(({ file }) => file.steps.flatMap((step) => step.counts))
  const last = segments.at(-1)?.file
  const traced = last === undefined ? [] : tracedTo(last.step, artifacts).columns
  return (last?.columns ?? []).map(({ name, type }) => {
    const { from = [], expression } = named(traced, name) ?? {}
    const changed = counts.reduce((sum, count) => sum + (count.column === name ? count.cells : 0), 0)
    return { name, type, from, ...(expression === undefined ? {} : { expression }), changed }
  })
}

/** What reading changed, then what rules changed. */
function changesOf({ facts, segments }: RunArtifacts): QualityReport['changes'] {
  const counted = new Set(
    segments.flatMap(({ file }) => file.steps.flatMap(({ counts }) => counts.map(({ rule, column }) => JSON.stringify([rule, column])))),
  )
  const read = (facts?.columns ?? []).flatMap(({ name: column, effects }) =>
    Object.entries(effects).flatMap(([rule, { cells, example }]) =>
      example === null || cells === 0 || !counted.has(JSON.stringify([rule, column])) ? [] : [{ step: '', rule, column, ...example }],
    ),
  )
  return [...read, ...segments.flatMap(({ file }) => file.examples)]
}

/** As measured by the survey; sources without a survey are listed with the counts of the reader. */
function sourcesOf({ facts, scans }: RunArtifacts): QualityReport['sources'] {
  if (facts !== null)
    return facts.sources.map(({ name, rows, bad, completeness, issues }) => ({ name, rows, bad, completeness, issues: issues.length }))
  return scans.flatMap(({ plan }) =>
    plan.sources.map(({ name, records, bad }) => ({ name, rows: records - bad, bad, completeness: null, issues: bad > 0 ? 1 : 0 })),
  )
}

/** The report of a step; a step without one failed, was skipped, or was not reached. */
function reportOf(step: string, unit: string, { reports }: RunArtifacts, { status, failed, failure: end }: FinalizeSettings): StepReport {
  const stepReport = reports.find((report) => report.step === step)
  const lines = stepReport?.lines ?? []
  const failure = failed.find((one) => one.unit === unit)?.failure ?? null
  const ended = end !== null && parseCause(readFailure(end).cause).step === step
  // a loop reported the items before the one that failed
  if (stepReport !== undefined && (stepReport.level === 'error' || (failure === null && !ended))) return stepReport
  const silent = { step, lines, fused: false }
  if (failure !== null) return { ...silent, level: 'error', message: `failed; the run continued: ${shortly(failure)}` }
  if (ended) return { ...silent, level: 'error', message: `failed: ${shortly(end)}` }
  return { ...silent, level: 'skipped', message: status === 'failed' ? 'not finished' : 'skipped' }
}

/** What went wrong, without the fix. */
function shortly(failure: CaughtError): string {
  const { error, cause } = readFailure(failure)
  return parseCause(cause).message || error
}

function notesOf({ scans, unreadable }: RunArtifacts, { failed, fallbacks }: FinalizeSettings): readonly string[] {
  const others = fallbacks.flatMap(({ unit, taken }) =>
    taken?.failure == null || failed.some((one) => one.unit === unit && one.failure !== null)
      ? []
      : [`${unit} used fallback ${taken.number}: ${shortly(taken.failure)}`],
  )
  const went = failed.flatMap(({ unit, failure }) =>
    failure === null ? [] : [`${unit} failed; the run continued without it: ${shortly(failure)}`],
  )
  const left =
    unreadable > 0
      ? [`${unreadable} ${unreadable === 1 ? 'source' : 'sources'} could not be read and ${unreadable === 1 ? 'was' : 'were'} skipped`]
      : []
  return [...new Set([...went, ...others, ...left, ...scans.flatMap(({ plan }) => plan.notes)])]
}

function outputOf({ segments }: RunArtifacts): QualityReport['output'] {
  const published = segments.flatMap(({ file }) => (file.output === null ? [] : [file.output]))
  const outputs = published.map(({ to, manifest: { format, files, rows, bytes }, manifest_uri: manifest, catalog }) => {
    return { to, manifest, format, files: files.length, rows, bytes, ...(catalog == null ? {} : { catalog }) }
  })
  const last = outputs.pop()
  if (last === undefined) return null
  return outputs.length === 0 ? last : { ...last, others: outputs.slice(0, MAX_OUTPUTS) }
}

/** Maximum number of outputs in the result of a task, which must be small; the console names each export when it is done. */
const MAX_OUTPUTS = 100
