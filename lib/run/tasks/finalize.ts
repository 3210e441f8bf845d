/** finalize: the last task of a run, successful or not: ledger, quarantine, report. */
import type { FinalizeSettings } from '#data/report/finalize-settings.ts'
import type { Ledger } from '#data/ledger/ledger.ts'
import { TaskError } from '#core/errors/errors.ts'
import type { CaughtError } from '#core/errors/failure.ts'
import type { writeJson } from '#io/workspace/json-store.ts'
import { attentionOf } from '#data/report/attention.ts'
import { explainedScans } from '#data/report/explained-scans.ts'
import { renderHtml } from '#data/report/html.ts'
import { renderMarkdown } from '#data/report/markdown.ts'
import type { QualityReport, RunStatus } from '#data/report/model.ts'
import { buildReport } from '#data/report/build.ts'
import { decisionsOf, loadArtifacts } from '#data/ledger/artifacts.ts'
import { buildLedger } from '#data/ledger/build.ts'
import { publishQuarantines, writeDuplicates, writeQuarantine } from '#data/ledger/side-tables.ts'
import { writeChanges, writeViolations } from '#data/ledger/parquet-tables.ts'
import type { Task } from '#io/workspace/context.ts'
import { commitState } from '#io/state/state.ts'
import { recordRun } from '#io/state/history.ts'
import { runMetrics } from '#data/report/run-metrics.ts'
import { type RunWarning, warningsOf } from '#data/ledger/warnings.ts'
import { count } from '#core/text/numbers.ts'
import type { Json } from '#core/json.ts'
import { record } from '#core/text/record.ts'
import { findJson } from '#io/workspace/json-store.ts'
import { kindOf } from '#steps/index.ts'
import { childFailure } from './child-failure.ts'

export const finalize: Task<FinalizeSettings> = async (given, _item, context) => {
  const { store, workspace } = context
  const settings = await withChildFailures(given, context)
  const artifacts = await loadArtifacts(settings, context, settings.status === 'failed')
  const ledger = buildLedger(artifacts)
  await writeJsonPretty(store, workspace.ledger, ledger)
  const quarantined = await writeQuarantine(artifacts, context)
  const complete = isComplete(settings, artifacts.unreadable)
  const warnings = settings.status === 'failed' ? [] : warningsOf(artifacts, ledger, quarantined, settings.limits ?? {})
  const status: RunStatus = settings.status === 'failed' ? 'failed' : complete && warnings.length === 0 ? 'succeeded' : 'partial'
  const attention = attentionOf(quarantined.groups, await explainedScans(artifacts, context), decisionsOf(artifacts))
  const report = buildReport(artifacts, ledger, status, warnings, settings, context, attention)
  if (settings.status === 'succeeded') await publishQuarantines(artifacts, context)
  await writeDuplicates(artifacts, context)
  await writeViolations(artifacts, context)
  await writeChanges(artifacts, context)
  await writeReport(report, context)
  if (settings.status === 'succeeded' && !ledger.balanced) {
    throw new TaskError('Accounting.Imbalance', `the run: the rows do not add up: ${ledger.equation}`, {
      hint: 'ledger.json shows the source or step; please report this',
    })
  }
  // rows in quarantine are accounted for: the next run does not read them again
  if (complete) await commitMemory(settings, context)
  if (complete)
    await recordRun(context, {
      metrics: runMetrics(artifacts, elapsedOf(context), await context.usage()),
      left: await leftBy(settings, context),
    })
  if (complete) for (const unit of settings.discard ?? []) await discardRows(unit, context)
  return {
    status,
    rows: { ...ledger.rows },
    balanced: ledger.balanced,
    score: report.summary.quality_score,
    issues: { found: report.issues.found, fixed: report.issues.fixed },
    output: report.output,
    // `report` of a task is what the console shows of its step
    report_uri: store.address(workspace.report('html')) ?? workspace.report('html'),
    ...(warnings.length === 0 ? {} : { warnings: shortened(warnings) }),
    // the reported failure of the run
    ...(settings.failure === null ? {} : { failure: { ...settings.failure } }),
  }
}

/** Seconds since the run started. */
const elapsedOf = ({ now, run }: Parameters<Task>[2]) => (now().getTime() - Date.parse(run.started_at)) / 1000

/** What steps left for the same steps of later runs. */
async function leftBy({ steps }: FinalizeSettings, { store, workspace }: Parameters<Task>[2]): Promise<{ readonly [step: string]: Json }> {
  const left = record<Json>()
  for (const { id, type } of steps) {
    if (kindOf(type)?.readsRows === undefined) continue
    const found = await findJson<Json>(store, workspace.left(id))
    if (found !== undefined) left[id] = found
  }
  return left
}

/** Removes the rows that a unit left for later units. */
async function discardRows(unit: string, { store, workspace }: Parameters<Task>[2]): Promise<void> {
  for (const prefix of workspace.rowsOf(unit)) for (const { key } of await store.list(prefix)) await store.remove(key)
}

/** Where no output carried it: the run has no export, several, or one that was skipped. */
async function commitMemory({ steps }: FinalizeSettings, context: Parameters<Task>[2]): Promise<void> {
  // does nothing where the step has staged nothing
  for (const { id, type } of steps) if (kindOf(type)?.remembers !== undefined) await commitState(context, id)
}

/** The machine knows that a distributed map failed, but not the failures of its children. */
async function withChildFailures(settings: FinalizeSettings, context: Parameters<Task>[2]): Promise<FinalizeSettings> {
  const real = async (failure: CaughtError | null, unit: string | null) => failure && childFailure(failure, unit, context)
  const of = async <T extends { readonly failure: CaughtError | null }>(one: T, unit: string): Promise<T> => ({
    ...one,
    failure: await real(one.failure, unit),
  })
  return {
    ...settings,
    failed: await Promise.all(settings.failed.map((one) => of(one, one.unit))),
    fallbacks: await Promise.all(settings.fallbacks.map(async ({ unit, taken }) => ({ unit, taken: taken && (await of(taken, unit)) }))),
    failure: await real(settings.failure, null),
  }
}

/** Whether every step did its work on every source. */
const isComplete = ({ status, failed }: FinalizeSettings, unreadable: number): boolean =>
  status === 'succeeded' && failed.every(({ failure }) => failure === null) && unreadable === 0

const MAX_WARNINGS = 8
const MAX_TEXT = 200

/** The result of a task is small: the report has all warnings. */
function shortened(warnings: readonly RunWarning[]) {
  const cut = (text: string) => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text)
  const rest = warnings.length - MAX_WARNINGS
  return [
    ...warnings.slice(0, MAX_WARNINGS).map(({ step, text, counts, reasons }) => ({
      step,
      counts,
      text: cut(text),
      reasons: reasons.map(({ rows, reason, example }) => ({
        rows,
        reason: cut(reason),
        example: example && { ...example, source: cut(example.source), value: example.value && cut(example.value) },
      })),
    })),
    ...(rest > 0 ? [{ step: null, text: `${count(rest, 'more warning')}, in the report`, counts: 'row' as const, reasons: [] }] : []),
  ]
}

const writeJsonPretty = (store: Parameters<typeof writeJson>[0], key: string, value: Ledger | QualityReport) =>
  store.write(key, `${JSON.stringify(value, null, 2)}\n`)

async function writeReport(report: QualityReport, { store, workspace }: Parameters<Task>[2]): Promise<void> {
  await writeJsonPretty(store, workspace.report('json'), report)
  await store.write(workspace.report('md'), renderMarkdown(report))
  await store.write(workspace.report('html'), renderHtml(report))
}
