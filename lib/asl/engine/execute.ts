/**
 * The embedded Step Functions engine: interprets a JSONata state machine as the service does, in a world provided by the caller. Sources:
 * https://states-language.net/spec.html, the Step Functions developer guide, and recordings of the service.
 */
import type { Machine } from '#asl/machine/asl.ts'
import { unsupported } from '#asl/machine/verify.ts'
import { runBranch } from './branch.ts'
import { StateFailure, Stopped, UnsupportedMachine } from './failure.ts'
import type { Run } from './frame.ts'
import { createHistory, type Thread, WHOLE } from './history.ts'
import { createEvaluator, type Evaluator } from './jsonata.ts'
import { withinPayload } from './limits.ts'
import { stopperUnder } from './stop.ts'
import { createVariables } from './variables.ts'
import type { Clock, Execution, World } from './world.ts'
import type { Json } from '#core/json.ts'

/**
 * Runs a machine on an input and returns how it ended: a failed run is a result, not a rejection. Rejects with UnsupportedMachine, before
 * the first state, when the machine contains anything the engine does not implement, and with whatever a defect of the engine throws.
 */
export async function execute(machine: Machine, input: Json, world: World): Promise<Execution> {
  const problems = unsupported(machine)
  if (problems.length > 0) throw new UnsupportedMachine(problems)

  // Machine and data are copied in and out: JSONata marks the lists it reads, and the caller's objects must not change.
  const { TimeoutSeconds, ...branch }: Machine = JSON.parse(JSON.stringify(machine))
  const inputText = JSON.stringify(input)
  const data: Json = JSON.parse(inputText)
  const run = createRun(data, world)
  const { history } = run
  const thread: Thread = { last: 0, nested: false }
  const root = stopperUnder(world.signal)
  const watch = stopperUnder()
  if (TimeoutSeconds !== undefined) {
    const timeout = world.clock.sleep(TimeoutSeconds * 1000, watch.signal)
    timeout.then(
      () => root.stop(new Stopped('timed out')),
      () => undefined,
    )
  }
  history.add(0, 'ExecutionStarted', {
    executionStartedEventDetails: { input: inputText, inputDetails: WHOLE, roleArn: world.execution.roleArn },
  })
  try {
    withinPayload(data, world.stateMachine.name)
    const output = JSON.stringify(await runBranch(run, branch, data, createVariables(), thread, root.signal))
    history.add(thread.last, 'ExecutionSucceeded', { executionSucceededEventDetails: { output, outputDetails: WHOLE } })
    return { status: 'SUCCEEDED', output: JSON.parse(output), history: history.events }
  } catch (error) {
    if (error instanceof StateFailure) {
      const details = error.details()
      history.add(thread.last, 'ExecutionFailed', { executionFailedEventDetails: details })
      return { status: 'FAILED', ...details, history: history.events }
    }
    if (error instanceof Stopped && error.reason === 'timed out') {
      history.add(0, 'ExecutionTimedOut', { executionTimedOutEventDetails: { error: 'States.Timeout' } })
      return { status: 'TIMED_OUT', history: history.events }
    }
    if (error instanceof Stopped) {
      history.add(0, 'ExecutionAborted', { executionAbortedEventDetails: {} })
      return { status: 'ABORTED', history: history.events }
    }
    throw error
  } finally {
    watch.stop(new Stopped('aborted'))
    root.release()
    await run.evaluator.close()
  }
}

/** An expression that is evaluated in another thread takes no time of the run. */
function holding(evaluator: Evaluator, { hold }: Clock): Evaluator {
  if (hold === undefined) return evaluator
  return {
    ...evaluator,
    async evaluate(...given) {
      const release = hold()
      try {
        return await evaluator.evaluate(...given)
      } finally {
        release()
      }
    },
  }
}

function createRun(input: Json, world: World): Run {
  const now = () => world.clock.now()
  const { id, name, startTime, roleArn } = world.execution
  return {
    world,
    evaluator: holding(
      createEvaluator(now, () => world.random()),
      world.clock,
    ),
    history: createHistory(now, world.onEvent && ((event) => world.onEvent?.(event)), true),
    execution: { Id: id, Input: input, Name: name, RoleArn: roleArn, StartTime: startTime.toISOString(), RedriveCount: 0 },
    stateMachine: { Id: world.stateMachine.id, Name: world.stateMachine.name },
    runBranch,
  }
}
