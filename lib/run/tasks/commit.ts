/** commit: combines the results of all batches, checks the account, and publishes the output. */
import type { DatasetPlan } from '#data/dataset/plan.ts'
import type { JsonObject } from '#core/json.ts'
import { lineageOf } from '#relational/operations/to-sql.ts'
import { bothOf } from '#core/task/in-parallel.ts'
import { claimState, commitState, releaseState, stageState } from '#io/state/state.ts'
import { nameInCatalog } from '#io/catalog/table.ts'
import { readJson, writeJson } from '#io/workspace/json-store.ts'
import type { StepReport } from '#core/task/task.ts'
import { segmentAccounts } from '#data/ledger/accounts.ts'
import { assertBalance } from '#data/ledger/ledger.ts'
import type { Outcome } from '#data/pass/outcome.ts'
import { type RuleCount, rowsFound, ruleCounts } from '#data/pass/rule-counts.ts'
import type { SegmentFile, SegmentStep } from '#data/ledger/segment-file.ts'
import type { Quality } from '#data/survey/quality.ts'
import type { OutputFigures } from '#steps/kind/behaviour.ts'
import { kindOf } from '#steps/index.ts'
import { misfitLines } from '#steps/kind/misfits.ts'
import type { Column } from '#relational/types/types.ts'
import type { Task, TaskContext } from '#io/workspace/context.ts'
import type { FactsFile } from '#data/survey/sources.ts'
import { quarantinedBy, unreadableIn } from '#data/ledger/bad-rows.ts'
import { isTooMany } from '#data/ledger/warnings.ts'
import { changeExamples } from '#data/ledger/examples.ts'
import { partsDataset } from '#data/pass/parts-dataset.ts'
import { lowerPass } from '#run/lowering/lower-pass.ts'
import type { LoweredSteps } from '#run/lowering/lower-steps.ts'
import { exportReport } from './export-report.ts'
import { assertQuality, assertShares } from './assert-quality.ts'
import { again, isUnsettled } from '#run/lowering/repeats-of.ts'
import { inputsOf } from './inputs-of.ts'
import { outputQuality } from './output-quality.ts'
import { publishOutput } from './publish-output.ts'
import { brokenRows } from './broken-rows.ts'
import type { SegmentSettings } from './segment.ts'
import { entryOf, record } from '#core/text/record.ts'

export interface CommitSettings extends SegmentSettings {
  /** The share of rows a step may quarantine, for the steps and the scan that set it. */
  readonly max_bad_rows: { readonly [step: string]: number }
  /** The steps for which more bad rows fail the run; the others publish, and the run completes in part. */
  readonly failing?: readonly string[]
  /** The unit it reads, where that is among them. */
  readonly reads?: string
  /** Steps whose memory is committed with this output; absent where that is left to the end of the run. */
  readonly remembers?: readonly string[]
  /** The scan whose rows the sink publishes. */
  readonly scan?: string
}

export const commit: Task<CommitSettings> = async (settings, _item, context) => {
  const { store, workspace, step } = context
  const dataset = await readJson<DatasetPlan>(store, settings.dataset)
  const outcomes: Outcome[] = []
  for (const batch of dataset.batches.keys()) outcomes.push(await readJson<Outcome>(store, workspace.outcome(step, batch)))
  const { pass, lowered } = await lowerPass(dataset, settings, context)
  const round = settings.round ?? 0
  if (await isUnsettled(outcomes, lowered.steps, round, context)) return again(settings, round + 1)
  const facts = await factsOf(settings, context)
  const active = settings.steps.filter(({ active: isActive }) => isActive)
  const stepIds = [...new Set([pass.reader, ...active.map(({ id }) => id), ...(settings.sink === null ? [] : [settings.sink.id])])]

  const accounts = segmentAccounts(outcomes, stepIds)
  assertBalance(accounts.rows, 'all steps of the pass')
  for (const { step: id, rows } of accounts.steps) assertBalance(rows, 'the step', id)

  const lineage = lineageOf(pass)
  const columns: Column[] = lineage.map(({ name, type, untyped }) => ({ name, type, ...(untyped === true ? { untyped } : {}) }))
  const counts = new Map(lowered.steps.map(({ step: { id } }) => [id, ruleCounts(id, outcomes, lowered.claims, facts)]))
  // one after the other: the native engine finds the examples, but not the repeats
  const [examples, quality] = await bothOf(changeExamples(dataset, pass, counts, context), outputQuality(dataset, outcomes, context))
  const figures = figuresOf(accounts.rows.out, quality, outcomes, context)
  const shares = quarantinedBy(accounts.steps, outcomes)
  const tooBad = new Set(shares.flatMap((share) => (isTooMany(share, settings.max_bad_rows, share.step) ? [share.step] : [])))
  const steps = summarizeSteps(lowered, accounts.steps, counts, figures, dataset, outcomes).map((one) =>
    tooBad.has(one.id) ? warned(one) : one,
  )
  const file: SegmentFile = {
    step,
    standing: false,
    dataset: settings.dataset,
    facts: settings.steps.find(({ facts: found }) => found !== null)?.facts?.key ?? null,
    round,
    accounts: { ...accounts, sources: [...accounts.sources].map(([source, rows]) => ({ source, rows })) },
    steps,
    quality,
    columns,
    lineage: lineage.map(({ untyped: _untyped, ...column }) => column),
    decisions: lowered.decisions,
    examples,
    output: null,
  }
  await writeJson(store, workspace.segment(step), file)
  const { failing = [] } = settings
  const scanned = { ...unreadableIn(dataset, outcomes), step: settings.reads ?? '' }
  assertShares(
    [scanned, ...shares].filter((share) => failing.includes(share.step)),
    settings.max_bad_rows,
  )
  assertQuality(steps)
  for (const { id, remember } of steps) if (remember !== undefined) await stageState(context, id, remember)

  if (settings.sink === null) {
    const next = await partsDataset(
      dataset,
      columns,
      outcomes.flatMap(({ part }) => (part === null ? [] : [part])),
      context,
      (batch) => ({ dataset: settings.dataset, batch, rows: workspace.madeOf(step, batch) }),
    )
    await writeJson(store, workspace.segment(step), { ...file, standing: true })
    return { again: null, round, steps: results(steps), reports: reports(steps), dataset: next }
  }
  const { remembers = [], sink } = settings
  const output = await publishAlone(remembers, context, () => publishOutput(sink, dataset, outcomes, columns, context))
  // at once: what is published is not read as new again, however the run ends
  for (const name of remembers) await commitState(context, name)
  await writeJson(store, workspace.segment(step), { ...file, standing: true, output: { step: sink.id, ...output } })
  const { manifest } = output
  const merged = manifest.merged?.at(-1)
  // without a step before the sink, the sink read the rows
  const flagged = misfitLines(ruleCounts(settings.sink.id, outcomes, [], facts))
  const exported = exportReport(manifest, accounts.rows, output.verified, output.catalog)
  const sinkReport: StepReport = {
    step: settings.sink.id,
    ...exported,
    level: flagged.length > 0 ? 'warning' : exported.level,
    lines: [...flagged, ...exported.lines],
    fused: false,
  }
  const sinkResult = {
    rows: manifest.rows,
    bytes: manifest.bytes,
    files: manifest.files.length,
    manifest: output.manifest_uri,
    catalog_table: output.catalog && nameInCatalog(output.catalog),
    query: output.catalog?.query ?? null,
    inserted: merged?.inserted ?? null,
    updated: merged?.updated ?? null,
    unchanged: merged?.unchanged ?? null,
    inputs: await inputsOf(settings.scan, context),
    quality_score: figures.quality_score,
  }
  return {
    again: null,
    round,
    steps: { ...results(steps), [settings.sink.id]: sinkResult },
    reports: [...reports(steps), sinkReport],
    dataset: null,
  }
}

/** A step that quarantined more rows than it may has no green tick. */
const warned = (step: SegmentStep): SegmentStep =>
  step.report.level === 'ok' ? { ...step, report: { ...step.report, level: 'warning' } } : step

/** Publishes while no other run can publish from the same state. A run that fails to publish leaves the state to others. */
async function publishAlone<Output>(remembers: readonly string[], context: TaskContext, publish: () => Promise<Output>): Promise<Output> {
  try {
    for (const name of remembers) await claimState(context, name)
    return await publish()
  } catch (error) {
    // a claim that cannot be removed ends by itself
    for (const name of remembers) await releaseState(context, name).catch(() => {})
    throw error
  }
}

const results = (steps: readonly SegmentStep[]) => Object.fromEntries(steps.map(({ id, result }) => [id, result as JsonObject]))
const reports = (steps: readonly SegmentStep[]) => steps.map(({ report }) => report)

async function factsOf({ steps }: CommitSettings, { store }: TaskContext): Promise<FactsFile | undefined> {
  const key = steps[0]?.facts?.key
  return key === undefined ? undefined : readJson<FactsFile>(store, key)
}

function figuresOf(rows: number, quality: Quality, outcomes: readonly Outcome[], { run }: TaskContext): OutputFigures {
  const latest = record<string | null>()
  for (const outcome of outcomes) {
    for (const [column, value] of Object.entries(outcome.latest)) {
      latest[column] ??= value
      if (value !== null && value > (entryOf(latest, column) ?? '')) latest[column] = value
    }
  }
  const { score, ...metrics } = quality
  return { rows, ...metrics, quality_score: score, latest, started_at: run.started_at }
}

function summarizeSteps(
  lowered: LoweredSteps,
  accounts: ReturnType<typeof segmentAccounts>['steps'],
  ruled: ReadonlyMap<string, readonly RuleCount[]>,
  figures: OutputFigures,
  dataset: DatasetPlan,
  outcomes: readonly Outcome[],
): readonly SegmentStep[] {
  return lowered.steps.map(({ step, behaviour, facts, remembered, columns_before, columns_after }, at): SegmentStep => {
    if (!step.active) {
      const report: StepReport = { step: step.id, level: 'skipped', message: 'skipped', lines: [], fused: true }
      return { id: step.id, type: step.type, rows: null, counts: [], result: {}, report, failing: [], quarantine: null }
    }
    const rows = accounts.find(({ step: id }) => id === step.id)?.rows
    const counts = ruled.get(step.id) ?? []
    const {
      result,
      report,
      remember,
      failing = [],
    } = behaviour.summarize(step.with, {
      step: step.id,
      rows_in: rows?.in ?? 0,
      rows_out: rows?.out ?? 0,
      quarantined: rows?.quarantined ?? 0,
      deduplicated: rows?.deduplicated ?? 0,
      filtered: rows?.filtered ?? 0,
      counts,
      rows_found: rowsFound(step.id, counts, outcomes),
      examples: brokenRows(step.id, dataset, outcomes),
      evaluated: behaviour.evaluate?.(step.with, figures) ?? [],
      decisions: lowered.decisions.filter((decision) => decision.step === step.id),
      facts,
      remembered,
      columns_before,
      columns_after,
    })
    return {
      id: step.id,
      type: step.type,
      rows: rows ?? null,
      counts,
      result,
      report: { step: step.id, ...report, fused: at > 0 },
      failing,
      ...(remember === undefined ? {} : { remember }),
      quarantine: quarantineOf(step),
    }
  })
}

function quarantineOf({ type, with: settings }: LoweredSteps['steps'][number]['step']): string | null {
  const kind = kindOf(type)
  return kind?.quarantine?.(kind.config.parse(settings)) ?? null
}
