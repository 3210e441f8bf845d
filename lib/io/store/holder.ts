/**
 * Identifies the process that holds something, and checks whether it is alive. A process number is unique only on one machine and in one PID
 * namespace: containers can share a host name and a folder, and each counts its processes from 1.
 */
import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname, uptime } from 'node:os'

/** A process, distinguishable from others that had or will have the same number. */
export interface Holder {
  readonly host: string
  /** The machine id; null if the system has none, absent in files of earlier versions. */
  readonly machine?: string | null | undefined
  /** The PID namespace of the number; null if the system has none, absent in files of earlier versions. */
  readonly namespace?: string | null | undefined
  readonly pid: number
  /** The start of the system and of the process; null if the system does not report it. */
  readonly process: string | null
  readonly since: string
}

export const holderOf = (pid: number, now: Date): Holder => ({ ...here(), pid, process: startOf(pid), since: now.toISOString() })

/** The location of this process. */
const here = () => ({ host: hostname(), machine: machineId(), namespace: pidNamespace() })

/**
 * Part of the names of a process's drafts: its number, and hashes of its location and its start. Whoever finds a draft can check whether
 * its process is alive, also when the system has given the number to another process or thread since.
 */
export const draftTag = (pid = process.pid) => `${pid}-${hostTag()}${startTag(pid)}`

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8)

// both are computed once per process, because every object of a store starts as a draft
let ownHost: string | undefined
let ownStart: string | undefined

function hostTag(): string {
  ownHost ??= hashOf(JSON.stringify(here()))
  return ownHost
}

function startTag(pid: number): string {
  if (pid !== process.pid) return hashOf(startOf(pid) ?? '')
  ownStart ??= hashOf(startOf(pid) ?? '')
  return ownStart
}

/** Whether the process that a draft is named after has ended. False if that cannot be determined. */
export function isDraftLeft(pid: number, tag: string): boolean {
  if (tag.slice(0, 8) !== hostTag()) return false
  // a zombie has no start any more, but its number is taken
  if (startOf(process.pid) !== null) return tag.slice(8) !== hashOf(startOf(pid) ?? 'ended')
  return !isAlive(holderOf(pid, new Date()))
}

/** The location of a holder, relative to this process. */
type Whereabouts = 'here' | 'elsewhere' | 'before the last start'

/** `elsewhere` if its number means nothing here: on another machine, or in another PID namespace. */
function whereabouts({ host, machine, namespace, process: started }: Holder): Whereabouts {
  const own = here()
  if (host !== own.host) return 'elsewhere'
  const isSameMachine = typeof machine === 'string' && machine === own.machine
  if (typeof machine === 'string' && own.machine !== null && !isSameMachine) return 'elsewhere'
  const boot = bootId()
  if (started !== null && boot !== null && !started.startsWith(`${boot} `)) {
    // the same machine was restarted; without an id it could be another machine of that name
    return isSameMachine || machine === undefined ? 'before the last start' : 'elsewhere'
  }
  return namespace === undefined || namespace === own.namespace ? 'here' : 'elsewhere'
}

/** Whether the process is visible from here, and can be ended by its number. */
export const isHere = (holder: Holder): boolean => whereabouts(holder) === 'here'

/** Whether the process is alive. A process of another machine or PID namespace cannot be checked and counts as alive. */
export function isAlive(holder: Holder): boolean {
  const where = whereabouts(holder)
  if (where !== 'here') return where === 'elsewhere'
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    // the process exists and belongs to someone else
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  // if the system reported the start before, it reports it now, or the process has ended
  if (holder.process !== null) return startOf(holder.pid) === holder.process
  // process numbers restart with the system
  return Date.parse(holder.since) >= Date.now() - uptime() * 1000 - 60_000
}

/**
 * Linux: the start of the system, and of the process in ticks since then (proc(5), fields 3 and 22 of stat). Null if the process has ended.
 */
function startOf(pid: number): string | null {
  // the /proc of another PID namespace describes other processes
  if (textOr(null, () => readlinkSync('/proc/self')) !== String(process.pid)) return null
  const stat = textOr(null, () => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  const boot = bootId()
  if (stat === null || boot === null) return null
  // the program name is in brackets and may contain anything
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state] = fields
  const started = fields[19]
  // a zombie has ended; only its exit status was not read yet
  return started === undefined || state === 'Z' || state === 'X' ? null : `${boot} ${started}`
}

const bootId = () => textOr(null, () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim())

/** `pid:[4026531836]`: the same for all processes of a namespace, and unique on the machine. */
const pidNamespace = () => textOr(null, () => readlinkSync('/proc/self/ns/pid'))

/** Stays the same across restarts of the machine. Containers often have none. */
function machineId(): string | null {
  const id = textOr(null, () => readFileSync('/etc/machine-id', 'utf8').trim())
  return id === null || !/^[0-9a-f]{32}$/.test(id) ? null : createHash('sha256').update(id).digest('hex').slice(0, 16)
}

function textOr<Other>(other: Other, read: () => string): string | Other {
  try {
    return read()
  } catch {
    // not Linux, or not readable
    return other
  }
}
