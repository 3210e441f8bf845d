/** `depends_on_past`: what became of the date before that of a scheduled run. */
import { isGood, type RunState, type StoredRun } from './list.ts'

/** The run that another one waits for. */
export interface Past {
  readonly run: string
  /** As recorded. */
  readonly logical_date: string
  /** `queued`: it waits to begin. `not started`: it could not begin. */
  readonly state: RunState | 'queued' | 'not started'
}

/** A run without a record. */
export interface Unrecorded {
  readonly name: string
  readonly logical_date: string
  readonly state: 'queued' | 'not started'
}

export interface KnownRuns {
  /** Runs of the pipeline. */
  readonly runs: readonly StoredRun[]
  /** Starts of its schedule that have no record. */
  readonly unrecorded: readonly Unrecorded[]
}

/** Starts of the schedule; others have the moment of their start as their date. */
export const isScheduled = (start: unknown): boolean => {
  const type = start !== null && typeof start === 'object' && 'type' in start ? start.type : undefined
  return type === 'schedule' || type === 'backfill'
}

/**
 * The run that stands in the way of a date: that of the closest earlier date with a scheduled run, if it is not good. The last run of that date
 * counts, whoever started it. Undefined if nothing does, as for the first date.
 */
export function pastOf(date: Date, { runs, unrecorded }: KnownRuns): Past | undefined {
  const scheduled = runs.flatMap(({ record }) => (isScheduled(record.start) ? (record.logical_date ?? []) : []))
  const dates = [...scheduled, ...unrecorded.map(({ logical_date }) => logical_date)].map((one) => Date.parse(one))
  const before = Math.max(...dates.filter((one) => one < date.getTime()))
  if (before === Number.NEGATIVE_INFINITY) return undefined
  const last = lastByDate(runs).get(before)
  if (last !== undefined) {
    const { id, logical_date = '' } = last.record
    return isGood(last) ? undefined : { run: id, logical_date, state: last.state }
  }
  const found = unrecorded.find(({ logical_date }) => Date.parse(logical_date) === before)
  return found === undefined ? undefined : { run: found.name, logical_date: found.logical_date, state: found.state }
}

/** The run that was started last, of each date, by its milliseconds since 1970. */
export function lastByDate(runs: readonly StoredRun[]): ReadonlyMap<number, StoredRun> {
  const last = new Map<number, StoredRun>()
  for (const run of runs) {
    const { logical_date, started_at } = run.record
    if (logical_date === undefined) continue
    const at = Date.parse(logical_date)
    const before = last.get(at)
    if (before === undefined || before.record.started_at < started_at) last.set(at, run)
  }
  return last
}
