/** What a run on AWS took, from its history and the results of its tasks; and what would have been told before of data of that size. */
import type { HistoryEvent } from '../local/engine/history.ts'
import type { Json, JsonObject, Machine } from '../machine/asl.ts'
import { DATA_TASKS } from '../runtime/task.ts'
import type { Store } from '../store/store.ts'
import { workspace } from '../workspace/workspace.ts'
import { type Dollars, runDollars, usedBy } from './estimate.ts'
import { memoryOf } from './memory.ts'
import type { Processor } from './prices.ts'
import { type Rehearsal, rehearse } from './rehearse.ts'
import { transitionCounter } from './transitions.ts'

export interface RanOnAws {
  readonly run: string
  readonly inputs: JsonObject
  /** The ids of its steps. */
  readonly steps: Iterable<string>
  /** As it is deployed: its functions stand in it by their ARNs. */
  readonly machine: Machine
  readonly history: readonly HistoryEvent[]
  readonly store: Pick<Store, 'read' | 'list'>
}

export interface Took {
  readonly transitions: number
  readonly tasks: number
  readonly gigabyte_seconds: number
  readonly dollars: Dollars
}

export interface TookAndTold {
  readonly took: Took
  /** Null when the run did not come so far that its data was known. Requests to S3 are told, not counted. */
  readonly told: (Took & { readonly seconds: number; readonly gets: number; readonly puts: number }) | null
}

/** More results than this are not read one by one. */
const MOST_READ = 2000

/** Undefined when the run had more tasks than are worth looking at. */
export async function tookAndTold(ran: RanOnAws, processor: Processor): Promise<TookAndTold | undefined> {
  const keys = workspace(ran.run)
  const markers = (await ran.store.list(keys.tasks)).map(({ key }) => key)
  if (markers.length > MOST_READ) return undefined
  const machine = withPlaceholders(ran.machine)
  const memory = memoryOf(machine)
  const rehearsal = await rehearse(machine, ran.steps, ran.inputs, (step) => sizesOf(ran, step)).catch(() => null)
  const gigabytes = await Promise.all(markers.map(async (key) => gigabyteSeconds(taskOf(key), await read(ran.store, key), memory)))
  const used = {
    transitions: transitionsOf(ran.history, markers),
    gigabyte_seconds: gigabytes.reduce((all, one) => all + one, 0),
    invocations: markers.length,
    gets: 0,
    puts: 0,
  }
  const told = rehearsal === null ? null : toldOf(rehearsal, memory, processor)
  const requests = { gets: told?.gets ?? 0, puts: told?.puts ?? 0 }
  return {
    took: {
      transitions: used.transitions,
      tasks: markers.length,
      gigabyte_seconds: used.gigabyte_seconds,
      dollars: runDollars({ ...used, ...requests }, processor),
    },
    told,
  }
}

function toldOf(rehearsal: Rehearsal, memory: ReadonlyMap<string, number>, processor: Processor): NonNullable<TookAndTold['told']> {
  const used = usedBy(rehearsal, memory)
  const { transitions, gigabyte_seconds, gets, puts } = used
  return {
    transitions,
    gigabyte_seconds,
    gets,
    puts,
    tasks: used.invocations,
    seconds: rehearsal.seconds,
    dollars: runDollars(used, processor),
  }
}

/** The events of the run, and of its children the two transitions each that one without retries has: its start, and its one state. */
function transitionsOf(history: readonly HistoryEvent[], markers: readonly string[]): number {
  const counter = transitionCounter()
  for (const event of history) counter.take(event)
  const spread = history.flatMap(({ stateEnteredEventDetails: entered }) =>
    entered?.name.endsWith('.distributed') === true ? [entered.name] : [],
  )
  const children = markers.filter((key) => {
    const [step = '', file = ''] = key.split('/').slice(-2)
    return /-\d+\.json$/.test(file) && spread.includes(`${step}.${taskOf(key)}.distributed`)
  })
  return counter.transitions() + 2 * children.length
}

/** `runs/r-1/tasks/clean_data/segment-00003.json` is of a segment. */
const taskOf = (key: string) => (key.split('/').at(-1) ?? '').replace(/(-\d+)?\.json$/, '')

function gigabyteSeconds(task: string, marker: Json | undefined, memory: ReadonlyMap<string, number>): number {
  const { usage } = (marker ?? {}) as { readonly usage?: { readonly seconds?: number } }
  return ((usage?.seconds ?? 0) * (memory.get(placeholderOf(task)) ?? 0)) / 1024
}

const placeholderOf = (task: string) => ['$', DATA_TASKS.has(task) ? '{DataFunction}' : '{ControlFunction}'].join('')

/** The machine with placeholders where its functions stand, so that what each of them is can be told. */
function withPlaceholders(machine: Machine): Machine {
  const visit = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(visit)
    if (value === null || typeof value !== 'object') return value
    const { FunctionName, Payload } = value as { readonly FunctionName?: Json; readonly Payload?: { readonly task?: Json } }
    const entries = Object.entries(value as JsonObject).map(([key, entry]) => [key, visit(entry)] as const)
    const task = typeof FunctionName === 'string' ? Payload?.task : undefined
    return { ...Object.fromEntries(entries), ...(typeof task === 'string' ? { FunctionName: placeholderOf(task) } : {}) }
  }
  return visit(machine as unknown as Json) as unknown as Machine
}

/** The sources a scan step has found. */
async function sizesOf({ run, store }: RanOnAws, step: string) {
  const dataset = (await read(store, workspace(run).dataset(step, 0))) as
    | { readonly sources: readonly { bytes: number; records: number }[] }
    | undefined
  if (dataset === undefined) throw new Error(`the run did not come to the dataset of ${step}`)
  return dataset.sources.map(({ bytes, records }) => ({ bytes, records }))
}

async function read(store: Pick<Store, 'read'>, key: string): Promise<Json | undefined> {
  const bytes = await store.read(key)
  return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString('utf8')) as Json)
}
