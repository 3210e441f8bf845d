/** The files of a pipeline are deployed with the code of its functions, and found there by the world of a Lambda. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import type { AssetCode } from 'aws-cdk-lib/aws-lambda'
import { unzipSync } from 'fflate'
import { beforeAll, describe, expect, it } from 'vitest'
import { functionCode, hashOfCode } from '#aws/cloud/native-layer.ts'
import { PipelineStack } from '#aws/cloud/pipeline-stack.ts'
import { FUNCTION_HOST } from '#aws/lambda/artifacts.ts'
import { lambdaWorld } from '#aws/lambda/lambda-world.ts'
import { assetOf } from '#core/assets/assets.ts'
import { startFunction } from '#io/functions/process.ts'
import { assertLambdas, testApp } from './stacks.ts'

beforeAll(assertLambdas)

const DEFINITION = `version: 1
id: codes
steps:
  - {id: find, type: discover, with: {source: "s3://lake/raw/*.csv"}}
  - {id: check, type: validate, with: {rules: [{rule_type: in_set, column: code, values: {file: codes.txt}}]}}
  - {id: publish, type: export, with: {to: "s3://lake/clean/"}}
`

/** Says what it has of the environment of the function, which is nothing. */
const OWN = `import { word } from './words'
export default { name: 'own', rows: (batch: any[], { secret }: any) =>
  batch.map((row) => ({ ...row, code: word(row.code) + secret('KEY') + ' ' + Object.keys(process.env).filter((name) => /AWS|SIFTSTEP/.test(name)) })) }
`

/** A folder with the content of a package; a folder stays as it is. */
function unpack(path: string): string {
  if (!path.endsWith('.zip')) return path
  const folder = mkdtempSync(join(tmpdir(), 'siftstep-unpacked-'))
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(path)))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), bytes)
  }
  return folder
}

describe('the files of a pipeline', () => {
  it('are in the code of each function, where its tasks find them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'siftstep-cloud-'))
    writeFileSync(join(folder, 'pipeline.yaml'), DEFINITION)
    writeFileSync(join(folder, 'codes.txt'), 'A\nB\n')
    const app = testApp()
    const stack = new PipelineStack(app, 'Test', { file: join(folder, 'pipeline.yaml'), dashboard: false })
    const sha256 = stack.pipeline.compiled.assets[0]?.sha256 ?? ''
    const { directory } = app.synth()
    const { files } = JSON.parse(readFileSync(join(directory, 'Test.assets.json'), 'utf8')) as {
      files: { [hash: string]: { source: { path: string } } }
    }
    const unpacked = Object.values(files).map(({ source }) => unpack(resolve(directory, source.path)))
    const withFile = unpacked.filter((one) => existsSync(join(one, 'assets', sha256)))
    // functions of one kind have the same code
    expect(withFile.length).toBe(stack.pipeline.tasks.roles.size)
    for (const one of withFile) {
      expect(existsSync(join(one, 'index.mjs'))).toBe(true)
      const { asset } = lambdaWorld({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769', SIFTSTEP_BUCKET: 'runs' }, one)
      expect(await asset?.(sha256)).toEqual(Buffer.from('A\nB\n'))
      expect(await asset?.('0'.repeat(64))).toBeUndefined()
    }
  })

  it('hold the code of function steps, bundled, with the program that runs it, and permissions for its secrets alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'siftstep-cloud-'))
    mkdirSync(join(folder, 'steps'))
    writeFileSync(join(folder, 'steps/words.ts'), "export const word = (text: string) => text + '!'\n")
    writeFileSync(join(folder, 'steps/own.ts'), OWN)
    const definition = DEFINITION.replace(
      / {2}- \{id: check.*/,
      `  - {id: mine, type: function, with: {uses: steps/own.ts, secrets: {KEY: "\${secret.OWN_KEY}"}}}`,
    )
    writeFileSync(join(folder, 'pipeline.yaml'), definition)
    const app = testApp()
    const stack = new PipelineStack(app, 'Test', { file: join(folder, 'pipeline.yaml'), dashboard: false })
    const [asset] = stack.pipeline.compiled.assets
    expect(stack.pipeline.compiled.text).toContain(asset?.sha256)
    expect(String(asset?.content)).not.toContain('import')
    const template = JSON.stringify(Template.fromStack(stack).toJSON())
    expect(template.match(/secret:[^"]*OWN_KEY/g)).toHaveLength(1)
    const { directory } = app.synth()
    const { files } = JSON.parse(readFileSync(join(directory, 'Test.assets.json'), 'utf8')) as {
      files: { [hash: string]: { source: { path: string } } }
    }
    const data = Object.values(files)
      .map(({ source }) => unpack(resolve(directory, source.path)))
      .find((one) => existsSync(join(one, FUNCTION_HOST)))
    const world = lambdaWorld({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769', SIFTSTEP_BUCKET: 'runs' }, data)
    const called = await startFunction({
      host: world.functionHost ?? '',
      bundle: String(await world.asset?.(asset?.sha256 ?? '')),
      scratch: mkdtempSync(join(tmpdir(), 'siftstep-scratch-')),
      settings: {},
      secrets: { KEY: 'k' },
      seconds: 60,
      megabytes: 256,
      print: () => {},
    })
    const columns = [{ name: 'code', type: 'text' }]
    const { made } = await called.call({ rows: [['A']], columns, output: columns })
    expect(made).toEqual([[0, ['A!k ']]])
    await called.close()
  })

  it('make another package of code, with another hash', () => {
    const stack = new Stack(testApp())
    const codeWith = (...contents: readonly string[]) => {
      const assets = contents.map((content, at) => assetOf(`${at}.txt`, Buffer.from(content)))
      return (functionCode(stack, { name: 'control', arch: 'arm64', engine: false, assets }) as AssetCode).path
    }
    expect(codeWith('A', 'B')).toBe(codeWith('A', 'B'))
    expect(codeWith('A', 'B')).not.toBe(codeWith('A'))
    expect(codeWith()).not.toBe(codeWith('A'))
    const hashWith = (...contents: readonly string[]) =>
      hashOfCode(
        'control',
        contents.map((content, at) => assetOf(`${at}.txt`, Buffer.from(content))),
      )
    expect(new Set([hashWith(), hashWith('A'), hashWith('A', 'B')]).size).toBe(3)
  })
})
