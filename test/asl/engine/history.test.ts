import { describe, expect, it } from 'vitest'
import type { HistoryEvent } from '#asl/engine/history.ts'
import type { State, States } from '#asl/machine/asl.ts'
import { engineWorld, outline, run, taskError } from '../../kit/engine-world.ts'
import type { Json } from '#core/json.ts'

/**
 * From recordings of the same machines in JSONPath. Within concurrent branches the recordings leave the ids open, and those of a Parallel
 * that is retried are not marked as made on the service itself.
 */
const pass = (next?: string) => ({ Type: 'Pass' as const, ...(next ? { Next: next } : { End: true as const }) })
const failingItem = { StartAt: 'H', States: { H: { Type: 'Fail', Error: 'HandleItemFailError', Cause: 'HandleItemFailCause' } } } as const

const RECORDED: { what: string; states: States; input?: Json; outline: string[] }[] = [
  {
    what: 'a Map whose items follow one another: each starts from the last event of the one before, not from its success',
    states: { M: { Type: 'Map', MaxConcurrency: 1, ItemProcessor: { StartAt: 'P', States: { P: pass() } }, End: true } },
    input: [1, 2],
    outline: [
      '1<-0 ExecutionStarted',
      '2<-0 MapStateEntered',
      '3<-2 MapStateStarted',
      '4<-3 MapIterationStarted',
      '5<-4 PassStateEntered',
      '6<-5 PassStateExited',
      '7<-6 MapIterationSucceeded',
      '8<-6 MapIterationStarted',
      '9<-8 PassStateEntered',
      '10<-9 PassStateExited',
      '11<-10 MapIterationSucceeded',
      '12<-11 MapStateSucceeded',
      '13<-11 MapStateExited',
      '14<-13 ExecutionSucceeded',
    ],
  },
  {
    what: 'a Map that is retried twice and fails',
    states: {
      S: pass('M'),
      M: {
        Type: 'Map',
        Items: [1],
        MaxConcurrency: 1,
        ItemProcessor: failingItem,
        Retry: [{ ErrorEquals: ['HandleItemFailError'], MaxAttempts: 2 }],
        Next: 'F',
      },
      F: pass(),
    },
    outline: [
      '1<-0 ExecutionStarted',
      '2<-0 PassStateEntered',
      '3<-2 PassStateExited',
      '4<-3 MapStateEntered',
      '5<-4 MapStateStarted',
      '6<-5 MapIterationStarted',
      '7<-6 FailStateEntered',
      '8<-7 MapIterationFailed',
      '9<-7 MapStateStarted',
      '10<-9 MapIterationStarted',
      '11<-10 FailStateEntered',
      '12<-11 MapIterationFailed',
      '13<-11 MapStateStarted',
      '14<-13 MapIterationStarted',
      '15<-14 FailStateEntered',
      '16<-15 MapIterationFailed',
      '17<-15 MapStateFailed',
      '18<-17 ExecutionFailed',
    ],
  },
  {
    what: 'a Map whose failure is caught',
    states: {
      S: pass('M'),
      M: {
        Type: 'Map',
        Items: [1],
        MaxConcurrency: 1,
        ItemProcessor: failingItem,
        Catch: [{ ErrorEquals: ['HandleItemFailError'], Next: 'C' }],
        Next: 'F',
      },
      C: pass(),
      F: pass(),
    },
    outline: [
      '1<-0 ExecutionStarted',
      '2<-0 PassStateEntered',
      '3<-2 PassStateExited',
      '4<-3 MapStateEntered',
      '5<-4 MapStateStarted',
      '6<-5 MapIterationStarted',
      '7<-6 FailStateEntered',
      '8<-7 MapIterationFailed',
      '9<-7 MapStateFailed',
      '10<-9 MapStateExited',
      '11<-10 PassStateEntered',
      '12<-11 PassStateExited',
      '13<-12 ExecutionSucceeded',
    ],
  },
  {
    what: 'a Map in a Map',
    states: {
      M: {
        Type: 'Map',
        MaxConcurrency: 1,
        ItemProcessor: {
          StartAt: 'N',
          States: { N: { Type: 'Map', MaxConcurrency: 1, ItemProcessor: { StartAt: 'P', States: { P: pass() } }, End: true } },
        },
        End: true,
      },
    },
    input: [[1], [2]],
    outline: [
      '1<-0 ExecutionStarted',
      '2<-0 MapStateEntered',
      '3<-2 MapStateStarted',
      '4<-3 MapIterationStarted',
      '5<-4 MapStateEntered',
      '6<-5 MapStateStarted',
      '7<-6 MapIterationStarted',
      '8<-7 PassStateEntered',
      '9<-8 PassStateExited',
      '10<-9 MapIterationSucceeded',
      '11<-10 MapStateSucceeded',
      '12<-10 MapStateExited',
      '13<-12 MapIterationSucceeded',
      '14<-12 MapIterationStarted',
      '15<-14 MapStateEntered',
      '16<-15 MapStateStarted',
      '17<-16 MapIterationStarted',
      '18<-17 PassStateEntered',
      '19<-18 PassStateExited',
      '20<-19 MapIterationSucceeded',
      '21<-20 MapStateSucceeded',
      '22<-20 MapStateExited',
      '23<-22 MapIterationSucceeded',
      '24<-23 MapStateSucceeded',
      '25<-23 MapStateExited',
      '26<-25 ExecutionSucceeded',
    ],
  },
  {
    what: 'a Parallel: its exit follows the last branch to end',
    states: {
      A: pass('P'),
      P: { Type: 'Parallel', Branches: ['B', 'C', 'D'].map((name) => ({ StartAt: name, States: { [name]: pass() } })), End: true },
    },
    outline: [
      '1<-0 ExecutionStarted',
      '2<-0 PassStateEntered',
      '3<-2 PassStateExited',
      '4<-3 ParallelStateEntered',
      '5<-4 ParallelStateStarted',
      '6<-5 PassStateEntered',
      '7<-5 PassStateEntered',
      '8<-5 PassStateEntered',
      '9<-6 PassStateExited',
      '10<-7 PassStateExited',
      '11<-8 PassStateExited',
      '12<-11 ParallelStateSucceeded',
      '13<-11 ParallelStateExited',
      '14<-13 ExecutionSucceeded',
    ],
  },
  {
    what: 'a Parallel that is retried twice and fails',
    states: {
      P: {
        Type: 'Parallel',
        Branches: [{ StartAt: 'B', States: { B: { Type: 'Fail', Error: 'FailureType' } } }],
        Retry: [{ ErrorEquals: ['FailureType'], MaxAttempts: 2 }],
        End: true,
      },
    },
    outline: [
      '1<-0 ExecutionStarted',
      '2<-0 ParallelStateEntered',
      '3<-2 ParallelStateStarted',
      '4<-3 FailStateEntered',
      '5<-4 ParallelStateStarted',
      '6<-5 FailStateEntered',
      '7<-6 ParallelStateStarted',
      '8<-7 FailStateEntered',
      '9<-8 ParallelStateFailed',
      '10<-9 ExecutionFailed',
    ],
  },
  {
    what: 'a task that fails, not in a Parallel',
    states: { T: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName: 'bad' }, End: true } },
    outline: [
      '1<-0 ExecutionStarted',
      '2<-0 TaskStateEntered',
      '3<-2 TaskScheduled',
      '4<-3 TaskStarted',
      '5<-4 TaskFailed',
      '6<-5 ExecutionFailed',
    ],
  },
  {
    what: 'a task that fails in a Parallel is also recorded as aborted',
    states: {
      P: {
        Type: 'Parallel',
        Branches: [
          {
            StartAt: 'T',
            States: { T: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName: 'bad' }, End: true } },
          },
        ],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }],
        End: true,
      },
      C: pass(),
    },
    outline: [
      '1<-0 ExecutionStarted',
      '2<-0 ParallelStateEntered',
      '3<-2 ParallelStateStarted',
      '4<-3 TaskStateEntered',
      '5<-4 TaskScheduled',
      '6<-5 TaskStarted',
      '7<-6 TaskFailed',
      '8<-7 TaskStateAborted',
      '9<-7 ParallelStateFailed',
      '10<-9 ParallelStateExited',
      '11<-10 PassStateEntered',
      '12<-11 PassStateExited',
      '13<-12 ExecutionSucceeded',
    ],
  },
]

describe('history', () => {
  it.each(RECORDED)('$what', async ({ states, input = {}, outline: recorded }) => {
    const world = engineWorld({
      bad: () => {
        throw taskError('E')
      },
    })
    expect(outline((await run(states, input, world)).history)).toEqual(recorded)
  })

  it('passes each event to the listener as it happens, the same as it keeps', async () => {
    const reported: HistoryEvent[] = []
    const world = engineWorld(
      { slow: (_, { signal }, clock) => clock.sleep(1_500, signal).then(() => reported.length) },
      { onEvent: (event) => void reported.push(event) },
    )
    const states: States = {
      A: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Arguments: { FunctionName: 'slow' },
        Assign: { n: '{% $states.result.Payload %}' },
        End: true,
      },
    }
    const { history } = await run(states, { a: 1 }, world)
    expect(reported).toEqual(history)
    expect(history.map(({ timestamp }) => timestamp.slice(17))).toEqual([
      '00.000Z',
      '00.000Z',
      '00.000Z',
      '00.000Z',
      '01.500Z',
      '01.500Z',
      '01.500Z',
    ])
    expect(history[0]).toEqual({
      id: 1,
      previousEventId: 0,
      type: 'ExecutionStarted',
      timestamp: '2026-01-01T00:00:00.000Z',
      executionStartedEventDetails: { input: '{"a":1}', inputDetails: { truncated: false }, roleArn: 'arn:role' },
    })
    expect(history[5]?.stateExitedEventDetails).toEqual({
      name: 'A',
      output: expect.stringMatching(
        /^\{"ExecutedVersion":"\$LATEST","Payload":4,"SdkHttpMetadata":\{.*\},"SdkResponseMetadata":\{"RequestId":"[^"]+"\},"StatusCode":200\}$/,
      ),
      outputDetails: { truncated: false },
      assignedVariables: { n: '4' },
      assignedVariablesDetails: { truncated: false },
    })
  })

  it('siblings of a failed item are recorded as aborted before the Map fails', async () => {
    const world = engineWorld({
      work: async (payload, { signal }, clock) => {
        await clock.sleep((payload as { seconds: number }).seconds * 1_000, signal)
        throw taskError('E')
      },
    })
    const T: State = {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: 'work', Payload: '{% $states.input %}' },
      End: true,
    }
    const states: States = {
      M: { Type: 'Map', Items: [{ seconds: 5 }, { seconds: 1 }], ItemProcessor: { StartAt: 'T', States: { T } }, End: true },
    }
    const { history } = await run(states, {}, world)
    const end = history.slice(history.findIndex(({ type }) => type === 'TaskFailed')).map(({ type }) => type)
    expect(end).toEqual([
      'TaskFailed',
      'TaskStateAborted',
      'MapIterationFailed',
      'TaskStateAborted',
      'MapIterationAborted',
      'MapStateFailed',
      'ExecutionFailed',
    ])
  })

  it('every event but the first of a chain follows from an earlier one, and ids count up', async () => {
    const states: States = {
      M: {
        Type: 'Map',
        Items: '{% [1..20] %}',
        ItemProcessor: { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: '{% $states.input % 3 %}', Next: 'P' }, P: pass() } },
        End: true,
      },
    }
    const { history } = await run(states)
    history.forEach(({ id, previousEventId }, position) => {
      expect(id).toBe(position + 1)
      expect(previousEventId).toBeLessThan(id)
    })
  })
})
