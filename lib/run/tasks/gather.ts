/** gather: combines what a function step made of all batches, checks the account, and makes a dataset of it. */
import type { DatasetPlan } from '#data/dataset/plan.ts'
import { segmentAccounts } from '#data/ledger/accounts.ts'
import { quarantinedBy } from '#data/ledger/bad-rows.ts'
import { assertBalance } from '#data/ledger/ledger.ts'
import type { SegmentFile, SegmentStep } from '#data/ledger/segment-file.ts'
import { isTooMany } from '#data/ledger/warnings.ts'
import type { Outcome } from '#data/pass/outcome.ts'
import { partsDataset } from '#data/pass/parts-dataset.ts'
import type { Task } from '#io/workspace/context.ts'
import { readJson, writeJson } from '#io/workspace/json-store.ts'
import type { Column } from '#relational/types/types.ts'
import type { ApplySettings } from './apply.ts'
import { assertShares } from './assert-quality.ts'
import { openFunction, ownBehaviourOf } from './function-process.ts'
import { outputQuality } from './output-quality.ts'

export interface GatherSettings extends ApplySettings {
  /** The share of rows that the step may reject, if it sets one. */
  readonly max_bad_rows: { readonly [step: string]: number }
  /** Holds the step, if more bad rows fail the run. */
  readonly failing?: readonly string[]
}

export const gather: Task<GatherSettings> = async (settings, _item, context) => {
  const { store, workspace, step } = context
  const dataset = await readJson<DatasetPlan>(store, settings.dataset)
  const outcomes: Outcome[] = []
  for (const batch of dataset.batches.keys()) outcomes.push(await readJson<Outcome>(store, workspace.outcome(step, batch)))
  const behaviour = await ownBehaviourOf(settings.type)
  const called = await openFunction(behaviour.call(settings.with), dataset.columns, context)
  await called.close()
  const accounts = segmentAccounts(outcomes, [step])
  assertBalance(accounts.rows, called.name)
  const rows = accounts.rows
  const shares = quarantinedBy(accounts.steps, outcomes)
  const { result, report } = behaviour.summarize(
    settings.with,
    {
      step,
      rows_in: rows.in,
      rows_out: rows.out,
      quarantined: rows.quarantined,
      deduplicated: 0,
      filtered: 0,
      counts: [],
      rows_found: new Map(),
      examples: new Map(),
      evaluated: [],
      decisions: [],
      columns_before: dataset.columns,
      columns_after: called.columns,
    },
    added(outcomes),
  )
  const tooBad = shares.some((share) => isTooMany(share, settings.max_bad_rows, share.step))
  const own: SegmentStep = {
    id: step,
    type: settings.type,
    rows,
    counts: [],
    result,
    report: { step, ...report, ...(tooBad ? { level: 'warning' as const } : {}), fused: false },
    failing: [],
    quarantine: null,
  }
  const file: SegmentFile = {
    step,
    standing: false,
    dataset: settings.dataset,
    facts: null,
    round: 0,
    accounts: { ...accounts, sources: [...accounts.sources].map(([source, one]) => ({ source, rows: one })) },
    steps: [own],
    quality: await outputQuality(dataset, outcomes, context),
    columns: called.columns,
    lineage: lineageOf(dataset.columns, called.columns, step),
    decisions: [],
    examples: [],
    output: null,
  }
  await writeJson(store, workspace.segment(step), file)
  assertShares(
    shares.filter((share) => settings.failing?.includes(share.step) === true),
    settings.max_bad_rows,
  )
  const parts = outcomes.flatMap(({ part }) => (part === null ? [] : [part]))
  const madeOf = (batch: number) => ({ dataset: settings.dataset, batch, rows: workspace.madeOf(step, batch) })
  const next = await partsDataset(dataset, called.columns, parts, context, madeOf)
  await writeJson(store, workspace.segment(step), { ...file, standing: true })
  return { steps: { [step]: own.result }, reports: [own.report], dataset: next }
}

/** The numbers of all batches, added up. */
function added(outcomes: readonly Outcome[]): { readonly [name: string]: number } {
  const all = new Map<string, number>()
  for (const { metrics = {} } of outcomes) for (const [name, value] of Object.entries(metrics)) all.set(name, (all.get(name) ?? 0) + value)
  return Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Which columns a column can come from: code may read every column of a row. */
function lineageOf(before: readonly Column[], after: readonly Column[], step: string): SegmentFile['lineage'] {
  const names = before.map(({ name }) => name)
  return after.map(({ name, type }) => {
    const own = before.some((column) => column.name === name && column.type === type)
    return { name, type, from: own ? [name] : names, through: [{ step, rule: 'function' }], derived: !own }
  })
}
