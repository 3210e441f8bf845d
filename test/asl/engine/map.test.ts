import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MapState, State, States } from '#asl/machine/asl.ts'
import { engineWorld, outputOf, run, taskError } from '../../kit/engine-world.ts'
import type { Json } from '#core/json.ts'

const task: State = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'work', Payload: '{% {"item": $states.input} %}' },
  Output: '{% $states.result.Payload %}',
  End: true,
}
const pass = { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } } as const
const mapOf = (more: Partial<MapState>): States => ({
  M: { Type: 'Map', ItemProcessor: { StartAt: 'T', States: { T: task } }, End: true, ...more },
})

describe('inline Map', () => {
  it.each([
    ['without Items the input is the list', {}, [1, 'two', null], [1, 'two', null]],
    ['Items may be a list with expressions in it', { Items: [0, '{% $states.input %}'] }, 5, [0, 5]],
    ['Items may be an expression', { Items: '{% $states.input.list %}' }, { list: [[1], []] }, [[1], []]],
    ['an empty list gives an empty list', { Items: '{% [] %}' }, {}, []],
  ] as [string, Partial<MapState>, Json, Json][])('%s', async (_, more, input, output) => {
    expect(outputOf(await run(mapOf({ ItemProcessor: pass, ...more }), input))).toEqual(output)
  })

  it.each([
    [7, 'number', '7'],
    ['x', 'string', '"x"'],
    [{ a: 1 }, 'object', '{"a":1}'],
    [null, 'null', 'null'],
  ] as [Json, string, string][])('refuses %j as its items', async (input, type, shown) => {
    const states = mapOf({ Items: '{% $states.input.items %}', ItemProcessor: pass })
    expect(await run(states, { items: input })).toMatchObject({
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause: `An error occurred while executing the state 'M' (entered at the event id #2). The JSONata expression '$states.input.items' specified for the field 'Items' returned an unexpected result type. Expected 'array', but was '${type}' for value: ${shown}`,
    })
  })

  it('the singleton trap: a filter with one hit is not a list, wrapped in […] it is', async () => {
    const input = { list: [1, 2, 3] }
    const trapped = mapOf({ Items: '{% $states.input.list[$ > 2] %}', ItemProcessor: pass })
    expect(await run(trapped, input)).toMatchObject({
      status: 'FAILED',
      cause: expect.stringContaining("Expected 'array', but was 'number' for value: 3"),
    })
    const none = mapOf({ Items: '{% $states.input.list[$ > 3] %}', ItemProcessor: pass })
    expect(await run(none, input)).toMatchObject({ status: 'FAILED', cause: expect.stringContaining('returned nothing (undefined)') })
    const wrapped = (bound: number) => mapOf({ Items: `{% [$states.input.list[$ > ${bound}]] %}`, ItemProcessor: pass })
    expect(outputOf(await run(wrapped(1), input))).toEqual([2, 3])
    expect(outputOf(await run(wrapped(2), input))).toEqual([3])
    expect(outputOf(await run(wrapped(3), input))).toEqual([])
  })

  it('ItemSelector sees the input, the variables and the item; inside, the item is gone from the context', async () => {
    const states: States = {
      A: { Type: 'Pass', Assign: { v: 'var' }, Next: 'M' },
      M: {
        Type: 'Map',
        Items: '{% $states.input.list %}',
        ItemSelector: {
          index: '{% $states.context.Map.Item.Index %}',
          value: '{% $states.context.Map.Item.Value %}',
          key: '{% $states.input.key & $v %}',
        },
        ItemProcessor: {
          StartAt: 'P',
          States: { P: { Type: 'Pass', Output: { in: '{% $states.input %}', map: '{% $exists($states.context.Map) %}' }, End: true } },
        },
        End: true,
      },
    }
    expect(outputOf(await run(states, { list: ['a', 'b'], key: 'k-' }))).toEqual([
      { in: { index: 0, value: 'a', key: 'k-var' }, map: false },
      { in: { index: 1, value: 'b', key: 'k-var' }, map: false },
    ])
  })

  it.each([
    ['MaxConcurrency holds', { MaxConcurrency: 3 }, 3],
    ['as an expression too', { MaxConcurrency: '{% 2 %}' }, 2],
    ['1 is one after another', { MaxConcurrency: 1 }, 1],
    ['0 is the ceiling of 40', { MaxConcurrency: 0 }, 40],
    ['and so is none', {}, 40],
  ] as [string, Partial<MapState>, number][])('%s', async (_, more, most) => {
    let now = 0
    let peak = 0
    const world = engineWorld({
      work: async (payload, { signal }, clock) => {
        peak = Math.max(peak, ++now)
        await clock.sleep(1_000, signal)
        now--
        return payload
      },
    })
    const output = outputOf(await run(mapOf({ Items: '{% [1..100] %}', ...more }), {}, world))
    expect(peak).toBe(most)
    expect(output).toHaveLength(100)
    expect(world.elapsed()).toBe(Math.ceil(100 / most) * 1_000)
  })

  it('results are in the order of the items, whoever ends first', async () => {
    const world = engineWorld({
      work: async (payload, { signal }, clock) => {
        const { item } = payload as { item: number }
        await clock.sleep((10 - item) * 100, signal)
        return item * 2
      },
    })
    expect(outputOf(await run(mapOf({ Items: '{% [1..9] %}' }), {}, world))).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18])
  })

  it('the first failing item fails the Map with its own error, stops the others and starts no more', async () => {
    const world = engineWorld({
      work: async (payload, { signal }, clock) => {
        const { item } = payload as { item: number }
        await clock.sleep(item * 1_000, signal)
        if (item === 2) throw taskError('Item.Bad', 'second')
        return item
      },
    })
    expect(await run(mapOf({ Items: '{% [1..50] %}', MaxConcurrency: 4 }), {}, world)).toMatchObject({
      status: 'FAILED',
      error: 'Item.Bad',
      cause: 'second',
    })
    expect(world.calls.map(({ payload }) => (payload as { item: number }).item)).toEqual([1, 2, 3, 4, 5])
    expect(world.elapsed()).toBe(2_000)
  })

  describe('tolerated failures', () => {
    const failing = (bad: readonly number[]) =>
      engineWorld({
        work: (payload) => {
          const { item } = payload as { item: number }
          if (bad.includes(item)) throw taskError('Item.Bad', `item ${item}`)
          return item
        },
      })
    const five = { Items: '{% [1..5] %}', MaxConcurrency: 1 }
    const exceeded = { error: 'States.ExceedToleratedFailureThreshold', cause: 'The specified tolerated failure threshold was exceeded' }

    it.each([
      ['as many as ToleratedFailureCount', { ToleratedFailureCount: 2 }, [2, 4]],
      ['as many as ToleratedFailurePercentage', { ToleratedFailurePercentage: 40 }, [2, 4]],
      ['from an expression', { ToleratedFailureCount: '{% 2 %}' }, [2, 4]],
    ] as [string, Partial<MapState>, number[]][])('%s leave their error in the result', async (_, more, bad) => {
      const output = outputOf(await run(mapOf({ ...five, ...more }), {}, failing(bad)))
      expect(output).toEqual([1, { Error: 'Item.Bad', Cause: 'item 2' }, 3, { Error: 'Item.Bad', Cause: 'item 4' }, 5])
    })

    it.each([
      ['one more than the count', { ToleratedFailureCount: 1 }, [2, 4], 4],
      ['one more than the percentage', { ToleratedFailurePercentage: 39 }, [2, 4], 4],
      ['either of both', { ToleratedFailureCount: 5, ToleratedFailurePercentage: 10 }, [2], 2],
      ['a threshold of 0', { ToleratedFailureCount: 0 }, [2], 2],
    ] as [string, Partial<MapState>, number[], number][])('%s fails the Map', async (_, more, bad, calls) => {
      const world = failing(bad)
      expect(await run(mapOf({ ...five, ...more }), {}, world)).toMatchObject({ status: 'FAILED', ...exceeded })
      expect(world.calls).toHaveLength(calls)
    })
  })

  it('a Map is retried as a whole', async () => {
    let failures = 2
    const world = engineWorld({
      work: (payload) => {
        if ((payload as { item: number }).item === 2 && failures-- > 0) throw taskError('Item.Bad')
        return payload
      },
    })
    const states = mapOf({ Items: [1, 2, 3], MaxConcurrency: 1, Retry: [{ ErrorEquals: ['Item.Bad'], IntervalSeconds: 1 }] })
    expect(outputOf(await run(states, {}, world))).toHaveLength(3)
    expect(world.calls.map(({ payload }) => (payload as { item: number }).item)).toEqual([1, 2, 1, 2, 1, 2, 3])
  })

  it('10,000 iterations of a Pass are no trouble', async () => {
    const execution = await run(mapOf({ Items: '{% [1..10000] %}', ItemProcessor: pass }))
    expect(outputOf(execution)).toHaveLength(10_000)
    expect(execution.history).toHaveLength(40_006)
  })

  it('for any items and concurrency, equals mapping the items', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue({ maxDepth: 2 })), fc.integer({ min: 0, max: 7 }), async (items, width) => {
        const list = JSON.parse(JSON.stringify(items)) as Json[]
        const states = mapOf({
          MaxConcurrency: width,
          ItemProcessor: { StartAt: 'P', States: { P: { Type: 'Pass', Output: ['{% $states.input %}', 'x'], End: true } } },
        })
        expect(outputOf(await run(states, list))).toEqual(list.map((item) => [item, 'x']))
      }),
      { numRuns: 100 },
    )
  })
})
