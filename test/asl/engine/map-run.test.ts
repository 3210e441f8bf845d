import { describe, expect, it } from 'vitest'
import type { ChildExecution } from '#asl/engine/world.ts'
import type { MapState, State, States } from '#asl/machine/asl.ts'
import { engineWorld, outline, outputOf, run, taskError, type TestWorld } from '../../kit/engine-world.ts'
import type { Json } from '#core/json.ts'

const DISTRIBUTED = { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } } as const
const task: State = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'work', Payload: '{% {"item": $states.input} %}' },
  Output: '{% $states.result.Payload %}',
  End: true,
}
const reader: MapState['ItemReader'] = {
  Resource: 'arn:aws:states:::s3:getObject',
  ReaderConfig: { InputType: 'JSON' },
  Arguments: { Bucket: 'data', Key: '{% $states.input.plan %}' },
}
const writer: MapState['ResultWriter'] = { Resource: 'arn:aws:states:::s3:putObject', Arguments: { Bucket: 'data', Prefix: 'runs/1' } }
const mapOf = (more: Partial<MapState>): States => ({
  M: { Type: 'Map', ItemProcessor: { ...DISTRIBUTED, StartAt: 'T', States: { T: task } }, End: true, ...more },
})
const failing = (bad: readonly number[]) =>
  engineWorld({
    work: (payload) => {
      const { item } = payload as { item: number }
      if (bad.includes(item)) throw taskError('Item.Bad', `item ${item}`)
      return { done: item }
    },
  })
const stored = (world: TestWorld, key: string): Json => JSON.parse(new TextDecoder().decode(world.stored.get(key)))
const store = (world: TestWorld, key: string, value: Json | string) => {
  world.stored.set(key, new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)))
}

describe('items', () => {
  it('come from an object, as many as MaxItems', async () => {
    const world = failing([])
    store(world, 'data/plan.json', [1, 2, 3, 4])
    const limited = { ...reader, ReaderConfig: { InputType: 'JSON', MaxItems: '{% $states.input.most %}' } } as MapState['ItemReader']
    expect(outputOf(await run(mapOf({ ItemReader: reader as NonNullable<typeof reader> }), { plan: 'plan.json' }, world))).toHaveLength(4)
    const few = await run(mapOf({ ItemReader: limited as NonNullable<typeof limited> }), { plan: 'plan.json', most: 2 }, world)
    expect(outputOf(few)).toEqual([{ done: 1 }, { done: 2 }])
  })

  it.each([
    ['an object that is no list', '{"a": 1}', 'Attempting to map over non-iterable node.'],
    ['no JSON', 'a,b', expect.stringContaining('data/plan.json: ')],
    ['no such object', undefined, 'data/plan.json: no object data/plan.json'],
  ])('%s fails with States.ItemReaderFailed', async (_, content, cause) => {
    const world = failing([])
    if (content !== undefined) store(world, 'data/plan.json', content)
    const execution = await run(mapOf({ ItemReader: reader as NonNullable<typeof reader> }), { plan: 'plan.json' }, world)
    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.ItemReaderFailed', cause })
    // As recorded.
    expect(outline(execution.history).slice(2)).toEqual([
      '3<-2 MapStateStarted',
      '4<-3 MapRunStarted',
      '5<-4 MapRunFailed',
      '6<-5 MapStateFailed',
      '7<-6 ExecutionFailed',
    ])
  })

  it('a place that is no text fails and names the field', async () => {
    const states = mapOf({ ItemReader: reader as NonNullable<typeof reader> })
    expect(await run(states, { plan: 5 })).toMatchObject({
      error: 'States.QueryEvaluationError',
      cause: expect.stringContaining(
        "'ItemReader/Arguments' returned an unexpected result type. Expected 'object of the texts Bucket and Key'",
      ),
    })
  })
})

describe('children', () => {
  it('see their input and nothing of the variables outside', async () => {
    const see: State = {
      Type: 'Pass',
      Output: { in: '{% $states.input %}', v: '{% $exists($v) %}', map: '{% $exists($states.context.Map) %}' },
      End: true,
    }
    const states: States = {
      A: { Type: 'Pass', Assign: { v: 1 }, Next: 'M' },
      M: {
        Type: 'Map',
        Items: ['a'],
        ItemSelector: { item: '{% $states.context.Map.Item.Value %}', v: '{% $v %}' },
        ItemProcessor: { ...DISTRIBUTED, StartAt: 'See', States: { See: see } },
        End: true,
      },
    }
    expect(outputOf(await run(states))).toEqual([{ in: { item: 'a', v: 1 }, v: false, map: false }])
  })

  it('are executions of their own, recorded separately from the parent', async () => {
    const reported: [string, ChildExecution | undefined][] = []
    const world = { ...failing([]), onEvent: (event: { type: string }, child?: ChildExecution) => void reported.push([event.type, child]) }
    const context: State = { Type: 'Pass', Output: '{% [$states.context.Execution, $states.context.StateMachine] %}', End: true }
    const states = mapOf({ Items: ['x'], Label: 'chunks', ItemProcessor: { ...DISTRIBUTED, StartAt: 'C', States: { C: context } } })
    const execution = await run(states, {}, world)
    expect(outline(execution.history).map((line) => line.split(' ')[1])).toEqual(
      reported.filter(([, child]) => !child).map(([type]) => type),
    )
    const own = reported.filter(([, child]) => child)
    expect(own.map(([type]) => type)).toEqual(['ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'ExecutionSucceeded'])
    const [, child] = own[0] ?? []
    expect(child).toMatchObject({ state: 'M', index: 0, id: `arn:aws:states:eu-west-1:111111111111:execution:demo/chunks:${child?.name}` })
    expect(child?.mapRunArn).toMatch(/^arn:aws:states:eu-west-1:111111111111:mapRun:demo\/chunks:[0-9a-f-]{36}$/)
    expect(outputOf(execution)).toEqual([
      [
        { Id: child?.id, Input: 'x', Name: child?.name, RoleArn: 'arn:role', StartTime: '2026-01-01T00:00:00.000Z', RedriveCount: 0 },
        { Id: 'arn:aws:states:eu-west-1:111111111111:stateMachine:demo/chunks', Name: 'demo/chunks' },
      ],
    ])
  })

  it('run as many at once as MaxConcurrency says', async () => {
    let now = 0
    let peak = 0
    const world = engineWorld({
      work: async (_, { signal }, clock) => {
        peak = Math.max(peak, ++now)
        await clock.sleep(1_000, signal)
        now--
        return null
      },
    })
    await run(mapOf({ Items: '{% [1..20] %}', MaxConcurrency: 6 }), {}, world)
    expect(peak).toBe(6)
  })

  it('may hold a distributed Map themselves', async () => {
    const inner: State = {
      Type: 'Map',
      ItemProcessor: { ...DISTRIBUTED, StartAt: 'P', States: { P: { Type: 'Pass', End: true } } },
      End: true,
    }
    const states = mapOf({ ItemProcessor: { ...DISTRIBUTED, StartAt: 'N', States: { N: inner } } })
    expect(outputOf(await run(states, [[1, 2], [], [3]]))).toEqual([[1, 2], [], [3]])
  })
})

describe('failures', () => {
  it('without a tolerance, the first failed child fails the Map with States.ExceedToleratedFailureThreshold', async () => {
    const world = failing([2])
    const execution = await run(mapOf({ Items: [1, 2, 3], MaxConcurrency: 1 }), {}, world)
    expect(execution).toMatchObject({
      status: 'FAILED',
      error: 'States.ExceedToleratedFailureThreshold',
      cause: 'The specified tolerated failure threshold was exceeded',
    })
    expect(world.calls).toHaveLength(2)
    expect(outline(execution.history).slice(4)).toEqual(['5<-4 MapRunFailed', '6<-5 MapStateFailed', '7<-6 ExecutionFailed'])
  })

  it('tolerated ones leave their record in the result', async () => {
    const output = outputOf(await run(mapOf({ Items: [1, 2], ToleratedFailurePercentage: 50 }), {}, failing([2]))) as Json[]
    expect(output).toEqual([
      { done: 1 },
      expect.objectContaining({ Status: 'FAILED', Error: 'Item.Bad', Cause: 'item 2', Input: '2', RedriveStatus: 'REDRIVABLE' }),
    ])
  })

  it('a whole map run is retried', async () => {
    let failures = 1
    const world = engineWorld({
      work: (payload) => {
        if (failures-- > 0) throw taskError('Item.Bad')
        return payload
      },
    })
    const Retry = [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'] }]
    const execution = await run(mapOf({ Items: [1], Retry }), {}, world)
    expect(outputOf(execution)).toEqual([{ item: 1 }])
    expect(outline(execution.history).slice(2)).toEqual([
      '3<-2 MapStateStarted',
      '4<-3 MapRunStarted',
      '5<-4 MapRunFailed',
      '6<-5 MapStateStarted',
      '7<-6 MapRunStarted',
      '8<-7 MapRunSucceeded',
      '9<-8 MapStateSucceeded',
      '10<-7 MapStateExited',
      '11<-10 ExecutionSucceeded',
    ])
  })
})

describe('ResultWriter', () => {
  it('writes the records by status and a manifest, and gives where they are', async () => {
    const world = failing([3])
    const states = mapOf({
      Items: [1, 2, 3],
      Label: 'chunks',
      ToleratedFailureCount: 1,
      ResultWriter: writer as NonNullable<typeof writer>,
    })
    const output = outputOf(await run(states, {}, world)) as { MapRunArn: string; ResultWriterDetails: { Bucket: string; Key: string } }
    const runId = output.MapRunArn.split(':').at(-1)
    const folder = `runs/1/${runId}`
    expect(output).toEqual({
      MapRunArn: `arn:aws:states:eu-west-1:111111111111:mapRun:demo/chunks:${runId}`,
      ResultWriterDetails: { Bucket: 'data', Key: `${folder}/manifest.json` },
    })
    expect([...world.stored.keys()].sort()).toEqual(
      ['FAILED_0.json', 'SUCCEEDED_0.json', 'manifest.json'].map((file) => `data/${folder}/${file}`),
    )
    const size = (file: string) => world.stored.get(`data/${folder}/${file}`)?.byteLength
    expect(stored(world, `data/${folder}/manifest.json`)).toEqual({
      DestinationBucket: 'data',
      MapRunArn: output.MapRunArn,
      ResultFiles: {
        FAILED: [{ Key: `${folder}/FAILED_0.json`, Size: size('FAILED_0.json') }],
        PENDING: [],
        SUCCEEDED: [{ Key: `${folder}/SUCCEEDED_0.json`, Size: size('SUCCEEDED_0.json') }],
      },
    })
    const [first, second] = stored(world, `data/${folder}/SUCCEEDED_0.json`) as { [key: string]: Json }[]
    expect(first).toEqual({
      ExecutionArn: `arn:aws:states:eu-west-1:111111111111:execution:demo/chunks:${first?.['Name']}`,
      Input: '1',
      InputDetails: { Included: true },
      Name: expect.stringMatching(/^[0-9a-f-]{36}$/),
      Output: '{"done":1}',
      OutputDetails: { Included: true },
      RedriveCount: 0,
      RedriveStatus: 'NOT_REDRIVABLE',
      RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
      StartDate: '2026-01-01T00:00:00.000Z',
      StateMachineArn: 'arn:aws:states:eu-west-1:111111111111:stateMachine:demo/chunks',
      Status: 'SUCCEEDED',
      StopDate: '2026-01-01T00:00:00.000Z',
    })
    expect(Object.keys(first ?? {})).toEqual(Object.keys(first ?? {}).sort())
    expect(second?.['Input']).toBe('2')
    expect(stored(world, `data/${folder}/FAILED_0.json`)).toEqual([
      expect.objectContaining({ Status: 'FAILED', Error: 'Item.Bad', Cause: 'item 3', RedriveStatus: 'REDRIVABLE' }),
    ])
  })

  it('writes what there is when the map run fails: failed and stopped children, and those that never started', async () => {
    const world = engineWorld({
      work: async (payload, { signal }, clock) => {
        const { item } = payload as { item: number }
        await clock.sleep(item * 1_000, signal)
        if (item === 2) throw taskError('Item.Bad')
        return item
      },
    })
    const states = mapOf({ Items: [1, 2, 3, 4, 5], MaxConcurrency: 2, ResultWriter: writer as NonNullable<typeof writer> })
    expect(await run(states, {}, world)).toMatchObject({ error: 'States.ExceedToleratedFailureThreshold' })
    const records = (status: string) => {
      const key = [...world.stored.keys()].find((one) => one.endsWith(`${status}_0.json`)) ?? ''
      return (stored(world, key) as { Status: string; Input: string }[]).map(({ Status, Input }) => [Status, Input])
    }
    expect(records('SUCCEEDED')).toEqual([['SUCCEEDED', '1']])
    expect(records('FAILED')).toEqual([
      ['FAILED', '2'],
      ['ABORTED', '3'],
    ])
    expect(records('PENDING')).toEqual([
      ['PENDING', '4'],
      ['PENDING', '5'],
    ])
  })

  it('a failing store fails with States.ResultWriterFailed', async () => {
    const world = { ...failing([]), objects: { get: async () => new Uint8Array(), put: () => Promise.reject(new Error('disk full')) } }
    const states = mapOf({ Items: [1], ResultWriter: writer as NonNullable<typeof writer> })
    expect(await run(states, {}, world)).toMatchObject({ error: 'States.ResultWriterFailed', cause: expect.stringContaining('disk full') })
  })

  it('results over 256 KiB need it', async () => {
    const world = engineWorld({ work: () => 'x'.repeat(30_000) })
    expect(await run(mapOf({ Items: '{% [1..10] %}' }), {}, world)).toMatchObject({ error: 'States.DataLimitExceeded' })
    const states = mapOf({ Items: '{% [1..10] %}', ResultWriter: writer as NonNullable<typeof writer> })
    expect((await run(states, {}, world)).status).toBe('SUCCEEDED')
  })
})
