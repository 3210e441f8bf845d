/**
 * Whose a run is: `lock.json` in its folder names the process that works on it. The process takes it away when it ends; a process that
 * was killed leaves it behind, and then the lock tells that nobody works on the run any more.
 */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname, uptime } from 'node:os'
import { workspace } from '../runtime/workspace.ts'
import type { Store } from '../store/store.ts'
import { UsageError } from './usage-error.ts'

export interface Lock {
  readonly host: string
  readonly pid: number
  /** What tells the process from another that gets the same number later; null where the system does not say. */
  readonly process: string | null
  readonly since: string
  /** Told apart from any other lock by this. */
  readonly token: string
}

/** Takes the run, for this process. A UsageError when another process that lives has it. Returns how to give it back. */
export async function takeRun(store: Store, run: string, now: Date): Promise<() => Promise<void>> {
  const key = workspace(run).lock
  const lock: Lock = {
    host: hostname(),
    pid: process.pid,
    process: identity(process.pid),
    since: now.toISOString(),
    token: randomBytes(8).toString('hex'),
  }
  const text = `${JSON.stringify(lock)}\n`
  if (!(await store.create(key, text))) {
    const other = await readLock(store, run)
    if (other !== undefined && isAlive(other))
      throw new UsageError(`the run ${run} is being worked on by process ${other.pid} on ${other.host}`, 'wait for it, or stop it')
    await store.write(key, text)
    // two who find a lock left behind write both; the one who wrote last has it
    if ((await readLock(store, run))?.token !== lock.token)
      throw new UsageError(`the run ${run} was taken by another process at the same moment`, 'wait for it')
  }
  return async () => {
    if ((await readLock(store, run))?.token === lock.token) await store.remove(key)
  }
}

/** The lock of a run; undefined when nobody has it. */
export async function readLock(store: Store, run: string): Promise<Lock | undefined> {
  const bytes = await store.read(workspace(run).lock)
  return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString('utf8')) as Lock)
}

/** Whether the process that holds the lock lives. Of another machine nothing can be told: it is taken to live. */
export function isAlive(lock: Lock): boolean {
  if (lock.host !== hostname()) return true
  try {
    process.kill(lock.pid, 0)
  } catch (error) {
    // there is one, and it is somebody else's
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const now = identity(lock.pid)
  if (now !== null && lock.process !== null) return now === lock.process
  // numbers begin anew when the system does
  return Date.parse(lock.since) >= Date.now() - uptime() * 1000 - 60_000
}

/** Linux: the start of the system, and of the process in ticks since then (proc(5), field 22 of stat). */
function identity(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    // the name of the program stands in brackets and may hold anything
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    return started === undefined ? null : `${boot} ${started}`
  } catch {
    // no Linux, or not ours to see
    return null
  }
}
