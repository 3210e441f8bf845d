/** The metrics of a server, for Prometheus: what it serves and schedules, and the runs of its pipelines in the store. */
import { exposition, type Sample } from '#core/text/exposition.ts'
import { folderStore } from '#io/store/folder.ts'
import { listRuns, type StoredRun } from '#run/runs/list.ts'
import type { ServedPipeline } from './describe.ts'
import { queuedRuns } from './queue.ts'
import type { Server } from './server.ts'

export interface ServerFacts {
  readonly version: string
  /** The folder of the store, as an absolute path. */
  readonly store: string
  readonly pipelines: readonly ServedPipeline[]
}

const STATES: readonly StoredRun['state'][] = ['running', 'succeeded', 'partial', 'failed', 'killed', 'interrupted']

/** Runs and queue are those of the store, so every server on it says the same of them. Runs that commands make for themselves are left out. */
export async function serverMetrics(facts: ServerFacts, server: Pick<Server, 'state' | 'nextTimes'>): Promise<string> {
  // the queue first: a run that begins in between counts as waiting, not as nothing
  const queue = await queuedRuns(folderStore(facts.store))
  const runs = (await listRuns(facts.store)).filter(({ record }) => record.made_by === undefined)
  const recorded = new Set(runs.map(({ record }) => record.id))
  const ids = facts.pipelines.map(({ id }) => id)
  const { leads, looked_at, held_back } = server.state()
  const nextTimes = server.nextTimes()
  const runsOf = new Map(ids.map((id) => [id, runs.filter(({ record }) => record.pipeline.id === id)]))
  const waiting = new Map(ids.map((id) => [id, 0]))
  for (const { name, pipeline } of queue) if (!recorded.has(name)) waiting.set(pipeline, (waiting.get(pipeline) ?? 0) + 1)

  /** One sample of each pipeline that has the figure. */
  const each = (read: (runs: readonly StoredRun[]) => number | undefined): readonly Sample[] =>
    [...runsOf].flatMap(([pipeline, own]) => {
      const value = read(own)
      return value === undefined ? [] : [{ labels: { pipeline }, value }]
    })
  const one = (value: number): readonly Sample[] => [{ value }]
  const gauge = (name: string, help: string, samples: readonly Sample[]) => ({
    name: `siftstep_${name}`,
    type: 'gauge' as const,
    help,
    samples,
  })
  const unix = (time: string) => Date.parse(time) / 1000

  return exposition([
    gauge('info', 'The version of the server.', [{ labels: { version: facts.version }, value: 1 }]),
    gauge('pipelines', 'Number of pipelines that are served.', one(ids.length)),
    gauge('lease_held', '1 if this server schedules, 0 if it stands by.', one(leads ? 1 : 0)),
    gauge(
      'last_look_timestamp_seconds',
      'When this server last looked at schedules, folders and the queue.',
      looked_at === null ? [] : one(unix(looked_at)),
    ),
    gauge(
      'runs',
      'Runs in the store, by status.',
      [...runsOf].flatMap(([pipeline, own]) =>
        STATES.map((status) => ({ labels: { pipeline, status }, value: own.filter(({ state }) => state === status).length })),
      ),
    ),
    gauge(
      'runs_queued',
      'Runs that wait to begin.',
      [...waiting].map(([pipeline, value]) => ({ labels: { pipeline }, value })),
    ),
    gauge(
      'runs_held_back',
      'Runs of them that depends_on_past keeps from starting.',
      leads ? ids.map((pipeline) => ({ labels: { pipeline }, value: held_back.filter((one) => one.pipeline === pipeline).length })) : [],
    ),
    gauge(
      'next_start_timestamp_seconds',
      'Next time of the schedule.',
      [...nextTimes].map(([pipeline, time]) => ({ labels: { pipeline }, value: time.getTime() / 1000 })),
    ),
    gauge(
      'last_success_timestamp_seconds',
      'When the newest successful run ended.',
      each((own) =>
        endedOf(
          own.filter(({ state }) => state === 'succeeded'),
          ({ finished_at }) => unix(finished_at),
        ),
      ),
    ),
    gauge(
      'last_run_timestamp_seconds',
      'When the newest run that ended did.',
      each((own) => endedOf(own, ({ finished_at }) => unix(finished_at))),
    ),
    gauge(
      'last_run_duration_seconds',
      'Duration of the newest run that ended.',
      each((own) => endedOf(own, ({ seconds }) => seconds)),
    ),
    gauge(
      'last_run_rows',
      'Rows of the newest run that ended.',
      [...runsOf].flatMap(([pipeline, own]) => {
        const rows = endedOf(own, (record) => record.rows ?? undefined)
        if (rows === undefined) return []
        const { quarantined, filtered, deduplicated } = rows
        return Object.entries({ in: rows.in, out: rows.out, quarantined, duplicates: deduplicated, filtered }).map(([kind, value]) => ({
          labels: { pipeline, kind },
          value,
        }))
      }),
    ),
  ])
}

/** A figure of the newest run that ended; the newest run is the first. */
function endedOf<T>(runs: readonly StoredRun[], read: (record: Ended) => T | undefined): T | undefined {
  const found = runs.map(({ record }) => record).find((record): record is Ended => 'finished_at' in record)
  return found === undefined ? undefined : read(found)
}

type Ended = Extract<StoredRun['record'], { readonly finished_at: string }>
