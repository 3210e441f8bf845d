import { describe, expect, it } from 'vitest'
import type { State, States } from '#asl/machine/asl.ts'
import { engineWorld, outputOf, run } from '../../kit/engine-world.ts'
import type { Json } from '#core/json.ts'

const assign = (Assign: { [name: string]: Json }, Next: string): State => ({ Type: 'Pass', Assign, Next })
const show = (Output: Json): State => ({ Type: 'Pass', Output, End: true })
const KIB = 1024

describe('scope', () => {
  it('a branch reads the variables outside, keeps its own, and loses them at its end', async () => {
    const states: States = {
      A: assign({ x: 1 }, 'P'),
      P: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'B1', States: { B1: assign({ y: '{% $x + 1 %}' }, 'B2'), B2: show('{% [$x, $y] %}') } },
          { StartAt: 'C1', States: { C1: { Type: 'Wait', Seconds: 1, Next: 'C2' }, C2: show('{% $exists($y) %}') } },
        ],
        Next: 'Z',
      },
      Z: show({ branches: '{% $states.input %}', y: '{% $exists($y) %}' }),
    }
    expect(outputOf(await run(states))).toEqual({ branches: [[1, 2], false], y: false })
  })

  it('iterations do not see each other, and a loop inside one keeps its variables', async () => {
    const states: States = {
      M: {
        Type: 'Map',
        ItemProcessor: {
          StartAt: 'Init',
          States: {
            Init: assign({ sum: 0, left: '{% $states.input %}' }, 'Loop'),
            Loop: { Type: 'Choice', Choices: [{ Condition: '{% $left > 0 %}', Next: 'Step' }], Default: 'Out' },
            Step: assign({ sum: '{% $sum + $left %}', left: '{% $left - 1 %}' }, 'Loop'),
            Out: show('{% $sum %}'),
          },
        },
        End: true,
      },
    }
    expect(outputOf(await run(states, [1, 2, 3, 4]))).toEqual([1, 3, 6, 10])
  })

  it('the Assign of a Parallel, from its result, is of the scope the Parallel is in', async () => {
    const states: States = {
      P: {
        Type: 'Parallel',
        Branches: [{ StartAt: 'B', States: { B: show({ v: 7 }) } }],
        Assign: { v: '{% $states.result[0].v %}' },
        Next: 'Z',
      },
      Z: show('{% $v %}'),
    }
    expect(outputOf(await run(states))).toBe(7)
  })

  it('the Assign of a catcher of a Parallel is of the scope the Parallel is in', async () => {
    const states: States = {
      P: {
        Type: 'Parallel',
        Branches: [{ StartAt: 'B', States: { B: { Type: 'Fail', Error: 'E', Cause: 'why' } } }],
        Catch: [{ ErrorEquals: ['E'], Assign: { why: '{% $states.errorOutput.Cause %}' }, Next: 'Z' }],
        End: true,
      },
      Z: show('{% $why %}'),
    }
    expect(outputOf(await run(states))).toBe('why')
  })
})

describe('limits', () => {
  const text = (kib: number) => `{% $pad('', ${kib * KIB}, 'x') %}`

  it('256 KiB is the most a payload may have, to the byte, counted in UTF-8', async () => {
    const states: States = {
      A: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName: 'give' }, Output: 'fits', End: true },
    }
    // the result says how many bytes the response has, which are as many digits for every response of this size
    const whole = { ...states, A: { ...states['A'], Output: '{% $states.result %}' } } as States
    const response = outputOf(await run(whole, {}, engineWorld({ give: () => 'x'.repeat(100_000) })))
    const overhead = JSON.stringify(response).length - 100_000
    const giving = (bytes: number) => engineWorld({ give: () => 'é'.repeat(1000) + 'x'.repeat(bytes - overhead - 2000) })
    expect(outputOf(await run(states, {}, giving(256 * KIB)))).toBe('fits')
    expect(await run(states, {}, giving(256 * KIB + 1))).toMatchObject({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
      cause: expect.stringContaining(
        "The state/task 'arn:aws:states:::lambda:invoke' returned a result with a size exceeding the maximum number of bytes service limit.",
      ),
    })
  })

  it.each([
    ['an output', { A: { Type: 'Pass', Output: text(256), End: true } }],
    [
      'arguments',
      { A: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName: 'f', Payload: text(256) }, End: true } },
    ],
    [
      'the result of a Parallel',
      {
        A: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'B', States: { B: show(text(128)) } },
            { StartAt: 'C', States: { C: show(text(128)) } },
          ],
          Output: 'small',
          End: true,
        },
      },
    ],
    ['one variable', { A: { Type: 'Pass', Assign: { x: text(256) }, Output: 'small', End: true } }],
    ['the variables of one Assign', { A: { Type: 'Pass', Assign: { x: text(128), y: text(128) }, Output: 'small', End: true } }],
  ] as [string, States][])('%s over 256 KiB fails with States.DataLimitExceeded', async (_, states) => {
    expect(await run(states)).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' })
  })

  it('an input over 256 KiB fails before the first state', async () => {
    const execution = await run({ A: { Type: 'Pass', End: true } }, 'x'.repeat(256 * KIB))
    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' })
    expect(execution.history.map(({ type }) => type)).toEqual(['ExecutionStarted', 'ExecutionFailed'])
  })

  it('States.DataLimitExceeded is not caught by States.ALL', async () => {
    const big: State = {
      Type: 'Parallel',
      Branches: [{ StartAt: 'B', States: { B: show(text(256)) } }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Z' }],
      End: true,
    }
    expect(await run({ A: big, Z: show('caught') })).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' })
    const named = { ...big, Catch: [{ ErrorEquals: ['States.DataLimitExceeded'], Next: 'Z' }] } as State
    expect(outputOf(await run({ A: named, Z: show('caught') }))).toBe('caught')
  })

  it('all variables together hold at most 10 MiB; those of a scope that is over do not count', async () => {
    const filling = (count: number): States => {
      const names = Array.from({ length: count }, (_, position) => `S${position}`)
      return Object.fromEntries(names.map((name, position) => [name, assign({ [`v${position}`]: text(200) }, names[position + 1] ?? 'Z')]))
    }
    expect(outputOf(await run({ ...filling(51), Z: show('fits') }))).toBe('fits')
    expect(await run({ ...filling(52), Z: show('fits') })).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' })
    const scoped: States = {
      M: {
        Type: 'Map',
        Items: '{% [1..60] %}',
        MaxConcurrency: 1,
        ItemProcessor: { StartAt: 'S', States: { S: assign({ v: text(200) }, 'T'), T: show(1) } },
        End: true,
      },
    }
    expect(outputOf(await run(scoped))).toHaveLength(60)
    const again: States = { ...filling(51), Z: assign({ v0: text(200) }, 'Zz'), Zz: show('fits') }
    expect(outputOf(await run(again))).toBe('fits')
  })
})
