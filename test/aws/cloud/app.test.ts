/** The app as people run it, and the construct as other apps use it: in processes of their own. */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import type { JsonObject } from '#core/json.ts'
import { PIPELINE_SETTINGS, PLATFORM_SETTINGS, SETTING_NAMES } from '#aws/cloud/settings.ts'
import { addStacks, CONTEXT, pipelineFiles } from '#aws/cloud/app.ts'
import { publishOutputs, readSources, useKeys } from '#aws/cloud/permissions.ts'
import { readPipeline } from '#aws/cloud/read-pipeline.ts'
import { assertLambdas, ofType, one, PLAIN, pipelineStack, resourcesOf, testApp } from './stacks.ts'

const root = resolve(import.meta.dirname, '../../..')
const scratch = mkdtempSync(join(tmpdir(), 'siftstep-app-'))
/** Where programs keep what is not to stay. */
const temporary = mkdtempSync(join(scratch, 'tmp-'))
beforeAll(assertLambdas)
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

interface Ended {
  readonly code: number
  readonly out: string
}

/** Without credentials, region, or a home they could be found in. */
function run(program: string, args: readonly string[], folder = root): Promise<Ended> {
  const env = { PATH: process.env['PATH'], HOME: scratch, TMPDIR: temporary, CI: 'true', AWS_EC2_METADATA_DISABLED: 'true' }
  return new Promise((done) => {
    execFile(program, [...args], { cwd: folder, env }, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code ?? 1), out: `${stdout}${stderr}` }),
    )
  })
}

const examples = readdirSync(join(root, 'examples')).filter((name) => existsSync(join(root, 'examples', name, 'pipeline.yaml')))
const KEY = 'arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab'
const OUTPUT_OF = { ...PLATFORM_SETTINGS, ...PIPELINE_SETTINGS }
const templateOf = (folder: string, stack: string) =>
  JSON.parse(readFileSync(join(folder, `${stack}.template.json`), 'utf8')) as {
    Outputs: { [name: string]: { Value: unknown } }
    Rules?: { [id: string]: unknown }
    Resources: { [id: string]: { Type: string; Properties: { [name: string]: unknown } } }
  }

describe('npx cdk synth', () => {
  it('makes a stack of every example, without account and network, with the hash that compile says', async () => {
    const folder = join(scratch, 'cdk.out')
    const { code, out } = await run('npx', ['cdk', 'synth', '-q', '--output', folder, '-c', 'pipelines=examples'])
    expect(code, out).toBe(0)
    expect(examples.length).toBeGreaterThan(0)
    expect(existsSync(join(folder, 'siftstep-platform.template.json'))).toBe(true)
    for (const example of examples) {
      const { hash, definition } = readPipeline({ file: join(root, 'examples', example, 'pipeline.yaml') })
      const { Outputs } = templateOf(folder, `siftstep-${definition.id.replaceAll('_', '-')}`)
      expect(Outputs['DefinitionHash']?.Value).toBe(hash)
    }
    // an example about files of a machine can be synthesized to be looked at, and its template says that it cannot be deployed
    expect(out).toContain('writes sqlite://warehouse.db/products, which cannot be deployed')
    expect(Object.keys(templateOf(folder, 'siftstep-warehouse').Rules ?? {})).toContain('LocalAddress')
    expect(Object.keys(templateOf(folder, 'siftstep-energy-by-month').Rules ?? {})).not.toContain('LocalAddress')
    expect(readdirSync(temporary).filter((name) => name.startsWith('siftstep'))).toEqual([])
    // nothing is known of what is deployed, so these templates would remove its settings
    expect(out).toContain('the settings of siftstep-platform are unknown (the app ran without AWS credentials)')
    // until the native engine for arm64 is built, the template says that it cannot be deployed
    if (out.includes('is not built')) expect(out).toContain('run npm run layer -- arm64')
    else expect(existsSync(join(root, 'dist/layer'))).toBe(true)
  })

  it('problems of a definition are reported with their places, and nothing else', async () => {
    const file = join(scratch, 'wrong.yaml')
    writeFileSync(file, 'version: 1\nid: wrong\nname: Wrong\nsteps:\n  - {id: a, type: discovr, with: {source: x}}\n')
    const context = `CDK_CONTEXT_JSON=${JSON.stringify({ pipelines: file })}`
    const { code, out } = await run('env', [context, process.execPath, '--import', 'tsx', 'bin/app.ts'])
    expect(out).toMatch(new RegExp(`^${file}:5:\\d+ `))
    expect(out).not.toContain('at ')
    expect(code).toBe(2)
  })
})

describe('addStacks', () => {
  it.each([
    [{ arch: 'riscv', pipelines: 'examples' }, '-c arch=riscv is invalid: allowed are arm64 or x86_64'],
    [{ environment: 'Prod!' }, '-c environment=Prod! is invalid: allowed are lower-case letters'],
    [{ versions: 'no', pipelines: 'examples' }, '-c versions=no is invalid: allowed are true or false'],
    [{ keep_runs_days: 'ten' }, '-c keep_runs_days=ten is invalid: allowed are a number of days'],
    [
      { settings: '{"siftstep-platform": {"mails": "a"}}' },
      '-c settings={"siftstep-platform": {"mails": "a"}} is invalid: allowed are JSON such as',
    ],
    [{ settings: 'none' }, '-c settings=none is invalid: allowed are JSON such as {"siftstep-platform": {"emails": "a@example.com"}}'],
    [{ pipelines: 'exemples' }, 'no such file or folder: exemples; did you mean examples?'],
  ])('%j is reported', (context, message) => {
    expect(() => addStacks(testApp(context))).toThrow(message)
  })

  it('an environment keeps names apart; the processor is that which was asked for', () => {
    const app = testApp({ environment: 'staging', arch: 'x86_64', versions: 'false', dashboard: 'false', pipelines: 'examples' })
    addStacks(app)
    expect(app.node.findChild('siftstep-platform-staging')).toBeDefined()
    const resources = resourcesOf(app.node.findChild('siftstep-data-processing-workflow-staging') as Stack)
    // the commands in mails find the run where it is
    expect(JSON.stringify(one(resources, 'AWS::Events::Rule', 'FailureNotice'))).toContain('siftstep redrive <run> --on aws --env staging')
    const functions = ofType(resources, 'AWS::Lambda::Function')
    expect(functions.map(({ Properties }) => Properties['Architectures'])).toEqual([['x86_64'], ['x86_64']])
    expect(functions[0]?.Properties['Environment']).toMatchObject({ Variables: { SIFTSTEP_SERVICE: 'data_processing_workflow-staging' } })
  })

  it('keeps the settings of every deployed stack; a context value replaces one, and an empty value removes it', () => {
    const file = join(scratch, 'kept.yaml')
    writeFileSync(file, PLAIN)
    const settings = new Map([
      ['siftstep-platform', { emails: 'a@example.com', keep_runs_days: '30', data_key: KEY }],
      ['siftstep-plain', { sources: 's3://lake/raw/', outputs: 's3://lake/clean/', arch: 'x86_64' }],
    ])
    const outputsOf = (context: JsonObject) => {
      const app = testApp({ pipelines: file, ...context })
      addStacks(app, { settings })
      return ['siftstep-platform', 'siftstep-plain'].map((name) => {
        const { Outputs } = Template.fromStack(app.node.findChild(name) as Stack).toJSON() as {
          Outputs: { [name: string]: { Value: string } }
        }
        return Object.fromEntries(SETTING_NAMES.map((setting) => [setting, Outputs[OUTPUT_OF[setting]]?.Value]))
      })
    }
    const kept = [
      { emails: 'a@example.com', keep_runs_days: '30', data_key: KEY },
      { sources: 's3://lake/raw/', outputs: 's3://lake/clean/', arch: 'x86_64' },
    ]
    expect(outputsOf({})).toEqual(kept)
    expect(outputsOf({ emails: '', sources: 's3://mart/', outputs: '', keys: KEY })).toEqual([
      { keep_runs_days: '30', data_key: KEY },
      { sources: 's3://mart/', keys: KEY, arch: 'x86_64' },
    ])
    // how siftstep deploy passes them: the deployed ones count no longer
    const passed = { 'siftstep-platform': { keep_runs_days: '7' }, 'siftstep-plain': { arch: 'arm64' } }
    expect(outputsOf({ settings: JSON.stringify(passed) })).toEqual([{ keep_runs_days: '7' }, { arch: 'arm64' }])
  })

  it('a template that does not know the deployed settings cannot be deployed, unless all are given', () => {
    const file = join(scratch, 'unknown.yaml')
    writeFileSync(file, PLAIN)
    const refused = (context: JsonObject) => {
      const app = testApp({ pipelines: file, ...context })
      addStacks(app, { unknown: 'no credentials' })
      return ['siftstep-platform', 'siftstep-plain'].map((name) => {
        const { Rules } = Template.fromStack(app.node.findChild(name) as Stack).toJSON() as {
          Rules?: { DeployedSettings?: { Assertions: { AssertDescription: string }[] } }
        }
        return Rules?.DeployedSettings?.Assertions[0]?.AssertDescription
      })
    }
    const [platform, pipeline] = refused({ emails: 'a@example.com' })
    expect(platform).toBe(
      'the settings of siftstep-platform are unknown (no credentials), so this template cannot be deployed: use credentials that may call cloudformation:DescribeStacks, or give every setting (-c keep_runs_days=… -c data_key=…; empty for none), or -c settings={} for a first deployment',
    )
    expect(pipeline).toContain('(-c sources=… -c outputs=… -c keys=… -c arch=…; empty for none)')
    const all = { emails: '', keep_runs_days: '', data_key: '', sources: '', outputs: '', keys: '', arch: '' }
    expect(refused(all)).toEqual([undefined, undefined])
    expect(refused({ settings: '{}' })).toEqual([undefined, undefined])
  })

  it('without a layer, what is made for the functions lies with the app', () => {
    const app = testApp({ layer: 'false', pipelines: 'examples/data-processing,examples/page-views' })
    addStacks(app)
    expect(readdirSync(app.assetOutdir).filter((name) => name.startsWith('siftstep-'))).toEqual(['siftstep-data-arm64-engine'])
    const functions = ofType(resourcesOf(app.node.findChild('siftstep-page-views') as Stack), 'AWS::Lambda::Function')
    expect(functions).toHaveLength(2)
  })

  it('a pipeline cannot have the name of what all share', () => {
    const file = join(scratch, 'platform.yaml')
    writeFileSync(file, PLAIN.replace('id: plain', 'id: platform'))
    expect(() => addStacks(testApp({ pipelines: file }))).toThrow(/platform\.yaml: the id platform is reserved for the shared stack/)
  })

  it('two pipelines of one id are reported', () => {
    const copies = ['a.yaml', 'b.yaml'].map((name) => join(scratch, name))
    for (const file of copies) writeFileSync(file, PLAIN)
    expect(() => addStacks(testApp({ pipelines: copies.join(',') }))).toThrow(/b\.yaml and .*a\.yaml have the same id, plain/)
  })
})

describe('pipelineFiles', () => {
  it('is the file, or the YAML files of a folder and the pipeline.yaml of the folders in it', () => {
    expect(pipelineFiles(['examples/data-processing/pipeline.yaml'])).toEqual(['examples/data-processing/pipeline.yaml'])
    expect(pipelineFiles(['examples'])).toEqual(examples.sort().map((name) => `examples/${name}/pipeline.yaml`))
    expect(() => pipelineFiles(['lib/aws/cloud'])).toThrow('lib/aws/cloud contains no pipeline')
  })

  it('is no example unless it is named: cdk deploy --all in a checkout deploys what is shared', () => {
    expect(existsSync('pipelines')).toBe(false)
    expect(pipelineFiles([])).toEqual([])
  })
})

const guide = readFileSync(join(root, 'docs/aws.md'), 'utf8')

describe('the guide', () => {
  it('its pipeline has the schedule and the alarms it promises', () => {
    const [, indented = ''] = /```yaml\n([\s\S]*?)```/.exec(guide) ?? []
    const stack = pipelineStack(indented.replace(/^ {3}/gm, ''), { variables: { SIFTSTEP_BUCKET: 'the-data-bucket' } })
    const resources = resourcesOf(stack)
    expect(one(resources, 'AWS::Scheduler::Schedule').Properties).toMatchObject({
      ScheduleExpression: 'cron(0 8 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Zurich',
    })
    const alarms = ofType(resources, 'AWS::CloudWatch::Alarm').map(({ id }) => id.replace('PipelineAlarms', ''))
    expect(alarms).toEqual(['Failed', 'InPart', 'TimedOut', 'Late', 'Quality', 'Heartbeat', 'DeadStarts'])
    for (const alarm of alarms) expect(guide).toContain(`| \`${alarm}\` |`)
  })

  it('has every command of the README', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8')
    const [, commands = ''] = /## On AWS[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme) ?? []
    const lines = commands
      .trim()
      .split('\n')
      .map((line) => line.replace(/ *#.*$/, ''))
    expect(lines).toHaveLength(7)
    // places of one's own differ
    for (const line of lines.filter((one) => !/^(export|aws s3 cp data)/.test(one))) expect(guide).toContain(line)
  })

  it('has every setting, as it is', () => {
    for (const [name, meaning] of Object.entries(CONTEXT)) expect(guide).toContain(`| \`${name}\` | ${meaning} |`)
  })

  it('has a policy for buckets of other accounts with the actions that the roles have', () => {
    const [, text = ''] = /```json\n(\{\n {2}"Version"[\s\S]*?)```/.exec(guide) ?? []
    const { Statement } = JSON.parse(text) as { Statement: { Sid: string; Action: string[] }[] }
    const place = [{ bucket: 'b', prefix: 'p' }]
    const granted = [...readSources('aws', place), ...publishOutputs('aws', place)]
    const actionsOf = (sid: string) => granted.find((one) => one.sid === sid)?.actions
    expect(Statement.map(({ Sid, Action }) => [Sid, Action])).toEqual([
      ['ReadSources', actionsOf('ReadSources')],
      ['PublishOutputs', actionsOf('PublishOutputs')],
      ['List', actionsOf('ListSources')],
    ])
    expect(actionsOf('ListOutputs')).toEqual(actionsOf('ListSources'))
    const [key] = useKeys(['arn:aws:kms:eu-west-1:111111111111:key/a'])
    for (const action of key?.actions ?? []) expect(guide).toContain(`\`${action}\``)
  })

  it('names every metric', () => {
    const named = new Set([...guide.matchAll(/`([A-Z]\w+)`/g)].map(([, name]) => name))
    const text = readFileSync(join(root, 'lib/core/task/metrics.ts'), 'utf8')
    for (const [, metric] of text.matchAll(/\| '(\w+)'/g)) expect(named).toContain(metric)
  })
})

describe('the construct in another app', () => {
  it('three lines of the guide, type-checked with all else, synthesise', async () => {
    const [, snippet] = /```ts\n([\s\S]*?)```/.exec(guide) ?? []
    const example = join(root, 'test/aws/cloud/construct-example.ts')
    expect(snippet).toBe(readFileSync(example, 'utf8'))
    const folder = join(scratch, 'snippet')
    const conditions = ['--conditions=siftstep-source', '--import', 'tsx']
    const { code, out } = await run('env', [`CDK_OUTDIR=${folder}`, process.execPath, ...conditions, example])
    expect(code, out).toBe(0)
    const { Resources } = templateOf(folder, 'Sales')
    expect(Object.values(Resources).map(({ Type }) => Type)).toContain('AWS::StepFunctions::StateMachine')
  })
})
