import { describe, expect, it } from 'vitest'
import { StateFailure, TaskTimedOut } from '#asl/engine/failure.ts'
import { delaySeconds, takes } from '#asl/engine/retry.ts'
import type { Retrier, States, TaskState } from '#asl/machine/asl.ts'
import { engineWorld, outputOf, run, taskError } from '../../kit/engine-world.ts'

/** A task that fails with each of these errors in turn, then answers; its states retry as configured. */
async function runFailing(errors: readonly string[], retry: readonly Retrier[], more: Partial<TaskState> = {}) {
  const states: States = {
    A: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: 'flaky', Payload: { retries: '{% $states.context.State.RetryCount %}' } },
      Output: '{% $states.context.State.RetryCount %}',
      Retry: retry,
      End: true,
      ...more,
    },
  }
  const left = [...errors]
  const started: number[] = []
  const world = engineWorld({
    flaky: () => {
      started.push(world.elapsed() / 1000)
      const error = left.shift()
      if (error !== undefined) throw taskError(error)
      return 'fine'
    },
  })
  return { execution: await run(states, {}, world), world, started }
}

describe('delays', () => {
  it.each([
    ['defaults: 1 s, doubled, three retries', { ErrorEquals: ['E'] }, [1, 2, 4]],
    ['an interval and a rate', { ErrorEquals: ['E'], IntervalSeconds: 3, BackoffRate: 1.5, MaxAttempts: 4 }, [3, 4.5, 6.75, 10.125]],
    [
      'at most MaxDelaySeconds',
      { ErrorEquals: ['E'], IntervalSeconds: 5, BackoffRate: 2, MaxDelaySeconds: 12, MaxAttempts: 4 },
      [5, 10, 12, 12],
    ],
    ['a rate of 1 stays', { ErrorEquals: ['E'], IntervalSeconds: 2, BackoffRate: 1, MaxAttempts: 3 }, [2, 2, 2]],
  ])('%s', async (_, retrier: Retrier, delays) => {
    const { started, execution } = await runFailing(
      delays.map(() => 'E'),
      [retrier],
    )
    expect(outputOf(execution)).toBe(delays.length)
    const waited = started.slice(1).map((time, position) => time - (started[position] ?? 0))
    expect(waited).toEqual(delays)
  })

  it('FULL jitter draws from 0 up to the delay', () => {
    const retrier: Retrier = { ErrorEquals: ['E'], IntervalSeconds: 10, BackoffRate: 2, JitterStrategy: 'FULL' }
    expect(delaySeconds(retrier, 1, () => 0)).toBe(0)
    expect(delaySeconds(retrier, 1, () => 0.25)).toBe(5)
    expect(delaySeconds({ ...retrier, MaxDelaySeconds: 8 }, 1, () => 0.5)).toBe(4)
    expect(delaySeconds({ ...retrier, JitterStrategy: 'NONE' }, 1, () => 0)).toBe(20)
  })

  it('an hour of retries passes in no time', async () => {
    const { world, execution } = await runFailing(Array(60).fill('E'), [
      { ErrorEquals: ['E'], IntervalSeconds: 60, BackoffRate: 1, MaxAttempts: 60 },
    ])
    expect(outputOf(execution)).toBe(60)
    expect(world.elapsed()).toBe(3_600_000)
  })
})

describe('attempts', () => {
  it('MaxAttempts 0 never retries', async () => {
    const { execution, started } = await runFailing(['E'], [{ ErrorEquals: ['States.ALL'], MaxAttempts: 0 }])
    expect(execution).toMatchObject({ status: 'FAILED', error: 'E', cause: 'it went wrong' })
    expect(started).toHaveLength(1)
  })

  it('each retrier counts its own; RetryCount counts all', async () => {
    const { execution, started } = await runFailing(
      ['A', 'B', 'A', 'B'],
      [
        { ErrorEquals: ['A'], IntervalSeconds: 1, MaxAttempts: 2 },
        { ErrorEquals: ['B'], IntervalSeconds: 100, MaxAttempts: 2 },
      ],
    )
    expect(outputOf(execution)).toBe(4)
    expect(started).toEqual([0, 1, 101, 103, 303])
  })

  it('the first retrier that names the error decides, even when it has no attempts left', async () => {
    const { execution, started } = await runFailing(
      ['A', 'A'],
      [
        { ErrorEquals: ['A'], MaxAttempts: 1 },
        { ErrorEquals: ['States.ALL'], MaxAttempts: 5 },
      ],
    )
    expect(execution).toMatchObject({ status: 'FAILED', error: 'A' })
    expect(started).toHaveLength(2)
  })

  it('an error no retrier names goes on to Catch', async () => {
    const { execution, started } = await runFailing(['B'], [{ ErrorEquals: ['A'] }], {
      Catch: [{ ErrorEquals: ['B'], Output: 'caught', Next: 'A' }],
    })
    expect(outputOf(execution)).toBe(0)
    expect(started).toEqual([0, 0])
  })

  it('a failed evaluation of Arguments is retried too', async () => {
    const { execution, world } = await runFailing([], [{ ErrorEquals: ['States.QueryEvaluationError'], MaxAttempts: 2 }], {
      Arguments: { FunctionName: '{% $states.input.zz %}' },
    })
    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' })
    expect(execution.history.filter((event) => event.type === 'EvaluationFailed')).toHaveLength(3)
    expect(world.elapsed()).toBe(3_000)
  })

  it('a catcher reads how many retries there were', async () => {
    const { execution } = await runFailing(['A', 'A', 'B'], [{ ErrorEquals: ['A'] }], {
      Catch: [
        {
          ErrorEquals: ['B'],
          Assign: { retries: '{% $states.context.State.RetryCount %}' },
          Output: '{% $states.context.State %}',
          Next: 'A',
        },
      ],
    })
    const exits = execution.history.flatMap((event) => event.stateExitedEventDetails ?? [])
    expect(exits[0]).toMatchObject({ assignedVariables: { retries: '2' }, output: expect.stringContaining('"RetryCount":2') })
  })

  it('the attempt passed to a task starts at 1', async () => {
    const { world } = await runFailing(['E', 'E'], [{ ErrorEquals: ['E'] }])
    expect(world.calls.map(({ attempt, payload }) => [attempt, payload])).toEqual([
      [1, { retries: 0 }],
      [2, { retries: 1 }],
      [3, { retries: 2 }],
    ])
  })
})

describe('what an entry takes', () => {
  it.each([
    ['a name exactly', ['A.B'], 'A.B', true],
    ['no prefix of a name', ['A'], 'A.B', false],
    ['another name', ['A'], 'B', false],
    ['States.ALL takes any error of a task', ['States.ALL'], 'X', true],
    ['States.ALL takes a failure without a name', ['States.ALL'], undefined, true],
    ['States.ALL takes a timeout', ['States.ALL'], 'States.Timeout', true],
    ['States.ALL takes a failed evaluation', ['States.ALL'], 'States.QueryEvaluationError', true],
    ['States.ALL does not take States.DataLimitExceeded', ['States.ALL'], 'States.DataLimitExceeded', false],
    ['States.TaskFailed does not take States.DataLimitExceeded', ['States.TaskFailed'], 'States.DataLimitExceeded', false],
    ['States.DataLimitExceeded is taken by name', ['States.DataLimitExceeded'], 'States.DataLimitExceeded', true],
    ['States.ALL does not take States.Runtime', ['States.ALL'], 'States.Runtime', false],
    ['States.Runtime is not taken by name', ['States.Runtime'], 'States.Runtime', false],
    ['States.TaskFailed takes any error of a task', ['States.TaskFailed'], 'X', true],
    ['States.TaskFailed does not take a timeout', ['States.TaskFailed'], 'States.Timeout', false],
    ['States.TaskFailed does not take a failed evaluation', ['States.TaskFailed'], 'States.QueryEvaluationError', false],
    ['States.Timeout takes a timeout', ['States.Timeout'], 'States.Timeout', true],
  ])('%s', (_, errorEquals, error, taken) => {
    expect(takes(errorEquals, new StateFailure(error, 'why'))).toBe(taken)
  })

  it('a missed heartbeat under both its names, a plain timeout under one', () => {
    expect(takes(['States.HeartbeatTimeout'], new TaskTimedOut('heartbeat'))).toBe(true)
    expect(takes(['States.Timeout'], new TaskTimedOut('heartbeat'))).toBe(true)
    expect(takes(['States.HeartbeatTimeout'], new TaskTimedOut('answer'))).toBe(false)
  })
})
