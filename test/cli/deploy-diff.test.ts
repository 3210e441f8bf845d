/** What deploy looks at before it deploys: what would change, and the limits of the account. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { TestAws } from '../kit/aws-server.ts'
import { PIPELINE, built, openDeployments } from './deployments.ts'

const place = openDeployments()
const { folder, bin, deploy, deployed } = place
let aws: TestAws
beforeAll(() => {
  aws = place.aws()
})

describe('--diff', () => {
  const machine = (states: object) => JSON.stringify({ StartAt: 'a', States: states })
  const task = (TimeoutSeconds: number) => ({
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: 'f' },
    TimeoutSeconds,
    End: true,
  })
  const statement = (Sid: string, ...Resource: unknown[]) => ({ Sid, Effect: 'Allow', Action: ['s3:GetObject'], Resource })
  const template = (states: object, statements: object[], MemorySize: number, more: object = {}) => ({
    Metadata: { 'siftstep:permissions': { ReadSources: 'reads the data', WriteLogs: 'writes log lines' } },
    Resources: {
      PipelineMachine12345678: { Type: 'AWS::StepFunctions::StateMachine', Properties: { DefinitionString: machine(states) } },
      PipelineTasksDataRole12345678: {
        Type: 'AWS::IAM::Role',
        Properties: { Policies: [{ PolicyDocument: { Statement: statements } }] },
      },
      PipelineTasksData12345678: { Type: 'AWS::Lambda::Function', Properties: { MemorySize, Timeout: 900 } },
      ...more,
    },
  })
  const logs = statement('WriteLogs', { 'Fn::GetAtt': ['Log', 'Arn'] })
  const loop = (state: object) => ({ Type: 'Map', ItemProcessor: { StartAt: 'b', States: { b: state } }, End: true })
  const before = template({ a: loop(task(60)), old: task(1) }, [statement('ReadSources', 'arn:aws:s3:::lake/raw/*'), logs], 1769)
  const after = template({ a: loop(task(90)), fresh: task(1) }, [statement('ReadSources', 'arn:aws:s3:::lake/new/*'), logs], 3008, {
    PipelineStartsQueue12345678: { Type: 'AWS::SQS::Queue', Properties: {} },
  })
  const shared = { Resources: { Data: { Type: 'AWS::S3::Bucket', Properties: {} } } }
  const deployedAs = (now: object) => {
    aws.stacks.splice(0)
    for (const [name, of] of Object.entries({ 'siftstep-platform': shared, 'siftstep-daily-sales': now }))
      aws.stacks.push({ name, outputs: {}, template: JSON.stringify(of) })
  }
  const showing = async (made: object, ...argv: string[]) => {
    const shown = await deploy({ code: 0, templates: { 'siftstep-platform': shared, 'siftstep-daily-sales': made } }, [
      'sales.yaml',
      '--diff',
      ...argv,
    ])
    aws.stacks.splice(0)
    return shown
  }

  it('shows states, permissions with their reasons, and resources, and deploys nothing', async () => {
    deployedAs(before)
    const { code, out, reported } = await showing(after)
    expect(code).toBe(0)
    expect(out).toBe(`siftstep-platform: no changes
siftstep-daily-sales: 6 changes
  machine
    ~ b: TimeoutSeconds
    + fresh
    - old
  permissions
    ~ PipelineTasksDataRole ReadSources: reads the data
        + arn:aws:s3:::lake/new/*
        - arn:aws:s3:::lake/raw/*
  resources
    ~ AWS::Lambda::Function PipelineTasksData: MemorySize
    + AWS::SQS::Queue PipelineStartsQueue
  cost      ${/cost +(.*)/.exec(out)?.[1] ?? ''}
`)
    expect(out).toMatch(/cost +\$0\.\d+ for a run on 1 GB\n/)
    expect(reported().reported.slice(0, 4)).toEqual(['synth', '--quiet', 'siftstep-platform', 'siftstep-daily-sales'])
  })

  it('says that nothing changes, and what is new', async () => {
    deployedAs(after)
    expect((await showing(after)).out).toMatch(/^siftstep-platform: no changes\nsiftstep-daily-sales: no changes\n$/)
    expect((await showing(after)).out).toMatch(
      /siftstep-platform: new, with 0 states, 0 permissions and 1 resource\nsiftstep-daily-sales: new, with 4 states, 2 permissions and 4 resources\n/,
    )
  })

  it('compares the cost of a run of the machine that is deployed', async () => {
    deployedAs({ Resources: { M: { Type: 'AWS::StepFunctions::StateMachine', Properties: { DefinitionString: built(PIPELINE).text } } } })
    const { out } = await showing(after, '--json')
    const [, { cost }] = JSON.parse(out) as [unknown, { cost: { bytes: number; before: number; after: number } }]
    expect(cost.bytes).toBe(1e9)
    expect(cost.before).toBeGreaterThan(0)
    expect(cost.before).toBe(cost.after)
  })
})

describe('the limits of the account', () => {
  const WAITING = `${PIPELINE}concurrency: {max_active_runs: 1}\n`
  const limits = (free: number, used = 0) => ({
    AccountLimit: { UnreservedConcurrentExecutions: free, TotalCodeSize: 80e9 },
    AccountUsage: { TotalCodeSize: used },
  })

  it('end a deployment that would fail half way', async () => {
    writeFileSync(join(folder, 'waiting.yaml'), WAITING)
    aws.account = limits(100)
    const { code, err } = await deploy({ code: 0 }, ['waiting.yaml'])
    aws.account = {}
    expect(code).toBe(2)
    expect(err).toContain(
      'max_active_runs of daily_sales reserves 1 of the concurrent executions of the account, which has 100 left in eu-west-1',
    )
    expect(existsSync(join(bin, 'given.json'))).toBe(false)
  })

  it('allow what the account can take, and warn of full storage', async () => {
    aws.account = limits(101, 79e9)
    const { code, err } = await deploy({ code: 0, outputs: deployed('siftstep-daily-sales', WAITING) }, ['waiting.yaml'])
    aws.account = {}
    expect([code, err]).toEqual([0, expect.stringContaining('the code of functions takes 79.0 of 80.0 GB in eu-west-1')])
  })

  it('are no obstacle where they may not be read', async () => {
    aws.refuse('GetAccountSettings', 403, 'AccessDeniedException', 'not authorized to perform: lambda:GetAccountSettings')
    const { code, err } = await deploy({ code: 0, outputs: deployed('siftstep-daily-sales', WAITING) }, ['waiting.yaml'])
    aws.accept('GetAccountSettings')
    expect([code, err]).toEqual([0, expect.stringContaining('note: the limits of the account are unknown')])
  })
})
