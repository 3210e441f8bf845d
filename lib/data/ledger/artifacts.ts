/** Loads everything a run has written, for its ledger and its report. */
import type { DatasetPlan } from '#data/dataset/plan.ts'
import type { Json } from '#core/json.ts'
import { inParallel } from '#core/task/in-parallel.ts'
import { count } from '#core/text/numbers.ts'
import { findJson, readJson } from '#io/workspace/json-store.ts'
import type { StepReport } from '#core/task/task.ts'
import { TASKS, type TaskSpec } from '#core/task/tasks.ts'
import type { Outcome } from '#data/pass/outcome.ts'
import type { ExchangeFile } from './exchange-file.ts'
import type { SegmentFile } from './segment-file.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import type { TaskResultKey } from '#io/workspace/workspace.ts'
import type { FactsFile } from '#data/survey/sources.ts'
import type { Decision } from '#relational/operations/choices.ts'

/** A scan step and its dataset. */
export interface ScannedDataset {
  readonly step: string
  readonly plan: DatasetPlan
}

export interface SegmentArtifacts {
  readonly file: SegmentFile
  readonly plan: DatasetPlan
  readonly outcomes: readonly Outcome[]
}

export interface ExchangeArtifacts {
  readonly file: ExchangeFile
  readonly plan: DatasetPlan
}

export interface RunArtifacts {
  readonly scans: readonly ScannedDataset[]
  readonly segments: readonly SegmentArtifacts[]
  readonly exchanges: readonly ExchangeArtifacts[]
  readonly facts: FactsFile | null
  readonly reports: readonly StepReport[]
  /** Sources that could not be read. */
  readonly unreadable: number
}

/** Maximum number of lines of a loop in a report. */
const MAX_LINES = 100

/** Tasks that report one step; steps that share a pass report in the file of their segment. */
const REPORTING = TASKS.flatMap((task: TaskSpec) => (task.reports === 'step' ? [{ name: task.name, again: task.again === true }] : []))

interface Marker {
  readonly result: { readonly [name: string]: Json | undefined }
}

/**
 * `units` are those of the machine. Missing files are skipped, as a failed run has fewer. If a unit failed, later units used the rows
 * before it; only its report is loaded, unless `unfinished` is true.
 */
export async function loadArtifacts(
  { units }: { readonly units: readonly string[] },
  { store, workspace }: TaskContext,
  unfinished = false,
): Promise<RunArtifacts> {
  const result = async (task: string, step: string, round = 0) =>
    (await findJson<Marker>(store, workspace.task(task, step, null, round)))?.result
  const scans: ScannedDataset[] = []
  const segments: SegmentArtifacts[] = []
  const exchanges: ExchangeArtifacts[] = []
  const reports: StepReport[] = []
  let [facts, unreadable] = [null as FactsFile | null, 0]
  // one list for all steps: a list for each would be most of the requests of a small run
  const results = (await store.list(workspace.tasks)).flatMap(({ key }) => {
    const of = workspace.resultAt(key)
    return of === undefined ? [] : [{ key, ...of }]
  })
  for (const unit of units) {
    const planned = await result('plan', unit)
    if (planned !== undefined) {
      scans.push({ step: unit, plan: await readJson<DatasetPlan>(store, (planned['dataset'] as { plan: string }).plan) })
      unreadable += Number((planned['result'] as { unreadable?: number } | undefined)?.unreadable ?? 0)
    }
    const found = await findJson<FactsFile>(store, workspace.facts(unit))
    facts ??= found ?? null
    for (const { name, again } of REPORTING) {
      const ofAll = () => results.filter(({ step, task }) => step === unit && task === name)
      const found = again ? await lastReports(unit, ofAll(), store) : reportOf(await result(name, unit))
      reports.push(...found)
    }
    const met = await findJson<ExchangeFile>(store, workspace.exchange(unit))
    if (met !== undefined) exchanges.push({ file: met, plan: await readJson<DatasetPlan>(store, met.dataset) })
    const file = await findJson<SegmentFile>(store, workspace.segment(unit))
    if (file !== undefined && !file.standing && !unfinished) {
      reports.push(...file.steps.map(({ report }) => ({ ...report, level: 'error' as const })))
    } else if (file !== undefined) {
      const plan = await readJson<DatasetPlan>(store, file.dataset)
      const outcomes = []
      for (const batch of plan.batches.keys()) outcomes.push(await readJson<Outcome>(store, workspace.outcome(unit, batch)))
      segments.push({ file, plan, outcomes })
      reports.push(...file.steps.map(({ report }) => report))
      const committed = await result('commit', unit, file.round)
      const sinkReport = ((committed?.['reports'] ?? []) as unknown as StepReport[]).find(
        ({ step }) => !file.steps.some(({ id }) => id === step),
      )
      if (sinkReport !== undefined) reports.push(sinkReport)
    }
  }
  return { scans, segments, exchanges, facts, reports, unreadable }
}

/** What rules and operations chose from the data, in the order of the run. */
export const decisionsOf = ({ segments, exchanges }: Pick<RunArtifacts, 'segments' | 'exchanges'>): readonly Decision[] =>
  [...segments, ...exchanges].flatMap(({ file }) => file.decisions)

const reportOf = (result: Marker['result'] | undefined): readonly StepReport[] =>
  result?.['report'] === undefined ? [] : [result['report'] as unknown as StepReport]

/** The report of a task that can be called in several rounds and once per item of a loop; the reports of items are merged. */
async function lastReports(
  unit: string,
  keys: readonly (TaskResultKey & { readonly key: string })[],
  store: TaskContext['store'],
): Promise<readonly StepReport[]> {
  const inOrder = [...keys].sort((a, b) => (a.item ?? 0) - (b.item ?? 0) || a.fallback - b.fallback || a.round - b.round)
  const answers = await inParallel(inOrder, 16, async ({ key, item }) => ({
    item,
    reports: reportOf((await readJson<Marker>(store, key)).result),
  }))
  const answered = answers.filter(({ reports }) => reports.length > 0)
  if (answered.every(({ item }) => item === null)) return answered.at(-1)?.reports ?? []
  // a round that is called again has no report
  const last = new Map(answered.map(({ item, reports }) => [item, reports]))
  return loopReport(unit, [...last.values()].flat())
}

function loopReport(unit: string, itemReports: readonly StepReport[]): readonly StepReport[] {
  const level = (['error', 'warning', 'ok'] as const).find((one) => itemReports.some((report) => report.level === one)) ?? 'ok'
  const lines = itemReports.flatMap(({ level: own, message, lines: more }) => [
    { level: own === 'skipped' ? ('ok' as const) : own, text: message },
    ...more,
  ])
  const rest = lines.length - MAX_LINES
  const more = rest > 0 ? [{ level: 'ok' as const, text: `and ${count(rest, 'line')} more` }] : []
  return [
    {
      step: unit,
      level,
      message: `Done for ${count(itemReports.length, 'item')}`,
      lines: [...lines.slice(0, MAX_LINES), ...more],
      fused: false,
    },
  ]
}

/** The unit that made a dataset, from its key. A dataset that a survey replanned belongs to the scan with the same sources. */
export function makerOf(key: string, plan: DatasetPlan, scans: RunArtifacts['scans']): string {
  const [maker = '', file] = key.split('/').slice(-2)
  if (file === 'dataset.json') return maker
  const same = (other: DatasetPlan) =>
    plan.sources.length === other.sources.length && plan.sources.every(({ inspection }, at) => inspection === other.sources[at]?.inspection)
  return scans.find((scan) => same(scan.plan))?.step ?? maker
}
