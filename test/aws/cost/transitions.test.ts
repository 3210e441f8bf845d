import { describe, expect, it } from 'vitest'
import { transitionCounter } from '#aws/cost/transitions.ts'
import { execute } from '#asl/engine/execute.ts'
import type { State, States } from '#asl/machine/asl.ts'
import { engineWorld, machineOf, taskError } from '../../kit/engine-world.ts'

const CALL = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName: 'work', Payload: {} } } as const
const call = (more: object): State => ({ ...CALL, ...more }) as unknown as State

/** The transitions of a run whose function fails as often as is said. */
async function transitionsOf(states: States, failures = 0): Promise<number> {
  let left = failures
  const world = engineWorld({
    work: () => {
      if (left-- > 0) throw taskError('Transient.Throttled')
      return {}
    },
  })
  const counter = transitionCounter()
  await execute(machineOf(states), {}, { ...world, onEvent: (event, child) => counter.take(event, child?.name) })
  return counter.transitions()
}

const items = { Type: 'Map', Items: '{% [1..5] %}', End: true } as const

describe('state transitions', () => {
  it('are the states that are entered', async () => {
    expect(await transitionsOf({ a: { Type: 'Pass', Next: 'b' }, b: call({ Next: 'c' }), c: { Type: 'Succeed' } })).toBe(3)
  })

  it('are one more for each retry', async () => {
    const retry = [{ ErrorEquals: ['Transient.Throttled'], MaxAttempts: 5 }]
    expect(await transitionsOf({ a: call({ Retry: retry, End: true }) }, 3)).toBe(4)
  })

  it('are none for the iterations of a map in the run itself, but for what they enter', async () => {
    const processor = {
      ProcessorConfig: { Mode: 'INLINE' },
      StartAt: 'x',
      States: { x: { Type: 'Pass', Next: 'y' }, y: { Type: 'Pass', End: true } },
    }
    expect(await transitionsOf({ m: { ...items, ItemProcessor: processor } as unknown as State })).toBe(1 + 5 * 2)
  })

  it('are one more for each child of a distributed map', async () => {
    const processor = {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'x',
      States: { x: call({ End: true }) },
    }
    expect(await transitionsOf({ m: { ...items, ItemProcessor: processor } as unknown as State })).toBe(1 + 5 * (1 + 1))
  })

  it('count the states of all branches', async () => {
    const branch = (name: string) => ({ StartAt: name, States: { [name]: { Type: 'Pass', End: true } } })
    expect(await transitionsOf({ p: { Type: 'Parallel', Branches: [branch('x'), branch('y')], End: true } as unknown as State })).toBe(3)
  })
})
