/**
 * Lock of a run: `lock.json` in its folder names the process that works on it and its worker processes. The process removes the file when
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
  /** Records a process that is about to work on the run. */
  addWorker(pid: number): Promise<void>
  release(): Promise<void>
}

/** Locks the run for this process. Throws a RunError if another live process holds the lock. */
export async function takeRun(store: Store, run: string, now: Date): Promise<TakenRun> {
  const key = workspace(run).lock
  const lock = await takeLock<AboutRun>(store, key, { workers: [] }, now)
  if ('other' in lock) {
    const { pid, host } = lock.other
    throw new RunError(
      { code: 'run-taken', run },
      `process ${pid} on ${host} is already working on the run ${run}`,
      `wait for it, or stop it; if that machine or container no longer exists, remove ${key} from the store`,
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
      // one after another, so that the last write has the full list
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

/** Whether a live process holds the lock. */
export async function isTaken(store: Store, run: string): Promise<boolean> {
  const lock: Lock<AboutRun> | undefined = await readLock(store, workspace(run).lock)
  return lock !== undefined && isHeld(lock)
}

const PATIENCE = 10_000

/** A worker whose parent was killed ends on its own; until then nobody else may write to the run. */
async function end(worker: Holder): Promise<void> {
  for (const until = Date.now() + PATIENCE; isAlive(worker); await wait(10)) {
    // the same process id on another machine is a different process
    if (!isHere(worker) || Date.now() > until) throw stillWorks(worker)
    // only if the id certainly still belongs to that process
    if (worker.process !== null) process.kill(worker.pid, 'SIGKILL')
  }
}

const stillWorks = ({ pid, host }: Holder) =>
  new TaskError(
    'Transient.Unavailable',
    `process ${pid} on ${host} may still be working on the run, although the process that started it is gone`,
    {
      hint: 'end it, then try again',
    },
  )
