/** TestState of Step Functions, by the embedded engine: one state of a machine, with its data and nothing else. */
import { execute } from '#asl/engine/execute.ts'
import { virtualClock } from '#asl/engine/clock.ts'
import type { Machine } from '#asl/machine/asl.ts'
import type { Json, JsonObject } from '#core/json.ts'

const BEFORE = 'Variables'

/** The answer. A state that calls something is answered by its mock, and fails without one. */
export async function testState({ definition, stateName, input, variables, mock }: JsonObject): Promise<JsonObject> {
  const machine = JSON.parse(String(definition)) as Machine
  const name = String(stateName)
  const own = machine.States[name]
  if (own === undefined) throw new Error(`no state ${name}`)
  const stop = new AbortController()
  let exited = false
  let [output, next]: [string | null, string | null] = [null, null]
  const clock = virtualClock()
  const result = (mock as { readonly result?: string } | undefined)?.result
  const { Retry: _, ...state } = own as unknown as JsonObject
  const execution = await execute(
    {
      ...machine,
      StartAt: BEFORE,
      States: {
        ...machine.States,
        [BEFORE]: { Type: 'Pass', Assign: JSON.parse(String(variables)) as JsonObject, Next: name },
        [name]: state,
      },
    } as unknown as Machine,
    JSON.parse(String(input)) as Json,
    {
      clock,
      random: () => 0.5,
      invoke: async () => {
        if (result === undefined) throw new Error('a function was called')
        return (JSON.parse(result) as { readonly Payload: Json }).Payload
      },
      objects: { get: async () => new Uint8Array(), put: async () => {} },
      execution: { id: 'arn:test', name: 'test', startTime: clock.now(), roleArn: '' },
      stateMachine: { id: 'arn:machine', name: 'machine' },
      signal: stop.signal,
      onEvent: ({ stateExitedEventDetails, stateEnteredEventDetails }) => {
        if (stateExitedEventDetails?.name === name) [exited, output] = [true, stateExitedEventDetails.output]
        else if (exited && stateEnteredEventDetails !== undefined && next === null) {
          next = stateEnteredEventDetails.name
          stop.abort()
        }
      },
    },
  )
  if (!exited && execution.status === 'FAILED') return { status: 'FAILED', error: execution.error ?? '', cause: execution.cause ?? '' }
  return { status: 'SUCCEEDED', output: output ?? '', ...(next === null ? {} : { nextState: next }) }
}
