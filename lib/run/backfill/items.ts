/** What a backfill has to do for each date: start a run, resume the last one, or nothing. */
import type { StoredRun } from '#run/runs/list.ts'
import { isResumable } from '#run/runs/list.ts'

export type Todo = 'start' | 'resume' | 'good' | 'running' | 'queued'

export interface BackfillItem {
  /** The logical date. */
  readonly date: Date
  readonly todo: Todo
  /** The last run of this date. */
  readonly run: StoredRun | undefined
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

/** The run that was started last, of each date. */
function lastByDate(runs: readonly StoredRun[]): ReadonlyMap<number, StoredRun> {
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

function todoOf(run: StoredRun | undefined, isQueued: boolean, again: boolean): Todo {
  if (run?.state === 'running') return 'running'
  if (isQueued) return 'queued'
  if (run === undefined) return 'start'
  if (run.state === 'succeeded' || run.state === 'partial') return again ? 'start' : 'good'
  return isResumable(run) ? 'resume' : 'start'
}
