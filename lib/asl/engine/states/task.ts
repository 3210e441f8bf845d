/** The Task state: calls the world, enforces timeout and heartbeat, and records events in the format of the integration. */
import type { TaskState } from '#asl/machine/asl.ts'
import { INVOKE } from '#asl/machine/fields.ts'
import { regionOf } from '../arns.ts'
import { evaluate, evaluateWhole, failureAt, nextOf, settle } from '../evaluate.ts'
import { StateFailure, Stopped, TaskTimedOut } from '../failure.ts'
import type { Frame, Outcome } from '../frame.ts'
import { type EventDetails, type EventType, WHOLE } from '../history.ts'
import { withinPayload } from '../limits.ts'
import { guarded } from '../retry.ts'
import { stopperUnder, unlessStopped } from '../stop.ts'
import type { Json, JsonObject } from '#core/json.ts'

/** What is called, and how its response becomes the state's result. */
interface Call {
  readonly functionName: string
  /** The payload as JSON text. */
  readonly payload: string
  readonly timeout: number | undefined
  readonly heartbeat: number | undefined
  result(answer: Json): Json
  /** The event for a moment of the call, in the format of its integration. */
  event(moment: Moment): readonly [EventType, EventDetails]
}

type Moment =
  | { readonly kind: 'Scheduled' | 'Started' }
  | { readonly kind: 'Succeeded'; readonly output: string }
  | { readonly kind: 'Failed' | 'TimedOut'; readonly details: { readonly error?: string; readonly cause?: string } }

/** Calls the task with Retry and Catch. Fails with the error of the task, or States.Timeout. */
export function runTask(frame: Frame<TaskState>): Promise<Outcome> {
  return guarded(frame, async (at) => {
    const result = await perform(at, await prepare(at))
    return settle(at, at.state, result, nextOf(at.state), { extra: { result } })
  })
}

async function prepare(frame: Frame<TaskState>): Promise<Call> {
  const { state, input } = frame
  const seconds = (field: 'TimeoutSeconds' | 'HeartbeatSeconds') => {
    const value = state[field]
    return value === undefined ? undefined : evaluateWhole(frame, value, field, 1)
  }
  const args = state.Arguments === undefined ? input : await evaluate(frame, state.Arguments, 'Arguments')
  const limits = { timeout: await seconds('TimeoutSeconds'), heartbeat: await seconds('HeartbeatSeconds') }
  // the role that the service would assume for the call; here it is only recorded
  const credentials = state.Credentials === undefined ? undefined : await evaluate(frame, state.Credentials, 'Credentials')
  const noted = { ...inSeconds(limits), ...credentialsOf(frame, credentials) }
  const text = withinPayload(args, frame.name)
  return state.Resource === INVOKE ? integrated(frame, args, text, limits, noted) : direct(state.Resource, text, limits, noted)
}

/** What the event of a scheduled task says besides the call. */
interface Noted {
  readonly timeoutInSeconds?: number
  readonly heartbeatInSeconds?: number
  readonly taskCredentials?: { readonly roleArn: string }
}

function credentialsOf(frame: Frame, credentials: Json | undefined): Noted {
  if (credentials === undefined) return {}
  const { RoleArn: roleArn } = (credentials ?? {}) as JsonObject
  if (typeof roleArn !== 'string') throw failureAt(frame, 'States.Runtime', "In the credentials of a task, 'RoleArn' must be a text.")
  return { taskCredentials: { roleArn } }
}

/** How the request went, as far as there is one here: the size and the type of the response, its status, and an id. */
function metadataOf(answer: Json, { thread }: Frame): JsonObject {
  const id = `00000000-0000-4000-8000-${thread.last.toString(16).padStart(12, '0')}`
  const headers = {
    'X-Amz-Executed-Version': '$LATEST',
    'x-amzn-RequestId': id,
    'Content-Length': String(Buffer.byteLength(JSON.stringify(answer))),
    'Content-Type': 'application/json',
  }
  const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
  return {
    SdkHttpMetadata: { AllHttpHeaders: lists, HttpHeaders: headers, HttpStatusCode: 200 },
    SdkResponseMetadata: { RequestId: id },
  }
}

/** `arn:aws:states:::lambda:invoke`: function and payload are arguments, the result contains the response as Payload. */
function integrated(
  frame: Frame<TaskState>,
  args: Json,
  parameters: string,
  limits: Pick<Call, 'timeout' | 'heartbeat'>,
  noted: Noted,
): Call {
  const { FunctionName: functionName, Payload: payload, ...rest } = (typeof args === 'object' && args !== null ? args : {}) as JsonObject
  const [other] = Object.keys(rest)
  if (typeof functionName !== 'string' || other !== undefined) {
    const problem =
      other === undefined ? "'FunctionName' must be a text" : `'${other}' is not implemented; there are FunctionName and Payload`
    throw failureAt(frame, 'States.Runtime', `In the arguments of lambda:invoke, ${problem}.`)
  }
  const integration = { resourceType: 'lambda', resource: 'invoke' }
  const region = regionOf(frame.run.stateMachine.Id)
  return {
    functionName,
    // A text is sent as it is; without a payload the function receives an empty object (both recorded).
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload ?? {}),
    ...limits,
    result: (answer) => ({ ExecutedVersion: '$LATEST', Payload: answer, ...metadataOf(answer, frame), StatusCode: 200 }),
    event(moment) {
      switch (moment.kind) {
        case 'Scheduled':
          return ['TaskScheduled', { taskScheduledEventDetails: { ...integration, region, parameters, ...noted } }]
        case 'Started':
          return ['TaskStarted', { taskStartedEventDetails: integration }]
        case 'Succeeded':
          return ['TaskSucceeded', { taskSucceededEventDetails: { ...integration, output: moment.output, outputDetails: WHOLE } }]
        case 'Failed':
          return ['TaskFailed', { taskFailedEventDetails: { ...integration, ...moment.details } }]
        case 'TimedOut':
          return ['TaskTimedOut', { taskTimedOutEventDetails: { ...integration, ...moment.details } }]
      }
    },
  }
}

/** A Lambda function named as the Resource: its payload is the arguments, or the input without arguments; its response is the result. */
function direct(
  functionName: string,
  payload: string,
  limits: Pick<Call, 'timeout' | 'heartbeat'>,
  { heartbeatInSeconds: _, ...noted }: Noted,
): Call {
  return {
    functionName,
    payload,
    ...limits,
    result: (answer) => answer,
    event(moment) {
      switch (moment.kind) {
        case 'Scheduled': {
          const details = {
            resource: functionName,
            input: payload,
            inputDetails: WHOLE,
            ...noted,
          }
          return ['LambdaFunctionScheduled', { lambdaFunctionScheduledEventDetails: details }]
        }
        case 'Started':
          return ['LambdaFunctionStarted', {}]
        case 'Succeeded':
          return ['LambdaFunctionSucceeded', { lambdaFunctionSucceededEventDetails: { output: moment.output, outputDetails: WHOLE } }]
        case 'Failed':
          return ['LambdaFunctionFailed', { lambdaFunctionFailedEventDetails: moment.details }]
        case 'TimedOut':
          return ['LambdaFunctionTimedOut', { lambdaFunctionTimedOutEventDetails: moment.details }]
      }
    },
  }
}

function inSeconds({ timeout, heartbeat }: Pick<Call, 'timeout' | 'heartbeat'>): {
  timeoutInSeconds?: number
  heartbeatInSeconds?: number
} {
  return { ...(timeout !== undefined && { timeoutInSeconds: timeout }), ...(heartbeat !== undefined && { heartbeatInSeconds: heartbeat }) }
}

async function perform(frame: Frame<TaskState>, call: Call): Promise<Json> {
  const { thread, run, state } = frame
  const publish = (moment: Moment): void => {
    thread.last = run.history.add(thread.last, ...call.event(moment))
  }
  publish({ kind: 'Scheduled' })
  try {
    const result = call.result(await answerOf(frame, call, () => publish({ kind: 'Started' })))
    publish({ kind: 'Succeeded', output: withinPayload(result, state.Resource) })
    return result
  } catch (error) {
    if (error instanceof StateFailure) publish({ kind: error instanceof TaskTimedOut ? 'TimedOut' : 'Failed', details: error.details() })
    throw error
  }
}

/**
 * Calls the world and waits for the response, the timeout, a missed heartbeat or a stop, whichever comes first. `started` is called when
 * the task begins; time in the queue counts neither towards the timeout nor towards a heartbeat.
 */
async function answerOf(frame: Frame<TaskState>, call: Call, started: () => void): Promise<Json> {
  const { world } = frame.run
  const payload = payloadOf(call.payload)
  const task = stopperUnder(frame.signal)
  const watch = stopperUnder(frame.signal)
  let pending = true
  const turn = turnOf(() => {
    // a task that has ended, or was stopped, cannot start any more
    if (frame.signal.aborted || !pending) return
    heartbeat()
    started()
  })
  let beat = 0
  const heartbeat = () => {
    beat = world.clock.now().getTime()
  }
  async function invoke(): Promise<Json> {
    const { name: state, retries } = frame
    const { signal } = task
    const { queued } = turn
    try {
      const attempt = retries + 1
      return await world.invoke({ functionName: call.functionName, payload, state, attempt, signal, heartbeat, queued })
    } catch (error) {
      throw error instanceof Error ? new StateFailure(error.name, error.message) : new StateFailure('Unknown', String(error))
    } finally {
      pending = false
    }
  }
  async function untilTimeout(ms: number): Promise<never> {
    await unlessStopped(turn.begun, watch.signal)
    await world.clock.sleep(ms, watch.signal)
    throw new TaskTimedOut('answer')
  }
  async function untilMissed(ms: number): Promise<never> {
    await unlessStopped(turn.begun, watch.signal)
    for (let left = ms; left > 0; left = beat + ms - world.clock.now().getTime()) await world.clock.sleep(left, watch.signal)
    throw new TaskTimedOut('heartbeat')
  }

  const answer = invoke()
  turn.called()
  const waits: Promise<Json>[] = [unlessStopped(answer, frame.signal)]
  if (call.timeout !== undefined) waits.push(untilTimeout(call.timeout * 1000))
  if (call.heartbeat !== undefined) waits.push(untilMissed(call.heartbeat * 1000))
  try {
    const answered = await Promise.race(waits)
    // A response travels as JSON, so that an in-process handler cannot return what a remote one could not.
    return JSON.parse(JSON.stringify(answered ?? null))
  } finally {
    if (pending) task.stop(new Stopped('timed out'))
    watch.stop(new Stopped('timed out'))
    watch.release()
    task.release()
  }
}

/** Tracks when a called task begins: at once, or when the world that queued it says so. `onBegin` is called once. */
function turnOf(onBegin: () => void) {
  let begin = () => {}
  let isQueued = false
  let hasBegun = false
  const begun = new Promise<void>((resolve) => {
    begin = () => {
      if (!hasBegun) onBegin()
      hasBegun = true
      resolve()
    }
  })
  return {
    begun,
    queued: () => {
      isQueued = true
      return begin
    },
    /** The world was called: a task it did not queue has begun. */
    called: () => {
      if (!isQueued) begin()
    },
  }
}

function payloadOf(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    throw new StateFailure('Lambda.InvalidRequestContentException', `Could not parse request body into json: ${text.slice(0, 100)}`)
  }
}
