/** What a backfill has to do for each date: start a run, resume the last one, or nothing. */
import type { StoredRun } from '#run/runs/list.ts'
import { isGood, isResumable } from '#run/runs/list.ts'
import { lastByDate } from '#run/runs/past.ts'

export type Todo = 'start' | 'resume' | 'good' | 'running' | 'queued'

export interface BackfillItem {
  /** The logical date. */
  readonly date: Date
  readonly todo: Todo
  /** The last run of this date. */
  readonly run: StoredRun | undefined
  /** A start in the queue of a server that the backfill carries out itself. */
  readonly taken?: string | undefined
}

export interface Known {
  /** Runs of the pipeline. */
  readonly runs: readonly StoredRun[]
  /** Logical dates for which a server has a run in its queue. */
  readonly queued: readonly string[]
}

/** `again`: dates whose last run is good get another one. */
export function itemsOf(dates: readonly Date[], { runs, queued }: Known, again: boolean): readonly BackfillItem[] {
  const last = lastByDate(runs)
  const waiting = new Set(queued.map((date) => Date.parse(date)))
  return dates.map((date) => {
    const run = last.get(date.getTime())
    return { date, run, todo: todoOf(run, waiting.has(date.getTime()), again) }
  })
}

function todoOf(run: StoredRun | undefined, isQueued: boolean, again: boolean): Todo {
  if (run?.state === 'running') return 'running'
  if (isQueued) return 'queued'
  if (run === undefined) return 'start'
  if (isGood(run)) return again ? 'start' : 'good'
  return isResumable(run) ? 'resume' : 'start'
}
