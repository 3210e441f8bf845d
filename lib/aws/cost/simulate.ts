/**
 * A simulation: the compiled machine in the embedded engine, on data of a given size, with simulated tasks and a clock that jumps.
 * States, retries, maps and their concurrency are those of the machine, so the counts are what Step Functions would count.
 * The results of steps are unknown: conditions on results are assumed to hold, and a survey is assumed to settle in its first round.
 */
import { virtualClock } from '#asl/engine/clock.ts'
import { execute } from '#asl/engine/execute.ts'
import type { HistoryEvent } from '#asl/engine/history.ts'
import type { Machine } from '#asl/machine/asl.ts'
import { analyseExpression, expressionSource } from '#asl/machine/expression.ts'
import type { TaskEvent } from '#core/task/task.ts'
import { sizesOfFunctions } from './memory.ts'
import type { SimulatedDataset } from './sized-dataset.ts'
import { type FindSources, simulatedTasks } from './simulated-tasks.ts'
import { transitionCounter } from './transitions.ts'
import { type Load, ONE_PROCESSOR, secondsOf } from './work.ts'
import type { Json, JsonObject } from '#core/json.ts'

export interface SimulatedTask extends Load {
  readonly task: string
  readonly step: string
  /** Placeholder of its function. */
  readonly function: string
  readonly seconds: number
}

export interface Simulation {
  readonly transitions: number
  /** Events in the history of the run itself; children have their own. */
  readonly events: number
  /** Bytes of the largest text that passes through a state. */
  readonly payload: number
  /** Duration if no task fails. */
  readonly seconds: number
  readonly tasks: readonly SimulatedTask[]
  /** Maximum number of concurrent tasks. */
  readonly concurrency: number
  readonly datasets: readonly SimulatedDataset[]
}

/** `steps` are the ids of the machine's steps. `watch` sees the events of the run itself. Rejects if `findSources` rejects, and with an Error if the machine does not reach its end, which is a defect. */
export async function simulate(
  machine: Machine,
  steps: Iterable<string>,
  inputs: JsonObject,
  findSources: FindSources,
  watch: (event: HistoryEvent) => void = () => {},
): Promise<Simulation> {
  const clock = virtualClock()
  const began = clock.now()
  const counter = transitionCounter()
  const sizes = sizesOfFunctions(machine)
  const tasks: SimulatedTask[] = []
  const stand = simulatedTasks(findSources)
  let [events, payload, active, concurrency] = [0, 0, 0, 0]
  let failure: unknown

  const execution = await execute(
    unconditional(machine, [...steps]),
    { inputs },
    {
      clock,
      random: seeded(),
      invoke: async ({ payload: given, functionName, signal }) => {
        // what the author's own functions do and cost is not known
        if (!sizes.has(functionName)) return {}
        const event = given as unknown as TaskEvent
        concurrency = Math.max(concurrency, ++active)
        const release = clock.hold()
        try {
          const load = stand.load(event, tasks.length)
          const seconds = secondsOf(event.task, load, sizes.get(functionName)?.memory ?? ONE_PROCESSOR)
          tasks.push({ task: event.task, step: event.step, function: functionName, seconds, ...load })
          const answer = await stand.answer(event)
          const sleeping = clock.sleep(seconds * 1000, signal)
          release()
          await sleeping
          return answer
        } catch (error) {
          if (!signal.aborted) failure ??= error
          throw error
        } finally {
          release()
          active--
        }
      },
      objects: {
        get: async (_bucket, key) => Buffer.from(JSON.stringify(stand.object(key))),
        put: async () => {},
      },
      execution: {
        id: 'arn:aws:states:local:000000000000:execution:simulation:simulation',
        name: 'simulation',
        startTime: began,
        roleArn: '',
      },
      stateMachine: { id: 'arn:aws:states:local:000000000000:stateMachine:simulation', name: 'simulation' },
      onEvent: (event, child) => {
        counter.take(event, child?.name)
        if (child === undefined) {
          events++
          watch(event)
        }
        payload = Math.max(payload, travelling(event))
      },
    },
  )
  if (failure !== undefined) throw failure
  if (execution.status !== 'SUCCEEDED')
    throw new Error(`the simulation ended ${execution.status}: ${JSON.stringify({ ...execution, history: [] })}`)
  return {
    transitions: counter.transitions(),
    events,
    payload,
    seconds: (clock.now().getTime() - began.getTime()) / 1000,
    tasks,
    concurrency,
    datasets: stand.datasets(),
  }
}

/** Reproducible pseudo-random numbers: names of children must differ. Park and Miller's generator. */
function seeded(): () => number {
  let seed = 1
  return () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
}

/**
 * The machine with every condition on results replaced by true, so that all optional work counts. Conditions on inputs are evaluated.
 * Time limits are removed, so that slow work is reported with its time.
 */
export function unconditional(machine: Machine, ids: readonly string[]): Machine {
  const steps = new Set(ids)
  const onResults = (condition: string) => {
    const analysis = analyseExpression(expressionSource(condition) ?? '')
    return !('error' in analysis) && [...analysis.reads].some((name) => steps.has(name))
  }
  const visit = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(visit)
    if (value === null || typeof value !== 'object') return value
    const { TimeoutSeconds: _, ...rest } = value as JsonObject
    return Object.fromEntries(
      Object.entries(rest).map(([key, entry]) =>
        key === 'Condition' && typeof entry === 'string' && onResults(entry) ? [key, '{% true %}'] : [key, visit(entry as Json)],
      ),
    )
  }
  return visit(machine as unknown as Json) as unknown as Machine
}

/** Bytes of the input or output of an event. */
function travelling(event: HistoryEvent): number {
  const { taskScheduledEventDetails, taskSucceededEventDetails, stateEnteredEventDetails, stateExitedEventDetails } = event
  const texts = [
    taskScheduledEventDetails?.parameters,
    taskSucceededEventDetails?.output,
    stateEnteredEventDetails?.input,
    stateExitedEventDetails?.output,
    ...Object.values(stateExitedEventDetails?.assignedVariables ?? {}),
  ]
  return Math.max(0, ...texts.map((text) => (text === undefined ? 0 : Buffer.byteLength(text))))
}
