/** Finds why a run that has published its output is not simply successful: too many bad rows, a source without a row left, lost values. */
import type { Source } from '#data/dataset/plan.ts'
import { addLostValues, lostValues, type LostValues } from '#data/pass/lost-values.ts'
import { type Outcome, sourceNameOf } from '#data/pass/outcome.ts'
import { count, isMoreThanShare } from '#core/text/numbers.ts'
import { entryOf } from '#core/text/record.ts'
import type { RunArtifacts } from './artifacts.ts'
import { type BadRows, badRowsBySteps, badSources } from './bad-rows.ts'
import type { Ledger } from './ledger.ts'
import type { Example, QuarantineTally, Reason } from './quarantine-tally.ts'

/** Shares that steps allow, by their ids; of a step that is absent, and without a value, the defaults below. */
export interface Limits {
  readonly [step: string]: { readonly max_bad_rows?: number; readonly max_lost_values?: number } | undefined
}

/** Default share of its rows that a step may quarantine. */
const MAX_BAD_ROWS = 0.05
/** Default share of the values of a column that a step may make missing. */
const MAX_LOST_VALUES = 0.5

export interface RunWarning {
  /** The step it is about; null if it is about several. */
  readonly step: string | null
  /** One sentence. */
  readonly text: string
  /** What its reasons count. */
  readonly counts: 'row' | 'value'
  /** The most frequent reasons, with an example each. */
  readonly reasons: readonly Reason[]
}

const MAX_REASONS = 3
/** Sources named one by one. */
const MAX_SOURCES = 5

/** All warnings of a run, those about steps first. */
export function warningsOf(artifacts: RunArtifacts, { rows }: Ledger, tally: QuarantineTally, limits: Limits): readonly RunWarning[] {
  const limitOf = (step: string) => entryOf(limits, step)?.max_bad_rows
  const bad = badRowsBySteps(artifacts, tally)
  const steps = bad.flatMap((one) => {
    const limit = limitOf(one.step) ?? MAX_BAD_ROWS
    return isMoreThanShare(one.rows, one.of, limit) ? [warning(one.step, above(one, limit), one.reasons)] : []
  })
  return [
    ...steps,
    ...(steps.length > 0
      ? []
      : together(
          bad.filter(({ step }) => limitOf(step) === undefined),
          rows.in,
        )),
    ...emptySources(artifacts, tally, limitOf, steps.length > 0),
    ...lostColumns(artifacts, limits),
  ]
}

const warning = (step: string | null, text: string, reasons: readonly Reason[], counts: RunWarning['counts'] = 'row'): RunWarning => ({
  step,
  text,
  counts,
  reasons: reasons.slice(0, MAX_REASONS),
})

const shareOf = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)}%`
const percentOf = (limit: number) => `${Number((100 * limit).toPrecision(6))}%`

type Share = Pick<BadRows, 'rows' | 'of'>

/** Whether a step quarantined more than it may; `limits` are those that steps set. */
export const isTooMany = ({ rows, of }: Share, limits: { readonly [step: string]: number }, step: string) =>
  isMoreThanShare(rows, of, entryOf(limits, step) ?? MAX_BAD_ROWS)

/** `60 of 120 rows quarantined (50.0%), more than max_bad_rows (5%)`. */
export const tooMany = (share: Share, limits: { readonly [step: string]: number }, step: string) =>
  above(share, entryOf(limits, step) ?? MAX_BAD_ROWS)

const above = ({ rows, of }: Share, limit: number) =>
  `${rows.toLocaleString('en')} of ${count(of, 'row')} quarantined (${shareOf(rows, of)}), more than max_bad_rows (${percentOf(limit)})`

/** Steps that each keep the default limit may exceed it together. */
function together(bad: readonly BadRows[], all: number): readonly RunWarning[] {
  const rows = bad.reduce((sum, one) => sum + one.rows, 0)
  if (bad.length < 2 || !isMoreThanShare(rows, all, MAX_BAD_ROWS)) return []
  const reasons = bad.flatMap((one) => one.reasons).sort((a, b) => b.rows - a.rows)
  return [warning(null, `${above({ rows, of: all }, MAX_BAD_ROWS)}, by ${bad.map(({ step }) => step).join(', ')} together`, reasons)]
}

/** A source without a row left. Steps whose limit is 100% allow it. Of a single source the steps have said it already. */
function emptySources(
  artifacts: RunArtifacts,
  tally: QuarantineTally,
  limitOf: (step: string) => number | undefined,
  known: boolean,
): readonly RunWarning[] {
  const sources = artifacts.scans.reduce((sum, { plan }) => sum + plan.sources.length, 0)
  if (sources === 1 && known) return []
  const empty = badSources(artifacts, tally).filter(({ steps }) => [...steps].some((step) => limitOf(step) !== 1))
  const rest = empty.slice(MAX_SOURCES)
  return [
    ...empty
      .slice(0, MAX_SOURCES)
      .map(({ source, of, reasons }) =>
        warning(null, `${source}: ${of === 1 ? 'its only row' : `all ${count(of, 'row')}`} quarantined`, reasons),
      ),
    ...(rest.length === 0 ? [] : [warning(null, `${count(rest.length, 'more source')} with all rows quarantined, see ledger.json`, [])]),
  ]
}

interface Loss extends LostValues {
  readonly example: Example | null
}

/** Columns of which a step made too many values missing. */
function lostColumns({ segments, exchanges }: RunArtifacts, limits: Limits): readonly RunWarning[] {
  const losses = [
    ...segments.flatMap(({ plan, outcomes }) => lossesOf(outcomes, plan.sources)),
    ...exchanges.flatMap(({ file }) => (file.lost ?? []).map((one): Loss => ({ ...one, example: null }))),
  ].filter(({ lost }) => lost > 0)
  const columns = new Map<string, Loss[]>()
  for (const loss of losses) {
    const key = JSON.stringify([loss.step, loss.column])
    columns.set(key, [...(columns.get(key) ?? []), loss])
  }
  return [...columns.values()].flatMap((own) => {
    const [{ step, column, values } = own[0] as Loss] = own
    const lost = own.reduce((sum, one) => sum + one.lost, 0)
    const limit = entryOf(limits, step)?.max_lost_values ?? MAX_LOST_VALUES
    if (!isMoreThanShare(lost, values, limit)) return []
    const text = `${column}: ${lost.toLocaleString('en')} of ${count(values, 'value')} became missing (${shareOf(lost, values)}), more than max_lost_values (${percentOf(limit)})`
    return [
      warning(
        step,
        text,
        own.map(({ rule, lost: cells, example }) => ({ rows: cells, reason: `made missing by ${rule}`, example })),
        'value',
      ),
    ]
  })
}

function lossesOf(outcomes: readonly Outcome[], sources: readonly Source[]): readonly Loss[] {
  const counted = outcomes.map((outcome) =>
    lostValues(
      outcome.sources.reduce((sum, { rows }) => sum + rows, 0),
      outcome.flags.map(({ flag, counts }) => [flag, counts.reduce((a, b) => a + b, 0)] as const),
    ),
  )
  const examples = outcomes.flatMap(({ lost = [] }) => lost)
  return addLostValues(counted).map((one) => {
    const found = examples.find(({ step, rule, column }) => step === one.step && rule === one.rule && column === one.column)
    return { ...one, example: found === undefined ? null : { source: sourceNameOf(found, sources), line: found.line, value: found.value } }
  })
}
