/** Alerts about the runs of a pipeline: too many did not succeed, or none ran for too long. Pure. */
import { startTimes } from '#run/starts/start-times.ts'
import type { RegisteredPipeline } from './registered.ts'
import { RECENT, statsOf } from './stats.ts'

/** Percent of the newest runs that must succeed. */
const MIN_SUCCESS_RATE = 90
/** A run may start this much later than it is expected. The alarm for missing runs on AWS waits as long. */
const GRACE = 60 * 60_000
const HOUR = 60 * 60_000

export interface Alert {
  readonly pipeline: string
  readonly kind: 'low_success_rate' | 'no_recent_run'
  readonly message: string
  /** What was measured, and the limit: percent, or hours. */
  readonly value: number
  readonly limit: number
}

export interface Health {
  readonly healthy: boolean
  readonly alerts: readonly Alert[]
  /** What could not be checked, and why. */
  readonly notes: readonly string[]
}

export function healthOf(pipelines: readonly RegisteredPipeline[], now: Date): Health {
  const alerts = pipelines.flatMap((one) => [...lowRate(one), ...notRun(one, now)])
  const notes = pipelines.flatMap(({ id, unknown }) =>
    unknown === null ? [] : [`Workflow '${id}': its schedule cannot be read, so missing runs are not noticed: ${unknown}`],
  )
  return { healthy: alerts.length === 0, alerts, notes }
}

function lowRate(pipeline: RegisteredPipeline): readonly Alert[] {
  const { success_rate: value, recent_executions: recent } = statsOf(pipeline)
  if (value === null || value >= MIN_SUCCESS_RATE) return []
  const of = recent < RECENT ? `of ${recent} runs` : `of the last ${RECENT} runs`
  const message = `Workflow '${pipeline.id}' has low success rate: ${value.toFixed(1)}% (${of}, limit ${MIN_SUCCESS_RATE}%)`
  return [{ pipeline: pipeline.id, kind: 'low_success_rate', message, value, limit: MIN_SUCCESS_RATE }]
}

/** A pipeline is late when the next run after its last one is an hour overdue. One without a schedule is never late. */
function notRun({ id, runs, declared }: RegisteredPipeline, now: Date): readonly Alert[] {
  if (declared === null) return []
  const { expect_every: every, schedule } = declared
  const mustSucceed = every !== null
  const last = mustSucceed ? runs.find(({ state }) => state === 'succeeded') : runs[0]
  // no run succeeded yet: the oldest run shows how long that has been
  const since = new Date((last ?? runs.at(-1))?.record.started_at ?? now)
  const due = mustSucceed ? new Date(since.getTime() + every * 1000) : schedule === null ? undefined : nextStart(schedule, since)
  if (due === undefined || now.getTime() <= due.getTime() + GRACE) return []
  const value = (now.getTime() - since.getTime()) / HOUR
  const limit = (due.getTime() + GRACE - since.getTime()) / HOUR
  const what = mustSucceed ? "hasn't succeeded" : "hasn't run"
  const message = `Workflow '${id}' ${what} in over ${hours(limit)} hours (${hours(value)} h)`
  return [{ pipeline: id, kind: 'no_recent_run', message, value, limit }]
}

function nextStart(schedule: Parameters<typeof startTimes>[0], since: Date): Date | undefined {
  const [next] = startTimes(schedule, since, since)
  return next
}

const hours = (amount: number) => String(Number(amount.toFixed(1)))
