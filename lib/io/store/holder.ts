/**
 * Which process something belongs to, and whether that process is alive. A process number means something only on one machine and in
 * one PID namespace: containers can share a host name and a folder, and each of them counts its processes from 1.
 */
import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname, uptime } from 'node:os'

/** A process, told apart from those that had or get the same number. */
export interface Holder {
  readonly host: string
  /** The id of the machine; null where the system has none, absent in what earlier versions wrote. */
  readonly machine?: string | null | undefined
  /** The PID namespace the number belongs to; null where the system has none, absent in what earlier versions wrote. */
  readonly namespace?: string | null | undefined
  readonly pid: number
  /** The start of the system and of the process; null where the system does not say. */
  readonly process: string | null
  readonly since: string
}

export const holderOf = (pid: number, now: Date): Holder => ({ ...here(), pid, process: startOf(pid), since: now.toISOString() })

/** Where this process runs. */
const here = () => ({ host: hostname(), machine: machineId(), namespace: pidNamespace() })

/** What stands in the names of this process's drafts: who finds one can tell whether its process is alive. */
export const draftTag = () => `${process.pid}-${placeTag()}`

/** Found out once a process, as every object of a store is first a draft. */
let ownPlace: string | undefined
function placeTag(): string {
  ownPlace ??= createHash('sha256').update(JSON.stringify(here())).digest('hex').slice(0, 8)
  return ownPlace
}

/** Whether the process a draft is named after is over. False where that cannot be told. */
export const isDraftLeft = (pid: number, place: string): boolean => place === placeTag() && !isAlive(holderOf(pid, new Date()))

/** Where a holder is, seen from this process. */
type Whereabouts = 'here' | 'elsewhere' | 'before the last start'

/** `elsewhere` when its number says nothing here: on another machine, or in another PID namespace. */
function whereabouts({ host, machine, namespace, process: started }: Holder): Whereabouts {
  const own = here()
  if (host !== own.host) return 'elsewhere'
  const isSameMachine = typeof machine === 'string' && machine === own.machine
  if (typeof machine === 'string' && own.machine !== null && !isSameMachine) return 'elsewhere'
  const boot = bootId()
  if (started !== null && boot !== null && !started.startsWith(`${boot} `)) {
    // the same machine was started again; without its id it may as well be another one of that name
    return isSameMachine || machine === undefined ? 'before the last start' : 'elsewhere'
  }
  return namespace === undefined || namespace === own.namespace ? 'here' : 'elsewhere'
}

/** Whether the process can be seen from here, and ended by its number. */
export const isHere = (holder: Holder): boolean => whereabouts(holder) === 'here'

/** Whether the process is alive. Of another machine or PID namespace nothing can be told: it is taken to be alive. */
export function isAlive(holder: Holder): boolean {
  const where = whereabouts(holder)
  if (where !== 'here') return where === 'elsewhere'
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
  // a /proc of another PID namespace tells of other processes
  if (textOr(null, () => readlinkSync('/proc/self')) !== String(process.pid)) return null
  const stat = textOr(null, () => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  const boot = bootId()
  if (stat === null || boot === null) return null
  // the name of the program stands in brackets and may hold anything
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state] = fields
  const started = fields[19]
  // a zombie works no more, it only has not been asked yet how it ended
  return started === undefined || state === 'Z' || state === 'X' ? null : `${boot} ${started}`
}

const bootId = () => textOr(null, () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim())

/** `pid:[4026531836]`: the same for all processes of a namespace, and no other on the machine has it. */
const pidNamespace = () => textOr(null, () => readlinkSync('/proc/self/ns/pid'))

/** Stays the same when the machine is started again. A container often has none. */
function machineId(): string | null {
  const id = textOr(null, () => readFileSync('/etc/machine-id', 'utf8').trim())
  return id === null || !/^[0-9a-f]{32}$/.test(id) ? null : createHash('sha256').update(id).digest('hex').slice(0, 16)
}

function textOr<Other>(other: Other, read: () => string): string | Other {
  try {
    return read()
  } catch {
    // no Linux, or not ours to see
    return other
  }
}
