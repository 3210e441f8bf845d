/** The least number of events, compared with the history that the engine writes. */
import { describe, expect, it } from 'vitest'
import { virtualClock } from '#asl/engine/clock.ts'
import { execute } from '#asl/engine/execute.ts'
import type { Machine, States } from '#asl/machine/asl.ts'
import { EVENTS_OF_EXECUTION, leastEvents } from '#asl/machine/events.ts'

const machineOf = (States: States): Machine => ({ QueryLanguage: 'JSONata', StartAt: Object.keys(States)[0] ?? '', States })

const historyOf = async (machine: Machine) =>
  (
    await execute(
      machine,
      {},
      {
        invoke: async () => ({}),
        objects: { get: async () => new Uint8Array(), put: async () => {} },
        clock: virtualClock(),
        random: () => 0.5,
        execution: { id: 'run', name: 'run', startTime: new Date(0), roleArn: 'role' },
        stateMachine: { id: 'machine', name: 'machine' },
      },
    )
  ).history

const TASK = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName: 'f', Payload: {} } } as const
const loop = (items: readonly number[]): States => ({
  Each: {
    Type: 'Map',
    Items: items,
    ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'Item', States: { Item: { ...TASK, End: true } } },
    End: true,
  },
})

describe('the least number of events', () => {
  it.each<[string, States]>([
    ['a pass', { A: { Type: 'Pass', End: true } }],
    ['tasks in a row', { A: { ...TASK, Next: 'B' }, B: { ...TASK, End: true } }],
    ['a wait', { A: { Type: 'Wait', Seconds: 1, Next: 'B' }, B: { Type: 'Succeed' } }],
    ['a loop over three items', loop([1, 2, 3])],
    ['a loop over nothing', loop([])],
    [
      'parallel branches',
      {
        P: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'A', States: { A: { ...TASK, End: true } } },
            { StartAt: 'B', States: { B: { Type: 'Pass', End: true } } },
          ],
          End: true,
        },
      },
    ],
    [
      'the shorter way of a choice, which goes back on the other',
      {
        A: { ...TASK, Next: 'C' },
        C: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'W' }], Default: 'E' },
        W: { Type: 'Wait', Seconds: 1, Next: 'A' },
        E: { Type: 'Pass', End: true },
      },
    ],
  ])('is what the engine writes: %s', async (_name, states) => {
    const machine = machineOf(states)
    expect(EVENTS_OF_EXECUTION + leastEvents(machine)).toBe((await historyOf(machine)).length)
  })
})
