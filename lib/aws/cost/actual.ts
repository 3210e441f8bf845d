/** Usage of a run on AWS, from its history and the results of its tasks; and the estimate for data of that size. */
import { findJson } from '#io/workspace/json-store.ts'
import { functionPlaceholder, placeholderOf } from '#language/compiler/functions.ts'
import type { HistoryEvent } from '#asl/engine/history.ts'
import type { Machine } from '#asl/machine/asl.ts'
import { taskSpec } from '#core/task/tasks.ts'
import type { Store } from '#io/store/store.ts'
import { type Workspace, workspace } from '#io/workspace/workspace.ts'
import { type Dollars, runDollars, secondsUsed, usedBy } from './estimate.ts'
import { type FunctionSize, sizesOfFunctions } from './memory.ts'
import type { Processor } from './prices.ts'
import { type Simulation, simulate } from './simulate.ts'
import { transitionCounter } from './transitions.ts'
import type { Json, JsonObject } from '#core/json.ts'

export interface RanOnAws {
  readonly run: string
  readonly inputs: JsonObject
  /** Ids of its steps. */
  readonly steps: Iterable<string>
  /** The deployed machine: it contains the ARNs of its functions. */
  readonly machine: Machine
  /** Placeholders by function name: `DataFunction3008`. */
  readonly functions: ReadonlyMap<string, string>
  readonly history: readonly HistoryEvent[]
  readonly store: Pick<Store, 'read' | 'list'>
}

export interface Took {
  readonly transitions: number
  readonly tasks: number
  readonly gigabyte_seconds: number
  readonly dollars: Dollars
}

export interface ActualAndEstimate {
  readonly took: Took
  /** Null if the run ended before its data was known. Requests to S3 are estimated, not counted. */
  readonly estimate: (Took & { readonly seconds: number; readonly gets: number; readonly puts: number }) | null
}

/** Above this number, results are not read one by one. */
const MAX_READ = 2000

/** Undefined if the run had too many tasks to read. */
export async function actualAndEstimate(ran: RanOnAws, processor: Processor): Promise<ActualAndEstimate | undefined> {
  const keys = workspace(ran.run)
  const markers = (await ran.store.list(keys.tasks)).map(({ key }) => key)
  if (markers.length > MAX_READ) return undefined
  const machine = withPlaceholders(ran.machine, ran.functions)
  const sizes = sizesOfFunctions(machine)
  const functions = functionsOfTasks(machine)
  const simulation = await simulate(machine, ran.steps, ran.inputs, (step) => sizesOf(ran, step)).catch(() => null)
  const sizeOf = (key: string) => {
    const { step, task } = keys.resultAt(key) ?? { step: '', task: '' }
    return sizes.get(functions.get(`${step} ${task}`) ?? usualFunction(task))
  }
  const each = await Promise.all(markers.map(async (key) => secondsUsed(secondsOf(await findJson<Json>(ran.store, key)), sizeOf(key))))
  const used = {
    transitions: transitionsOf(ran.history, markers, keys),
    gigabyte_seconds: each.reduce((all, one) => all + one.gigabyte_seconds, 0),
    scratch_seconds: each.reduce((all, one) => all + one.scratch_seconds, 0),
    invocations: markers.length,
    gets: 0,
    puts: 0,
  }
  const estimate = simulation === null ? null : estimateOf(simulation, sizes, processor)
  const requests = { gets: estimate?.gets ?? 0, puts: estimate?.puts ?? 0 }
  return {
    took: {
      transitions: used.transitions,
      tasks: markers.length,
      gigabyte_seconds: used.gigabyte_seconds,
      dollars: runDollars({ ...used, ...requests }, processor),
    },
    estimate,
  }
}

function estimateOf(
  simulation: Simulation,
  sizes: ReadonlyMap<string, FunctionSize>,
  processor: Processor,
): NonNullable<ActualAndEstimate['estimate']> {
  const used = usedBy(simulation, sizes)
  const { transitions, gigabyte_seconds, gets, puts } = used
  return {
    transitions,
    gigabyte_seconds,
    gets,
    puts,
    tasks: used.invocations,
    seconds: simulation.seconds,
    dollars: runDollars(used, processor),
  }
}

/** The events of the run, and two transitions for each child, as without retries: its start and its one state. */
function transitionsOf(history: readonly HistoryEvent[], markers: readonly string[], { resultAt }: Workspace): number {
  const counter = transitionCounter()
  for (const event of history) counter.take(event)
  const spread = history.flatMap(({ stateEnteredEventDetails: entered }) =>
    entered?.name.endsWith('.distributed') === true ? [entered.name] : [],
  )
  const children = markers.filter((key) => {
    const { step, task, item = null } = resultAt(key) ?? {}
    return item !== null && spread.includes(`${step}.${task}.distributed`)
  })
  return counter.transitions() + 2 * children.length
}

/** The seconds a task worked, from its result. */
function secondsOf(marker: Json | undefined): number {
  const { usage } = (marker ?? {}) as { readonly usage?: { readonly seconds?: number } }
  return usage?.seconds ?? 0
}

/** The placeholder of tasks without a step. */
const usualFunction = (task: string) => functionPlaceholder(taskSpec(task)?.engine === true ? 'data' : 'control', undefined)

/** The placeholder of the function of each task of each step: `clean_data segment`. */
function functionsOfTasks(machine: Machine): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const visit = (value: Json): void => {
    if (value === null || typeof value !== 'object') return
    for (const inner of Object.values(value)) visit(inner as Json)
    const { FunctionName, Payload } = value as {
      readonly FunctionName?: Json
      readonly Payload?: { readonly task?: Json; readonly step?: Json }
    }
    if (typeof FunctionName === 'string') found.set(`${String(Payload?.step)} ${String(Payload?.task)}`, FunctionName)
  }
  visit(machine as unknown as Json)
  return found
}

/** The machine with placeholders instead of function ARNs, to identify the functions. */
function withPlaceholders(machine: Machine, functions: RanOnAws['functions']): Machine {
  // `arn:aws:lambda:REGION:ACCOUNT:function:NAME:VERSION`
  const functionOf = (arn: string, task: string) => {
    const known = functions.get(arn.split(':')[6] ?? '')
    return known === undefined ? usualFunction(task) : placeholderOf(known)
  }
  const visit = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(visit)
    if (value === null || typeof value !== 'object') return value
    const { FunctionName, Payload } = value as { readonly FunctionName?: Json; readonly Payload?: { readonly task?: Json } }
    const entries = Object.entries(value as JsonObject).map(([key, entry]) => [key, visit(entry)] as const)
    const task = Payload?.task
    const called = typeof FunctionName === 'string' && typeof task === 'string' ? { FunctionName: functionOf(FunctionName, task) } : {}
    return { ...Object.fromEntries(entries), ...called }
  }
  return visit(machine as unknown as Json) as unknown as Machine
}

/** The sources found by a scan step. */
async function sizesOf({ run, store }: RanOnAws, step: string) {
  const dataset = (await findJson<Json>(store, workspace(run).dataset(step, 0))) as
    | { readonly sources: readonly { bytes: number; records: number }[] }
    | undefined
  if (dataset === undefined) throw new Error(`the run ended before the dataset of ${step}`)
  return dataset.sources.map(({ bytes, records }) => ({ bytes, records }))
}
