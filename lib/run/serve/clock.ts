/** Time for a server: passed in, so that a test can let days pass. */
import { setTimeout as wait } from 'node:timers/promises'

export interface Clock {
  /** What the clock on the wall shows; it can be set back, and jumps when a machine has slept. */
  now(): Date
  /** Milliseconds since some moment, which only grow. */
  elapsed(): number
  /** Resolves after so many milliseconds, or when the signal fires. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => new Date(),
  elapsed: () => performance.now(),
  sleep: (milliseconds, signal) => wait(milliseconds, undefined, { signal }).catch(() => {}),
}
