import { describe, expect, it } from 'vitest'
import type { States } from '#asl/machine/asl.ts'
import { engineWorld, entered, run, taskError } from '../../kit/engine-world.ts'
import type { Json } from '#core/json.ts'

interface Row {
  readonly what: string
  readonly states: States
  readonly input?: Json
  readonly ends: { readonly status: string; readonly [part: string]: unknown }
  readonly enters?: readonly string[]
}

const done = { Done: { Type: 'Succeed' } } as const
const invoke = (payload: Json) => ({
  Type: 'Task' as const,
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'echo', Payload: payload },
})
const prefix = (state: string, id: number) => `An error occurred while executing the state '${state}' (entered at the event id #${id}). `

const ROWS: Row[] = [
  { what: 'Pass hands its input on', states: { A: { Type: 'Pass', End: true } }, input: [1], ends: { status: 'SUCCEEDED', output: [1] } },
  {
    what: 'Output replaces the input, expressions inside a template and as a whole',
    states: {
      A: { Type: 'Pass', Output: { a: ['{% $states.input.n + 1 %}', 'x'], b: ' {% 1 %}' }, Next: 'B' },
      B: { Type: 'Pass', Output: '{% $states.input.a[0] %}', End: true },
    },
    input: { n: 1 },
    ends: { status: 'SUCCEEDED', output: 2 },
  },
  {
    what: 'only a string that as a whole is {% … %} is an expression',
    states: { A: { Type: 'Pass', Output: { a: 'x {% 1 %}', b: '{% 1 %} ', c: '{%1%}', d: '{% 1' }, End: true } },
    ends: { status: 'SUCCEEDED', output: { a: 'x {% 1 %}', b: '{% 1 %} ', c: 1, d: '{% 1' } },
  },
  {
    what: 'Assign and Output read the variables from before the state',
    states: {
      A: { Type: 'Pass', Assign: { x: 1, y: 10 }, Next: 'B' },
      B: { Type: 'Pass', Assign: { x: '{% $y %}', y: '{% $x %}' }, Output: '{% [$x, $y] %}', Next: 'C' },
      C: { Type: 'Pass', Output: { before: '{% $states.input %}', after: ['{% $x %}', '{% $y %}'] }, End: true },
    },
    ends: { status: 'SUCCEEDED', output: { before: [1, 10], after: [10, 1] } },
  },
  {
    what: 'a null is a value, in a variable and in an output',
    states: {
      A: { Type: 'Pass', Assign: { x: '{% $states.input.n %}' }, Next: 'B' },
      B: { Type: 'Pass', Output: { v: '{% $x %}' }, End: true },
    },
    input: { n: null },
    ends: { status: 'SUCCEEDED', output: { v: null } },
  },
  {
    what: 'Choice takes the first true rule, with its own Assign and Output and not those of the state',
    states: {
      A: {
        Type: 'Choice',
        Choices: [
          { Condition: '{% $states.input.n > 5 %}', Next: 'Done' },
          { Condition: '{% $states.input.n > 2 %}', Next: 'B', Assign: { x: 'rule' }, Output: 'from the rule' },
        ],
        Default: 'Done',
        Assign: { y: 'default' },
        Output: 'from the state',
      },
      B: { Type: 'Pass', Output: { x: '{% $x %}', y: "{% $exists($y) ? $y : 'unset' %}", input: '{% $states.input %}' }, End: true },
      ...done,
    },
    input: { n: 3 },
    ends: { status: 'SUCCEEDED', output: { x: 'rule', y: 'unset', input: 'from the rule' } },
    enters: ['A', 'B'],
  },
  {
    what: 'Choice goes to Default with the Assign and Output of the state',
    states: {
      A: { Type: 'Choice', Choices: [{ Condition: false, Next: 'Done' }], Default: 'B', Assign: { x: 1 }, Output: 'from the state' },
      B: { Type: 'Pass', Output: ['{% $x %}', '{% $states.input %}'], End: true },
      ...done,
    },
    ends: { status: 'SUCCEEDED', output: [1, 'from the state'] },
  },
  {
    what: 'Choice without a rule that holds and without Default fails with States.Runtime',
    states: { A: { Type: 'Choice', Choices: [{ Condition: false, Next: 'Done' }] }, ...done },
    ends: {
      status: 'FAILED',
      error: 'States.Runtime',
      cause: `${prefix('A', 2)}Failed to transition out of the state. The state does not point to a next state.`,
    },
  },
  {
    what: 'a Condition must be a boolean: no truthiness',
    states: { A: { Type: 'Choice', Choices: [{ Condition: '{% $states.input.n %}', Next: 'Done' }], Default: 'Done' }, ...done },
    input: { n: 1 },
    ends: {
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause: `${prefix('A', 2)}The JSONata expression '$states.input.n' specified for the field 'Choices[0]/Condition' returned an unexpected result type. Expected 'boolean', but was 'number' for value: 1`,
    },
  },
  {
    what: 'an undefined result fails and names the field',
    states: { A: { Type: 'Pass', End: true, Output: { a: { b: [1, '{% $states.input.zz %}'] } } } },
    ends: {
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause: `${prefix('A', 2)}The JSONata expression '$states.input.zz' specified for the field 'Output/a/b[1]' returned nothing (undefined).`,
    },
  },
  {
    what: 'a variable nobody assigned is undefined',
    states: { A: { Type: 'Pass', Assign: { x: '{% $nowhere %}' }, End: true } },
    ends: { status: 'FAILED', error: 'States.QueryEvaluationError', cause: expect.stringContaining("field 'Assign/x' returned nothing") },
  },
  {
    what: 'an expression that throws gives its code and message',
    states: { A: { Type: 'Pass', Output: '{% $states.input + 1 %}', End: true } },
    input: 'x',
    ends: {
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause: expect.stringContaining(
        'threw an error during evaluation. T2001: The left side of the "+" operator must evaluate to a number',
      ),
    },
  },
  {
    what: 'an expression that gives a function fails',
    states: { A: { Type: 'Pass', Output: { f: '{% {"g": $sum} %}' }, End: true } },
    ends: {
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause: expect.stringContaining("field 'Output/f' returned an unsupported result type"),
    },
  },
  {
    what: 'Fail ends the run with its error and cause, literal or evaluated',
    states: { A: { Type: 'Fail', Error: 'Data.Bad', Cause: "{% 'row ' & $states.input.row %}" } },
    input: { row: 7 },
    ends: { status: 'FAILED', error: 'Data.Bad', cause: 'row 7' },
  },
  { what: 'Fail needs neither error nor cause', states: { A: { Type: 'Fail' } }, ends: { status: 'FAILED' } },
  {
    what: 'Succeed ends the run where it stands, with its Output',
    states: { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Succeed', Output: '{% $states.context.State.Name %}' } },
    ends: { status: 'SUCCEEDED', output: 'B' },
  },
  {
    what: 'Wait hands its input on',
    states: { A: { Type: 'Wait', Seconds: '{% 86400 * 365 %}', End: true } },
    input: 1,
    ends: { status: 'SUCCEEDED', output: 1 },
  },
  {
    what: 'Wait refuses half a second',
    states: { A: { Type: 'Wait', Seconds: '{% 0.5 %}', End: true } },
    ends: { status: 'FAILED', error: 'States.QueryEvaluationError', cause: expect.stringContaining("Expected 'integer'") },
  },
  {
    what: 'Wait refuses a day that does not exist',
    states: { A: { Type: 'Wait', Timestamp: '{% $states.input %}', End: true } },
    input: '2026-02-30T00:00:00Z',
    ends: { status: 'FAILED', error: 'States.QueryEvaluationError', cause: expect.stringContaining('"2026-02-30T00:00:00Z"') },
  },
  {
    what: 'Wait goes on at once when the time is past',
    states: { A: { Type: 'Wait', Timestamp: '2016-03-05T21:29:29.243167252Z', End: true } },
    ends: { status: 'SUCCEEDED', output: {} },
  },
  {
    what: 'a Task gives the integration its result shape; Output picks from it',
    states: {
      A: { ...invoke({ n: '{% $states.input.n %}' }), Assign: { version: '{% $states.result.ExecutedVersion %}' }, Next: 'B' },
      B: { Type: 'Pass', Output: ['{% $states.input %}', '{% $version %}'], End: true },
    },
    input: { n: 4 },
    ends: {
      status: 'SUCCEEDED',
      output: [
        {
          ExecutedVersion: '$LATEST',
          Payload: { n: 4 },
          SdkHttpMetadata: expect.objectContaining({
            HttpHeaders: expect.objectContaining({ 'Content-Length': '7', 'Content-Type': 'application/json' }),
            HttpStatusCode: 200,
          }),
          SdkResponseMetadata: { RequestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
          StatusCode: 200,
        },
        '$LATEST',
      ],
    },
  },
  {
    what: 'a key that ends in .$ is a plain key',
    states: { A: { Type: 'Pass', Output: { 'a.$': '$.b', c: [{ 'd.$': '{% 1 + 1 %}' }] }, End: true } },
    ends: { status: 'SUCCEEDED', output: { 'a.$': '$.b', c: [{ 'd.$': 2 }] } },
  },
  {
    what: 'Credentials are evaluated; without a text as role the state fails',
    states: { A: { ...invoke({}), Credentials: { RoleArn: '{% $states.input.role %}' }, End: true } },
    input: { role: 4 },
    ends: { status: 'FAILED', error: 'States.Runtime', cause: expect.stringContaining("'RoleArn' must be a text") },
  },
  {
    what: 'a Task without a payload sends an empty object',
    states: {
      A: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Arguments: { FunctionName: 'echo' },
        Output: '{% $states.result.Payload %}',
        End: true,
      },
    },
    ends: { status: 'SUCCEEDED', output: {} },
  },
  {
    what: 'a text as payload is the body as it stands',
    states: { A: { ...invoke('[1, 2]'), Output: '{% $states.result.Payload %}', End: true } },
    ends: { status: 'SUCCEEDED', output: [1, 2] },
  },
  {
    what: 'a text as payload that is no JSON fails the task',
    states: { A: { ...invoke('not json'), End: true } },
    ends: { status: 'FAILED', error: 'Lambda.InvalidRequestContentException', cause: 'Could not parse request body into json: not json' },
  },
  {
    what: 'arguments that are an expression are checked when evaluated',
    states: { A: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: '{% $states.input %}', End: true } },
    input: { FunctionName: 'echo', Qualifier: '1' },
    ends: {
      status: 'FAILED',
      error: 'States.Runtime',
      cause: expect.stringContaining("'Qualifier' is not implemented; there are FunctionName and Payload"),
    },
  },
  {
    what: 'a Lambda ARN as Resource takes the input as payload and gives the bare answer',
    states: { A: { Type: 'Task', Resource: 'arn:aws:lambda:eu-west-1:111111111111:function:echo', End: true } },
    input: { n: 1 },
    ends: { status: 'SUCCEEDED', output: { n: 1 } },
  },
  {
    what: "a task's error has its name and message",
    states: { A: { ...invoke({}), Arguments: { FunctionName: 'fail', Payload: {} }, End: true } },
    ends: { status: 'FAILED', error: 'Data.Unreadable', cause: 'no such file' },
  },
  {
    what: 'Catch gives the error as $states.errorOutput, its own Assign and Output, and the default output',
    states: {
      A: {
        ...invoke({}),
        Arguments: { FunctionName: 'fail', Payload: {} },
        Assign: { x: 'not assigned' },
        Catch: [
          { ErrorEquals: ['Other'], Next: 'Done' },
          { ErrorEquals: ['States.TaskFailed'], Assign: { e: '{% $states.errorOutput.Error %}' }, Next: 'B' },
        ],
        Next: 'Done',
      },
      B: { Type: 'Pass', Output: { e: '{% $e %}', x: '{% $exists($x) %}', input: '{% $states.input %}' }, End: true },
      ...done,
    },
    ends: { status: 'SUCCEEDED', output: { e: 'Data.Unreadable', x: false, input: { Error: 'Data.Unreadable', Cause: 'no such file' } } },
    enters: ['A', 'B'],
  },
  {
    what: 'Catch reads the input of the state too',
    states: {
      A: {
        ...invoke({}),
        Arguments: { FunctionName: 'fail' },
        Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.input.n & $states.errorOutput.Cause %}', Next: 'Done' }],
        Next: 'Done',
      },
      ...done,
    },
    input: { n: 'n: ' },
    ends: { status: 'SUCCEEDED', output: 'n: no such file' },
  },
  {
    what: 'a failing Assign of a Task can be caught, and assigns nothing',
    states: {
      A: {
        ...invoke({}),
        Assign: { x: 1, y: '{% $states.result.zz %}' },
        Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'B' }],
        Next: 'Done',
      },
      B: { Type: 'Pass', Output: '{% $exists($x) %}', End: true },
      ...done,
    },
    ends: { status: 'SUCCEEDED', output: false },
  },
  {
    what: 'a failing catcher fails the state',
    states: {
      A: {
        ...invoke({}),
        Arguments: { FunctionName: 'fail' },
        Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.zz %}', Next: 'Done' }],
        Next: 'Done',
      },
      ...done,
    },
    ends: { status: 'FAILED', error: 'States.QueryEvaluationError', cause: expect.stringContaining("'Catch[0]/Output' returned nothing") },
  },
  {
    what: 'Parallel gives the outputs in the order of the branches, each branch the same input',
    states: {
      P: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 5, Output: "{% $states.input & ' slow' %}", End: true } } },
          { StartAt: 'Q', States: { Q: { Type: 'Pass', Output: "{% $states.input & ' quick' %}", End: true } } },
        ],
        End: true,
      },
    },
    input: 'in',
    ends: { status: 'SUCCEEDED', output: ['in slow', 'in quick'] },
  },
  {
    what: "Parallel's Arguments are the input of its branches; Output sees result and input",
    states: {
      P: {
        Type: 'Parallel',
        Arguments: { a: '{% $states.input %}' },
        Branches: [{ StartAt: 'Q', States: { Q: { Type: 'Pass', End: true } } }],
        Output: { r: '{% $states.result %}', i: '{% $states.input %}' },
        End: true,
      },
    },
    input: 5,
    ends: { status: 'SUCCEEDED', output: { r: [{ a: 5 }], i: 5 } },
  },
  {
    what: 'a failing branch fails the Parallel with its error, which Catch can take',
    states: {
      P: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'F', States: { F: { Type: 'Fail', Error: 'Branch.Bad' } } },
          { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 1000, End: true } } },
        ],
        Catch: [{ ErrorEquals: ['Branch.Bad'], Next: 'Done' }],
        End: true,
      },
      ...done,
    },
    ends: { status: 'SUCCEEDED', output: { Error: 'Branch.Bad', Cause: null } },
  },
  {
    what: 'States.Runtime is caught by nothing, not even by name',
    states: {
      P: {
        Type: 'Parallel',
        Branches: [{ StartAt: 'C', States: { C: { Type: 'Choice', Choices: [{ Condition: false, Next: 'S' }] }, S: { Type: 'Succeed' } } }],
        Retry: [{ ErrorEquals: ['States.Runtime'] }],
        Catch: [
          { ErrorEquals: ['States.Runtime'], Next: 'Done' },
          { ErrorEquals: ['States.ALL'], Next: 'Done' },
        ],
        End: true,
      },
      ...done,
    },
    ends: { status: 'FAILED', error: 'States.Runtime', cause: expect.any(String) },
    enters: ['P', 'C'],
  },
]

describe('states', () => {
  it.each(ROWS)('$what', async ({ states, input = {}, ends, enters }) => {
    const world = engineWorld({
      echo: (payload) => payload,
      'arn:aws:lambda:eu-west-1:111111111111:function:echo': (payload) => payload,
      fail: () => {
        throw taskError('Data.Unreadable', 'no such file')
      },
    })
    const { history, ...end } = await run(states, input, world)
    expect(end).toEqual(ends)
    if (enters) expect(entered(history)).toEqual(enters)
  })
})

describe('the context object', () => {
  it('has what the service has, and RetryCount only where there are retries', async () => {
    const states: States = {
      A: { Type: 'Pass', Assign: { pass: '{% $states.context %}' }, Next: 'B' },
      B: { ...invoke({}), Assign: { task: '{% $states.context.State %}' }, Next: 'C' },
      C: { Type: 'Pass', Output: { pass: '{% $pass %}', task: '{% $task %}' }, End: true },
    }
    const execution = await run(states, { in: 1 }, engineWorld({ echo: () => null }))
    expect(execution).toMatchObject({ status: 'SUCCEEDED' })
    expect(execution.status === 'SUCCEEDED' && execution.output).toEqual({
      pass: {
        Execution: {
          Id: 'arn:aws:states:eu-west-1:111111111111:execution:demo:run-1',
          Input: { in: 1 },
          Name: 'run-1',
          RoleArn: 'arn:role',
          StartTime: '2026-01-01T00:00:00.000Z',
          RedriveCount: 0,
        },
        StateMachine: { Id: 'arn:aws:states:eu-west-1:111111111111:stateMachine:demo', Name: 'demo' },
        State: { EnteredTime: '2026-01-01T00:00:00.000Z', Name: 'A' },
      },
      task: { EnteredTime: '2026-01-01T00:00:00.000Z', Name: 'B', RetryCount: 0 },
    })
  })
})

describe('data between the engine and a task', () => {
  it('travels as JSON: a handler can neither change what the engine holds nor give what JSON cannot', async () => {
    const world = engineWorld({
      spoil: (payload) => {
        ;(payload as { list: Json[] }).list.push('spoilt')
        return { date: new Date(0), none: undefined, nan: Number.NaN } as unknown as Json
      },
    })
    const states: States = {
      A: { Type: 'Pass', Assign: { list: [1] }, Next: 'B' },
      B: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Arguments: { FunctionName: 'spoil', Payload: { list: '{% $list %}' } },
        Output: { answer: '{% $states.result.Payload %}', list: '{% $list %}' },
        End: true,
      },
    }
    const execution = await run(states, {}, world)
    expect(execution).toMatchObject({ output: { answer: { date: '1970-01-01T00:00:00.000Z', nan: null }, list: [1] } })
  })

  it('what a run gives is plain: no marks of the expression library on it', async () => {
    const states: States = { A: { Type: 'Pass', Assign: { x: '{% $states.input.list[] %}' }, Next: 'B' }, B: { Type: 'Pass', End: true } }
    const execution = await run(states, { list: [[1], [2]] })
    expect(execution).toMatchObject({ status: 'SUCCEEDED' })
    expect(execution.status === 'SUCCEEDED' && execution.output).toStrictEqual({ list: [[1], [2]] })
  })

  it('a Wait ignores the milliseconds of its moment, as the service does', async () => {
    const world = engineWorld()
    const states: States = { A: { Type: 'Wait', Timestamp: '2026-01-01T00:00:02.999Z', End: true } }
    expect(await run(states, {}, world)).toMatchObject({ status: 'SUCCEEDED' })
    expect(world.elapsed()).toBe(2000)
  })

  it('the machine it was given stays as it was', async () => {
    const states: States = {
      A: { Type: 'Pass', Output: { list: [[1], [2]] }, Next: 'B' },
      B: { Type: 'Pass', Output: '{% $states.input.list[] %}', End: true },
    }
    const before = structuredClone(states)
    expect(await run(states)).toMatchObject({ status: 'SUCCEEDED' })
    expect(states).toStrictEqual(before)
  })
})
