/** Kills a run that was started by the command line, at a random moment. */
import { setTimeout as wait } from 'node:timers/promises'
import { childrenOf, type Started, works } from './cli.ts'
import { finishedTasks } from './run-outcome.ts'

/** How long an undisturbed run takes. */
export interface Pace {
  /** Tasks of the whole run. */
  readonly tasks: number
  /** Milliseconds until the first is finished. */
  readonly first: number
}

/** Waits until a random moment of a run; false if it ended before. */
export async function letRun(started: Started, cwd: string, { tasks, first }: Pace, next: () => number): Promise<boolean> {
  const enough = Math.floor(next() * (tasks + 1))
  const more = next() * (enough === 0 ? first * 1.2 : 200)
  while (started.process.exitCode === null && finishedTasks(cwd) < enough) await wait(5)
  await wait(more)
  return started.process.exitCode === null
}

export type Victim = 'group' | 'parent' | 'worker'

/** Kills and waits for the killed processes to end. Returns the worker processes. */
export async function kill(started: Started, victim: Victim): Promise<readonly number[]> {
  const workers = childrenOf(started.pid)
  if (victim === 'worker') {
    const [worker] = workers
    if (worker !== undefined) killUnlessOver(worker)
    return workers
  }
  killUnlessOver(victim === 'group' ? -started.pid : started.pid)
  await started.ended
  if (victim === 'group') await gone(workers)
  return workers
}

/** A run can end by itself between the look at it and the signal. */
function killUnlessOver(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Waits until processes have ended. */
export async function gone(pids: readonly number[], patience = 600_000): Promise<void> {
  for (const until = Date.now() + patience; pids.some(works); await wait(5)) {
    if (Date.now() > until) throw new Error(`processes live on: ${pids.filter(works).join(', ')}`)
  }
}
