import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Branch, State } from '#asl/machine/asl.ts'
import { verify } from '#asl/machine/verify.ts'
import { validate } from '../../kit/asl-validator.ts'
import { engineWorld, machineOf, outputOf, run } from '../../kit/engine-world.ts'

/** A program over whole numbers: it compiles to a machine, and `meaning` says what it computes by plain recursion. */
type Program = readonly Step[]
type Step =
  | { readonly kind: 'add'; readonly amount: number }
  | { readonly kind: 'keep' }
  | { readonly kind: 'addKept'; readonly which: number }
  | { readonly kind: 'choose'; readonly above: number; readonly chosen: Program; readonly otherwise: Program }
  | { readonly kind: 'map'; readonly most: number; readonly width: number; readonly each: Program }
  | { readonly kind: 'parallel'; readonly branches: readonly Program[] }

const { program } = fc.letrec<{ program: Program; step: Step }>((tie) => ({
  program: fc.array(tie('step'), { maxLength: 4 }),
  step: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('add' as const), amount: fc.integer({ min: -9, max: 9 }) }),
    fc.record({ kind: fc.constant('keep' as const) }),
    fc.record({ kind: fc.constant('addKept' as const), which: fc.nat(5) }),
    fc.record({
      kind: fc.constant('choose' as const),
      above: fc.integer({ min: -5, max: 5 }),
      chosen: tie('program'),
      otherwise: tie('program'),
    }),
    fc.record({ kind: fc.constant('map' as const), most: fc.integer({ min: 1, max: 4 }), width: fc.nat(3), each: tie('program') }),
    fc.record({ kind: fc.constant('parallel' as const), branches: fc.array(tie('program'), { minLength: 1, maxLength: 3 }) }),
  ),
}))

/** What a program computes; `kept` are the variables assigned for certain. Items of a map are 1 to at most `most`, each plus the input. */
function meaning(steps: Program, input: number, kept: readonly number[] = []): number {
  let value = input
  let known = kept
  for (const step of steps) {
    switch (step.kind) {
      case 'add':
        value += step.amount
        break
      case 'keep':
        known = [...known, value]
        break
      case 'addKept':
        value += known.length === 0 ? 0 : (known[step.which % known.length] ?? 0)
        break
      case 'choose':
        value = meaning(value > step.above ? step.chosen : step.otherwise, value, known)
        break
      case 'map': {
        const [from, variables] = [value, known]
        const items = Array.from({ length: 1 + (Math.abs(from) % step.most) }, (_, position) => position + 1 + from)
        value = items.reduce((sum, item) => sum + meaning(step.each, item, variables), 0)
        break
      }
      case 'parallel': {
        const [from, variables] = [value, known]
        value = step.branches.reduce((sum, branch) => sum + meaning(branch, from, variables), 0)
        break
      }
    }
  }
  return value
}

/** Compiles a program to states; names and variables are numbered through the whole machine. */
function compile(steps: Program): Branch {
  let names = 0
  let variables = 0
  const name = () => `S${names++}`

  /** Adds the states of `rest` to `states`, the last going on to `next` or ending, and gives the name of the first. */
  function chain(rest: Program, next: string | undefined, known: readonly string[], states: { [name: string]: State }): string {
    const [step, ...more] = rest
    const own = name()
    if (!step) {
      states[own] = { Type: 'Pass', ...(next === undefined ? { End: true } : { Next: next }) }
      return own
    }
    const on = (also: readonly string[] = known) => ({ Next: chain(more, next, also, states) })
    switch (step.kind) {
      case 'add':
        states[own] = { Type: 'Pass', Output: `{% $states.input + ${step.amount} %}`, ...on() }
        break
      case 'keep': {
        const variable = `v${variables++}`
        states[own] = { Type: 'Pass', Assign: { [variable]: '{% $states.input %}' }, ...on([...known, variable]) }
        break
      }
      case 'addKept':
        states[own] = {
          Type: 'Pass',
          ...(known.length > 0 && { Output: `{% $states.input + $${known[step.which % known.length]} %}` }),
          ...on(),
        }
        break
      case 'choose': {
        const join = on().Next
        states[own] = {
          Type: 'Choice',
          Choices: [{ Condition: `{% $states.input > ${step.above} %}`, Next: chain(step.chosen, join, known, states) }],
          Default: chain(step.otherwise, join, known, states),
        }
        break
      }
      case 'map':
        states[own] = {
          Type: 'Map',
          Items: `{% [1..(1 + $abs($states.input) % ${step.most})] %}`,
          ItemSelector: '{% $states.context.Map.Item.Value + $states.input %}',
          MaxConcurrency: step.width,
          ItemProcessor: scope(step.each, known),
          Output: '{% $sum($states.result) %}',
          ...on(),
        }
        break
      case 'parallel':
        states[own] = {
          Type: 'Parallel',
          Branches: step.branches.map((branch) => scope(branch, known)),
          Output: '{% $sum($states.result) %}',
          ...on(),
        }
        break
    }
    return own
  }

  function scope(of: Program, known: readonly string[]): Branch {
    const states: { [name: string]: State } = {}
    return { StartAt: chain(of, undefined, known, states), States: states }
  }
  return scope(steps, [])
}

const machines = program.map((steps) => {
  const { StartAt, States } = compile(steps)
  return { steps, StartAt, States, machine: machineOf(States, { StartAt }) }
})

describe('random machines of Pass, Choice, Map and Parallel', () => {
  it('end, compute what plain recursion computes, and are found right by our verifier', async () => {
    await fc.assert(
      fc.asyncProperty(machines, fc.integer({ min: -20, max: 20 }), async ({ steps, StartAt, States, machine }, input) => {
        expect(verify(machine)).toEqual([])
        expect(outputOf(await run(States, input, engineWorld(), StartAt))).toBe(meaning(steps, input))
      }),
      { numRuns: 150 },
    )
  })

  it('are found right by asl-validator', () => {
    // Few: the package recompiles its schemas for each machine.
    fc.assert(
      fc.property(machines, ({ machine }) => {
        expect(validate(machine)).toEqual([])
      }),
      { numRuns: 12 },
    )
  })
})
