/** The quarantined rows of a run by step and by source, with their reasons. */
import type { DatasetPlan } from '#data/dataset/plan.ts'
import type { Outcome } from '#data/pass/outcome.ts'
import { makerOf, type RunArtifacts, type ScannedDataset, type SegmentArtifacts } from './artifacts.ts'
import type { RowAccount } from './ledger.ts'
import type { QuarantineTally, Reason } from './quarantine-tally.ts'

/** What a step quarantined of the rows it got. */
export interface BadRows {
  readonly step: string
  readonly rows: number
  readonly of: number
  readonly reasons: readonly Reason[]
}

/** What was quarantined of one source, and by which steps. */
export interface BadSource {
  readonly source: string
  readonly rows: number
  readonly of: number
  readonly steps: ReadonlySet<string>
  readonly reasons: readonly Reason[]
}

interface Quarantined {
  readonly step: string
  readonly rule: string
  readonly column: string
  readonly reason: string
  /** Whether a cell does not fit the type of its column: that is a matter of the scan, which declares it. */
  readonly misfit: boolean
  readonly rows: number
}

/** The quarantined rows of a pass by step and reason; those of one source, if it is named. */
function quarantinedIn(outcomes: readonly Outcome[], only?: number): readonly Quarantined[] {
  const found = new Map<string, Quarantined>()
  for (const { flags, sources } of outcomes)
    for (const { flag, counts } of flags) {
      if (flag.fate !== 'quarantine') continue
      const rows = counts.reduce((sum, count, at) => sum + (only === undefined || sources[at]?.source === only ? count : 0), 0)
      if (rows === 0) continue
      const { origin, column, reason } = flag
      const key = JSON.stringify([origin.step, origin.rule, column, reason])
      const misfit = origin.rule === 'type' && flag.counts === 'cells'
      found.set(key, { ...origin, column, reason, misfit, rows: rows + (found.get(key)?.rows ?? 0) })
    }
  return [...found.values()]
}

const sumOf = (found: readonly { readonly rows: number }[]) => found.reduce((sum, { rows }) => sum + rows, 0)

/** Most frequent first. */
const inOrder = (reasons: readonly Reason[]) => [...reasons].sort((a, b) => b.rows - a.rows)

const reasonsOf = (found: readonly Quarantined[], tally: QuarantineTally, source: string | null): readonly Reason[] =>
  found.map(({ step, rule, column, reason, rows }) => ({ rows, reason, example: tally.example(source, step, rule, column) }))

/** The segment that read the scan, of several the one with the most misfits, as each branch meets the same ones. */
function readerOf({ step }: ScannedDataset, { segments, scans }: RunArtifacts): readonly Quarantined[] {
  const misfits = segments
    .filter(({ file, plan }) => makerOf(file.dataset, plan, scans) === step)
    .map(({ outcomes }) => quarantinedIn(outcomes).filter(({ misfit }) => misfit))
  return misfits.sort((a, b) => sumOf(b) - sumOf(a))[0] ?? []
}

/** Of all steps that quarantined any. Records that cannot be read, and cells of another type than declared, count for the scan. */
export function badRowsBySteps(artifacts: RunArtifacts, tally: QuarantineTally): readonly BadRows[] {
  const ofScans = artifacts.scans.map((scan): BadRows => {
    const misfits = readerOf(scan, artifacts)
    const bad = scan.plan.sources.reduce((sum, source) => sum + source.bad, 0)
    const reasons = [...tally.unreadable(null, scan.step), ...reasonsOf(misfits, tally, null)]
    return { step: scan.step, rows: bad + sumOf(misfits), of: scan.plan.records, reasons: inOrder(reasons) }
  })
  const ofSteps = artifacts.segments.flatMap(({ file, outcomes }) =>
    quarantinedBy(file.accounts.steps, outcomes).map(
      ({ found, ...own }): BadRows => ({ ...own, reasons: inOrder(reasonsOf(found, tally, null)) }),
    ),
  )
  return [...ofScans, ...ofSteps].filter(({ rows }) => rows > 0)
}

/** What each step of a pass quarantined of the rows it got, without the cells that do not fit a declared type. */
export function quarantinedBy(steps: readonly { readonly step: string; readonly rows: RowAccount }[], outcomes: readonly Outcome[]) {
  const all = quarantinedIn(outcomes)
  return steps.map(({ step, rows }) => {
    const found = all.filter((one) => one.step === step && !one.misfit)
    const misfits = sumOf(all.filter((one) => one.step === step && one.misfit))
    return { step, rows: sumOf(found), of: rows.in - misfits, found }
  })
}

/** The records that the scan of a pass could not read, and the rows whose cells do not fit a declared type. */
export const unreadableIn = ({ sources, records }: Pick<DatasetPlan, 'sources' | 'records'>, outcomes: readonly Outcome[]) => ({
  rows: sources.reduce((sum, { bad }) => sum + bad, 0) + sumOf(quarantinedIn(outcomes).filter(({ misfit }) => misfit)),
  of: records,
})

/** Sources of which every row is in quarantine. */
export function badSources(artifacts: RunArtifacts, tally: QuarantineTally): readonly BadSource[] {
  const { scans, segments } = artifacts
  return scans.flatMap((scan) => {
    const readers = segments.filter(({ file, plan }) => makerOf(file.dataset, plan, scans) === scan.step)
    return scan.plan.sources.flatMap(({ name, records, bad }, at): BadSource[] => {
      if (records === 0) return []
      const passes = readers.length === 0 ? [[]] : readers.map((reader) => ofSource(reader, at))
      const found = passes.find((pass) => bad + sumOf(pass) === records)
      if (found === undefined) return []
      const steps = new Set([
        ...(bad > 0 || found.some(({ misfit }) => misfit) ? [scan.step] : []),
        ...found.flatMap(({ step, misfit }) => (misfit ? [] : [step])),
      ])
      const reasons = inOrder([...tally.unreadable(name, scan.step), ...reasonsOf(found, tally, name)])
      return [{ source: name, rows: records, of: records, steps, reasons }]
    })
  })
}

const ofSource = ({ outcomes }: SegmentArtifacts, source: number) => quarantinedIn(outcomes, source)
