/**
 * Stops a run that another process works on. The request is an object in the run's folder, so it reaches a process that works on several
 * runs, or that runs in another container, and stops that one run.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { folderStore } from '#io/store/folder.ts'
import type { Store } from '#io/store/store.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { readRun, type StoredRun } from './list.ts'
import { isTaken } from './lock.ts'

/** How often a run looks for a request, and a request for its effect, in milliseconds. */
const INTERVAL = 200

/**
 * Asks the process that works on the run to stop, and waits until it has. Resolves with the run as it is then: it may have ended in
 * another way meanwhile. Rejects when `signal` fires before.
 */
export async function stopRun(folder: string, { record, state }: StoredRun, signal?: AbortSignal): Promise<StoredRun> {
  const store = folderStore(folder)
  if (state === 'running') {
    const { stop } = workspace(record.id)
    while (await isTaken(store, record.id)) {
      // a request made before the run was taken anew is gone
      await store.create(stop, `${JSON.stringify({ requested: true })}\n`)
      await wait(INTERVAL, undefined, signal === undefined ? {} : { signal })
    }
    // where the process was killed meanwhile, nobody removes it
    await store.remove(stop)
  }
  return (await readRun(store, record.id)) ?? { record, state }
}

export interface StopListener {
  /** Fires when the run is to stop, by a request or by the signal that was given. */
  readonly signal: AbortSignal
  close(): Promise<void>
}

/** Listens for a request to stop the run. The caller has taken the run, so a request that is there already is an old one. */
export async function onStopRequest(store: Store, run: string, signal: AbortSignal | undefined): Promise<StopListener> {
  const { stop } = workspace(run)
  await store.remove(stop)
  const asked = new AbortController()
  let reading = Promise.resolve()
  const timer = setInterval(() => {
    reading = reading.then(async () => {
      // a store that cannot be read for a moment is read again
      if ((await store.read(stop).catch(() => undefined)) !== undefined) asked.abort()
    })
  }, INTERVAL)
  timer.unref()
  return {
    signal: signal === undefined ? asked.signal : AbortSignal.any([signal, asked.signal]),
    close: async () => {
      clearInterval(timer)
      await reading
      await store.remove(stop)
    },
  }
}
