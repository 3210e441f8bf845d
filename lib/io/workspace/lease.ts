/**
 * A lock that is renewed: who has it must show every few seconds that it still works. Another process takes over when the holder has ended,
 * or when it has not renewed for a while, as a process of a machine or container that is gone, or sleeps. A holder that comes back finds that
 * the lease is another's. Whatever a holder does must be safe to do twice, because it may be late to find out.
 */
import type { Store } from '#io/store/store.ts'
import { isHeld, type Lock, takeLock } from './lock.ts'

interface AboutLease {
  readonly renewals: number
}

export interface Lease {
  /** Shows that this process still works; false if another one has the lease now. */
  renew(): Promise<boolean>
  /** Gives the lease back, if it is still that of this process. */
  release(): Promise<void>
}

export interface LeaseHolder {
  readonly host: string
  readonly pid: number
  readonly since: string
}

export interface Candidate {
  /** Takes the lease if it is free, or if its holder was not seen to renew it for `patience` milliseconds. */
  attempt(now: Date): Promise<{ readonly lease: Lease } | { readonly other: LeaseHolder }>
}

/** A process that wants the lease. It counts the time since it saw the last renewal itself: clocks of machines differ. */
export function candidateFor(store: Store, key: string, patience: number, elapsed: () => number): Candidate {
  let seen = { state: '', at: 0 }
  const isWorking = (lock: Lock<AboutLease>) => {
    if (!isHeld(lock)) return false
    const state = `${lock.token} ${lock.about.renewals}`
    if (seen.state !== state) seen = { state, at: elapsed() }
    return elapsed() - seen.at < patience
  }
  return {
    attempt: async (now) => {
      const found = await takeLock<AboutLease>(store, key, { renewals: 0 }, now, isWorking)
      if ('other' in found) return { other: found.other }
      const { taken } = found
      let renewals = 0
      return {
        lease: {
          renew: async () => {
            if (!(await taken.isMine())) return false
            await taken.change({ renewals: ++renewals })
            return true
          },
          release: async () => {
            if (await taken.isMine()) await taken.release()
          },
        },
      }
    },
  }
}
