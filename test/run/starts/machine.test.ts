/** What is started is what the compiled machine takes. */
import { ExecutionAlreadyExists, ExecutionDoesNotExist, type SFNClient } from '@aws-sdk/client-sfn'
import { describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { execute } from '#asl/engine/execute.ts'
import type { Json } from '#core/json.ts'
import { executionArn, machineExecutions, withoutAlias } from '#run/starts/executions.ts'
import { START_ENVIRONMENT, startLambda, startWorld } from '#aws/lambda/start.ts'
import { longestWait, startSettingsOf } from '#run/starts/settings.ts'
import { engineWorld } from '../../kit/engine-world.ts'
import { scheduled, startTest, uploaded } from './kit.ts'

const TEXT = `version: 1
id: sales
schedule: {cron: "30 0 * * *", timezone: Europe/Zurich, inputs: {source: ["sales/{{ ds }}.csv"]}}
triggers: [{type: s3, bucket: acme-inbox, debounce: 90s}]
concurrency: {max_active_runs: 3}
inputs:
  source: {type: array, required: true}
  region: {type: string}
  rows: {type: integer, default: 500}
steps:
  - {id: find, type: discover, with: {source: "{{ source }}", chunk_rows: "{{ rows }}"}}
  - {id: trace, type: lineage, condition: "{{ region }} == 'eu'"}
`
const compiled = compile(TEXT, { file: 'sales.yaml' })
if (!compiled.ok) throw new Error(compiled.problems.map(({ what }) => what).join())
const settings = startSettingsOf(compiled.definition)

/** The first tasks a run's machine asks for. */
async function firstTasks(name: string, input: Json): Promise<Record<string, Json>[]> {
  if (!compiled.ok) return []
  const world = engineWorld(
    { '${ControlFunction}': () => ({ count: 0, distributed: false, workers: 1, items: '', results: '' }) },
    { execution: { id: `arn:${name}`, name, startTime: new Date('2026-11-21T09:00:00Z'), roleArn: 'arn:role' } },
  )
  await execute(compiled.machine, input, world)
  return world.calls.map(({ payload }) => payload as Record<string, Json>)
}

describe('a run that starts by itself', () => {
  it('has its name and its logical date in every task, in the time zone of the schedule', async () => {
    const test = startTest(settings)
    await test.print(scheduled('2026-11-20T23:30:00Z'))
    const [run] = test.started
    const [prepare] = await firstTasks(run?.name ?? '', run?.input as unknown as Json)
    expect(prepare?.['run']).toEqual({
      id: run?.name,
      started_at: '2026-11-21T09:00:00.000Z',
      ts: '2026-11-21T00:30:00+01:00',
      ds: '2026-11-21',
      ds_nodash: '20261121',
    })
  })

  it('has every declared input, and a list of one as a list', async () => {
    const test = startTest(settings)
    await test.print(uploaded({ key: 'a.csv' }))
    const [run] = test.started
    const [prepare, list] = await firstTasks(run?.name ?? '', run?.input as unknown as Json)
    expect(prepare).toMatchObject({ settings: { inputs: { source: ['s3://acme-inbox/a.csv'], region: null, rows: 500 } } })
    expect(list).toMatchObject({ task: 'list', settings: { with: { source: ['s3://acme-inbox/a.csv'], chunk_rows: 500 } } })
  })
})

describe('the settings of starts', () => {
  it('are plain JSON, and small enough for the environment of a function', () => {
    expect(JSON.parse(JSON.stringify(settings))).toEqual(settings)
    expect(settings).toMatchObject({ id: 'sales', max_active_runs: 3, triggers: [{ collects: ['source'] }] })
    expect(JSON.stringify(settings).length).toBeLessThan(1000)
    expect(longestWait(settings)).toBe(90)
  })
})

const MACHINE = 'arn:aws:states:eu-west-1:111111111111:stateMachine:siftstep-sales'

/** A client that answers each command with what `answers` has for its name. */
function clientOf(answers: { readonly [command: string]: (input: Record<string, unknown>) => unknown }) {
  const sent: [string, Record<string, unknown>][] = []
  const send = async (command: { constructor: { name: string }; input: Record<string, unknown> }) => {
    const name = command.constructor.name.replace(/Command$/, '')
    sent.push([name, command.input])
    return answers[name]?.(command.input) ?? {}
  }
  return { sent, client: { send } as unknown as Pick<SFNClient, 'send'> }
}

const refuse = (error: Error) => () => {
  throw error
}

describe('executions on Step Functions', () => {
  it('are started by name; one that is there already is no error, anything else is', async () => {
    const input = { inputs: {}, logical_date: 'x', start: {} }
    const { client, sent } = clientOf({})
    expect(await machineExecutions(client, `${MACHINE}:live`).start('a', input)).toBe('started')
    expect(sent).toEqual([['StartExecution', { stateMachineArn: `${MACHINE}:live`, name: 'a', input: JSON.stringify(input) }]])
    const there = clientOf({ StartExecution: refuse(new ExecutionAlreadyExists({ message: 'x', $metadata: {} })) })
    expect(await machineExecutions(there.client, MACHINE).start('a', input)).toBe('exists')
    const busy = clientOf({ StartExecution: refuse(Object.assign(new Error('slow down'), { name: 'ThrottlingException' })) })
    await expect(machineExecutions(busy.client, MACHINE).start('a', input)).rejects.toThrow('slow down')
  })

  it('are counted, and looked for by name, on the machine itself', async () => {
    const { client, sent } = clientOf({
      ListExecutions: () => ({ executions: [{ name: 'a' }, { name: 'b' }] }),
      DescribeExecution: ({ executionArn: arn }) => {
        if (String(arn).endsWith(':a')) return {}
        throw new ExecutionDoesNotExist({ message: 'x', $metadata: {} })
      },
    })
    const executions = machineExecutions(client, `${MACHINE}:live`)
    expect(await executions.running(4)).toEqual(['a', 'b'])
    expect(await executions.exists('a')).toBe(true)
    expect(await executions.exists('z')).toBe(false)
    expect(sent[0]).toEqual(['ListExecutions', { stateMachineArn: MACHINE, statusFilter: 'RUNNING', maxResults: 4 }])
  })

  it('have names made from the machine’s', () => {
    expect(withoutAlias(`${MACHINE}:live`)).toBe(MACHINE)
    expect(executionArn(`${MACHINE}:live`, 'run')).toBe('arn:aws:states:eu-west-1:111111111111:execution:siftstep-sales:run')
  })
})

describe('the function that starts runs', () => {
  it('answers with the messages that must be delivered again', async () => {
    const test = startTest(settings)
    const record = (messageId: string, body: Json) => ({ messageId, body: JSON.stringify(body), attributes: { SentTimestamp: '0' } })
    const event = { Records: [record('good', scheduled('2026-11-20T23:30:00Z')), record('bad', 'x')] }
    expect(await startLambda('sales', test.world)(event as never)).toEqual({ batchItemFailures: [{ itemIdentifier: 'bad' }] })
    expect(test.started).toHaveLength(1)
  })

  it('takes its world from the environment, and says what is missing there', () => {
    const { bucket, service, machine, starts } = START_ENVIRONMENT
    const env = { [bucket]: 'lake', [service]: 'sales', [machine]: MACHINE, [starts]: JSON.stringify(settings), AWS_REGION: 'eu-west-1' }
    expect(startWorld(env).settings).toEqual(settings)
    for (const name of [bucket, service, machine, starts])
      expect(() => startWorld({ ...env, [name]: '' })).toThrow(`no environment variable ${name}`)
  })
})

describe('an execution that goes on with a run of before', () => {
  it('has the name of that run, and its moments', async () => {
    const input = { inputs: { source: ['a'] }, run_id: 'sales-before', started_at: '2026-11-20T08:00:00Z', logical_date: '2026-11-19' }
    const [prepare] = await firstTasks('sales-before-2', input)
    expect(prepare?.['run']).toEqual({
      id: 'sales-before',
      started_at: '2026-11-20T08:00:00Z',
      ts: '2026-11-19',
      ds: '2026-11-19',
      ds_nodash: '20261119',
    })
  })

  it('has, without a logical date, the moment that run began', async () => {
    const [prepare] = await firstTasks('x', { inputs: { source: ['a'] }, run_id: 'y', started_at: '2026-11-20T08:00:00Z' })
    expect(prepare?.['run']).toMatchObject({ ts: '2026-11-20T08:00:00Z', ds: '2026-11-20' })
  })
})

describe('a run that is not given what it needs', () => {
  it('reaches the task that says so', async () => {
    const [prepare] = await firstTasks('x', {})
    expect(prepare).toMatchObject({
      task: 'prepare',
      settings: { inputs: { source: null, region: null, rows: 500 }, declared: { source: { required: true } } },
    })
  })
})
