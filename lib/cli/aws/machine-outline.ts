/** What the console needs to know of a pipeline, from its machine alone: the task that finalizes a run names the steps. */
import type { InputDeclaration } from '#language/inputs/fit.ts'
import type { Machine, State } from '#asl/machine/asl.ts'
import type { Outline } from '#cli/show/outline.ts'
import type { JsonObject } from '#core/json.ts'

export interface MachineOutline {
  readonly pipeline: { readonly id: string; readonly name: string }
  readonly outline: Outline
  /** Kinds of the steps, by id. */
  readonly types: ReadonlyMap<string, string>
}

interface NamedStep {
  readonly id: string
  readonly type: string
  readonly unit: string
  /** A step of the end of a run, which no stage has. */
  readonly at_end?: true
}

/** Throws an Error if the machine was not compiled by siftstep. */
export function machineOutline(machine: Machine): MachineOutline {
  const payload = payloadOf(machine.States['Finalize'])
  const steps = (payload?.['settings'] as { readonly steps?: readonly NamedStep[] } | undefined)?.steps
  const pipeline = payload?.['pipeline'] as MachineOutline['pipeline'] | undefined
  if (steps === undefined || pipeline === undefined) throw new Error('the machine names no steps: it was not compiled by siftstep')
  const units = [...new Set(steps.filter(({ at_end }) => at_end !== true).map(({ unit }) => unit))]
  const stages = new Map<string, string[]>()
  for (const unit of units) {
    const stage = parallelOf(unit, machine) ?? unit
    stages.set(stage, [...(stages.get(stage) ?? []), unit])
  }
  return {
    pipeline,
    types: new Map(steps.map(({ id, type }) => [id, type])),
    outline: {
      name: pipeline.name,
      stages: [...stages.values()].map((stage) =>
        stage.map((unit) => {
          const own = steps.filter((step) => step.unit === unit)
          const condition = conditionOf(unit, machine)
          return { id: unit, steps: own.map(({ id }, at) => ({ id, condition: at === 0 ? condition : null })) }
        }),
      ),
    },
  }
}

/** The declared inputs of a pipeline, as the first task of its machine checks them. */
export function declaredInputs(machine: Machine): { readonly [name: string]: InputDeclaration } {
  const settings = payloadOf(machine.States['Prepare'])?.['settings'] as
    | { readonly declared?: { readonly [name: string]: InputDeclaration } }
    | undefined
  if (settings?.declared === undefined) throw new Error('the machine declares no inputs: it was not compiled by siftstep')
  return settings.declared
}

function payloadOf(state: State | undefined): JsonObject | undefined {
  const { Payload } = (state?.Type === 'Task' ? state.Arguments : {}) as { readonly Payload?: JsonObject }
  return Payload
}

/** The states of a unit start with its name. */
const isOf = (unit: string, state: string) => state === unit || state.startsWith(`${unit}.`)

/** The Parallel state that runs a unit beside others. */
function parallelOf(unit: string, { States }: Machine): string | undefined {
  return Object.entries(States).find(
    ([, state]) =>
      state.Type === 'Parallel' && state.Branches.some((branch) => Object.keys(branch.States).some((name) => isOf(unit, name))),
  )?.[0]
}

/** The condition as written in the machine. */
function conditionOf(unit: string, { States }: Machine): string | null {
  const all = [
    States,
    ...Object.values(States).flatMap((state) => (state.Type === 'Parallel' ? state.Branches.map((branch) => branch.States) : [])),
  ]
  for (const states of all) {
    const state = states[`${unit}.condition`]
    if (state?.Type === 'Choice') return String(state.Choices[0]?.Condition ?? '').replace(/^\{%\s*|\s*%\}$/g, '')
  }
  return null
}
