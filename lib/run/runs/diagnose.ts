/** Why a run did not succeed: what failed, what that means, what is different from the last run that succeeded, and what fixes it. Pure. */
import { TASK_ERRORS } from '#core/errors/errors.ts'
import { parseCause } from '#core/errors/failure.ts'
import { preview } from '#core/text/preview.ts'
import { entryOf } from '#core/text/record.ts'
import { count } from '#core/text/numbers.ts'
import type { Attention } from '#data/report/attention.ts'
import { type ComparedRun, compareRuns, type RunDiff } from './compare.ts'
import { isResumable, type RunState } from './list.ts'
import { startedBy } from './started-by.ts'

export interface Diagnosis {
  readonly run: string
  readonly pipeline: string
  readonly state: RunState
  /** What started it, in short. */
  readonly started_by: string
  /** What failed; null if nothing did. */
  readonly failure: {
    readonly step: string | null
    readonly attempts: number
    readonly error: string
    /** The error in a sentence; null for one that siftstep does not define. */
    readonly meaning: string | null
    readonly message: string
    readonly where: string | null
    /** What fixes it; null if the error does not say. */
    readonly fix: string | null
  } | null
  /** Why it completed in part, or what steps reported as errors: one sentence each. */
  readonly reasons: readonly string[]
  /** Rows and columns that need a person, with the setting that decides. */
  readonly look_at: readonly Attention[]
  /** The last run of the pipeline before this one that succeeded, and what changed since; null if there is none. */
  readonly since: { readonly run: string; readonly changes: readonly string[] } | null
  readonly kept_tasks: number
  readonly published: boolean
  /** Whether resuming makes sense, without a change. */
  readonly resumable: boolean
}

const MAX_ATTENTION = 3

export function diagnose(run: ComparedRun, lastGood: ComparedRun | null): Diagnosis {
  const { facts } = run
  const { record, state, report } = facts
  const ended = state === 'succeeded' || state === 'running'
  const warnings = (report?.warnings ?? []).map(({ step, text }) => (step === null ? text : `${step}: ${text}`))
  const errors = (report?.steps ?? []).flatMap(({ id, report: own }) =>
    own.lines.filter(({ level }) => level === 'error').map(({ text }) => `${id}: ${text}`),
  )
  return {
    run: record.id,
    pipeline: record.pipeline.id,
    state,
    started_by: startedBy(record.start),
    failure: failureOf(run),
    reasons: state === 'succeeded' ? [] : [...warnings, ...errors],
    look_at: ended ? [] : (report?.attention ?? []).filter(({ kind }) => kind !== 'decided').slice(0, MAX_ATTENTION),
    since: ended || lastGood === null ? null : { run: lastGood.facts.record.id, changes: changesInWords(compareRuns(lastGood, run)) },
    kept_tasks: facts.finished_tasks,
    published: facts.published,
    resumable: isResumable(facts),
  }
}

function failureOf({ facts: { record, failed } }: ComparedRun): Diagnosis['failure'] {
  if (!('failure' in record) || record.failure === null) return null
  const { error, cause } = record.failure
  const { step, message, where, hint } = parseCause(cause)
  return {
    step: step ?? failed?.step ?? null,
    attempts: failed?.attempts ?? 1,
    error,
    meaning: entryOf(TASK_ERRORS, error) ?? null,
    message: message === '' ? error : message,
    where,
    fix: hint,
  }
}

/** What changed between two runs, one sentence each, the likeliest cause of a failure first. */
function changesInWords({ definition, inputs, version, sources, columns }: RunDiff): readonly string[] {
  const texts = (values: readonly string[]) => preview(values, 8)
  return [
    ...(columns.removed.length > 0 ? [`columns that are no longer there: ${texts(columns.removed)}`] : []),
    ...(columns.added.length > 0 ? [`new columns: ${texts(columns.added)}`] : []),
    ...columns.changed.flatMap(({ name, what, before, after }) =>
      what === 'type'
        ? [`the column ${name} was ${before} and is ${after}`]
        : [`${what} cells of ${name}: ${percent(before)} before, ${percent(after)} now`],
    ),
    ...(definition.changed
      ? [`the definition: ${count(definition.lines.length, 'changed line')}`]
      : definition.machine_changed
        ? ['the configuration or the environment of the definition, not its text']
        : []),
    ...inputs.map(({ name, before, after }) => `the input ${name} was ${JSON.stringify(before)} and is ${JSON.stringify(after)}`),
    ...sourcesInWords(sources),
    ...(version === null ? [] : [`siftstep ${version.after}, and ${version.before} before`]),
  ]
}

function sourcesInWords(sources: RunDiff['sources']): readonly string[] {
  const gone = sources.filter(({ after }) => after === null).map(({ name }) => name)
  const fresh = sources.filter(({ before }) => before === null).map(({ name }) => name)
  const other = sources.filter(({ before, after }) => before !== null && after !== null)
  return [
    ...(fresh.length > 0 ? [`new sources: ${preview(fresh, 8)}`] : []),
    ...(gone.length > 0 ? [`sources that were not read: ${preview(gone, 8)}`] : []),
    ...other
      .slice(0, 8)
      .map(({ name, before, after }) => `${name}: ${count(before ?? 0, 'row')} before, ${(after ?? 0).toLocaleString('en')} now`),
  ]
}

const percent = (share: string | number) => `${(Number(share) * 100).toFixed(1)}%`
