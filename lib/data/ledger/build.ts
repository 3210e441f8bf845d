/** Builds the ledger of a run: adds up each flow of rows from a source to its end. */
import type { SegmentFile } from './segment-file.ts'
import type { ExchangeFile } from './exchange-file.ts'
import { type RunArtifacts, makerOf } from './artifacts.ts'
import { addRows, equation, isBalanced, type Ledger, NO_ROWS, type RowAccount } from './ledger.ts'

const balanced = (rows: RowAccount) => ({ rows, balanced: isBalanced(rows) })

/** A unit that processed rows: the unit it read from, and its accounts. */
interface Flow {
  readonly id: string
  readonly reads: string
  readonly rows: RowAccount
  readonly sources: ReadonlyMap<number, RowAccount>
}

export function buildLedger(artifacts: RunArtifacts): Ledger {
  const { scans, segments, exchanges, facts } = artifacts
  const flows = flowsOf(artifacts)
  const steps: { step: string; rows: RowAccount }[] = []
  const sources: { source: string; rows: RowAccount }[] = []
  const chunks: { source: string; chunk: number; rows: RowAccount }[] = []
  let total = NO_ROWS
  for (const { step, plan } of scans) {
    const bad = plan.sources.reduce((sum, source) => sum + source.bad, 0)
    const good = plan.records - bad
    steps.push({ step, rows: { ...NO_ROWS, in: plan.records, quarantined: bad, out: good } })
    const readers = flows.filter(({ reads }) => reads === step)
    // rows that no unit reads are output unchanged: a run that only measures
    const measured = { ...NO_ROWS, in: good, out: facts?.rows ?? good }
    const flow =
      readers.length === 0
        ? measured
        : branched(
            readers.map((reader) => followed(reader, flows)),
            good,
          )
    total = addRows(total, { ...flow, in: flow.in + bad, quarantined: flow.quarantined + bad })
    plan.sources.forEach((source, at) => {
      const rows = source.records - source.bad
      const accounts = readers.flatMap((reader) => reader.sources.get(at) ?? [])
      const own = accounts.length === 0 ? { ...NO_ROWS, in: rows, out: rows } : branched(accounts, rows)
      sources.push({ source: source.name, rows: { ...own, in: own.in + source.bad, quarantined: own.quarantined + source.bad } })
    })
    for (const { file } of segments.filter(({ file }) => readers.some(({ id }) => id === file.step)))
      for (const { source, chunk, rows } of file.accounts.chunks) chunks.push({ source: plan.sources[source]?.name ?? '', chunk, rows })
  }
  for (const { file } of segments) steps.push(...file.accounts.steps)
  for (const { file } of exchanges) steps.push({ step: file.step, rows: exchanged(file) })
  const merged = segments.flatMap(({ file }) => mergedBy(file))
  return {
    rows: total,
    balanced: isBalanced(total) && [...steps, ...sources, ...chunks].every(({ rows }) => isBalanced(rows)),
    equation: equation(total),
    sources: sources.map(({ source, rows }) => ({ source, ...balanced(rows) })),
    steps: steps.map(({ step, rows }) => ({ step, ...balanced(rows) })),
    ...(merged.length === 0 ? {} : { merged }),
    chunks: chunks.map(({ source, chunk, rows }) => ({ source, chunk, ...balanced(rows) })),
  }
}

/** What became of the rows that a unit merged into what was there. */
function mergedBy({ output }: SegmentFile) {
  return (output?.manifest.merged ?? []).map(({ by, inserted, updated, unchanged }) => ({
    step: by.slice(by.lastIndexOf('/') + 1),
    inserted,
    updated,
    unchanged,
  }))
}

const exchanged = ({ rows_in, rows_out, filtered, fan }: ExchangeFile): RowAccount => ({
  ...NO_ROWS,
  in: rows_in,
  out: rows_out,
  filtered,
  fan,
})

function flowsOf({ scans, segments, exchanges }: RunArtifacts): readonly Flow[] {
  return [
    ...segments.map(({ file, plan }) => ({
      id: file.step,
      reads: makerOf(file.dataset, plan, scans),
      rows: file.accounts.rows,
      sources: new Map(file.accounts.sources.map(({ source, rows }) => [source, rows])),
    })),
    ...exchanges.map(({ file, plan }) => ({
      id: file.step,
      reads: makerOf(file.dataset, plan, scans),
      rows: exchanged(file),
      sources: new Map<number, RowAccount>(),
    })),
  ]
}

/** The account of a unit and all units after it. */
function followed(flow: Flow, flows: readonly Flow[]): RowAccount {
  const readers = flows.filter(({ reads }) => reads === flow.id)
  if (readers.length === 0) return flow.rows
  const after = branched(
    readers.map((reader) => followed(reader, flows)),
    flow.rows.out,
  )
  return {
    in: flow.rows.in,
    out: after.out,
    quarantined: flow.rows.quarantined + after.quarantined,
    deduplicated: flow.rows.deduplicated + after.deduplicated,
    filtered: flow.rows.filtered + after.filtered,
    fan: flow.rows.fan + after.fan,
  }
}

/** Rows that several units read are counted once as input, and as gained for each reader after the first. */
function branched(accounts: readonly RowAccount[], rows: number): RowAccount {
  const sum = accounts.reduce(addRows, NO_ROWS)
  return { ...sum, in: rows, fan: sum.fan + sum.in - rows }
}
