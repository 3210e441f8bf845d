/** What the assembling of every sort of unit shares. */
import { expression as jsonata, jsonataText } from '#asl/machine/literal.ts'
import type { Step } from '#language/definition/definition.ts'
import type { State, States } from '#asl/machine/asl.ts'
import type { Plan, Unit } from '../../plan.ts'
import type { Assembling, Chain } from '../emit.ts'
import type { JsonObject } from '#core/json.ts'

/** The machine's settings for a run's scan steps. */
export interface UnitSettings extends Assembling {
  readonly resources: JsonObject
  /** All steps with the unit that carries them out, and all units, for the tasks that look back on the run. */
  readonly steps: readonly JsonObject[]
  readonly units: readonly string[]
  readonly fallbacks: Plan['fallbacks']
  /** Units whose dataset may be absent, because a condition may skip the scan it comes from. */
  readonly skippable: ReadonlySet<string>
  /** Steps whose memory is committed with the output of the only export. */
  readonly remembers: readonly string[]
}

/** The states of a unit, which lead to `next`. */
export type Assemble<Of extends Unit> = (unit: Of, settings: UnitSettings, next: string) => Chain

export const join = (...chains: readonly Chain[]): Chain => ({
  start: chains[0]?.start ?? '',
  states: Object.assign({}, ...chains.map(({ states }) => states)) as States,
})
export const one = (name: string, state: State): Chain => ({ start: name, states: { [name]: state } })

/** A field of what the task of the state answered. */
export const result = (field: string) => jsonata(`$states.result.Payload.${field}`)

/**
 * After a task whose answer, `call` (JSONata), may ask for another call: the states from `start` once more, else `next`. `wait` is the name
 * of a state that waits until then; without one the next call comes at once.
 */
export function calledAgain(name: string, call: string, start: string, next: string, wait?: string): Chain {
  const choice = one(name, {
    Type: 'Choice',
    Choices: [{ Condition: jsonata(`${call} != null`), Next: wait ?? start }],
    Default: next,
  })
  return wait === undefined ? choice : join(choice, one(wait, { Type: 'Wait', Timestamp: jsonata(`${call}.at`), Next: start }))
}

/** Bounded by what the author allows, where the author says so. */
const concurrency = (dataset: string, step: Step | undefined) => {
  const most = step?.resources.max_concurrency ?? (step?.loop?.sources_of === undefined ? undefined : step.loop.max_concurrency)
  return most === undefined || most === 0 ? `${dataset}.workers` : `$min([${dataset}.workers, ${most}])`
}

/** What a map has whose items are the batches of a dataset, given as its variable; the results lie under the name of the task. */
export const overBatches = (id: string, task: 'survey' | 'segment', dataset: string, owner: Step | undefined) => ({
  name: `${id}.${task}`,
  task,
  step: id,
  count: `${dataset}.batches`,
  distributed: `${dataset}.distributed`,
  concurrency: concurrency(dataset, owner),
  items: `${dataset}.items`,
  results: `'runs/' & $run.id & ${jsonataText(`/data/${id}/results-${task}`)}`,
})
