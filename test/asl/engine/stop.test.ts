import { describe, expect, it, vi } from 'vitest'
import type { HistoryEvent } from '#asl/engine/history.ts'
import { systemClock } from '#asl/engine/clock.ts'
import { execute } from '#asl/engine/execute.ts'
import { whenStopped } from '#asl/engine/stop.ts'
import type { State, States } from '#asl/machine/asl.ts'
import { engineWorld, machineOf, outline, outputOf, run, taskError } from '../../kit/engine-world.ts'
import type { Json } from '#core/json.ts'

const call = (name: string, more: object = {}): State => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: name },
  Output: '{% $states.result.Payload %}',
  End: true,
  ...more,
})
const never = () => new Promise<Json>(() => {})

describe('abort', () => {
  it('ends a wait at once, in real time', async () => {
    const controller = new AbortController()
    const onEvent = ({ type }: HistoryEvent) => {
      if (type === 'WaitStateEntered') setImmediate(() => controller.abort())
    }
    const world = { ...engineWorld(), clock: systemClock, signal: controller.signal, onEvent }
    const execution = await run({ A: { Type: 'Wait', Seconds: 3600, End: true } }, {}, world)
    expect(execution.status).toBe('ABORTED')
    expect(outline(execution.history)).toEqual([
      '1<-0 ExecutionStarted',
      '2<-0 WaitStateEntered',
      '3<-2 WaitStateAborted',
      '4<-0 ExecutionAborted',
    ])
  })

  it('does not wait for a task that ignores its signal, and fires the signal', async () => {
    const controller = new AbortController()
    const deaf = () => {
      setImmediate(() => controller.abort())
      return never()
    }
    const world = engineWorld({ deaf }, { signal: controller.signal })
    const running = run(
      { A: call('deaf', { Retry: [{ ErrorEquals: ['States.ALL'] }], Catch: [{ ErrorEquals: ['States.ALL'], Next: 'A' }] }) },
      {},
      world,
    )
    expect(await running).toMatchObject({ status: 'ABORTED' })
    expect(world.calls).toHaveLength(1)
    expect(world.calls[0]?.signal.aborted).toBe(true)
  })

  it('starts nothing new: not the next state, not the next item', async () => {
    const controller = new AbortController()
    const world = engineWorld(
      {
        work: () => {
          if (world.calls.length === 3) controller.abort()
          return null
        },
      },
      { signal: controller.signal },
    )
    const states: States = {
      M: {
        Type: 'Map',
        Items: '{% [1..100] %}',
        MaxConcurrency: 1,
        ItemProcessor: { StartAt: 'T', States: { T: call('work') } },
        Next: 'After',
      },
      After: call('work'),
    }
    expect(await run(states, {}, world)).toMatchObject({ status: 'ABORTED' })
    expect(world.calls).toHaveLength(3)
  })

  it('before the start runs nothing', async () => {
    const world = engineWorld({ work: () => null }, { signal: AbortSignal.abort() })
    const execution = await run({ A: call('work') }, {}, world)
    expect(execution.status).toBe('ABORTED')
    expect(outline(execution.history)).toEqual(['1<-0 ExecutionStarted', '2<-0 ExecutionAborted'])
    expect(world.calls).toEqual([])
  })

  it('ends the pause before a retry', async () => {
    const controller = new AbortController()
    const world = engineWorld(
      {
        flaky: () => {
          throw taskError('E')
        },
      },
      { signal: controller.signal },
    )
    const release = world.clock.hold()
    const sleep: typeof world.clock.sleep = (milliseconds, signal) => {
      setImmediate(() => controller.abort())
      return world.clock.sleep(milliseconds, signal)
    }
    const states = { A: call('flaky', { Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 1000 }] }) }
    const execution = await run(states, {}, { ...world, clock: { ...world.clock, sleep } })
    release()
    expect(execution.status).toBe('ABORTED')
  })

  it('reaches the children of a distributed Map, and reads of objects', async () => {
    const controller = new AbortController()
    const another = new AbortController()
    const deaf = () => {
      if (world.calls.length === 2) setImmediate(() => controller.abort())
      return never()
    }
    const get = () => {
      setImmediate(() => another.abort())
      return new Promise<Uint8Array>(() => {})
    }
    const world = engineWorld({ deaf }, { signal: controller.signal, objects: { get, put: async () => {} } })
    const processor = {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'T',
      States: { T: call('deaf') },
    } as const
    const children = await run({ M: { Type: 'Map', Items: [1, 2], ItemProcessor: processor, End: true } }, {}, world)
    expect(children.status).toBe('ABORTED')
    expect(world.calls.map(({ signal }) => signal.aborted)).toEqual([true, true])
    expect(children.history.map(({ type }) => type).slice(-3)).toEqual(['MapRunAborted', 'MapStateAborted', 'ExecutionAborted'])

    const ItemReader = {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSON' },
      Arguments: { Bucket: 'b', Key: 'k' },
    } as const
    const reading = await run(
      { M: { Type: 'Map', ItemReader, ItemProcessor: processor, End: true } },
      {},
      { ...world, signal: another.signal },
    )
    expect(reading.status).toBe('ABORTED')
  })

  it('leaves no listener on the signal it was given', async () => {
    const controller = new AbortController()
    const added: string[] = []
    const removed: string[] = []
    const { addEventListener, removeEventListener } = controller.signal
    controller.signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      added.push(args[0])
      addEventListener.apply(controller.signal, args)
    }
    controller.signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      removed.push(args[0])
      removeEventListener.apply(controller.signal, args)
    }
    await run({ A: call('work') }, {}, engineWorld({ work: () => null }, { signal: controller.signal }))
    expect(added).toEqual(['abort'])
    expect(removed).toEqual(['abort'])
  })
})

describe('timeouts', () => {
  it('TimeoutSeconds ends a task, fires its signal, and is retried and caught as States.Timeout', async () => {
    const world = engineWorld({ slow: (_, { signal }, clock) => clock.sleep(60_000, signal).then(() => 'late') })
    const states: States = {
      A: call('slow', {
        TimeoutSeconds: '{% $states.input.limit %}',
        Retry: [{ ErrorEquals: ['States.TaskFailed'] }, { ErrorEquals: ['States.Timeout'], MaxAttempts: 1, IntervalSeconds: 10 }],
        Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'B' }],
      }),
      B: { Type: 'Pass', End: true },
    }
    const execution = await run(states, { limit: 5 }, world)
    expect(outputOf(execution)).toEqual({ Error: 'States.Timeout', Cause: null })
    expect(world.elapsed()).toBe(20_000)
    expect(world.calls.map(({ signal }) => signal.aborted)).toEqual([true, true])
    expect(outline(execution.history).slice(2, 5)).toEqual(['3<-2 TaskScheduled', '4<-3 TaskStarted', '5<-4 TaskTimedOut'])
    expect(execution.history[2]?.taskScheduledEventDetails).toMatchObject({ timeoutInSeconds: 5, region: 'eu-west-1' })
    expect(execution.history[4]?.taskTimedOutEventDetails).toEqual({ error: 'States.Timeout', resource: 'invoke', resourceType: 'lambda' })
  })

  it('a task that answers in time is left alone: its signal does not fire', async () => {
    const world = engineWorld({ quick: (_, { signal }, clock) => clock.sleep(4_000, signal).then(() => 'in time') })
    expect(outputOf(await run({ A: call('quick', { TimeoutSeconds: 5, HeartbeatSeconds: 5 }) }, {}, world))).toBe('in time')
    expect(world.calls[0]?.signal.aborted).toBe(false)
  })

  it('HeartbeatSeconds ends a task from the last sign of life', async () => {
    const world = engineWorld({
      beating: async (_, { signal, heartbeat }, clock) => {
        for (let beats = 0; beats < 3; beats++) {
          await clock.sleep(8_000, signal)
          heartbeat()
        }
        await clock.sleep(60_000, signal)
        return 'late'
      },
    })
    const state = call('beating', {
      HeartbeatSeconds: 10,
      TimeoutSeconds: 600,
      Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Next: 'B' }],
    })
    const execution = await run({ A: state, B: { Type: 'Pass', End: true } }, {}, world)
    expect(outputOf(execution)).toEqual({ Error: 'States.Timeout', Cause: null })
    expect(world.elapsed()).toBe(34_000)
  })

  it('TimeoutSeconds and HeartbeatSeconds start when a task that was queued begins, and so does what the history says', async () => {
    // one worker: each task of six has it for three seconds
    let free = Promise.resolve<unknown>(undefined)
    const world = engineWorld({
      served: (_, { signal, queued }, clock) => {
        const begin = queued()
        const answer = free.then(() => {
          begin()
          return clock.sleep(3_000, signal)
        })
        free = answer
        return answer.then(() => 'done')
      },
    })
    const item = call('served', { TimeoutSeconds: 4, HeartbeatSeconds: 4 })
    const map: States = {
      M: { Type: 'Map', Items: [1, 2, 3, 4, 5, 6], ItemProcessor: { StartAt: 'A', States: { A: item } }, End: true },
    }
    const execution = await run(map, {}, world)
    expect(outputOf(execution)).toEqual(Array(6).fill('done'))
    expect(world.elapsed()).toBe(18_000)
    const started = execution.history.filter(({ type }) => type === 'TaskStarted').map(({ timestamp }) => Date.parse(timestamp))
    expect(started.map((time) => time - (started[0] ?? 0))).toEqual([0, 3_000, 6_000, 9_000, 12_000, 15_000])
  })

  it.each(['TimeoutSeconds', 'HeartbeatSeconds'])('%s ends a task that waited for its turn and then takes too long', async (limit) => {
    const world = engineWorld({
      late: async (_, { signal, queued }, clock) => {
        const begin = queued()
        await clock.sleep(60_000, signal)
        begin()
        await clock.sleep(60_000, signal)
        return 'late'
      },
    })
    const execution = await run({ A: call('late', { [limit]: 5 }) }, {}, world)
    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.Timeout' })
    expect(world.elapsed()).toBe(65_000)
    expect(world.calls[0]?.signal.aborted).toBe(true)
  })

  it('a task that is stopped while it waits for its turn has not started, whoever says so later', async () => {
    const controller = new AbortController()
    let begin = () => {}
    const world = engineWorld(
      {
        waiting: (_, { queued }) => {
          begin = queued()
          controller.abort()
          return never()
        },
      },
      { signal: controller.signal },
    )
    const execution = await run({ A: call('waiting', { TimeoutSeconds: 5 }) }, {}, world)
    begin()
    expect(execution.status).toBe('ABORTED')
    expect(execution.history.map(({ type }) => type)).not.toContain('TaskStarted')
  })

  it('a task that fails while it waits for its turn has not started, whoever says so later', async () => {
    let begin = () => {}
    const world = engineWorld({
      lost: (_, { queued }) => {
        begin = queued()
        throw taskError('Runtime.ExitError', 'the process ended')
      },
    })
    const execution = await run({ A: call('lost', { TimeoutSeconds: 5 }) }, {}, world)
    const events = execution.history.length
    begin()
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Runtime.ExitError' })
    expect(execution.history).toHaveLength(events)
    expect(execution.history.map(({ type }) => type)).not.toContain('TaskStarted')
  })

  it("the machine's TimeoutSeconds ends the run as TIMED_OUT, whatever Catch says", async () => {
    const world = engineWorld({ deaf: never })
    const machine = machineOf({ A: call('deaf', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'A' }] }) }, { TimeoutSeconds: 30 })
    const execution = await execute(machine, {}, world)
    expect(execution.status).toBe('TIMED_OUT')
    expect(world.elapsed()).toBe(30_000)
    expect(world.calls[0]?.signal.aborted).toBe(true)
    expect(outline(execution.history).at(-1)).toBe('5<-0 ExecutionTimedOut')
  })

  it('a run that ends before its TimeoutSeconds leaves no timer behind', async () => {
    const world = { ...engineWorld(), clock: systemClock }
    const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    await execute(machineOf({ A: { Type: 'Pass', End: true } }, { TimeoutSeconds: 3600 }), {}, world)
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length).toBe(before)
  })
})

describe('a branch that fails', () => {
  it('stops its siblings, and the run goes on without waiting for them', async () => {
    const world = engineWorld({
      deaf: never,
      fails: async (_, { signal }, clock) => {
        await clock.sleep(1_000, signal)
        throw taskError('Branch.Bad')
      },
    })
    const states: States = {
      P: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'D', States: { D: call('deaf') } },
          { StartAt: 'F', States: { F: call('fails') } },
          { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 3600, End: true } } },
        ],
        Catch: [{ ErrorEquals: ['Branch.Bad'], Output: 'caught', Next: 'E' }],
        End: true,
      },
      E: { Type: 'Succeed' },
    }
    const execution = await run(states, {}, world)
    expect(outputOf(execution)).toBe('caught')
    expect(world.elapsed()).toBe(1_000)
    expect(world.calls.map(({ functionName, signal }) => [functionName, signal.aborted])).toEqual([
      ['deaf', true],
      ['fails', false],
    ])
  })
})

describe('what waits for one signal', () => {
  it('is called once when it fires, in the order it came, unless it no longer waits', () => {
    const controller = new AbortController()
    const called: string[] = []
    const offs = ['a', 'b', 'c'].map((name) => whenStopped(controller.signal, () => called.push(name)))
    offs[1]?.()
    controller.abort()
    controller.abort()
    expect(called).toEqual(['a', 'c'])
    // it has fired: nothing is called any more
    whenStopped(controller.signal, () => called.push('late'))
    expect(called).toEqual(['a', 'c'])
  })

  it('is one listener, however much waits', () => {
    const controller = new AbortController()
    const added = vi.spyOn(controller.signal, 'addEventListener')
    const offs = Array.from({ length: 20_000 }, () => whenStopped(controller.signal, () => {}))
    for (const off of offs) off()
    expect(added).toHaveBeenCalledTimes(1)
  })

  it('may be the ten thousand items of a map', async () => {
    const controller = new AbortController()
    const world = engineWorld({ work: (payload) => payload as Json }, { signal: controller.signal })
    const processor = {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'T',
      States: { T: call('work') },
    } as const
    const items = Array.from({ length: 10_000 }, (_, at) => at)
    const states: States = { M: { Type: 'Map', ItemProcessor: processor, End: true } }
    expect(outputOf(await run(states, items, world))).toHaveLength(items.length)
  })
})
