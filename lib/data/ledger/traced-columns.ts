/** Traces the columns of a unit back through every segment and every operation across rows. */
import type { DatasetPlan } from '#data/dataset/plan.ts'
import { type TracedColumn, traceOn } from '#relational/operations/traced.ts'
import { makerOf, type RunArtifacts } from './artifacts.ts'

/** The columns after a unit, in terms of the columns of the dataset its rows were scanned from. */
export function tracedTo(
  unit: string,
  artifacts: RunArtifacts,
): { readonly columns: readonly TracedColumn[]; readonly plan: DatasetPlan | undefined } {
  const segment = artifacts.segments.find(({ file }) => file.step === unit)
  const reader = segment ?? artifacts.exchanges.find(({ file }) => file.step === unit)
  if (reader === undefined) throw new Error(`the run has no unit ${unit}`)
  const own = segment === undefined ? reader.file.lineage : segment.file.lineage.map((column) => ({ ...column, outside: [] }))
  const maker = makerOf(reader.file.dataset, reader.plan, artifacts.scans)
  const scan = artifacts.scans.find(({ step }) => step === maker)
  if (scan !== undefined) return { columns: own as readonly TracedColumn[], plan: scan.plan }
  const before = tracedTo(maker, artifacts)
  return { columns: traceOn(before.columns, own as readonly TracedColumn[]), plan: before.plan }
}
