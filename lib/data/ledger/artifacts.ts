/** Loads everything a run has written, for its ledger and its report. */
import type { DatasetPlan } from '#data/dataset/plan.ts'
import type { Json } from '#core/json.ts'
import { inParallel } from '#core/task/in-parallel.ts'
import { count } from '#core/text/numbers.ts'
import { readJson } from '#io/workspace/json-store.ts'
import type { StepReport } from '#core/task/task.ts'
import type { Outcome } from '#data/pass/outcome.ts'
import type { ExchangeFile } from './exchange-file.ts'
import type { SegmentFile } from './segment-file.ts'
import type { Store } from '#io/store/store.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import type { FactsFile } from '#data/survey/sources.ts'

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
    (await optional<Marker>(store, workspace.task(task, step, null, round)))?.result
  const scans: ScannedDataset[] = []
  const segments: SegmentArtifacts[] = []
  const exchanges: ExchangeArtifacts[] = []
  const reports: StepReport[] = []
  let [facts, unreadable] = [null as FactsFile | null, 0]
  for (const unit of units) {
    const planned = await result('plan', unit)
    if (planned !== undefined) {
      scans.push({ step: unit, plan: await readJson<DatasetPlan>(store, (planned['dataset'] as { plan: string }).plan) })
      unreadable += Number((planned['result'] as { unreadable?: number } | undefined)?.unreadable ?? 0)
    }
    const found = await optional<FactsFile>(store, workspace.facts(unit))
    facts ??= found ?? null
    for (const task of ['plan', 'assess', 'control', 'exchange']) {
      const answer = await result(task, unit)
      if (answer?.['report'] !== undefined) reports.push(answer['report'] as unknown as StepReport)
    }
    reports.push(...(await loopReports(unit, { store, workspace })))
    const met = await optional<ExchangeFile>(store, workspace.exchange(unit))
    if (met !== undefined) exchanges.push({ file: met, plan: await readJson<DatasetPlan>(store, met.dataset) })
    const file = await optional<SegmentFile>(store, workspace.segment(unit))
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

/** The reports of a step that ran once per item, merged; empty for any other step. */
async function loopReports(unit: string, { store, workspace }: Pick<TaskContext, 'store' | 'workspace'>): Promise<readonly StepReport[]> {
  const markers = (await store.list(workspace.itemsOf('control', unit))).map(({ key }) => key).sort()
  const items = await inParallel(markers, 16, (key) => readJson<Marker>(store, key))
  const itemReports = items.flatMap(({ result }) => (result['report'] === undefined ? [] : [result['report'] as unknown as StepReport]))
  if (itemReports.length === 0) return []
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
  const [, maker = '', version] = /\/data\/([^/]+)\/dataset(-\d+)?\.json$/.exec(key) ?? []
  if (version === undefined) return maker
  const same = (other: DatasetPlan) =>
    plan.sources.length === other.sources.length && plan.sources.every(({ inspection }, at) => inspection === other.sources[at]?.inspection)
  return scans.find((scan) => same(scan.plan))?.step ?? maker
}

async function optional<T>(store: Store, key: string): Promise<T | undefined> {
  const bytes = await store.read(key)
  return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString('utf8')) as T)
}
