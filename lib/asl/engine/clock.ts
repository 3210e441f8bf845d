/** The system clock, and a virtual clock for tests. */
import { whenStopped } from './stop.ts'
import type { Clock } from './world.ts'

/** The maximum delay of a Node timer, in milliseconds. */
const MAX_TIMER = 2_147_483_647

/** Real time. */
export const systemClock: Clock = {
  now: () => new Date(),
  async sleep(ms, signal) {
    for (let left = ms; left > 0; left -= MAX_TIMER) await sleepOnce(Math.min(left, MAX_TIMER), signal)
  },
}

function sleepOnce(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason)
      return
    }
    const timer = setTimeout(() => {
      over()
      resolve()
    }, ms)
    const over = whenStopped(signal, () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })
}

/** A clock that stands still while anything runs, and jumps to the next sleeper when everything sleeps. */
export interface VirtualClock extends Clock {
  /**
   * Keeps time from jumping until the returned function is called. A task that does real I/O under this clock must hold it: the clock sees
   * microtasks and its own sleepers, but takes waiting for a file or a process for idle time.
   */
  hold(): () => void
}

/** A virtual clock that starts at `start`. Sleepers due at the same time wake in the order they went to sleep. */
export function virtualClock(start: Date = new Date('2026-01-01T00:00:00.000Z')): VirtualClock {
  let now = start.getTime()
  let holds = 0
  let scheduled = false
  const sleepers = new Set<{ readonly due: number; wake(): void }>()

  /** Checks after all ready work has run: setImmediate comes after all microtasks. */
  function look(): void {
    if (scheduled) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      if (holds > 0 || sleepers.size === 0) return
      let next: { readonly due: number; wake(): void } | undefined
      for (const sleeper of sleepers) if (!next || sleeper.due < next.due) next = sleeper
      if (!next) return
      now = Math.max(now, next.due)
      sleepers.delete(next)
      next.wake()
      look()
    })
  }

  return {
    now: () => new Date(now),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        let over = () => {}
        const sleeper = {
          due: now + Math.max(0, ms),
          wake: () => {
            over()
            resolve()
          },
        }
        const stop = () => {
          sleepers.delete(sleeper)
          reject(signal.reason)
        }
        if (signal.aborted) {
          reject(signal.reason)
          return
        }
        over = whenStopped(signal, stop)
        sleepers.add(sleeper)
        look()
      }),
    hold() {
      holds++
      let held = true
      return () => {
        if (held) holds--
        held = false
        look()
      }
    },
  }
}
