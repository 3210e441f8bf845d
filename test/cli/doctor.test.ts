/** siftstep doctor: facts of a machine that a test cannot change, and AWS. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import { fileURLToPath } from 'node:url'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Check, withinPatience } from '#cli/doctor/check.ts'
import { memoryCheck, nodeCheck, roomCheck } from '#cli/doctor/machine.ts'
import { main } from '#cli/main.ts'
import { compile } from '#language/compiler/compile.ts'
import { startAws } from '../kit/aws-server.ts'
import { inFolder } from './terminals.ts'

describe('a machine', () => {
  it('whose Node.js is too old', () => {
    expect(nodeCheck('18.20.4', '>=20')).toEqual({
      check: 'Node.js',
      status: 'missing',
      detail: '18.20.4, but siftstep needs >=20',
      fix: 'install Node.js 20 or newer: https://nodejs.org',
    })
    expect(nodeCheck('22.3.0', '>=20').status).toBe('found')
  })

  it('whose disk is nearly full', () => {
    expect(roomCheck('space', 40_000_000, 0)).toMatchObject({ status: 'warning', detail: 'only 40.0 MB free' })
    expect(roomCheck('space', 4e9, 5e9)).toMatchObject({ status: 'warning', detail: '4.0 GB free, and the sources alone have 5.0 GB' })
    expect(roomCheck('space', 5e9, 4e9).status).toBe('found')
  })

  it('whose container has far less memory than tasks get', () => {
    const machine = 64e9
    expect(memoryCheck({ machine, container: 1e9, limit: 8e9, processes: 4 })).toEqual({
      check: 'memory',
      status: 'warning',
      detail: 'tasks get up to 8.0 GB by resources.memory_limit, and this container may use 1.0 GB',
      fix: 'set `resources: {memory_limit: 500MB}` in the definition, run with fewer --workers, or allow more memory',
    })
    expect(memoryCheck({ machine, container: 16e9, limit: 8e9, processes: 4 }).status).toBe('found')
    // no limit is 0, or more than there is
    for (const container of [0, undefined, 2 ** 63])
      expect(memoryCheck({ machine, container, limit: 8e9, processes: 4 }).detail).toContain('this machine has 64.0 GB')
  })
})

it('a look that takes too long is over', async () => {
  await expect(withinPatience(new Promise(() => {}), 0.01)).rejects.toMatchObject({ message: 'no answer within 0.01 s' })
  await expect(withinPatience(Promise.resolve(7), 60)).resolves.toBe(7)
})

const DEFINITION = `version: 1
id: sales
schedule: {cron: "0 2 * * *"}
steps:
  - {id: find, type: discover, with: {source: s3://lake/raw/*.csv}}
  - {id: tell, type: notify, with: {type: slack, url: "\${secret.HOOK}", text: done}}
  - {id: publish, type: export, with: {to: s3://siftstep-data/out/}}
`
/** With the package folder, where the version of Node.js is written. */
const PROGRAM = {
  version: '0.1.0',
  examples: fileURLToPath(new URL('../../examples/', import.meta.url)),
  worker: '',
  runner: '',
  schema: '',
}

describe('on AWS', () => {
  let aws: Awaited<ReturnType<typeof startAws>>
  beforeEach(async () => {
    aws = await startAws()
  })
  afterEach(() => aws.close())

  /** Everything that the pipeline needs. */
  function complete() {
    const compiled = compile(DEFINITION, { file: 'p.yaml', deploys: true })
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
    aws.deploy(compiled)
    const own = aws.stacks.pop()
    if (own !== undefined) aws.stacks.push({ ...own, resources: ['AWS::Scheduler::Schedule'] })
    aws.stacks.push({ name: 'siftstep-platform', outputs: { DataBucket: aws.bucket, SiftstepVersion: '0.1.0' } })
    aws.stacks.push({ name: 'CDKToolkit', outputs: { BootstrapVersion: '21' } })
    aws.s3.objects.createBucket('lake')
    aws.secrets.add('siftstep/HOOK')
  }

  async function doctor(args: readonly string[] = ['p.yaml'], env: Record<string, string | undefined> = {}, definition = DEFINITION) {
    const { folder, terminal } = await inFolder({ env: { ...aws.env, ...env }, program: PROGRAM })
    writeFileSync(join(folder, 'p.yaml'), definition)
    const code = await main(['doctor', ...args, '--on', 'aws', '--json'], terminal)
    const { out, err } = terminal.written
    expect(`${out}${err}`).not.toMatch(/\n\s+at .*:\d+:\d+/)
    const { checks } = JSON.parse(out) as { readonly checks: readonly Check[] }
    return {
      code,
      of: (name: string) => checks.find(({ check }) => check === name),
      missing: checks.filter(({ status }) => status === 'missing'),
    }
  }

  it('all is well where everything is deployed', async () => {
    complete()
    const { code, of, missing } = await doctor()
    expect([missing, code]).toEqual([[], 0])
    expect(
      [
        'region',
        'credentials',
        'account',
        'CDK stack CDKToolkit',
        'shared stack siftstep-platform',
        'secret siftstep/HOOK',
        'bucket s3://lake/raw/',
        'pipeline sales',
        'schedule of sales',
        'limits of the account',
      ].map((name) => of(name)?.detail),
    ).toEqual([
      'eu-west-1',
      'access key …test, from the environment',
      '111111111111',
      'version 21',
      'deployed by siftstep 0.1.0',
      'is in Secrets Manager',
      'can be listed',
      'deployed as the stack siftstep-sales, from this definition',
      'deployed: 1 of AWS::Scheduler::Schedule',
      'enough for these pipelines',
    ])
    // nothing was looked at on this machine, and no value was read
    expect(aws.calls).not.toContain('GetSecretValue')
  })

  it('nothing is deployed: each thing is missing, with its fix', async () => {
    const { code, missing } = await doctor()
    expect([code, missing.map(({ check, fix }) => [check, fix])]).toEqual([
      1,
      [
        ['CDK stack CDKToolkit', 'npx cdk bootstrap aws://ACCOUNT/eu-west-1'],
        ['shared stack siftstep-platform', 'siftstep deploy'],
        ['secret siftstep/HOOK', 'aws secretsmanager create-secret --name siftstep/HOOK --secret-string …'],
        ['bucket s3://lake/raw/', 'create it: aws s3 mb s3://lake; or correct the address'],
        ['pipeline sales', 'siftstep deploy p.yaml'],
      ],
    ])
  })

  it('the stack of a pipeline has lost its schedule', async () => {
    complete()
    aws.stacks.splice(0, 1, { ...(aws.stacks[0] as (typeof aws.stacks)[number]), resources: [] })
    const { of } = await doctor()
    expect(of('schedule of sales')).toMatchObject({
      status: 'missing',
      detail: 'the stack siftstep-sales has no AWS::Scheduler::Schedule',
      fix: 'siftstep deploy p.yaml',
    })
  })

  it('another version, another definition and an old CDK stack are named', async () => {
    complete()
    aws.stacks.splice(0, 3, { name: 'siftstep-sales', outputs: { PipelineId: 'sales', DefinitionHash: 'other' } })
    aws.stacks.push({ name: 'siftstep-platform', outputs: { DataBucket: aws.bucket, SiftstepVersion: '0.0.9' } })
    aws.stacks.push({ name: 'CDKToolkit', outputs: { BootstrapVersion: '3' } })
    const { of } = await doctor()
    expect(of('pipeline sales')).toMatchObject({ status: 'warning', detail: expect.stringContaining('another definition') })
    expect(of('shared stack siftstep-platform')).toMatchObject({
      status: 'warning',
      detail: 'deployed by siftstep 0.0.9, and this is 0.1.0',
    })
    expect(of('CDK stack CDKToolkit')).toMatchObject({ status: 'missing', fix: 'npx cdk bootstrap aws://111111111111/eu-west-1' })
  })

  it.each([
    ['DescribeStacks', 'shared stack siftstep-platform'],
    ['DescribeStackResources', 'schedule of sales'],
    ['DescribeSecret', 'secret siftstep/HOOK'],
  ])('a permission is missing: %s', async (action, check) => {
    complete()
    aws.refuse(action, 403, 'AccessDenied', `not authorized to perform: ${action}`)
    const { code, of } = await doctor()
    expect([code, of(check)]).toEqual([
      1,
      {
        check,
        status: 'missing',
        detail: expect.stringMatching(new RegExp(`^AWS denied access, .*${action}$`)),
        fix: 'use credentials with this permission, or have the action allowed',
      },
    ])
  })

  it('the limits of the account may not be read: a warning', async () => {
    complete()
    aws.refuse('GetAccountSettings', 403, 'AccessDenied', 'no')
    const { code, of } = await doctor()
    expect([code, of('limits of the account')?.status]).toEqual([0, 'warning'])
  })

  it('the account has no room for what a new pipeline reserves', async () => {
    const definition = DEFINITION.replace('steps:', 'concurrency: {max_active_runs: 1}\nsteps:')
    aws.account = { AccountLimit: { UnreservedConcurrentExecutions: 100 } }
    const { of } = await doctor(['p.yaml'], {}, definition)
    expect(of('limits of the account')).toMatchObject({ status: 'missing', fix: expect.stringContaining('Service Quotas') })
  })

  it('the credentials are of no account', async () => {
    complete()
    for (const action of ['DescribeStacks', 'DescribeSecret', 'GetAccountSettings'])
      aws.refuse(action, 403, 'InvalidClientTokenId', 'invalid')
    const { code, of } = await doctor()
    expect([code, of('shared stack siftstep-platform')?.detail]).toEqual([1, 'AWS rejected the credentials (invalid)'])
  })

  it('there is no region: nothing else is asked', async () => {
    const nothing = { AWS_REGION: undefined, AWS_ENDPOINT_URL: undefined, AWS_ENDPOINT_URL_S3: undefined, AWS_CONFIG_FILE: '/nowhere' }
    const { code, of } = await doctor([], nothing)
    expect([code, of('region')]).toEqual([
      1,
      { check: 'region', status: 'missing', detail: 'no AWS region is set', fix: 'set AWS_REGION, or pass --region eu-west-1' },
    ])
  })

  it('without a definition, the deployed pipelines are named', async () => {
    complete()
    const { code, of } = await doctor([])
    expect([code, of('pipelines')?.detail]).toEqual([0, 'deployed: sales'])
  })
})
