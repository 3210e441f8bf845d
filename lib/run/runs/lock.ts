/**
 * Whose a run is: `lock.json` in its folder names the process that works on it, and the worker processes it started. The process takes it
 * away when it ends; a process that was killed leaves it behind, and a lock without a living process means that nobody works on the run any more.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { TaskError } from '#core/errors/errors.ts'
import { isHeld, type Lock, readLock, takeLock } from '#io/workspace/lock.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { type Holder, holderOf, isAlive, isHere } from '#io/store/holder.ts'
import type { Store } from '#io/store/store.ts'
import { RunError } from './run-error.ts'

interface AboutRun {
  readonly workers: readonly Holder[]
}

export interface TakenRun {
  /** Writes down a process that is about to work on the run. */
  addWorker(pid: number): Promise<void>
  release(): Promise<void>
}

/** Takes the run, for this process. RunError when another process that lives has it. */
export async function takeRun(store: Store, run: string, now: Date): Promise<TakenRun> {
  const key = workspace(run).lock
  const lock = await takeLock<AboutRun>(store, key, { workers: [] }, now)
  if ('other' in lock) {
    const { pid, host } = lock.other
    throw new RunError(
      { code: 'run-taken', run },
      `the run ${run} is being worked on by process ${pid} on ${host}`,
      `wait for it, or stop it; if that machine or container is no more, remove ${key} from the store`,
    )
  }
  const { taken } = lock
  try {
    for (const { about } of taken.before) for (const worker of about.workers ?? []) await end(worker)
  } catch (error) {
    await taken.abandon()
    throw error
  }
  const workers: Holder[] = []
  let written = Promise.resolve()
  return {
    addWorker: (pid) => {
      workers.push(holderOf(pid, new Date()))
      // one after another, so that the last word is the last list
      const next = written.then(() => taken.change({ workers: workers.filter(isAlive) }))
      written = next.catch(() => {})
      return next
    },
    release: async () => {
      await written
      await taken.release()
    },
  }
}

/** Whether a process that lives has the run. */
export async function isTaken(store: Store, run: string): Promise<boolean> {
  const lock: Lock<AboutRun> | undefined = await readLock(store, workspace(run).lock)
  return lock !== undefined && isHeld(lock)
}

const PATIENCE = 10_000

/** A worker whose parent was killed ends by itself; nobody else may write to the run before it has. */
async function end(worker: Holder): Promise<void> {
  for (const until = Date.now() + PATIENCE; isAlive(worker); await wait(10)) {
    // the number of a process elsewhere may be that of any process here
    if (!isHere(worker) || Date.now() > until) throw stillWorks(worker)
    // only where it is certain that the number is still that process's
    if (worker.process !== null) process.kill(worker.pid, 'SIGKILL')
  }
}

const stillWorks = ({ pid, host }: Holder) =>
  new TaskError('Transient.Unavailable', `process ${pid} on ${host} may still work on the run, though the one that started it is gone`, {
    hint: 'end it, then try again',
  })
