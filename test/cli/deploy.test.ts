/** deploy: what is passed to the CDK, and what is made of its answer. A program replaces the CDK. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { main } from '#cli/main.ts'
import type { TestAws } from '../kit/aws-server.ts'
import type { TestS3 } from '../kit/s3-server.ts'
import { ENGINE, MACHINE, PIPELINE, ROLE, built, openDeployments } from './deployments.ts'
import { testTerminal } from './terminals.ts'

const HASH = built(PIPELINE).hash
const place = openDeployments()
const { folder, deploy, deployed } = place
let aws: TestAws
let s3: TestS3
beforeAll(() => {
  aws = place.aws()
  s3 = place.s3()
})

describe('deploy', () => {
  it('passes the stacks to the CDK, and compares what is there with what was built', async () => {
    const outputs = { ...deployed('siftstep-daily-sales'), 'siftstep-platform': { DataBucket: 'lake-1' } }
    const { code, out, reported } = await deploy({ code: 0, outputs }, ['sales.yaml', '--emails', 'a@b.ch,c@d.ch'])
    expect(code).toBe(0)
    expect(reported().reported).toEqual([
      'deploy',
      'siftstep-platform',
      'siftstep-daily-sales',
      '--outputs-file',
      expect.stringContaining('outputs.json'),
      '--progress',
      'events',
      '--require-approval',
      'never',
      '-c',
      `pipelines=${join(folder, 'sales.yaml')}`,
      '-c',
      'settings={"siftstep-platform":{"emails":"a@b.ch,c@d.ch"},"siftstep-daily-sales":{"arch":"arm64"}}',
    ])
    expect(out.replace(/\$[\d.]+/, '$N')).toBe(
      [
        '✓ siftstep-platform: data and runs in s3://lake-1',
        `✓ siftstep-daily-sales: definition ${HASH.slice(0, 12)}, matches the one built here; starts by cron 0 8 * * * Europe/Zurich and 1 trigger`,
        '  verified  machine, 3 functions, engine, 2 roles',
        '  changed   everything: the first deployment',
        `  endpoint  ${MACHINE}`,
        '  cost      $N for a run on 1 GB (us-east-1, prices of 2026-11)',
        '  next run  2026-11-22T08:00:00+01:00',
        '  start     siftstep start daily_sales --follow',
        '',
      ].join('\n'),
    )
  })

  it('prints the version and what changed; a version that a rollback left behind is live again', async () => {
    const versions = { Version: `${MACHINE}:8`, StartArn: `${MACHINE}:live`, StartQueue: 'https://queue', Code: 'control=b' }
    const outputs = deployed('siftstep-daily-sales', PIPELINE, versions)
    const before = { ...outputs['siftstep-daily-sales'], Code: 'control=a', Engine: 'arn:old' }
    aws.stacks.push({ name: 'siftstep-daily-sales', outputs: before })
    aws.aliases.set(`${MACHINE}:live`, `${MACHINE}:8`)
    const { code, out } = await deploy({ code: 0, outputs }, ['sales.yaml', '--sources', 's3://mart/'])
    expect(code).toBe(0)
    for (const line of ['version   8', 'changed   code of functions, engine', `endpoint  ${MACHINE}:live`, 'queue     https://queue'])
      expect(out).toContain(`\n  ${line}\n`)
    expect(out).toContain('  roll back siftstep rollback daily_sales\n')
    aws.aliases.set(`${MACHINE}:live`, `${MACHINE}:6`)
    const again = await deploy({ code: 0, outputs }, ['sales.yaml', '--json'])
    expect(aws.aliases.get(`${MACHINE}:live`)).toBe(`${MACHINE}:8`)
    expect(JSON.parse(again.out)).toMatchObject({
      platform: { stack: 'siftstep-platform', bucket: null },
      pipelines: [
        {
          pipeline: 'daily_sales',
          stack: 'siftstep-daily-sales',
          environment: null,
          status: 'verified',
          version: 8,
          rolled_back_to: 6,
          machine_sha256: HASH,
          changed: ['code of functions', 'engine'],
          differences: [],
          endpoints: { start: `${MACHINE}:live`, queue: 'https://queue' },
          cost_per_run: { bytes: 1e9, dollars: expect.any(Number) },
        },
      ],
    })
    aws.stacks.pop()
    aws.aliases.clear()
  })

  it.each([
    ['ControlFunction', { CodeSha256: 'other' }, 'the code of ControlFunction differs (deployed: other, expected: '],
    ['ControlFunction', { Role: 'arn:mallory' }, `the role of ControlFunction differs (deployed: arn:mallory, expected: ${ROLE})`],
    ['DataFunction', { Layers: [] }, `the engine of DataFunction differs (deployed: none, expected: ${ENGINE})`],
    ['DataFunction', { MemorySize: 128 }, 'the size of DataFunction differs (deployed: 128 MB, 900 s, expected: 1769 MB, 900 s)'],
    ['DataFunction', undefined, 'DataFunction is missing (arn:aws:lambda:eu-west-1:111111111111:function:stack-12:3)'],
    ['starter', { CodeSha256: 'other' }, 'the code of the function that starts runs differs (deployed: other'],
  ])('fails when %s is not what was built: %j', async (name, change, message) => {
    const outputs = deployed('siftstep-daily-sales')
    const key = name === 'starter' ? name : `arn:aws:lambda:eu-west-1:111111111111:function:stack-${name.length}:3`
    const sound = aws.functions.get(key)
    if (change === undefined) aws.functions.delete(key)
    else aws.functions.set(key, { CodeSha256: '', Role: '', ...sound, ...change })
    const { code, out, err } = await deploy({ code: 0, outputs }, ['sales.yaml'])
    expect([code, err]).toEqual([1, expect.stringContaining(`✗ siftstep-daily-sales: ${message}`)])
    expect(out).toContain(`✗ siftstep-daily-sales: definition ${HASH.slice(0, 12)}, differs from the one built here`)
    expect(out).not.toContain('verified  ')
  })

  it('says that a deployment is not verified when AWS denies access to it', async () => {
    const outputs = deployed('siftstep-daily-sales')
    aws.refuse('GetFunctionConfiguration', 403, 'AccessDeniedException', 'not authorized to perform: lambda:GetFunctionConfiguration')
    const { code, out, err } = await deploy({ code: 0, outputs }, ['sales.yaml'])
    expect([code, err]).toEqual([
      0,
      expect.stringContaining('⚠ siftstep-daily-sales is not verified: AWS denied access, reading the function'),
    ])
    expect(out).toContain(`⚠ siftstep-daily-sales: definition ${HASH.slice(0, 12)}, not verified`)
    aws.accept('GetFunctionConfiguration')
  })

  it('keeps environments apart, and takes the region and the processor', async () => {
    const { code, out, reported, settings } = await deploy({ code: 0, outputs: deployed('siftstep-daily-sales-staging') }, [
      'sales.yaml',
      '--env',
      'staging',
      '--region',
      'eu-central-1',
      '--arch',
      'x86_64',
    ])
    expect([code, reported().region]).toEqual([0, 'eu-central-1'])
    expect(reported().reported).toEqual(
      expect.arrayContaining(['siftstep-platform-staging', 'siftstep-daily-sales-staging', 'environment=staging']),
    )
    expect(settings()).toEqual({ 'siftstep-platform-staging': {}, 'siftstep-daily-sales-staging': { arch: 'x86_64' } })
    expect(out).toContain('siftstep start daily_sales --follow --env staging')
  })

  it('hands on what the pipelines may read, publish to and use', async () => {
    const given = ['--sources', 's3://lake/raw/,s3://mart/', '--outputs', 's3://lake/clean/', '--keys', 'arn:aws:kms:eu-west-1:1:key/a']
    const { out, settings } = await deploy({ code: 0, outputs: deployed('siftstep-daily-sales') }, ['sales.yaml', ...given])
    const sources = 's3://lake/raw/,s3://mart/'
    const all = { sources, outputs: 's3://lake/clean/', keys: 'arn:aws:kms:eu-west-1:1:key/a', arch: 'arm64' }
    expect(settings()).toEqual({ 'siftstep-platform': {}, 'siftstep-daily-sales': all })
    // a first deployment changes nothing
    expect(out).not.toContain('→')
  })

  it('deploys what pipelines share alone, and names the bucket', async () => {
    const { code, out, reported } = await deploy({ code: 0, outputs: { 'siftstep-platform': { DataBucket: 'lake-1' } } }, [])
    expect([code, out]).toEqual([0, '✓ siftstep-platform: data and runs in s3://lake-1\n'])
    expect(reported().reported.slice(0, 3)).toEqual(['deploy', 'siftstep-platform', '--outputs-file'])
    expect(reported().reported).toContain('pipelines=none')
  })

  it('keeps the settings of every stack until others are given, and prints what changes before it does', async () => {
    const before = { Sources: 's3://lake/raw/', Keys: 'arn:aws:kms:eu-west-1:1:key/a', Architecture: 'x86_64' }
    aws.stacks.push(
      { name: 'siftstep-platform', outputs: { Emails: 'a@b.ch', KeepRunsDays: '30' } },
      { name: 'siftstep-daily-sales', outputs: before },
    )
    const outputs = deployed('siftstep-daily-sales')
    const own = { sources: 's3://lake/raw/', keys: 'arn:aws:kms:eu-west-1:1:key/a', arch: 'x86_64' }
    const kept = await deploy({ code: 0, outputs }, ['sales.yaml'])
    expect(kept.settings()).toEqual({ 'siftstep-platform': { emails: 'a@b.ch', keep_runs_days: '30' }, 'siftstep-daily-sales': own })
    expect(kept.out).not.toContain('→')
    const flags = [
      '--keep-runs-days',
      '',
      '--emails',
      'c@d.ch',
      '--sources',
      's3://mart/',
      '--keys',
      '',
      '--arch',
      'arm64',
      '--outputs',
      's3://out/',
    ]
    const changed = await deploy({ code: 1, said: 'refused\n' }, ['sales.yaml', ...flags])
    expect(changed.settings()).toEqual({
      'siftstep-platform': { emails: 'c@d.ch' },
      'siftstep-daily-sales': { sources: 's3://mart/', outputs: 's3://out/', arch: 'arm64' },
    })
    // printed although the deployment itself was refused
    expect(changed.out).toBe(
      [
        'siftstep-platform: --emails a@b.ch → c@d.ch',
        'siftstep-platform: --keep-runs-days 30 → forever',
        'siftstep-daily-sales: --sources s3://lake/raw/ → s3://mart/',
        'siftstep-daily-sales: --outputs none → s3://out/',
        'siftstep-daily-sales: --keys arn:aws:kms:eu-west-1:1:key/a → none',
        'siftstep-daily-sales: --arch x86_64 → arm64',
        '',
      ].join('\n'),
    )
    aws.stacks.splice(-2)
  })

  it('says what is missing when it may not read the deployed settings', async () => {
    const outputs = deployed('siftstep-daily-sales')
    aws.refuse('DescribeStacks', 403, 'AccessDenied', 'no')
    const refused = await deploy({ code: 0, outputs }, ['sales.yaml', '--emails', 'a@b.ch', '--arch', 'arm64'])
    expect([refused.code, refused.err]).toEqual([
      2,
      expect.stringContaining("or pass --keep-runs-days, --data-key, --sources, --outputs, --keys to skip this lookup ('' for none)"),
    ])
    const none = ['emails', 'keep-runs-days', 'data-key', 'sources', 'outputs', 'keys'].flatMap((name) => [`--${name}`, ''])
    const passed = await deploy({ code: 0, outputs }, ['sales.yaml', ...none, '--arch', 'arm64'])
    expect([passed.code, passed.settings()]).toEqual([0, { 'siftstep-platform': {}, 'siftstep-daily-sales': { arch: 'arm64' } }])
    expect(passed.err).toContain('note: the settings of before are unknown, and changes are not shown (AWS denied access')
    aws.accept('DescribeStacks')
  })

  it('does not take settings of a pipeline without one', async () => {
    const { code, err } = await deploy({ code: 0 }, ['--sources', 's3://lake/'])
    expect([code, err]).toEqual([2, expect.stringContaining('--sources is a setting of a pipeline, and no definition is given')])
  })

  it('makes the native engine ready once', async () => {
    rmSync(join(folder, 'dist/layer'), { recursive: true, force: true })
    const outputs = deployed('siftstep-daily-sales')
    expect((await deploy({ code: 0, outputs }, ['sales.yaml'])).err).toBe('preparing the native engine for arm64 (once)\n')
    expect((await deploy({ code: 0, outputs }, ['sales.yaml'])).err).toBe('')
  })

  it('deploys nothing without the engine', async () => {
    rmSync(join(folder, 'dist/layer'), { recursive: true, force: true })
    const { code, err, reported } = await deploy({ code: 0 }, ['sales.yaml', '--arch', 'x86_64'], { UNREACHABLE: 'x86_64' })
    expect(code).toBe(2)
    expect(err).toContain('npm could not fetch the engine\nsiftstep: preparing the native engine for x86_64 failed')
    expect(reported).toThrow('no such file')
  })

  it('knows the processors of Lambda', async () => {
    const { code, err } = await deploy({ code: 0 }, ['sales.yaml', '--arch', 'arm'])
    expect([code, err]).toEqual([2, expect.stringContaining('--arch arm: not a processor of Lambda\n  hint: write arm64 or x86_64')])
  })

  it('prints what counts of the work of the CDK', async () => {
    const said = [
      '✨  Synthesis time: 27.9s',
      '',
      'siftstep-x: start: Building siftstep-x Template',
      'siftstep-x: success: Published Pipeline/Tasks/Engine/Code (current_account-current_region-c2243e26)',
      'siftstep-x: deploying... [1/2]',
      'siftstep-x | 1/7 | 1:29:46 PM | CREATE_IN_PROGRESS      | AWS::SNS::Topic            | Alarm/Topic (AlarmTopic3247EDB7) ',
      'siftstep-x | 1/7 | 1:29:46 PM | CREATE_FAILED           | AWS::SNS::Topic            | Alarm/Topic (AlarmTopic3247EDB7) no',
      'Outputs:',
      'siftstep-x.DataBucket = lake',
      'Stack ARN:',
      'Do you wish to deploy these changes (y/n)? ',
    ].join('\n')
    const { err } = await deploy({ code: 1, said }, ['sales.yaml'])
    expect(err.split('\n').slice(-3)).toEqual([
      'siftstep-x: deploying... [1/2]',
      expect.stringContaining('CREATE_FAILED'),
      'Do you wish to deploy these changes (y/n)? ',
    ])
  })

  it('says of which buckets uploads will start nothing, and why', async () => {
    const other = (bucket: string) => {
      writeFileSync(join(folder, 'other.yaml'), PIPELINE.replace('acme-inbox', bucket))
      return deploy({ code: 0, outputs: deployed('siftstep-daily-sales', PIPELINE.replace('acme-inbox', bucket)) }, ['other.yaml'])
    }
    s3.objects.createBucket('silent')
    const silent = await other('silent')
    expect(silent.code).toBe(0)
    expect(silent.err).toContain('⚠ uploads to silent will not start daily_sales: the bucket sends no events to EventBridge\n')
    expect(silent.err).toContain('  hint: aws s3api put-bucket-notification-configuration --bucket silent ')
    expect((await other('nowhere')).err).toContain('⚠ uploads to nowhere will not start daily_sales: no such bucket in eu-west-1\n')
    s3.fail({ when: ({ bucket }) => bucket === 'silent', how: { status: 403, code: 'AccessDenied', message: 'no' } })
    expect((await other('silent')).err).toContain(
      'unless the bucket sends events to EventBridge, which could not be checked (AccessDenied: no)',
    )
    s3.fix()
  })

  it('refuses a trigger on what runs write into the data bucket, before anything is deployed', async () => {
    aws.stacks.push({ name: 'siftstep-platform', outputs: { DataBucket: 'acme-inbox' } })
    const inData = (trigger: string) => {
      writeFileSync(join(folder, 'own.yaml'), PIPELINE.replace('{type: s3, bucket: acme-inbox, prefix: incoming/}', trigger))
      return deploy({ code: 0, outputs: deployed('siftstep-daily-sales') }, ['own.yaml'])
    }
    const refused = await inData('{type: s3, bucket: acme-inbox, suffix: .csv}')
    expect([refused.code, refused.err]).toEqual([
      2,
      'own.yaml:4:31 trigger-on-run triggers.0.bucket: acme-inbox is the data bucket, and runs write below runs/, starts/, state/: each run would start the next one\n  hint: use a prefix that no run writes to, such as incoming/\n',
    ])
    expect(refused.reported).toThrow('no such file')
    expect((await inData('{type: s3, bucket: acme-inbox, prefix: run}')).err).toContain('runs write below runs/: each run')
    expect((await inData('{type: s3, bucket: other, suffix: .csv}')).err).not.toContain('trigger-on-run')
    expect((await deploy({ code: 0, outputs: deployed('siftstep-daily-sales') }, ['sales.yaml'])).code).toBe(0)
    aws.stacks.pop()
  })

  it('refuses a pipeline that starts after one that is not deployed, and pipelines that start each other forever', async () => {
    const writeAfter = (id: string, pipeline: string) =>
      writeFileSync(
        join(folder, `${id}.yaml`),
        PIPELINE.replace('daily_sales', id).replace(
          '{type: s3, bucket: acme-inbox, prefix: incoming/}',
          `{type: pipeline, pipeline: ${pipeline}}`,
        ),
      )
    writeAfter('report', 'daily_sale')
    const outputs = { ...deployed('siftstep-daily-sales'), ...deployed('siftstep-report', PIPELINE.replace('daily_sales', 'report')) }
    const alone = await deploy({ code: 0, outputs }, ['report.yaml'])
    expect([alone.code, alone.err]).toEqual([
      2,
      expect.stringContaining('report.yaml:4:39: the pipeline daily_sale, which starts report, is not deployed in eu-west-1'),
    ])
    expect(alone.reported).toThrow('no such file')
    aws.stacks.push({ name: 'siftstep-daily-sales', outputs: outputs['siftstep-daily-sales'] ?? {} })
    const misspelt = await deploy({ code: 0, outputs }, ['report.yaml'])
    expect(misspelt.err).toContain('did you mean daily_sales? deploy it first, or together with this one: siftstep deploy FILE report.yaml')
    writeAfter('report', 'daily_sales')
    expect((await deploy({ code: 0, outputs }, ['report.yaml'])).reported().reported).toContain('siftstep-report')
    aws.stacks.pop()
    expect((await deploy({ code: 0, outputs }, ['sales.yaml', 'report.yaml'])).reported().reported).toContain('siftstep-report')
    writeAfter('daily_sales', 'report')
    const cycle = await deploy({ code: 0, outputs }, ['daily_sales.yaml', 'report.yaml'])
    expect([cycle.code, cycle.err]).toEqual([
      2,
      expect.stringContaining(
        'trigger-cycle triggers.0.pipeline: the pipelines would start each other forever: daily_sales → report → daily_sales',
      ),
    ])
  })

  it('leaves out versions where an emulator stands in for AWS', async () => {
    const { reported, settings } = await deploy({ code: 0, outputs: deployed('siftstep-daily-sales') }, ['sales.yaml'], {
      AWS_ENDPOINT_URL: aws.env['AWS_ENDPOINT_URL'] ?? '',
    })
    expect(reported().reported).toContain('versions=false')
    expect(settings()).toMatchObject({ 'siftstep-daily-sales': { arch: process.arch === 'x64' ? 'x86_64' : 'arm64' } })
  })

  it('leaves out the layer on a LocalStack that does not show layers to functions', async () => {
    const server = createServer((_, response) => response.end('{"edition": "community", "version": "4.14.0"}'))
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const env = { AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
    const { reported } = await deploy({ code: 0, outputs: deployed('siftstep-daily-sales') }, ['sales.yaml'], env)
    server.close()
    expect(reported().reported).toContain('layer=false')
  })

  it('says when another machine is there than was built', async () => {
    const outputs = deployed('siftstep-daily-sales', PIPELINE.replace('s3://lake/raw/', 's3://lake/other/'))
    const { code, err } = await deploy({ code: 0, outputs }, ['sales.yaml'])
    expect(code).toBe(1)
    expect(err).toMatch(
      new RegExp(
        `^✗ siftstep-daily-sales: the definition in the outputs of the stack differs \\(deployed: [0-9a-f]{64}, expected: ${HASH}\\)\n` +
          '✗ siftstep-daily-sales: the machine differs \\(deployed: [0-9a-f]{12}, expected: [0-9a-f]{12}\\)\n$',
      ),
    )
  })

  it('touches nothing when a definition has problems', async () => {
    const { code, err, reported } = await deploy({ code: 0 }, ['sales.yaml', 'broken.yaml'])
    expect([code, err]).toEqual([2, expect.stringContaining('broken.yaml:1:1 missing-key')])
    expect(reported).toThrow('no such file')
  })

  it.each([
    [
      '❌ siftstep-x: SSM parameter /cdk-bootstrap/hnb659fds/version not found. Has the environment been bootstrapped?',
      'deploying: the account is not bootstrapped for the CDK in this region',
      'npx cdk bootstrap',
    ],
    [
      'Unable to resolve AWS account to use. It must be either configured when you define your CDK Stack',
      'deploying: no AWS credentials found',
      'set AWS_PROFILE',
    ],
    ['The security token included in the request is expired', 'deploying: the AWS credentials have expired', 'aws sso login'],
    ['User: x is not authorized to perform: iam:CreateRole', 'deploying: AWS denied access', 'use credentials with this permission'],
  ])('%s', async (said, sentence, fix) => {
    const { code, err } = await deploy({ code: 1, said: `${said}\n` }, ['sales.yaml'])
    expect(code).toBe(2)
    expect(err).toContain(said)
    expect(err).toContain(sentence)
    expect(err).toContain(fix)
  })

  it('ends with 1 where the CDK has said it all', async () => {
    expect(await deploy({ code: 1, said: 'the stack is in a state it cannot leave\n' }, ['sales.yaml'])).toMatchObject({
      code: 1,
      err: 'the stack is in a state it cannot leave\n',
    })
  })

  it('names the packages that are missing, and how to install them', async () => {
    const place = mkdtempSync(join(tmpdir(), 'siftstep-alone-'))
    mkdirSync(join(place, 'node_modules', 'constructs'), { recursive: true })
    writeFileSync(join(place, 'node_modules', 'constructs', 'package.json'), '{}')
    const program = { version: '0', worker: '', runner: '', examples: join(place, 'node_modules', 'siftstep', 'examples/'), schema: '' }
    const terminal = testTerminal({ program })
    terminal.enter(folder)
    expect(await main(['deploy', 'sales.yaml'], terminal)).toBe(2)
    expect(terminal.written.err).toContain('deploying needs the AWS CDK beside siftstep: aws-cdk, aws-cdk-lib are not installed for')
    expect(terminal.written.err).toContain('npm install aws-cdk aws-cdk-lib where siftstep is installed')
  })

  it('runs the CDK in a folder of its own, so that a cdk.json beside the definition changes nothing', async () => {
    writeFileSync(join(folder, 'cdk.json'), '{"app": "false"}')
    const { reported } = await deploy({ code: 0, outputs: deployed('siftstep-daily-sales') }, ['sales.yaml'])
    const { cwd, app } = reported()
    expect(cwd).not.toBe(folder)
    expect(app).toEqual({ app: `"${process.execPath}" "${join(folder, 'dist', 'app.js')}"`, output: join(cwd, 'cdk.out') })
  })
})
