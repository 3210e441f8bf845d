/**
 * A lock that only one process can hold, stored as an object that names the process. A killed process leaves its lock behind; the next
 * process sees that it is dead and takes over. Two processes must not take over at once. Therefore a left-behind lock is never replaced:
 * who takes over creates an object named after its token, and the store lets exactly one create it. The locks form a chain; the last one
 * counts.
 */
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { type Holder, holderOf, isAlive } from '#io/store/holder.ts'
import type { Store } from '#io/store/store.ts'

export interface Lock<About> extends Holder {
  readonly token: string
  /** Left behind on purpose for the information in it: nobody holds it. */
  readonly over: boolean
  readonly about: About
}

export interface TakenLock<About> {
  /** Locks left behind by earlier holders that did not release them. */
  readonly before: readonly Lock<About>[]
  change(about: About): Promise<void>
  /** Whether the lock is still that of this process: another one may have taken it over. */
  isMine(): Promise<boolean>
  /** Releases the lock. */
  release(): Promise<void>
  /** Gives up the lock, but leaves its object to be taken over. */
  abandon(): Promise<void>
}

/** Takes the lock for this process; returns `other` if a live process holds it. `isTaken` says of a lock whether it counts. */
export async function takeLock<About>(
  store: Store,
  key: string,
  about: About,
  now: Date,
  isTaken: (lock: Lock<About>) => boolean = isHeld,
): Promise<{ readonly taken: TakenLock<About> } | { readonly other: Lock<About> }> {
  const mine: Lock<About> = { ...holderOf(process.pid, now), token: randomBytes(8).toString('hex'), over: false, about }
  for (;;) {
    const { locks, next } = await chainOf<About>(store, key)
    const last = locks.at(-1)
    if (last !== undefined && isTaken(last)) return { other: last }
    if (!(await store.create(next, textOf(mine)))) continue
    // the chain may have been released and restarted since it was read
    const { locks: since } = await chainOf<About>(store, key)
    if (since.at(-1)?.token !== mine.token) await store.remove(next)
    else return { taken: takenLock(store, key, next, mine, locks) }
  }
}

function takenLock<About>(store: Store, key: string, own: string, mine: Lock<About>, before: readonly Lock<About>[]): TakenLock<About> {
  let about = mine.about
  const put = (over: boolean) => store.write(own, textOf({ ...mine, about, over }))
  return {
    before,
    change: async (changed) => {
      about = changed
      await put(false)
    },
    isMine: async () => (await readLock(store, key))?.token === mine.token,
    release: async () => {
      // the first object first: without it the rest is not a lock
      for (const one of [key, ...before.map(({ token }) => linkOf(key, token))]) await store.remove(one)
    },
    abandon: () => put(true),
  }
}

/** The current lock, which may be left behind; undefined if there is none. */
export async function readLock<About>(store: Store, key: string): Promise<Lock<About> | undefined> {
  return (await readLocks<About>(store, key)).at(-1)
}

/** All lock objects: left-behind ones, and last the one that counts. */
export async function readLocks<About>(store: Store, key: string): Promise<readonly Lock<About>[]> {
  return (await chainOf<About>(store, key)).locks
}

const linkOf = (key: string, token: string) => `${key}-${token}`
const textOf = (lock: Lock<unknown>) => `${JSON.stringify(lock)}\n`

async function chainOf<About>(store: Store, key: string): Promise<{ locks: readonly Lock<About>[]; next: string }> {
  const locks: Lock<About>[] = []
  for (let next = key; ; ) {
    const bytes = await store.read(next)
    if (bytes === undefined) return { locks, next }
    const lock = parsed<About>(bytes)
    locks.push(lock)
    next = linkOf(key, lock.token)
  }
}

/** A lock that a power failure made unreadable belongs to nobody. */
function parsed<About>(bytes: Uint8Array): Lock<About> {
  try {
    const lock = JSON.parse(Buffer.from(bytes).toString('utf8')) as Lock<About>
    // a token becomes part of a key
    if (typeof lock.token === 'string' && /^\w+$/.test(lock.token)) return lock
  } catch {
    // handled by the return value below
  }
  return { host: hostname(), pid: 0, process: null, since: '', token: 'unreadable', over: true, about: {} as About }
}

/** Whether the process that took the lock still holds it. */
export const isHeld = (lock: Lock<unknown>) => !lock.over && isAlive(lock)
