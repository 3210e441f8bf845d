/** The ledger of a run: each flow of rows from a source to its end, added up. */
import type { Gathered, GatheredSegment } from '../report/gather.ts'
import { addRows, equation, isBalanced, type Ledger, NO_ROWS, type RowAccount } from './ledger.ts'

const balanced = (rows: RowAccount) => ({ rows, balanced: isBalanced(rows) })

export function buildLedger(gathered: Gathered): Ledger {
  const { scans, segments, exchanges, facts } = gathered
  const steps: { step: string; rows: RowAccount }[] = []
  const sources: { source: string; rows: RowAccount }[] = []
  const chunks: { source: string; chunk: number; rows: RowAccount }[] = []
  let total = NO_ROWS
  for (const { step, plan } of scans) {
    const bad = plan.sources.reduce((sum, source) => sum + source.bad, 0)
    steps.push({ step, rows: { ...NO_ROWS, in: plan.records, quarantined: bad, out: plan.records - bad } })
    const readers = segments.filter((segment) => readsFrom(segment, plan))
    // rows nobody works on come out as they are: a run that only measures
    const flows = readers.length === 0 ? [undefined] : readers
    for (const reader of flows) {
      const flow =
        reader === undefined ? { ...NO_ROWS, in: plan.records - bad, out: facts?.rows ?? plan.records - bad } : followed(reader, gathered)
      total = addRows(total, { ...flow, in: flow.in + bad, quarantined: flow.quarantined + bad })
      plan.sources.forEach((source, at) => {
        const rows = reader?.file.accounts.sources.find(({ source: index }) => index === at)?.rows ?? {
          ...NO_ROWS,
          in: source.records - source.bad,
          out: source.records - source.bad,
        }
        sources.push({ source: source.name, rows: { ...rows, in: rows.in + source.bad, quarantined: rows.quarantined + source.bad } })
      })
      for (const { source, chunk, rows } of reader?.file.accounts.chunks ?? [])
        chunks.push({ source: plan.sources[source]?.name ?? '', chunk, rows })
    }
  }
  for (const { file } of segments) steps.push(...file.accounts.steps)
  for (const { step, rows_in, rows_out, filtered } of exchanges) {
    steps.push({ step, rows: { ...NO_ROWS, in: rows_in, out: rows_out, filtered, fan: rows_out + filtered - rows_in } })
  }
  return {
    rows: total,
    balanced:
      isBalanced(total) &&
      steps.every(({ rows }) => isBalanced(rows)) &&
      sources.every(({ rows }) => isBalanced(rows)) &&
      chunks.every(({ rows }) => isBalanced(rows)),
    equation: equation(total),
    sources: sources.map(({ source, rows }) => ({ source, ...balanced(rows) })),
    steps: steps.map(({ step, rows }) => ({ step, ...balanced(rows) })),
    chunks: chunks.map(({ source, chunk, rows }) => ({ source, chunk, ...balanced(rows) })),
  }
}

const readsFrom = ({ plan }: GatheredSegment, dataset: GatheredSegment['plan']) =>
  plan.sources.length === dataset.sources.length &&
  plan.sources.every(({ inspection }, at) => inspection === dataset.sources[at]?.inspection)

/** The account of a segment and of everything its rows go through after it. */
function followed(segment: GatheredSegment, gathered: Gathered): RowAccount {
  const own = segment.file.accounts.rows
  const exchange = gathered.exchanges.find(({ reads }) => reads === segment.file.step)
  const next = gathered.segments.find(({ plan }) =>
    plan.sources.some(({ uri }) => uri.includes(`/data/${exchange?.step ?? segment.file.step}/parts/`)),
  )
  const across =
    exchange === undefined
      ? NO_ROWS
      : { ...NO_ROWS, filtered: exchange.filtered, fan: exchange.rows_out + exchange.filtered - exchange.rows_in }
  const out = exchange === undefined ? own.out : exchange.rows_out
  const after = next === undefined ? { ...NO_ROWS, out } : followed(next, gathered)
  return {
    in: own.in,
    out: after.out,
    quarantined: own.quarantined + after.quarantined,
    deduplicated: own.deduplicated + after.deduplicated,
    filtered: own.filtered + across.filtered + after.filtered,
    fan: own.fan + across.fan + after.fan,
  }
}
