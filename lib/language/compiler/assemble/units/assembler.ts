/** Shared by the assemblers of all kinds of units. */
import { expression as jsonata, jsonataText } from '#asl/machine/literal.ts'
import type { Step } from '#language/definition/definition.ts'
import type { State, States } from '#asl/machine/asl.ts'
import type { Plan, Unit } from '../../plan.ts'
import type { Assembling, Chain } from '../emit.ts'
import type { JsonObject } from '#core/json.ts'

/** What the author allows a step: shares of rows and values, 0 to 1. */
export type StepLimits = Pick<Step['on_error'], 'max_bad_rows' | 'max_lost_values'>

/** Settings of the machine that assemblers need. */
export interface UnitSettings extends Assembling {
  readonly resources: JsonObject
  /** All steps with their units, and all units, for the tasks that load the artifacts of the run. */
  readonly steps: readonly JsonObject[]
  readonly units: readonly string[]
  readonly fallbacks: Plan['fallbacks']
  /** Units whose dataset may be absent, because a condition may skip the scan it comes from. */
  readonly skippable: ReadonlySet<string>
  readonly scans: ReadonlySet<string>
  /** The scan that the rows of each unit come from. */
  readonly scanOf: ReadonlyMap<string, string>
  /** The steps for which too many bad rows fail the run. */
  readonly failing: ReadonlySet<string>
  /** The limits of all steps that set any, for the last task of the run. */
  readonly limits: ReadonlyMap<string, StepLimits>
  /** Steps whose memory is committed with the output of the only export. */
  readonly remembers: readonly string[]
  /** At the end of a run: its error, as JSONata, null if there is none; and whether the report is written by then. */
  readonly ending?: { readonly failure: string; readonly reported: boolean }
  /** The number of the fallback whose settings the unit has; absent: its own. */
  readonly fallback?: number
}

/** Assembles a unit into states that lead to `next`. */
export type Assemble<Of extends Unit> = (unit: Of, settings: UnitSettings, next: string) => Chain

export const join = (...chains: readonly Chain[]): Chain => ({
  start: chains[0]?.start ?? '',
  states: Object.assign({}, ...chains.map(({ states }) => states)) as States,
})
export const one = (name: string, state: State): Chain => ({ start: name, states: { [name]: state } })

/** A field of the result of the state's task. */
export const result = (field: string) => jsonata(`$states.result.Payload.${field}`)

/**
 * After a task whose result can request another call, `call` (JSONata): the states from `start` again, else `next`. `wait` is the name of a
 * state that waits until then; without one the next call follows at once.
 */
export function calledAgain(name: string, call: string, start: string, next: string, wait?: string): Chain {
  const choice = one(name, {
    Type: 'Choice',
    Choices: [{ Condition: jsonata(`${call} != null`), Next: wait ?? start }],
    Default: next,
  })
  return wait === undefined ? choice : join(choice, one(wait, { Type: 'Wait', Timestamp: jsonata(`${call}.at`), Next: start }))
}

/** The workers of the dataset, limited by `max_concurrency` if the author set it. */
const concurrency = (dataset: string, step: Step | undefined) => {
  const most = step?.resources.max_concurrency ?? (step?.loop?.sources_of === undefined ? undefined : step.loop.max_concurrency)
  return most === undefined || most === 0 ? `${dataset}.workers` : `$min([${dataset}.workers, ${most}])`
}

/** Options of a map over the batches of a dataset; `dataset` is its variable. Results are stored under the name of the task. */
export const overBatches = (id: string, task: 'survey' | 'segment' | 'apply', dataset: string, owner: Step | undefined) => ({
  name: `${id}.${task}`,
  task,
  step: id,
  count: `${dataset}.batches`,
  distributed: `${dataset}.distributed`,
  concurrency: concurrency(dataset, owner),
  items: `${dataset}.items`,
  results: `'runs/' & $run.id & ${jsonataText(`/data/${id}/results-${task}`)}`,
})
