/**
 * Runs that are to be carried out on this machine, one object each, from the moment of their start to their end. Whoever schedules takes them
 * from here, also after a take-over. The name of a run is that of what starts it, so the same start adds one run, and a name that was added
 * before adds none.
 */
import type { Json } from '#core/json.ts'
import type { Store } from '#io/store/store.ts'
import { findJson, writeJson } from '#io/workspace/json-store.ts'
import { claimName, isClaimed } from '#run/starts/claims.ts'
import { isScheduled, type Unrecorded } from '#run/runs/past.ts'
import type { RunInput } from '#run/starts/requests.ts'
import type { Executions } from '#run/starts/start.ts'

export interface QueuedRun {
  readonly name: string
  readonly pipeline: string
  readonly input: RunInput
  readonly queued_at: string
  /** How often a process began to carry it out. */
  readonly attempts: number
}

const PREFIX = 'queue/'
const keyOf = (name: string) => `${PREFIX}${name}.json`
/** Runs that could not begin. */
const FAILED = 'queue-failed/'
const failedKey = (name: string) => `${FAILED}${name}.json`

type QueueStore = Pick<Store, 'read' | 'create'>

/** The executions of a pipeline on this machine: to start one is to add it to the queue. `local` changes the inputs for this machine. */
export function queueExecutions(store: QueueStore, pipeline: string, local: (value: Json) => Json, now: () => Date): Executions {
  return {
    start: async (name, given) => {
      if (await isClaimed(store, pipeline, name)) return 'exists'
      const input: RunInput = {
        ...given,
        inputs: local(given.inputs) as RunInput['inputs'],
        start: local(given.start) as RunInput['start'],
      }
      const entry: QueuedRun = { name, pipeline, input, queued_at: now().toISOString(), attempts: 0 }
      // first the run, then the claim: a process that is killed in between adds the same run again. Where another process claims the name in
      // between, it means the same run; if that has ended already, its record says so, and it leaves the queue
      await store.create(keyOf(name), JSON.stringify(entry))
      return (await claimName(store, pipeline, name, now())) ? 'started' : 'exists'
    },
    exists: (name) => isClaimed(store, pipeline, name),
    running: async () => [],
  }
}

/** All queued runs, in the order in which they are to begin. */
export async function queuedRuns(store: Store): Promise<readonly QueuedRun[]> {
  const keys = await store.list(PREFIX)
  const found = await Promise.all(keys.map(({ key }) => findJson<QueuedRun>(store, key)))
  return found.filter((run) => run !== undefined).sort(inOrder)
}

/** Starts by the schedule of a pipeline that wait in the queue, or could not begin. */
export async function unrecordedStarts(store: Store, pipeline: string): Promise<readonly Unrecorded[]> {
  const failed = await Promise.all((await store.list(FAILED)).map(({ key }) => findJson<QueuedRun>(store, key)))
  const of = (runs: readonly (QueuedRun | undefined)[], state: Unrecorded['state']) =>
    runs.flatMap((run) =>
      run?.pipeline === pipeline && isScheduled(run.input.start) ? [{ name: run.name, logical_date: run.input.logical_date, state }] : [],
    )
  return [...of(await queuedRuns(store), 'queued'), ...of(failed, 'not started')]
}

const inOrder = (a: QueuedRun, b: QueuedRun) =>
  Date.parse(a.input.logical_date) - Date.parse(b.input.logical_date) || (a.name < b.name ? -1 : 1)

export const findQueued = (store: Store, name: string): Promise<QueuedRun | undefined> => findJson(store, keyOf(name))

/** Counts an attempt, before it is made. */
export const countAttempt = (store: Store, run: QueuedRun): Promise<void> =>
  writeJson(store, keyOf(run.name), { ...run, attempts: run.attempts + 1 } satisfies QueuedRun)

export const leaveQueue = (store: Store, name: string): Promise<void> => store.remove(keyOf(name))

/** Takes a run that cannot begin out of the queue, and keeps it with the reason. */
export async function giveUp(store: Store, run: QueuedRun, reason: string): Promise<void> {
  await writeJson(store, failedKey(run.name), { ...run, reason })
  await leaveQueue(store, run.name)
}
