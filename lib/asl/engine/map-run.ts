/** A map run: the children of a distributed Map. Each child is an execution of its own that sees only its input. */
import type { MapState } from '#asl/machine/asl.ts'
import { mapRunNames } from './arns.ts'
import { evaluateTo, evaluateWhole, isList } from './evaluate.ts'
import { StateFailure, Stopped } from './failure.ts'
import type { Frame, Run } from './frame.ts'
import { uuid } from './functions.ts'
import { createHistory, WHOLE } from './history.ts'
import { withinPayload } from './limits.ts'
import { type Child, recordOf, writeResults } from './map-results.ts'
import { pool } from './pool.ts'
import { recordEvaluation } from './retry.ts'
import { stopperUnder, unlessStopped } from './stop.ts'
import { createVariables } from './variables.ts'
import type { Json, JsonObject } from '#core/json.ts'

/** How the items of a Map are processed. */
export interface ItemWork {
  readonly width: number
  exceeds(failed: number, of: number): boolean
  /** The input of the iteration or child for an item. */
  inputOf(item: Json, index: number): Promise<Json>
}

/** A Map with more failed items than it tolerates. */
export function thresholdFailure(): StateFailure {
  return new StateFailure('States.ExceedToleratedFailureThreshold', 'The specified tolerated failure threshold was exceeded')
}

/**
 * Runs the children and returns the state's result: their outputs, or where ResultWriter wrote them. `items` is absent with an ItemReader.
 */
export async function runDistributed(frame: Frame<MapState>, items: readonly Json[] | undefined, work: ItemWork): Promise<Json> {
  const { run, state, thread } = frame
  const { history, world } = run
  const random = () => world.random()
  const runId = uuid(random)
  const names = mapRunNames(run.stateMachine.Id, state.Label ?? uuid(random), runId)
  const location = state.ResultWriter && (await locationOf(frame, state.ResultWriter.Arguments, 'ResultWriter/Arguments', 'Prefix'))
  thread.last = history.add(thread.last, 'MapStateStarted', { mapStateStartedEventDetails: { length: items?.length ?? 0 } })
  thread.last = history.add(thread.last, 'MapRunStarted', { mapRunStartedEventDetails: { mapRunArn: names.mapRunArn } })
  const started = thread.last
  try {
    const children = await childrenOf(frame, items ?? (await readItems(frame)), work, names.childArn)
    const failure = await runChildren(frame, children, work, names)
    // Results are also written when the run failed; items that never started are in PENDING.
    const written = location && (await writeResults(frame, children, location, names, runId))
    if (failure) throw failure
    const succeeded = history.add(started, 'MapRunSucceeded')
    history.add(succeeded, 'MapStateSucceeded')
    return (
      written ?? children.map((child) => (child.status === 'SUCCEEDED' ? JSON.parse(child.output) : recordOf(child, names.stateMachine.Id)))
    )
  } catch (error) {
    if (error instanceof Stopped && error.reason !== 'timed out') history.add(thread.last, 'MapRunAborted')
    if (error instanceof StateFailure) {
      recordEvaluation(frame, error)
      thread.last = history.add(thread.last, 'MapRunFailed', { mapRunFailedEventDetails: error.details() })
    }
    throw error
  }
}

async function readItems(frame: Frame<MapState>): Promise<readonly Json[]> {
  const { state, run, signal } = frame
  const reader = state.ItemReader
  if (!reader) return []
  const { bucket, path } = await locationOf(frame, reader.Arguments, 'ItemReader/Arguments', 'Key')
  const { MaxItems } = reader.ReaderConfig
  const most = MaxItems === undefined ? undefined : await evaluateWhole(frame, MaxItems, 'ItemReader/ReaderConfig/MaxItems', 1)
  let items: unknown
  try {
    const bytes = await unlessStopped(run.world.objects.get(bucket, path), signal)
    items = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    if (error instanceof Stopped) throw error
    throw new StateFailure('States.ItemReaderFailed', `${bucket}/${path}: ${(error as Error).message}`)
  }
  if (!Array.isArray(items)) throw new StateFailure('States.ItemReaderFailed', 'Attempting to map over non-iterable node.')
  return items.slice(0, most)
}

/** The bucket and the key or prefix in the arguments of a reader or writer. */
async function locationOf(
  frame: Frame,
  template: Json,
  location: string,
  second: 'Key' | 'Prefix',
): Promise<{ bucket: string; path: string }> {
  const isLocation = (value: Json): value is JsonObject =>
    typeof value === 'object' &&
    value !== null &&
    !isList(value) &&
    Object.entries(value).every(([key, part]) => (key === 'Bucket' || key === second) && typeof part === 'string') &&
    'Bucket' in value &&
    (second === 'Prefix' || 'Key' in value)
  const { Bucket, [second]: path = '' } = await evaluateTo(
    frame,
    template,
    location,
    `object of the texts Bucket and ${second}`,
    isLocation,
  )
  return { bucket: String(Bucket), path: String(path) }
}

async function childrenOf(
  frame: Frame<MapState>,
  items: readonly Json[],
  work: ItemWork,
  arnOf: (name: string) => string,
): Promise<Child[]> {
  const children: Child[] = []
  for (const [index, item] of items.entries()) {
    if (frame.signal.aborted) throw frame.signal.reason
    const name = uuid(() => frame.run.world.random())
    children.push({ status: 'PENDING', name, arn: arnOf(name), input: withinPayload(await work.inputOf(item, index), frame.name) })
  }
  return children
}

/** Runs the children, and returns the failure when more failed than is tolerated. */
async function runChildren(
  frame: Frame<MapState>,
  children: Child[],
  { width, exceeds }: ItemWork,
  names: ReturnType<typeof mapRunNames>,
): Promise<StateFailure | undefined> {
  const { run, state } = frame
  const { world } = run
  const stopper = stopperUnder(frame.signal)
  let failed = 0

  async function runOne(index: number): Promise<void> {
    const pending = children[index]
    if (!pending) return
    const { name, arn, input } = pending
    const start = world.clock.now()
    const context = { id: arn, name, mapRunArn: names.mapRunArn, state: frame.name, index }
    const child: Run = {
      ...run,
      history: createHistory(() => world.clock.now(), world.onEvent && ((event) => world.onEvent?.(event, context)), false),
      execution: { ...run.execution, Id: arn, Input: JSON.parse(input), Name: name, StartTime: start.toISOString() },
      stateMachine: names.stateMachine,
    }
    const ended = () => ({ name, arn, input, start: start.toISOString(), stop: world.clock.now().toISOString() })
    child.history.add(0, 'ExecutionStarted', {
      executionStartedEventDetails: { input, inputDetails: WHOLE, roleArn: world.execution.roleArn },
    })
    const thread = { last: 0, nested: false }
    try {
      const output = JSON.stringify(
        await run.runBranch(child, state.ItemProcessor, JSON.parse(input), createVariables(), thread, stopper.signal),
      )
      child.history.add(thread.last, 'ExecutionSucceeded', { executionSucceededEventDetails: { output, outputDetails: WHOLE } })
      children[index] = { ...ended(), status: 'SUCCEEDED', output }
    } catch (error) {
      if (error instanceof Stopped) {
        child.history.add(0, 'ExecutionAborted', { executionAbortedEventDetails: {} })
        children[index] = { ...ended(), status: 'ABORTED' }
        throw error
      }
      if (!(error instanceof StateFailure)) throw error
      child.history.add(thread.last, 'ExecutionFailed', { executionFailedEventDetails: error.details() })
      children[index] = { ...ended(), status: 'FAILED', failure: error.details() }
      failed++
      if (exceeds(failed, children.length)) throw thresholdFailure()
    }
  }

  try {
    await pool(
      children.length,
      width,
      () => undefined,
      runOne,
      () => stopper.stop(new Stopped('sibling failed')),
    )
    return undefined
  } catch (error) {
    if (error instanceof StateFailure) return error
    throw error
  } finally {
    stopper.release()
  }
}
