/** deploy: what is passed to the CDK, and what is made of its answer. A program replaces the CDK. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { main } from '#cli/main.ts'
import { type Compiled, compile } from '#language/compiler/compile.ts'
import { bundleZip } from '#aws/lambda/bundle-zip.ts'
import { functionsOf, USUAL_MEMORY } from '#language/compiler/functions.ts'
import { startAws, type TestAws } from '../kit/aws-server.ts'
import type { TestS3 } from '../kit/s3-server.ts'
import { testTerminal } from './terminals.ts'

const PIPELINE = `version: 1
id: daily_sales
schedule: {cron: "0 8 * * *", timezone: Europe/Zurich}
triggers: [{type: s3, bucket: acme-inbox, prefix: incoming/}]
steps:
  - {id: find, type: discover, with: {source: s3://lake/raw/}}
`
function built(text: string): Compiled {
  const compiled = compile(text, { file: 'p.yaml' })
  if (!compiled.ok) throw new Error(compiled.problems.map(({ what }) => what).join())
  return compiled
}
const HASH = built(PIPELINE).hash

/** Writes down its arguments, writes the outputs it is to, says what it is to, and ends so. */
const CDK = `
const { readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const given = process.argv.slice(2)
const plan = JSON.parse(readFileSync(join(__dirname, 'plan.json'), 'utf8'))
writeFileSync(join(__dirname, 'given.json'), JSON.stringify({ reported: given, cwd: process.cwd(), app: JSON.parse(readFileSync('cdk.json', 'utf8')), region: process.env.AWS_REGION ?? null }))
if (plan.templates) {
  const { mkdirSync } = require('node:fs')
  mkdirSync('cdk.out')
  for (const [stack, template] of Object.entries(plan.templates)) writeFileSync(join('cdk.out', stack + '.template.json'), JSON.stringify(template))
}
if (plan.outputs) writeFileSync(given[given.indexOf('--outputs-file') + 1], JSON.stringify(plan.outputs))
process.stderr.write(plan.said ?? '')
process.exitCode = plan.code
`

const folder = mkdtempSync(join(tmpdir(), 'siftstep-deploy-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const bin = join(folder, 'node_modules/aws-cdk/bin')
mkdirSync(bin, { recursive: true })
writeFileSync(join(folder, 'package.json'), '{"dependencies": {"@duckdb/node-bindings": "1.0.0"}}')
mkdirSync(join(folder, 'dist'))
/** Makes the layer, unless the processor is one it fails for. */
writeFileSync(
  join(folder, 'dist/build-layer.js'),
  `const { mkdirSync } = require('node:fs')
const [arch] = process.argv.slice(2)
if (arch === process.env.UNREACHABLE) {
  console.error('npm could not fetch the engine')
  process.exit(1)
}
mkdirSync(require('node:path').join(__dirname, 'layer', arch + '-1.0.0'), { recursive: true })
`,
)
for (const name of ['control', 'data', 'start']) {
  mkdirSync(join(folder, 'dist/lambdas', name), { recursive: true })
  writeFileSync(join(folder, 'dist/lambdas', name, 'index.mjs'), `export const handler = '${name}'\n`)
}
for (const name of ['aws-cdk', 'aws-cdk-lib', 'constructs']) {
  mkdirSync(join(folder, 'node_modules', name), { recursive: true })
  writeFileSync(join(folder, 'node_modules', name, 'package.json'), JSON.stringify({ name }))
}
writeFileSync(join(bin, 'cdk'), CDK)
writeFileSync(join(folder, 'sales.yaml'), PIPELINE)
writeFileSync(join(folder, 'broken.yaml'), 'version: 1\n')

let aws: TestAws
let s3: TestS3
beforeAll(async () => {
  aws = await startAws()
  s3 = aws.s3
  s3.objects.createBucket('acme-inbox')
  s3.objects.notifyEventBridge('acme-inbox')
})
afterAll(() => aws.close())

interface Plan {
  readonly code: number
  readonly said?: string
  readonly outputs?: object
  /** What synth makes, by stack. */
  readonly templates?: object
}

type Settings = { readonly [stack: string]: { readonly [name: string]: string } }

async function deploy(plan: Plan, argv: readonly string[], env: Record<string, string> = {}) {
  writeFileSync(join(bin, 'plan.json'), JSON.stringify(plan))
  rmSync(join(bin, 'given.json'), { force: true })
  const program = { version: '0', worker: '', examples: join(folder, 'examples/'), schema: '' }
  const terminal = testTerminal({
    env: {
      PATH: process.env['PATH'] ?? '',
      AWS_ENDPOINT_URL_S3: s3.url,
      AWS_ENDPOINT_URL_CLOUDFORMATION: aws.env['AWS_ENDPOINT_URL'] ?? '',
      AWS_ENDPOINT_URL_LAMBDA: aws.env['AWS_ENDPOINT_URL'] ?? '',
      AWS_ENDPOINT_URL_SFN: aws.env['AWS_ENDPOINT_URL'] ?? '',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_DEFAULT_REGION: 'eu-west-1',
      ...env,
    },
    program,
  })
  terminal.enter(folder)
  const code = await main(['deploy', ...argv], terminal)
  const reported = () =>
    JSON.parse(readFileSync(join(bin, 'given.json'), 'utf8')) as { reported: string[]; cwd: string; app: object; region: string | null }
  return {
    code,
    ...terminal.written,
    reported,
    settings: () =>
      JSON.parse(
        reported()
          .reported.find((one) => one.startsWith('settings='))
          ?.slice(9) ?? '{}',
      ) as Settings,
  }
}

const MACHINE = 'arn:aws:states:eu-west-1:111111111111:stateMachine:daily_sales'
const ROLE = 'arn:aws:iam::111111111111:role/functions'
const ENGINE = 'arn:aws:lambda:eu-west-1:111111111111:layer:Engine:4'
const shaOf = (name: string) => bundleZip(join(folder, 'dist/lambdas', name)).sha256

/** Deploys a definition to the AWS of the tests, with all it calls, and returns the outputs of its stack. */
function deployed(stack: string, text = PIPELINE, more: Outputs[string] = {}): Outputs {
  aws.deploy(built(text))
  const { outputs = {} } = aws.stacks.pop() ?? {}
  for (const { name, kind, memory = USUAL_MEMORY[kind], timeout } of functionsOf(built(text).machine))
    aws.functions.set(`arn:aws:lambda:eu-west-1:111111111111:function:stack-${name.length}:3`, {
      CodeSha256: shaOf(kind),
      Role: ROLE,
      MemorySize: memory,
      Timeout: timeout,
      ...(kind === 'data' ? { Layers: [{ Arn: ENGINE }] } : {}),
    })
  aws.functions.set('starter', { CodeSha256: shaOf('start'), Role: ROLE })
  const made = { Engine: ENGINE, ControlRole: ROLE, DataRole: ROLE, StartRole: ROLE, StartFunction: 'starter', Architecture: 'arm64' }
  return { [stack]: { ...outputs, ...made, ...more } }
}

interface Outputs {
  readonly [stack: string]: { readonly [name: string]: string }
}

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

  it('names the packages that are missing, and how to install them', async () => {
    const place = mkdtempSync(join(tmpdir(), 'siftstep-alone-'))
    mkdirSync(join(place, 'node_modules', 'constructs'), { recursive: true })
    writeFileSync(join(place, 'node_modules', 'constructs', 'package.json'), '{}')
    const program = { version: '0', worker: '', examples: join(place, 'node_modules', 'siftstep', 'examples/'), schema: '' }
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
