/** Runs the states of a machine, a branch or an item processor, one after another. */
import type { Branch, State } from '#asl/machine/asl.ts'
import { StateFailure, Stopped } from './failure.ts'
import type { Frame, Outcome, Run } from './frame.ts'
import { type Thread, WHOLE } from './history.ts'
import { recordEvaluation } from './retry.ts'
import { runMap } from './states/map.ts'
import { runParallel } from './states/parallel.ts'
import { runChoice, runFail, runPass, runSucceed, runWait } from './states/simple.ts'
import { runTask } from './states/task.ts'
import type { Variables } from './variables.ts'
import { entryOf } from '#core/text/record.ts'
import type { Json } from '#core/json.ts'

/** One function per type of state: a type that can be emitted but not run does not compile. */
const RUNNERS: { readonly [T in State['Type']]: (frame: Frame<Extract<State, { Type: T }>>) => Promise<Outcome> } = {
  Pass: runPass,
  Task: runTask,
  Choice: runChoice,
  Wait: runWait,
  Parallel: runParallel,
  Map: runMap,
  Succeed: runSucceed,
  Fail: runFail,
}

/** Runs states from StartAt to an end state and returns its output. Rejects with a StateFailure, or with Stopped when the signal fires. */
export async function runBranch(
  run: Run,
  branch: Branch,
  input: Json,
  variables: Variables,
  thread: Thread,
  signal: AbortSignal,
): Promise<Json> {
  let name = branch.StartAt
  let data = input
  for (;;) {
    if (signal.aborted) throw signal.reason
    const state = entryOf(branch.States, name)
    if (!state) throw new Error(`state '${name}' is not in its scope, although this was checked before the start`)
    const { output, next } = await runState(run, name, state, data, variables, thread, signal)
    if (next === undefined) return output
    name = next
    data = output
  }
}

async function runState(
  run: Run,
  name: string,
  state: State,
  input: Json,
  variables: Variables,
  thread: Thread,
  signal: AbortSignal,
): Promise<Outcome> {
  const { history, world } = run
  const previous = thread.last
  thread.last = history.add(previous, `${state.Type}StateEntered`, {
    stateEnteredEventDetails: { name, input: JSON.stringify(input), inputDetails: WHOLE },
  })
  const entry = { id: thread.last, previous, time: world.clock.now().toISOString() }
  const frame: Frame = { run, name, state, input, variables, thread, signal, entry, retries: 0 }
  try {
    const outcome = await RUNNERS[state.Type](frame as never)
    const { outputText: output, assigned } = outcome
    if (state.Type !== 'Fail') {
      const assignment = assigned && { assignedVariables: assigned, assignedVariablesDetails: WHOLE }
      thread.last = history.add(thread.last, `${state.Type}StateExited`, {
        stateExitedEventDetails: { name, output, outputDetails: WHOLE, ...assignment },
      })
    }
    return outcome
  } catch (error) {
    if (error instanceof StateFailure) {
      recordEvaluation(frame, error)
      if (state.Type === 'Task' && thread.nested) history.add(thread.last, 'TaskStateAborted')
    }
    if (error instanceof Stopped && error.reason !== 'timed out') {
      const { Type } = state
      if (Type === 'Task' || Type === 'Wait' || Type === 'Parallel' || Type === 'Map') history.add(thread.last, `${Type}StateAborted`)
    }
    throw error
  }
}
