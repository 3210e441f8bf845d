/** The program as it is installed, on AWS: its bundle holds what it needs to start, watch, show and list a run there. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { startAws } from '../kit/aws-server.ts'
import { runCli } from '../kit/cli.ts'

const PIPELINE = `version: 1
id: small
steps:
  - {id: find, type: discover, with: {source: "{{ source }}"}}
  - {id: publish, type: export, with: {to: "{{ out }}", format: csv}}
inputs:
  source: {type: string, required: true}
  out: {type: string, required: true}
`

it('starts a run and watches it, lists it, shows it and prints what its tasks wrote', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'siftstep-program-'))
  const aws = await startAws()
  try {
    const compiled = compile(PIPELINE, { file: 'p.yaml' })
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
    aws.deploy(compiled)
    writeFileSync(join(folder, 'a.csv'), 'id\n1\n2\n')
    const cli = (...args: string[]) => runCli(args, { cwd: folder, env: aws.env })
    const started = await cli('start', 'small', '--input', `source=${folder}/a.csv`, '--input', `out=${folder}/out`, '--follow')
    expect(started).toMatchObject({ code: 0, err: '' })
    expect(started.out).toContain('✓ publish: Exported to csv')
    expect((await cli('runs', '--on', 'aws')).out).toContain('2 in = 2 out')
    expect((await cli('show', 'last', '--on', 'aws')).out).toContain('succeeded in')
    expect((await cli('logs', 'last', '--on', 'aws')).out).toContain('publish')
  } finally {
    await aws.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

it('says that there are no credentials', async () => {
  const env = {
    AWS_REGION: 'eu-west-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_PROFILE: '',
  }
  const { code, err } = await runCli(['runs', '--on', 'aws'], { cwd: tmpdir(), env })
  expect(code).toBe(2)
  expect(err).toContain('siftstep: no AWS credentials found (')
  expect(err).toContain('hint: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY')
})
