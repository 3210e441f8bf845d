/** Turns events into runs to start: one per event, or one for all events that an input collects. Pure; independent of delivery order. */
import type { Json, JsonObject } from '#core/json.ts'
import { fillInputs } from './fill.ts'
import { identityOfAll, runName } from './run-name.ts'
import type { StartSettings } from './settings.ts'
import type { StartEvent } from './kind.ts'
import { entryOf } from '#core/text/record.ts'

/** Input of an execution; the machine reads `inputs` and `logical_date`. */
export interface RunInput {
  readonly inputs: { readonly [name: string]: Json }
  readonly logical_date: string
  /** What started it, for the record of the run. */
  readonly start: JsonObject
}

export interface RunRequest {
  readonly name: string
  readonly input: RunInput
}

/** Events that start one run together, in the order of their places. */
export type Together = readonly [StartEvent, ...StartEvent[]]

/** Groups events by run, oldest first. Of events for the same place only the last counts; it answers for the others. */
export function together(events: readonly StartEvent[]): readonly Together[] {
  const groups = new Map<string, StartEvent[]>()
  for (const one of lastOfEachPlace(events)) {
    const key = one.collects.length > 0 ? `group ${one.group}` : one.identity
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  const sorted = [...groups.values()].flatMap((group): Together[] => {
    const [first, ...rest] = [...group].sort(inOrder)
    return first === undefined ? [] : [[first, ...rest]]
  })
  return sorted.sort(([a], [b]) => Date.parse(a.logical_date) - Date.parse(b.logical_date) || inOrder(a, b))
}

function lastOfEachPlace(events: readonly StartEvent[]): readonly StartEvent[] {
  const last = new Map<string, StartEvent>()
  for (const one of events) {
    const key = one.place?.key ?? one.identity
    const before = last.get(key)
    if (before === undefined || (before.place?.order ?? '') < (one.place?.order ?? '')) last.set(key, one)
  }
  return [...last.values()]
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
const inOrder = (a: StartEvent, b: StartEvent) => compare(a.place?.key ?? '', b.place?.key ?? '') || compare(a.identity, b.identity)

/** The run that a group of events starts. */
export function requestOf(group: Together, settings: StartSettings): RunRequest {
  const [first, ...others] = group
  if (others.length === 0 && first.collects.length === 0) {
    const input = { inputs: fillInputs(first.inputs, first.values), logical_date: first.logical_date, start: first.cause }
    return { name: runName(settings.id, first.label, first.identity), input }
  }
  const name = runName(settings.id, `${group.length}-${first.label}`, identityOfAll(group.map(({ identity }) => identity)))
  return { name, input: collectedInput(group) }
}

/** The input of a collected run: lists of the values of all events, without repetition. */
export function collectedInput(group: Together): RunInput {
  const [first] = group
  const filled = group.map(({ inputs, values }) => fillInputs(inputs, values))
  const names = Object.keys(first.inputs)
  const gathered = (name: string) => [
    ...new Map(filled.map((inputs) => [JSON.stringify(entryOf(inputs, name)), entryOf(inputs, name) ?? null])).values(),
  ]
  const inputs = Object.fromEntries(
    names.map((name) => [name, first.collects.includes(name) ? gathered(name) : (entryOf(filled[0], name) ?? null)]),
  )
  const logical_date =
    group
      .map((one) => one.logical_date)
      .sort(compare)
      .at(-1) ?? first.logical_date
  return { inputs, logical_date, start: { type: String(first.cause['type']), together: group.map(({ cause }) => cause) } }
}
