/** The states without work of their own: Pass, Choice, Wait, Succeed and Fail. */
import type { ChoiceState, FailState, PassState, SucceedState, WaitState } from '#asl/machine/asl.ts'
import { evaluate, evaluateTo, evaluateWhole, failureAt, nextOf, settle } from '../evaluate.ts'
import { StateFailure } from '../failure.ts'
import type { Frame, Outcome } from '../frame.ts'
import { unlessStopped } from '../stop.ts'
import type { Json } from '#core/json.ts'

/** An ISO 8601 date and time with an offset, as Wait accepts it: seconds and up to nine fraction digits are optional. */
const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})[Tt]([01]\d|2[0-3]):\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})$/
/** The service rejects a longer wait (recorded between 24,855 and 24,856 days). */
const MAX_WAIT = 2 ** 31 - 1

/** Only applies Assign and Output. */
export function runPass(frame: Frame<PassState>): Promise<Outcome> {
  return settle(frame, frame.state, frame.input, nextOf(frame.state))
}

/** Ends its scope with its Output. */
export function runSucceed(frame: Frame<SucceedState>): Promise<Outcome> {
  return settle(frame, frame.state, frame.input, undefined)
}

/** Fails with its Error and Cause; either may be absent. */
export async function runFail(frame: Frame<FailState>): Promise<Outcome> {
  const text = (field: 'Error' | 'Cause') => {
    const template = frame.state[field]
    return template === undefined ? undefined : evaluateTo(frame, template, field, 'string', isText)
  }
  throw new StateFailure(await text('Error'), await text('Cause'))
}

/** Follows the first rule whose condition is true, with the Assign and Output of the rule. Default uses those of the state. */
export async function runChoice(frame: Frame<ChoiceState>): Promise<Outcome> {
  const { state } = frame
  for (const [position, rule] of state.Choices.entries()) {
    const prefix = `Choices[${position}]/`
    const condition = await evaluateTo(frame, rule.Condition, `${prefix}Condition`, 'boolean', (value) => typeof value === 'boolean')
    if (condition) return settle(frame, rule, frame.input, rule.Next, { prefix })
  }
  if (state.Default === undefined) {
    throw failureAt(frame, 'States.Runtime', 'Failed to transition out of the state. The state does not point to a next state.')
  }
  return settle(frame, state, frame.input, state.Default)
}

/**
 * Waits for Seconds or until Timestamp, without its milliseconds; returns at once for a time in the past. Source: Step Functions developer guide,
 * "Wait workflow state": the service "considers the time value up to seconds and truncates milliseconds".
 */
export async function runWait(frame: Frame<WaitState>): Promise<Outcome> {
  const { clock } = frame.run.world
  const ms = await waitOf(frame)
  if (ms > MAX_WAIT * 1000) throw failureAt(frame, 'States.Runtime', 'Wait state delay is too long.')
  if (ms > 0) await unlessStopped(clock.sleep(ms, frame.signal), frame.signal)
  return settle(frame, frame.state, frame.input, nextOf(frame.state))
}

async function waitOf(frame: Frame<WaitState>): Promise<number> {
  const { Seconds, Timestamp } = frame.state
  if (Seconds !== undefined) return (await evaluateWhole(frame, Seconds, 'Seconds', 0)) * 1000
  const timestamp = await evaluate(frame, Timestamp ?? null, 'Timestamp')
  const due = isText(timestamp) ? timeOf(timestamp) : undefined
  if (due !== undefined) return Math.floor(due / 1000) * 1000 - frame.run.world.clock.now().getTime()
  throw failureAt(
    frame,
    'States.QueryEvaluationError',
    `The field 'Timestamp' must be an ISO-8601 extended offset date-time format string, but was ${JSON.stringify(timestamp)}`,
    'Timestamp',
  )
}

/** Milliseconds since 1970, or undefined for a text that is not a timestamp or names a day that does not exist. */
function timeOf(timestamp: string): number | undefined {
  const day = TIMESTAMP.exec(timestamp)?.[1]
  const midnight = day === undefined ? Number.NaN : Date.parse(`${day}T00:00:00Z`)
  // Date.parse reads 30 February as 2 March.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return undefined
  const time = Date.parse(timestamp.toUpperCase())
  return Number.isNaN(time) ? undefined : time
}

function isText(value: Json): value is string {
  return typeof value === 'string'
}
