import { describe, expect, it } from 'vitest'
import { execute } from '#asl/engine/execute.ts'
import { UnsupportedMachine } from '#asl/engine/failure.ts'
import type { Machine } from '#asl/machine/asl.ts'
import { engineWorld, machineOf } from '../../kit/engine-world.ts'
import type { Json } from '#core/json.ts'

/** The places a machine is refused for, as `path: message`; fails when it is not refused or when anything was started. */
async function refusals(machine: unknown): Promise<string[]> {
  const reported: string[] = []
  const world = engineWorld({}, { onEvent: ({ type }) => void reported.push(type) })
  const error: unknown = await execute(machine as Machine, {}, world).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(UnsupportedMachine)
  expect(reported).toEqual([])
  return (error as UnsupportedMachine).problems.map(({ path, message }) => `${path}: ${message}`)
}

const withState = (state: object, more: object = {}) => ({
  QueryLanguage: 'JSONata',
  StartAt: 'X',
  States: { X: state, Y: { Type: 'Succeed' } },
  ...more,
})
const invoke = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName: 'f' }, End: true }
const inner = { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } }
const map = { Type: 'Map', ItemProcessor: inner, End: true }
const distributed = { ...map, ItemProcessor: { ...inner, ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } } }
const reader = { Resource: 'arn:aws:states:::s3:getObject', ReaderConfig: { InputType: 'JSON' }, Arguments: { Bucket: 'b', Key: 'k' } }

const ROWS: [what: string, machine: unknown, start: string][] = [
  ['an unknown field of the machine', withState({ Type: 'Succeed' }, { Retries: 1 }), 'Retries: is not implemented for a machine'],
  [
    'a misspelt field of a state',
    withState({ Type: 'Pass', Ouput: 1, End: true }),
    'States.X.Ouput: is not implemented for a Pass state, which takes Type, Comment',
  ],
  [
    'a field of another type of state',
    withState({ Type: 'Pass', Seconds: 1, End: true }),
    'States.X.Seconds: is not implemented for a Pass state',
  ],
  [
    'a field of the service that is not implemented',
    withState({ ...map, ItemBatcher: { MaxItemsPerBatch: 2 } }),
    'States.X.ItemBatcher: is not implemented for a Map state',
  ],
  ...['InputPath', 'OutputPath', 'ResultPath', 'Parameters', 'ResultSelector'].map((field): [string, unknown, string] => [
    `${field} of JSONPath`,
    withState({ Type: 'Pass', [field]: '$', End: true }),
    `States.X.${field}: belongs to JSONPath, which is not supported`,
  ]),
  [
    'a JSONPath machine',
    { StartAt: 'X', States: { X: { Type: 'Pass', Result: 1, End: true } } },
    'States.X.QueryLanguage: is "JSONPath", which is not supported',
  ],
  [
    'a JSONPath state',
    withState({ Type: 'Pass', QueryLanguage: 'JSONPath', End: true }),
    'States.X.QueryLanguage: is "JSONPath", which is not supported',
  ],
  [
    'a longest wait that is not longer than the first',
    withState({ ...invoke, Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 5, MaxDelaySeconds: 5 }] }),
    'States.X.Retry[0].MaxDelaySeconds: must be greater than IntervalSeconds, which is 5; it is 5',
  ],
  [
    'credentials without a role',
    withState({ ...invoke, Credentials: { Role: 'r' } }),
    'States.X.Credentials.Role: is not implemented for credentials, which takes RoleArn',
  ],
  ['an unknown type', withState({ Type: 'Sleep', End: true }), 'States.X.Type: is "Sleep"; it must be Pass, Task'],
  [
    'a type named like a property of every object',
    withState({ Type: 'constructor', End: true }),
    'States.X.Type: is "constructor"; it must be',
  ],
  [
    'another service',
    withState({ ...invoke, Resource: 'arn:aws:states:::sqs:sendMessage' }),
    'States.X.Resource: must be arn:aws:states:::lambda:invoke or',
  ],
  ['a callback', withState({ ...invoke, Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' }), 'States.X.Resource: must be'],
  ['a placeholder nobody filled in', withState({ ...invoke, Resource: `\${Worker}` }), 'States.X.Resource: must be'],
  [
    'an argument of lambda:invoke that is not implemented',
    withState({ ...invoke, Arguments: { FunctionName: 'f', InvocationType: 'Event' } }),
    'States.X.Arguments.InvocationType: is not implemented',
  ],
  [
    'an expression that does not parse',
    withState({ Type: 'Pass', Output: { a: '{% 1 + %}' }, End: true }),
    'States.X.Output/a: does not parse as JSONata: S0207',
  ],
  ['$eval', withState({ Type: 'Pass', Output: "{% $eval('1') %}", End: true }), "States.X.Output: holds a reference to '$eval'"],
  [
    'a name at the top level',
    withState({ Type: 'Pass', Output: '{% phone %}', End: true }),
    "States.X.Output: holds a reference to 'phone' at the top level",
  ],
  ['both Next and End', withState({ Type: 'Pass', Next: 'Y', End: true }), 'States.X: has both Next and End'],
  ['neither Next nor End', withState({ Type: 'Pass' }), 'States.X: has neither Next and End'],
  [
    'a target that is not there',
    withState({ Type: 'Pass', Next: 'Z' }),
    "States.X.Next: goes to 'Z', which is not a state of the same scope; there are X, Y",
  ],
  ['a StartAt that is not there', { ...withState({ Type: 'Succeed' }), StartAt: 'Z' }, "StartAt: goes to 'Z'"],
  [
    'a Wait with two times',
    withState({ Type: 'Wait', Seconds: 1, Timestamp: '2026-01-01T00:00:00Z', End: true }),
    'States.X: a Wait state has exactly one of Seconds and Timestamp',
  ],
  [
    'a fraction of a second',
    withState({ Type: 'Wait', Seconds: 0.5, End: true }),
    'States.X.Seconds: must be a whole number from 0 to 99999999, or an expression {% … %}; it is 0.5',
  ],
  [
    'an unknown field of a retrier',
    withState({ ...invoke, Retry: [{ ErrorEquals: ['E'], MaxRetries: 1 }] }),
    'States.X.Retry[0].MaxRetries: is not implemented for a retrier',
  ],
  [
    'a rate below 1',
    withState({ ...invoke, Retry: [{ ErrorEquals: ['E'], BackoffRate: 0.5 }] }),
    'States.X.Retry[0].BackoffRate: must be a number from 1',
  ],
  [
    'no error names',
    withState({ ...invoke, Catch: [{ ErrorEquals: [], Next: 'Y' }] }),
    'States.X.Catch[0].ErrorEquals: must be a list of error names',
  ],
  [
    'States.ALL beside another',
    withState({ ...invoke, Retry: [{ ErrorEquals: ['E', 'States.ALL'] }] }),
    'States.X.Retry[0].ErrorEquals: States.ALL must be alone',
  ],
  [
    'States.ALL before another',
    withState({ ...invoke, Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['E'] }] }),
    'States.X.Retry[0].ErrorEquals: States.ALL must be alone and in the last entry',
  ],
  ['a variable named $states', withState({ Type: 'Pass', Assign: { states: 1 }, End: true }), "States.X.Assign: has the variable 'states'"],
  [
    'a condition that is a text',
    withState({ Type: 'Choice', Choices: [{ Condition: 'yes', Next: 'Y' }] }),
    'States.X.Choices[0].Condition: must be an expression {% … %}, true or false',
  ],
  [
    'a choice rule of JSONPath',
    withState({ Type: 'Choice', Choices: [{ Variable: '$.a', NumericEquals: 1, Next: 'Y' }] }),
    'States.X.Choices[0].Variable: is not implemented for a choice rule',
  ],
  [
    'a batcher',
    withState({ ...distributed, ItemBatcher: { MaxItemsPerBatch: 2 } }),
    'States.X.ItemBatcher: is not implemented for a Map state',
  ],
  [
    'a reader of an inline Map',
    withState({ ...map, ItemReader: reader }),
    'States.X.ItemReader: belongs to a distributed Map; this one is inline',
  ],
  [
    'a reader of CSV',
    withState({ ...distributed, ItemReader: { ...reader, ReaderConfig: { InputType: 'CSV' } } }),
    'States.X.ItemReader.ReaderConfig.InputType: must be "JSON"; it is "CSV"',
  ],
  [
    'a reader that lists',
    withState({ ...distributed, ItemReader: { ...reader, Resource: 'arn:aws:states:::s3:listObjectsV2' } }),
    'States.X.ItemReader.Resource: must be "arn:aws:states:::s3:getObject"',
  ],
  [
    'a reader beside Items',
    withState({ ...distributed, Items: [], ItemReader: reader }),
    'States.X.Items: is not allowed together with ItemReader',
  ],
  [
    'Express children',
    withState({ ...map, ItemProcessor: { ...inner, ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' } } }),
    'States.X.ItemProcessor.ProcessorConfig.ExecutionType: must be "STANDARD"',
  ],
  [
    'a state deep inside',
    withState({
      ...map,
      ItemProcessor: {
        StartAt: 'P',
        States: { P: { Type: 'Parallel', Branches: [{ StartAt: 'Q', States: { Q: { Type: 'Pass', Foo: 1, End: true } } }], End: true } },
      },
    }),
    'States.X.ItemProcessor.States.P.Branches[0].States.Q.Foo: is not implemented',
  ],
  ['no states', { QueryLanguage: 'JSONata', StartAt: 'X', States: {} }, 'States: must be an object with at least one state'],
  ['no machine at all', 'a text', ': must be an object: a machine'],
]

describe('what the engine does not implement', () => {
  it.each(ROWS)('%s is refused before anything starts', async (_, machine, start) => {
    const places = await refusals(machine)
    expect(places.filter((place) => place.startsWith(start))).toHaveLength(1)
  })

  it('reports every problem at once, in one error', async () => {
    const machine = {
      QueryLanguage: 'JSONata',
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Foo: 1, InputPath: '$', Next: 'B' },
        B: { Type: 'Task', Resource: 'arn:aws:states:::sns:publish', End: true },
      },
    }
    expect(await refusals(machine)).toHaveLength(3)
    await expect(execute(machine as unknown as Machine, {}, engineWorld())).rejects.toThrow(
      /^this machine cannot run here; nothing was started\. 3 problems:\n {2}States\.A\.Foo: .*\n {2}States\.A\.InputPath: .*\n {2}States\.B\.Resource: /,
    )
  })

  it('a state of a JSONPath machine that uses nothing of JSONPath runs: it means the same in either language', async () => {
    const states = { A: { Type: 'Pass', QueryLanguage: 'JSONata', Output: { a: '{% 1 %}' }, Next: 'B' }, B: { Type: 'Pass', End: true } }
    const execution = await execute({ StartAt: 'A', States: states } as unknown as Machine, {}, engineWorld())
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { a: 1 } })
    const fail = { StartAt: 'A', States: { A: { Type: 'Fail', Error: '{% 1 %}' } } }
    expect(await refusals(fail)).toEqual([expect.stringContaining('States.A.QueryLanguage: is "JSONPath"')])
  })

  it('comments may say anything anywhere', async () => {
    const Comment = '{% not an expression %}'
    const machine = machineOf(
      {
        A: { Type: 'Choice', Comment, Choices: [{ Condition: true, Next: 'B', Comment } as never] },
        B: { Type: 'Parallel', Branches: [{ ...inner } as never], Catch: [{ ErrorEquals: ['E'], Next: 'C', Comment } as never], Next: 'C' },
        C: { Type: 'Succeed', Comment },
      },
      { Comment },
    )
    expect(await execute(machine, 1 as Json, engineWorld())).toMatchObject({ status: 'SUCCEEDED' })
  })
})
