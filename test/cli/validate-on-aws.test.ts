/** siftstep validate --on aws: what Step Functions says of a machine, at the places of the definition. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { globSync } from 'tinyglobby'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deployableText } from '#cli/aws/deployable-machine.ts'
import { statesOfRun } from '#cli/aws/simulated-states.ts'
import { main } from '#cli/main.ts'
import { compileHere } from '#language/compiler/compile-here.ts'
import { readOptionsIn } from '#run/runs/definition.ts'
import { formatProblem } from '#language/definition/problem.ts'
import type { Machine } from '#asl/machine/asl.ts'
import type { Json, JsonObject } from '#core/json.ts'
import { startAws } from '../kit/aws-server.ts'
import { testState } from '../kit/test-state.ts'
import { inFolder } from './terminals.ts'

const DEFINITION = `version: 1
id: sales
inputs:
  limit: {type: integer, default: 3}
steps:
  - {id: find, type: discover, with: {source: s3://lake/raw/*.csv}}
  - id: tidy
    type: clean
    condition: "{{ inputs.limit }} > 2"
    with: {rules: [{deduplicate: {keys: [id]}}]}
  - {id: publish, type: export, with: {to: s3://lake/out/}}
`

let aws: Awaited<ReturnType<typeof startAws>>
let asked: JsonObject[]
beforeEach(async () => {
  aws = await startAws()
  asked = []
  says({ result: 'OK', diagnostics: [], truncated: false })
  aws.answers.set('TestState', testState)
})
afterEach(() => aws.close())

const says = (answer: JsonObject) =>
  aws.answers.set('ValidateStateMachineDefinition', (input) => {
    asked.push(input)
    return answer
  })

async function validate(args: readonly string[] = ['p.yaml'], env: Record<string, string | undefined> = {}, definition = DEFINITION) {
  const { folder, terminal } = await inFolder({ env: { ...aws.env, ...env } })
  writeFileSync(join(folder, 'p.yaml'), definition)
  const code = await main(['validate', ...args, '--on', 'aws'], terminal)
  const { out, err } = terminal.written
  expect(`${out}${err}`).not.toMatch(/\n\s+at .*:\d+:\d+/)
  return { code, out, err, lines: out.trim().split('\n') }
}

describe('a machine that Step Functions takes', () => {
  it('is sent as it would be deployed, and its states are tested', async () => {
    const { code, err, lines } = await validate()
    expect([code, err]).toEqual([0, ''])
    expect(asked).toHaveLength(1)
    expect(asked[0]).toMatchObject({ type: 'STANDARD', severity: 'WARNING', maxResults: 100 })
    const definition = String(asked[0]?.['definition'])
    expect(definition).not.toContain('${')
    expect(definition).toContain('arn:aws:lambda:eu-west-1:123456789012:function:ControlFunction')
    const { States } = JSON.parse(definition) as Machine
    expect(lines.slice(0, 2)).toEqual(['p.yaml: ok (3 steps, 1 input)', 'p.yaml: Step Functions takes the machine of sales'])
    const [, tested = ''] = /states tested by Step Functions: (.*)$/.exec(lines[2] ?? '') ?? []
    const names = tested.split(', ')
    expect(names).toEqual(expect.arrayContaining(['Init', 'Prepare', 'Finalize', 'Succeeded']))
    // each state is listed once, as tested or with the reason
    const others = lines.slice(3).flatMap((line) => (/^not tested: (.*?): .+$/.exec(line)?.[1] ?? '').split(', '))
    expect([...names, ...others].toSorted()).toEqual(Object.keys(States).toSorted())
    expect(lines.slice(3)).toContainEqual(
      expect.stringMatching(/^not tested: .*find.inspect.inline.*: its results are known only in a run$/),
    )
    expect(lines.slice(3)).toContainEqual(expect.stringMatching(/^not tested: .*Failed, Fail: a simulated run does not reach it$/))
  })

  it('no task is called, nothing is created or started', async () => {
    await validate()
    expect([...new Set(aws.calls)].toSorted()).toEqual(['TestState', 'ValidateStateMachineDefinition'])
  })

  it('is sent with the names of its partition', async () => {
    const { code } = await validate(['p.yaml', '--region', 'us-gov-west-1'])
    expect(code).toBe(0)
    expect(String(asked[0]?.['definition'])).toContain('arn:aws-us-gov:lambda:us-gov-west-1:')
  })

  it('may have warnings, which are printed at the places of their steps', async () => {
    says({
      result: 'OK',
      diagnostics: [
        {
          severity: 'WARNING',
          code: 'NO_DOLLAR',
          message: 'no path',
          location: '/States/find.inspect.inline/ItemProcessor/States/find.inspect.item/Arguments',
        },
        { severity: 'WARNING', code: 'OTHER', message: 'somewhere' },
      ],
    })
    const { code, err } = await validate()
    expect([code, err]).toEqual([
      0,
      'p.yaml:6:5 warning NO_DOLLAR /States/find.inspect.inline/ItemProcessor/States/find.inspect.item/Arguments: no path\np.yaml warning OTHER : somewhere\n',
    ])
  })
})

describe('a machine that Step Functions refuses', () => {
  const ERROR = {
    severity: 'ERROR',
    code: 'SCHEMA_VALIDATION_FAILED',
    message: 'too\u001b[31m bad',
    location: '/States/publish.commit/Next',
  }

  it('gives exit code 2, the place of the step, and no test of states', async () => {
    says({ result: 'FAIL', diagnostics: [{ ...ERROR, location: '/States/find.list/Next' }], truncated: false })
    const { code, err } = await validate()
    expect(code).toBe(2)
    expect(err).toBe(
      'p.yaml:6:5 SCHEMA_VALIDATION_FAILED /States/find.list/Next: too\\u{1b}[31m bad\np.yaml: Step Functions does not take the machine of sales\n',
    )
    expect(aws.calls).not.toContain('TestState')
  })

  it('says when not all is listed', async () => {
    says({ result: 'FAIL', diagnostics: [ERROR, ERROR], truncated: true })
    const { code, err } = await validate()
    expect([code, err.split('\n').at(-2)]).toEqual([
      2,
      'p.yaml: Step Functions does not take the machine of sales, the first 2 diagnostics are listed',
    ])
  })

  it('is not sent while siftstep finds a mistake', async () => {
    const { code } = await validate(['p.yaml'], {}, DEFINITION.replace('type: export', 'type: exprt'))
    expect([code, aws.calls]).toEqual([2, []])
  })
})

describe('a state', () => {
  const answered = (name: string, answer: JsonObject) =>
    aws.answers.set('TestState', async (input): Promise<Json> => (input['stateName'] === name ? answer : testState(input)))

  it('that fails there gives exit code 2 and the place of its step', async () => {
    answered('find.list', { status: 'FAILED', error: 'States.QueryEvaluationError', cause: 'The function $x is not defined' })
    const { code, err, out } = await validate()
    expect([code, err]).toEqual([
      2,
      'p.yaml:6:5 find.list: Step Functions ends it as FAILED: States.QueryEvaluationError: The function $x is not defined\n',
    ])
    expect(out).not.toMatch(/tested by Step Functions: .*find\.list/)
  })

  it('that goes on elsewhere than here gives exit code 2', async () => {
    answered('Prepare', { status: 'SUCCEEDED', nextState: 'Fail' })
    const { code, err } = await validate()
    expect([code, err]).toEqual([2, 'p.yaml Prepare: Step Functions goes on with Fail, and this machine with find.list\n'])
  })

  it('that Step Functions does not test is listed with its reason', async () => {
    aws.answers.set('TestState', async (input): Promise<Json> => {
      if (input['mock'] === undefined) throw Object.assign(new Error('roleArn is required'), { type: 'ValidationException', status: 400 })
      return testState(input)
    })
    const { code, out } = await validate()
    expect(code).toBe(0)
    expect(out).toMatch(/not tested: .*Init.*: Step Functions does not test it \(roleArn is required\)/)
    expect(out).toMatch(/tested by Step Functions: Prepare, find\.list/)
  })

  it('is not tested where the permission is missing, which is asked once', async () => {
    aws.refuse('TestState', 400, 'AccessDeniedException', 'User: arn:x is not authorized to perform: states:TestState')
    const { code, out } = await validate()
    expect(code).toBe(0)
    expect(out).toContain('0 states tested by Step Functions\n')
    expect(out).toMatch(/not tested: .*Init, Prepare.*: AWS denied states:TestState \(User: arn:x is not authorized/)
    expect(aws.calls.filter((call) => call === 'TestState')).toHaveLength(1)
  })
})

describe('the states of every example, each alone with its data', () => {
  const examples = fileURLToPath(new URL('../../examples/', import.meta.url))
  const files = globSync('*/pipeline.yaml', { cwd: examples })

  it.each(files)('%s', async (file) => {
    const path = join(examples, file)
    const options = await readOptionsIn(path, { config: {}, env_file: null }, { folder: join(path, '..'), env: {} })
    const { compiled } = compileHere(readFileSync(path, 'utf8'), options)
    if (!compiled.ok) throw new Error(compiled.problems.map(formatProblem).join('\n'))
    const { reached, others } = await statesOfRun(compiled)
    expect([...reached.map(({ name }) => name), ...others.keys()].toSorted()).toEqual(Object.keys(compiled.machine.States).toSorted())
    expect(reached.length).toBeGreaterThan(3)
    for (const { name, input, variables, result, next } of reached) {
      const definition = deployableText(compiled.text, 'eu-west-1')
      const answer = await testState({
        definition,
        stateName: name,
        input,
        variables,
        ...(result === undefined ? {} : { mock: { result } }),
      })
      expect({ name, status: answer['status'], next: answer['nextState'] ?? null, cause: answer['cause'] }).toEqual({
        name,
        status: 'SUCCEEDED',
        next,
      })
    }
  })
})

describe('says what to do', () => {
  it.each([
    [
      'AccessDeniedException',
      400,
      'not authorized to perform: states:ValidateStateMachineDefinition',
      'AWS denied access, validating the machine',
    ],
    ['ThrottlingException', 400, 'Rate exceeded', 'AWS throttled the request, validating the machine'],
    ['ExpiredTokenException', 400, 'expired', 'the AWS credentials have expired'],
    ['ValidationException', 400, "Value at 'definition' is too long", 'Step Functions refused to validate the machine'],
  ])('when AWS answers %s', async (type, status, message, said) => {
    aws.refuse('ValidateStateMachineDefinition', status, type, message)
    const { code, err } = await validate()
    expect(code).toBe(2)
    expect(err).toContain(said)
    expect(err).toContain('hint: ')
  })

  it('without credentials', async () => {
    const without = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }
    const before = { ...process.env }
    Object.assign(process.env, { AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: '/nowhere', AWS_SHARED_CREDENTIALS_FILE: '/nowhere' })
    try {
      const { code, err } = await validate(['p.yaml'], without)
      expect(code).toBe(2)
      expect(err).toContain('no AWS credentials found')
      expect(err).toContain('set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY')
    } finally {
      for (const name of ['AWS_EC2_METADATA_DISABLED', 'AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'])
        if (before[name] === undefined) delete process.env[name]
        else process.env[name] = before[name]
    }
  })

  it('for another platform', async () => {
    const { folder, terminal } = await inFolder({ env: aws.env })
    writeFileSync(join(folder, 'p.yaml'), DEFINITION)
    expect(await main(['validate', 'p.yaml', '--on', 'azure'], terminal)).toBe(2)
    expect(terminal.written.err).toContain('azure')
  })
})
