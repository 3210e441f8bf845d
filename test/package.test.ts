/** The package as others install it, in a folder that holds nothing of the checkout: runs, templates, types and the engine for Lambda. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assertLambdas } from './aws/cloud/stacks.ts'
import { installPackage } from './kit/installed-package.ts'

const ROOT = resolve(import.meta.dirname, '..')
const PIPELINE = `version: 1
id: shop
inputs:
  source: {type: string, default: "s3://lake/raw/"}
  output: {type: string, default: "s3://lake/clean/"}
steps:
  - {id: find, type: discover, with: {source: "{{ inputs.source }}"}}
  - {id: publish, type: export, with: {to: "{{ inputs.output }}", format: csv}}
`

const folder = mkdtempSync(join(tmpdir(), 'siftstep-package-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let installed = ''
beforeAll(async () => {
  await assertLambdas()
  installed = installPackage(folder)
  writeFileSync(join(folder, 'shop.yaml'), PIPELINE)
  writeFileSync(join(folder, 'orders.csv'), 'id,amount\n1,2.50\n2,3.00\n')
})

function node(args: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } })
  return { status, out: stdout, all: `${stdout}${stderr}` }
}
const siftstep = (...args: string[]) => node([join(installed, 'bin', 'siftstep.js'), ...args])

describe('the installed package', () => {
  it('runs a pipeline', () => {
    const { status, all } = siftstep('run', 'shop.yaml', '--input', 'source=orders.csv', '--input', 'output=clean/')
    expect(status, all).toBe(0)
    expect(all).toContain('balanced ✓')
  })

  it('makes the templates that deploy sends to AWS', () => {
    const cdk = join(folder, 'node_modules', 'aws-cdk', 'bin', 'cdk')
    writeFileSync(
      join(folder, 'cdk.json'),
      JSON.stringify({ app: `"${process.execPath}" "${join(installed, 'dist', 'app.js')}"`, output: 'made' }),
    )
    const context = ['-c', 'pipelines=shop.yaml', '-c', 'settings={}']
    const { status, all } = node([cdk, 'synth', '--quiet', ...context], { CDK_VALIDATION: 'false' })
    expect(status, all).toBe(0)
    const { Outputs } = JSON.parse(readFileSync(join(folder, 'made', 'siftstep-shop.template.json'), 'utf8')) as {
      Outputs: { [name: string]: { Value: string } }
    }
    expect(Outputs['DefinitionHash']?.Value).toBe(siftstep('compile', 'shop.yaml', '--hash').out.trim())
    expect(readdirSync(join(folder, 'made'))).toContain('siftstep-platform.template.json')
  })

  it('finds everything that deploy needs, up to the request for the stacks', () => {
    const nobody = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'eu-west-1' }
    const { status, all } = node([join(installed, 'bin', 'siftstep.js'), 'deploy', 'shop.yaml'], nobody)
    expect(status, all).toBe(2)
    expect(all).toContain('no response from AWS in eu-west-1, looking for siftstep-')
  })

  it('prepares the native engine for Lambda from the package of this processor', () => {
    const arch = process.arch === 'arm64' ? 'arm64' : 'x86_64'
    const { status, all } = node([join(installed, 'dist', 'build-layer.js'), arch])
    expect(status, all).toBe(0)
    const modules = join(all.trim(), 'nodejs', 'node_modules')
    expect(readdirSync(modules).sort()).toEqual(['@duckdb', 'detect-libc'])
    expect(existsSync(join(modules, '@duckdb', 'node-bindings'))).toBe(true)
  })

  it('has the types of the construct', () => {
    writeFileSync(
      join(folder, 'app.ts'),
      `import { App, Duration, Stack } from 'aws-cdk-lib'
import { Pipeline, type PipelineProps } from 'siftstep/cdk'
const props: PipelineProps = { file: 'shop.yaml', architecture: 'x86_64', keepRuns: Duration.days(30) }
const pipeline = new Pipeline(new Stack(new App(), 'Shop'), 'Pipeline', props)
const id: string = pipeline.compiled.definition.id
// @ts-expect-error a processor that Lambda does not have
const wrong: PipelineProps = { file: id, architecture: 'mips' }
// @ts-expect-error a metric that no run has
pipeline.metricOfRuns('ExecutionsForgotten')
export { wrong }
`,
    )
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}')
    mkdirSync(join(folder, 'node_modules', '@types'))
    symlinkSync(join(ROOT, 'node_modules', '@types', 'node'), join(folder, 'node_modules', '@types', 'node'))
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node', '--skipLibCheck']
    const checked = spawnSync(join(ROOT, 'node_modules', '.bin', 'tsc'), [...options, 'app.ts'], { cwd: folder, encoding: 'utf8' })
    expect(checked.status, checked.stdout).toBe(0)
  })

  it('has no file that only developers need', () => {
    const listed = execFileSync('find', ['.', '-type', 'f'], { cwd: installed, encoding: 'utf8' }).split('\n')
    const folders = new Set(listed.map((path) => path.split('/')[1] ?? ''))
    expect([...folders].filter((name) => name !== '').sort()).toEqual([
      'LICENSE',
      'README.md',
      'bin',
      'dist',
      'examples',
      'package.json',
      'schema',
    ])
  })
})
