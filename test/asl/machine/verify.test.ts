import { describe, expect, it } from 'vitest'
import type { Machine, State, States } from '#asl/machine/asl.ts'
import { verify } from '#asl/machine/verify.ts'
import { complaints, FALSE_REJECTS, validate } from '../../kit/asl-validator.ts'
import { engineWorld, machineOf, run } from '../../kit/engine-world.ts'
import type { Json } from '#core/json.ts'

/** Placeholders, filled in when the machine is deployed or run. */
const WORKER = `\${Worker}`
const BUCKET = `\${DataBucket}`

const found = (states: States, more: Partial<Machine> = {}) =>
  verify(machineOf(states, more)).map(({ path, message }) => `${path}: ${message}`)
const pass = (more: object = { End: true }): State => ({ Type: 'Pass', ...more }) as State
const task = (more: object = { End: true }): State =>
  ({ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName: WORKER, Payload: {} }, ...more }) as State
const mapOf = (states: States, more: object = {}, distributed = true): State =>
  ({
    Type: 'Map',
    Items: [1],
    ItemProcessor: {
      ...(distributed && { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } }),
      StartAt: Object.keys(states)[0],
      States: states,
    },
    End: true,
    ...more,
  }) as State

/** A machine with everything the compiler may emit. */
const FULL: States = {
  Init: pass({ Assign: { run: { id: '{% $states.context.Execution.Name %}' }, inputs: '{% $states.input.inputs %}' }, Next: 'Discover' }),
  Discover: task({
    Assign: { plan: '{% $states.result.Payload %}' },
    TimeoutSeconds: 900,
    Retry: [
      {
        ErrorEquals: ['Transient.Throttled', 'States.Timeout'],
        IntervalSeconds: 5,
        MaxAttempts: 3,
        BackoffRate: 2,
        MaxDelaySeconds: 120,
        JitterStrategy: 'FULL',
      },
    ],
    Catch: [{ ErrorEquals: ['States.ALL'], Assign: { failure: '{% $states.errorOutput %}' }, Next: 'Failed' }],
    Next: 'Tier',
  }),
  Tier: { Type: 'Choice', Choices: [{ Condition: '{% $plan.chunks > 40 %}', Next: 'Chunks' }], Default: 'Few' },
  Chunks: mapOf(
    {
      chunk: task({
        Arguments: { FunctionName: WORKER, Payload: '{% $states.input %}' },
        Output: '{% $states.result.Payload %}',
        End: true,
      }),
    },
    {
      Items: undefined,
      End: undefined,
      Label: 'chunks',
      MaxConcurrency: '{% $plan.workers %}',
      ToleratedFailurePercentage: 0,
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'JSON' },
        Arguments: { Bucket: BUCKET, Key: '{% $plan.key %}' },
      },
      ItemSelector: { item: '{% $states.context.Map.Item.Value %}', run: '{% $run %}' },
      ResultWriter: {
        Resource: 'arn:aws:states:::s3:putObject',
        Arguments: { Bucket: BUCKET, Prefix: "{% 'runs/' & $run.id %}" },
      },
      Assign: { chunks: '{% $states.result.ResultWriterDetails %}' },
      Catch: [{ ErrorEquals: ['States.ALL'], Assign: { failure: '{% $states.errorOutput %}' }, Next: 'Failed' }],
      Next: 'Pause',
    },
  ),
  Few: mapOf(
    { few: pass({ Output: { item: '{% $states.input %}', run: '{% $run.id %}' }, End: true }) },
    { Items: '{% [$plan.list] %}', End: undefined, Next: 'Pause' },
    false,
  ),
  Pause: { Type: 'Wait', Seconds: '{% $inputs.pause %}', Next: 'Both' },
  Both: {
    Type: 'Parallel',
    Branches: [
      { StartAt: 'Report', States: { Report: task() } },
      {
        StartAt: 'Notify',
        States: {
          Notify: pass({ Assign: { reported: true }, Next: 'Reported' }),
          Reported: pass({ Output: '{% $reported %}', End: true }),
        },
      },
    ],
    Output: '{% $states.result[0] %}',
    Next: 'Done',
  },
  Done: { Type: 'Succeed', Output: '{% $states.input %}' },
  Failed: { Type: 'Fail', Error: '{% $failure.Error %}', Cause: '{% $failure.Cause %}' },
}
const full: States = JSON.parse(JSON.stringify(FULL))

describe('a machine that is right', () => {
  it('gives no complaint, here and from asl-validator', () => {
    expect(found(full)).toEqual([])
    expect(validate(machineOf(full))).toEqual([])
  })
})

describe('complaints', () => {
  it.each([
    [
      'a target that is not there',
      { A: pass({ Next: 'Z' }) },
      ["States.A.Next: goes to 'Z', which is not a state of the same scope; there are A", 'States.A: has no path to a state that ends'],
    ],
    [
      'a target in another scope',
      { A: mapOf({ B: pass({ Next: 'A' }) }, {}, false) },
      ["States.A.ItemProcessor.States.B.Next: goes to 'A'", 'States.A.ItemProcessor.States.B: has no path'],
    ],
    [
      'a target of a catcher',
      { A: task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Z' }], End: true }) },
      ["States.A.Catch[0].Next: goes to 'Z'"],
    ],
    ['a state nobody reaches', { A: pass(), B: pass() }, ['States.B: is reached from no other state']],
    [
      'states that only reach each other',
      { A: pass(), B: pass({ Next: 'C' }), C: pass({ Next: 'B' }) },
      ['States.B: is reached from no other', 'States.C: is reached from no other'],
    ],
    [
      'a loop without an end',
      { A: pass({ Next: 'B' }), B: pass({ Next: 'A' }) },
      ['States.A: has no path to a state that ends', 'States.B: has no path to a state that ends'],
    ],
    [
      'a name used twice in the machine',
      { A: mapOf({ B: pass() }, { End: undefined, Next: 'B' }, false), B: pass() },
      ['States.A.ItemProcessor.States.B: has the name of States.B'],
    ],
    ['a long name', { ['x'.repeat(81)]: pass() }, [`States.${'x'.repeat(81)}: has a name of 81 characters; at most 80 are allowed`]],
    ['a field of JSONPath', { A: pass({ InputPath: '$', End: true }) }, ['States.A.InputPath: belongs to JSONPath']],
    [
      'an expression that does not parse',
      { A: pass({ Output: '{% 1 + %}', End: true }) },
      ['States.A.Output: does not parse as JSONata: S0207: Unexpected end of expression; it is 1 +'],
    ],
    [
      'a variable nobody assigns',
      { A: pass({ Output: '{% $x %}', End: true }) },
      ['States.A.Output: reads $x, which no state on a path to this one assigns; the variables here are none'],
    ],
    [
      'a variable assigned only later',
      { A: pass({ Output: '{% $x %}', Next: 'B' }), B: pass({ Assign: { x: 1 }, End: true }) },
      ['States.A.Output: reads $x'],
    ],
    ['a variable of the state itself', { A: pass({ Assign: { x: 1 }, Output: '{% $x %}', End: true }) }, ['States.A.Output: reads $x']],
    [
      'a variable of a catcher on the way without error',
      {
        A: task({ Catch: [{ ErrorEquals: ['States.ALL'], Assign: { e: 1 }, Next: 'C' }], Next: 'B' }),
        B: pass({ Output: '{% $e %}', End: true }),
        C: pass({ Output: '{% $e %}', End: true }),
      },
      ['States.B.Output: reads $e'],
    ],
    [
      'a variable of an inner scope',
      { A: mapOf({ B: pass({ Assign: { x: 1 }, End: true }) }, { Output: '{% $x %}' }, false) },
      ['States.A.Output: reads $x'],
    ],
    [
      'a variable of a sibling branch',
      {
        A: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'B', States: { B: pass({ Assign: { x: 1 }, End: true }) } },
            { StartAt: 'C', States: { C: pass({ Output: '{% $x %}', End: true }) } },
          ],
          End: true,
        } as State,
      },
      ['States.A.Branches[1].States.C.Output: reads $x'],
    ],
    [
      'an outer variable in a child of a distributed Map',
      { Z: pass({ Assign: { run: 1 }, Next: 'A' }), A: mapOf({ B: pass({ Output: '{% $run %}', End: true }) }) },
      ['States.A.ItemProcessor.States.B.Output: reads $run, which a child of a distributed Map does not see; pass it through ItemSelector'],
    ],
    [
      'a shadowed variable',
      { Z: pass({ Assign: { run: 1 }, Next: 'A' }), A: mapOf({ B: pass({ Assign: { run: 2 }, End: true }) }, {}, false) },
      ['States.A.ItemProcessor.States.B.Assign.run: assigns $run, a variable that an enclosing scope also has'],
    ],
    [
      '$now',
      { A: pass({ Output: '{% $now() %}', End: true }) },
      ['States.A.Output: calls $now(), whose value differs on a retry or replay'],
    ],
    [
      '$millis, $random and $uuid',
      { A: pass({ Output: '{% [$millis(), $random(), $uuid()] %}', End: true }) },
      ['States.A.Output: calls $millis()', 'States.A.Output: calls $random()', 'States.A.Output: calls $uuid()'],
    ],
    ['$eval', { A: pass({ Output: "{% $eval('1') %}", End: true }) }, ["States.A.Output: holds a reference to '$eval'"]],
    [
      '$states.result where there is none',
      { A: pass({ Output: '{% $states.result %}', End: true }) },
      ['States.A.Output: reads $states.result'],
    ],
    [
      '$states.result in Arguments',
      { A: task({ Arguments: { FunctionName: 'f', Payload: '{% $states.result %}' }, End: true }) },
      ['States.A.Arguments/Payload: reads $states.result'],
    ],
    [
      '$states.errorOutput outside a catcher',
      { A: task({ Output: '{% $states.errorOutput %}', End: true }) },
      ['States.A.Output: reads $states.errorOutput'],
    ],
    [
      'the item outside ItemSelector',
      { A: mapOf({ B: pass({ Output: '{% $states.context.Map.Item.Value %}', End: true }) }, {}, false) },
      ['States.A.ItemProcessor.States.B.Output: reads $states.context.Map, which only ItemSelector has'],
    ],
    [
      'tolerated failures of an inline Map',
      { A: mapOf({ B: pass() }, { ToleratedFailureCount: 1 }, false) },
      ['States.A.ToleratedFailureCount: is documented by Step Functions for distributed Maps only'],
    ],
  ] as [string, States, string[]][])('%s', (_, states, expected) => {
    const clean: States = JSON.parse(JSON.stringify(states))
    const reported = found(clean)
    expect(reported).toHaveLength(expected.length)
    expected.forEach((start, position) => {
      expect(reported[position]?.slice(0, start.length)).toBe(start)
    })
  })

  it('a variable assigned on one path of two is accepted: some path is enough', () => {
    const states: States = {
      A: { Type: 'Choice', Choices: [{ Condition: '{% $states.input.a %}', Next: 'B' }], Default: 'C' },
      B: pass({ Assign: { x: 1 }, Next: 'C' }),
      C: pass({ Output: '{% $exists($x) ? $x : 0 %}', End: true }),
    }
    expect(found(states)).toEqual([])
  })

  it('a variable assigned in a loop is seen at its start', () => {
    const states: States = {
      A: { Type: 'Choice', Choices: [{ Condition: '{% $exists($n) and $n > 3 %}', Next: 'C' }], Default: 'B' },
      B: pass({ Assign: { n: '{% $exists($n) ? $n + 1 : 1 %}' }, Next: 'A' }),
      C: pass({ Output: '{% $n %}', End: true }),
    }
    expect(found(states)).toEqual([])
  })

  it('a definition of 1 MiB is too large', () => {
    const states = (bytes: number): States => ({ A: { Type: 'Pass', Comment: 'x'.repeat(bytes), End: true } })
    const rest = JSON.stringify(machineOf(states(0))).length
    expect(found(states(1024 * 1024 - rest - 1))).toEqual([])
    expect(found(states(1024 * 1024 - rest))).toEqual([': the definition is 1048576 bytes; Step Functions allows less than 1048576'])
  })

  it('leaves the machine as it was', () => {
    const machine = machineOf(structuredClone(full))
    verify(machine)
    validate(machine)
    expect(machine).toEqual(machineOf(full))
  })
})

describe('asl-validator', () => {
  it('refuses what is wrong with a machine', () => {
    expect(validate(machineOf({ A: pass({ Next: 'Z' }) }))).not.toEqual([])
    expect(validate(machineOf({ A: pass({ Ouput: 1, End: true }) }))).not.toEqual([])
    expect(
      validate(machineOf({ A: { Type: 'Choice', Choices: [{ Condition: 5 as unknown as string, Next: 'B' }] }, B: pass() })),
    ).not.toEqual([])
  })

  it.each(FALSE_REJECTS.map((one) => [one.what, one] as const))('refuses %s, which runs', async (_, { example }) => {
    expect(complaints(example)).not.toEqual([])
    expect(validate(example)).toEqual([])
    expect(verify(example)).toEqual([])
    expect(await run(example.States, {} as Json, engineWorld())).toMatchObject({ status: 'SUCCEEDED' })
  })
})
