/** The states that a run passes through, each with the data it would have: from a simulated run on this machine. */
import type { State } from '#asl/machine/asl.ts'
import { entryOf } from '#core/text/record.ts'
import type { Json, JsonObject } from '#core/json.ts'
import { simulate, unconditional } from '#aws/cost/simulate.ts'
import type { Compiled } from '#language/compiler/compile.ts'
import { typesOf } from '#language/compiler/plan.ts'

export interface SimulatedState {
  readonly name: string
  readonly type: State['Type']
  /** JSON texts. */
  readonly input: string
  readonly variables: string
  /** The result of its task; absent for other states. */
  readonly result?: string
  /** The state that the run went on with; null at the end. */
  readonly next: string | null
}

export interface StatesOfRun {
  readonly reached: readonly SimulatedState[]
  /** Why each of the others cannot be tested, by name. */
  readonly others: ReadonlyMap<string, string>
}

/** A file of 1 MB for each source; inputs without a default are missing. */
const SOURCES = [{ bytes: 1_000_000, records: 10_000 }]

/** Rejects with an Error if the machine does not reach its end, which is a defect. */
export async function statesOfRun({ machine, plan }: Compiled): Promise<StatesOfRun> {
  const steps = [...typesOf(plan).keys()]
  const visited: { name: string; input: string; variables: string; result?: string; next: string | null }[] = []
  const variables = new Map<string, Json>()
  // states within maps and branches are no states of the machine itself
  const isOwn = (name: string) => Object.hasOwn(machine.States, name)
  const given = { run_id: 'test', started_at: '2026-01-01T00:00:00.000Z', logical_date: '2026-01-01T00:00:00.000Z' }
  await simulate(
    machine,
    steps,
    {},
    async () => SOURCES,
    ({ stateEnteredEventDetails: entered, stateExitedEventDetails: exited, ...event }) => {
      if (entered !== undefined && isOwn(entered.name)) {
        const last = visited.at(-1)
        if (last !== undefined) last.next = entered.name
        const input = visited.length === 0 ? JSON.stringify({ ...(JSON.parse(entered.input) as JsonObject), ...given }) : entered.input
        visited.push({ name: entered.name, input, variables: JSON.stringify(Object.fromEntries(variables)), next: null })
      }
      const here = visited.at(-1)
      const result = event.taskSucceededEventDetails?.output
      if (here !== undefined && result !== undefined && entryOf(machine.States, here.name)?.Type === 'Task') here.result = result
      if (exited !== undefined && isOwn(exited.name))
        for (const [name, text] of Object.entries(exited.assignedVariables ?? {})) variables.set(name, JSON.parse(text) as Json)
    },
  )
  const assumed = unconditional(machine, steps)
  const others = new Map<string, string>()
  const reached = new Map<string, SimulatedState>()
  for (const visit of visited) {
    const state = entryOf(machine.States, visit.name)
    if (state === undefined) continue
    const reason = refusal(state, conditionsOf(state) !== conditionsOf(entryOf(assumed.States, visit.name)))
    if (reason === undefined) reached.set(visit.name, reached.get(visit.name) ?? { ...visit, type: state.Type })
    else others.set(visit.name, reason)
  }
  for (const name of Object.keys(machine.States))
    if (!reached.has(name) && !others.has(name)) others.set(name, 'a simulated run does not reach it')
  return { reached: [...reached.values()], others }
}

const conditionsOf = (state: State | undefined) => JSON.stringify(state?.Type === 'Choice' ? state.Choices : null)

function refusal(state: State, readsResults: boolean): string | undefined {
  if (state.Type === 'Map' || state.Type === 'Parallel') return 'its results are known only in a run'
  if (state.Type === 'Wait') return 'it would wait'
  return readsResults ? 'its condition reads the result of a step, which only a run knows' : undefined
}
