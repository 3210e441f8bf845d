/** The states that send notifications when a run ends. A message that cannot be sent changes nothing about the run. */
import { expression as jsonata } from '#asl/machine/literal.ts'
import type { States } from '#asl/machine/asl.ts'
import type { Json } from '#core/json.ts'
import type { Notified } from '#language/definition/definition.ts'
import type { Plan } from '../plan.ts'
import { type Assembling, payload, QUICK, task } from './emit.ts'

interface EndStates {
  /** The state after the last task of a run that has published. */
  readonly afterSuccess: string
  /** The state after the last task of a run that has failed. */
  readonly afterFailure: string
  readonly success: States
  readonly failure: States
}

const AFTER_SUCCESS: readonly Notified[] = ['on_success', 'on_quality', 'on_retry']
const AFTER_FAILURE: readonly Notified[] = ['on_failure', 'on_quality', 'on_retry']

/** Both ends; each without a state of its own where nobody is notified. */
export function noticeStates({ notices }: Plan, settings: Assembling): EndStates {
  const channelsOf = (events: readonly Notified[]) =>
    Object.fromEntries(events.flatMap((event) => (notices?.channels[event] === undefined ? [] : [[event, notices.channels[event]]])))
  const stateOf = (name: string, step: string, events: readonly Notified[], failure: Json, next: string): States => {
    const channels = channelsOf(events)
    if (Object.keys(channels).length === 0) return {}
    const { min_quality } = notices ?? {}
    const body = { channels: channels as unknown as Json, ...(min_quality === undefined ? {} : { min_quality }), failure }
    // the run has ended: its result passes through, whatever happens here
    const output = '$states.input'
    const onError = [{ ErrorEquals: ['States.ALL'], Output: jsonata(output), Next: next }]
    return { [name]: task({ task: 'notify', payload: payload(settings, 'notify', step, body), ...QUICK, output, onError }, next) }
  }
  const success = stateOf('Notify', 'run', AFTER_SUCCESS, null, 'Succeeded')
  const failure = stateOf('NotifyFailure', 'failure', AFTER_FAILURE, jsonata('$Failure'), 'Fail')
  return {
    afterSuccess: Object.keys(success)[0] ?? 'Succeeded',
    afterFailure: Object.keys(failure)[0] ?? 'Fail',
    success,
    failure,
  }
}
