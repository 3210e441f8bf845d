/**
 * Something only one process may have at a time, as an object of a store that names the process. A process that was killed leaves its
 * lock behind; the next one sees that nobody holds it and takes over.
 *
 * Taking over must not be won by two. A lock left behind is therefore never replaced: who takes over creates an object named after its
 * token, and the store lets exactly one do that. The locks so make a chain, and the last one counts.
 */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname, uptime } from 'node:os'
import type { Store } from '../store/store.ts'

/** A process, told apart from those that had or get the same number. */
export interface Holder {
  readonly host: string
  readonly pid: number
  /** When it started, in the words of the system; null where the system does not say. */
  readonly process: string | null
  readonly since: string
}

export interface Lock<About> extends Holder {
  readonly token: string
  /** Left behind on purpose, for what it tells: nobody holds it. */
  readonly over: boolean
  readonly about: About
}

export interface TakenLock<About> {
  /** The locks left behind by those who had it before and did not give it back. */
  readonly before: readonly Lock<About>[]
  change(about: About): Promise<void>
  /** Gives it back. */
  release(): Promise<void>
  /** Holds it no longer, but leaves it lying there to be taken over. */
  abandon(): Promise<void>
}

export const holderOf = (pid: number, now: Date): Holder => ({ host: hostname(), pid, process: startOf(pid), since: now.toISOString() })

/** Takes the lock for this process; `other` when a process that lives has it. */
export async function takeLock<About>(
  store: Store,
  key: string,
  about: About,
  now: Date,
): Promise<{ readonly taken: TakenLock<About> } | { readonly other: Lock<About> }> {
  const mine: Lock<About> = { ...holderOf(process.pid, now), token: randomBytes(8).toString('hex'), over: false, about }
  for (;;) {
    const { locks, next } = await chainOf<About>(store, key)
    const last = locks.at(-1)
    if (last !== undefined && isHeld(last)) return { other: last }
    if (!(await store.create(next, textOf(mine)))) continue
    // the chain may have been given back, and taken anew from its beginning, since it was looked at
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
    release: async () => {
      // the beginning first: without it the rest is no lock
      for (const one of [key, ...before.map(({ token }) => linkOf(key, token))]) await store.remove(one)
    },
    abandon: () => put(true),
  }
}

/** The lock as it stands; undefined when there is none. It may be one left behind. */
export async function readLock<About>(store: Store, key: string): Promise<Lock<About> | undefined> {
  return (await readLocks<About>(store, key)).at(-1)
}

/** All locks that lie there: those left behind, and last the one that counts. */
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

/** A lock that a power cut left unreadable is nobody's. */
function parsed<About>(bytes: Uint8Array): Lock<About> {
  try {
    const lock = JSON.parse(Buffer.from(bytes).toString('utf8')) as Lock<About>
    if (typeof lock.token === 'string') return lock
  } catch {
    // told by what is returned
  }
  return { host: hostname(), pid: 0, process: null, since: '', token: 'unreadable', over: true, about: {} as About }
}

/** Whether the process that took the lock has it still. */
export const isHeld = (lock: Lock<unknown>) => !lock.over && isAlive(lock)

/** Whether the process lives. Of another machine nothing can be told: it is taken to live. */
export function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    // there is one, and it is somebody else's
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  // where the system told of its start it tells of it now too, or the process is over
  if (holder.process !== null) return startOf(holder.pid) === holder.process
  // numbers begin anew when the system does
  return Date.parse(holder.since) >= Date.now() - uptime() * 1000 - 60_000
}

/** Linux: the start of the system, and of the process in ticks since then (proc(5), fields 3 and 22 of stat). Null when it is over. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    // the name of the program stands in brackets and may hold anything
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state] = fields
    const started = fields[19]
    // a zombie works no more, it only has not been asked yet how it ended
    return started === undefined || state === 'Z' || state === 'X' ? null : `${boot} ${started}`
  } catch {
    // no Linux, or not ours to see
    return null
  }
}
