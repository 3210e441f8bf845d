/** A package of siftstep in which a program replaces the CDK, and an AWS to deploy to, for tests of deploy. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { main } from '#cli/main.ts'
import { type Compiled, compile } from '#language/compiler/compile.ts'
import { bundleZip } from '#aws/lambda/bundle-zip.ts'
import { functionsOf, USUAL_MEMORY } from '#language/compiler/functions.ts'
import { startAws, type TestAws } from '../kit/aws-server.ts'
import type { TestS3 } from '../kit/s3-server.ts'
import { testTerminal } from './terminals.ts'

export const PIPELINE = `version: 1
id: daily_sales
schedule: {cron: "0 8 * * *", timezone: Europe/Zurich}
triggers: [{type: s3, bucket: acme-inbox, prefix: incoming/}]
steps:
  - {id: find, type: discover, with: {source: s3://lake/raw/}}
`
export function built(text: string): Compiled {
  const compiled = compile(text, { file: 'p.yaml' })
  if (!compiled.ok) throw new Error(compiled.problems.map(({ what }) => what).join())
  return compiled
}
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

interface Plan {
  readonly code: number
  readonly said?: string
  readonly outputs?: object
  /** What synth makes, by stack. */
  readonly templates?: object
}
type Settings = { readonly [stack: string]: { readonly [name: string]: string } }
export interface Outputs {
  readonly [stack: string]: { readonly [name: string]: string }
}

export const MACHINE = 'arn:aws:states:eu-west-1:111111111111:stateMachine:daily_sales'
export const ROLE = 'arn:aws:iam::111111111111:role/functions'
export const ENGINE = 'arn:aws:lambda:eu-west-1:111111111111:layer:Engine:4'

/** Call it once in a file of tests: it is there for all tests of the file. */
export function openDeployments() {
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

  async function deploy(plan: Plan, argv: readonly string[], env: Record<string, string> = {}) {
    writeFileSync(join(bin, 'plan.json'), JSON.stringify(plan))
    rmSync(join(bin, 'given.json'), { force: true })
    const program = { version: '0', worker: '', runner: '', examples: join(folder, 'examples/'), schema: '' }
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

  return { folder, bin, deploy, deployed, shaOf, aws: () => aws, s3: () => s3 }
}
