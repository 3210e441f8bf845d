/** versions and rollback: what they read and change on AWS, and what keeps its version. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { main } from '#cli/main.ts'
import { compile } from '#language/compiler/compile.ts'
import { TaskError } from '#core/errors/errors.ts'
import { startAws, type TestAws } from '../kit/aws-server.ts'
import { testTerminal } from './terminals.ts'

const DEFINITION = `version: 1
id: versioned
inputs:
  source: {type: string, required: true}
  out: {type: string, required: true}
steps:
  - {id: find, type: discover, with: {source: "{{ source }}"}}
  - {id: tidy, type: clean, with: {rules: [{standardize: [whitespace]}]}}
  - {id: publish, type: export, with: {to: "{{ out }}", format: csv}}
`
const MACHINE = 'arn:aws:states:eu-west-1:111111111111:stateMachine:versioned'
const called = 'arn:aws:lambda:eu-west-1:111111111111:function:stack-15:3'

function built(text: string) {
  const compiled = compile(text, { file: 'p.yaml' })
  if (!compiled.ok) throw new Error(compiled.problems.map(({ what }) => what).join())
  return compiled
}

let aws: TestAws
let folder: string
beforeAll(async () => {
  aws = await startAws()
  folder = mkdtempSync(join(tmpdir(), 'siftstep-versions-'))
  writeFileSync(join(folder, 'sales.csv'), 'id,name\n1, Ana\n2,Ben \n3,Cy\n')
  aws.deploy(built(DEFINITION))
  const stack = aws.stacks.pop()
  if (stack !== undefined) aws.stacks.push({ ...stack, outputs: { ...stack.outputs, StartArn: `${MACHINE}:live` } })
  aws.deploy(built(DEFINITION.replace('id: versioned', 'id: small')))
})
afterAll(async () => {
  await aws.close()
  rmSync(folder, { recursive: true, force: true })
})

async function cli(...argv: string[]) {
  const made = testTerminal({ env: { ...aws.env } })
  made.enter(folder)
  const code = await main(argv, made)
  return { code, ...made.written }
}

const given = (out: string) => ['--input', `source=${folder}/sales.csv`, '--input', `out=${folder}/${out}`]

describe('versions and rollback', () => {
  beforeEach(() => {
    aws.versions = [8, 7, 5]
    aws.aliases.set(`${MACHINE}:live`, `${MACHINE}:8`)
    for (const length of [12, 15])
      aws.functions.set(`arn:aws:lambda:eu-west-1:111111111111:function:stack-${length}:3`, { CodeSha256: 'x', Role: 'arn:role' })
  })
  const live = () => aws.aliases.get(`${MACHINE}:live`)

  it('lists the versions, and which one is live', async () => {
    const { code, out } = await cli('versions', 'versioned')
    expect([code, out]).toEqual([
      0,
      'version  created\n      8  1970-01-01 00:00:01  live\n      7  1970-01-01 00:00:01\n      5  1970-01-01 00:00:01\n',
    ])
    expect(JSON.parse((await cli('versions', 'versioned', '--json')).out)).toMatchObject([
      { version: 8, live: true },
      { version: 7, live: false },
      {},
    ])
  })

  it('goes back one version, and forward again; runs say which version they have', async () => {
    const back = await cli('rollback', 'versioned')
    expect([back.code, back.out, live()]).toEqual([
      0,
      'version 7 of versioned is live (before: 8); runs that have started keep theirs\nsiftstep rollback versioned --to 8\n',
      `${MACHINE}:7`,
    ])
    await cli('start', 'versioned', ...given('rolled-back'), '--follow', '--quiet')
    const { out } = await cli('runs', '--on', 'aws', '--pipeline', 'versioned', '--json')
    expect(JSON.parse(out)).toMatchObject([{ pipeline: 'versioned', version: 7, state: 'succeeded' }])
    const forward = await cli('rollback', 'versioned', '--to', '8', '--json')
    expect([JSON.parse(forward.out), live()]).toEqual([{ pipeline: 'versioned', environment: null, live: 8, before: 7 }, `${MACHINE}:8`])
    expect((await cli('rollback', 'versioned', '--to', '8')).out).toBe('version 8 of versioned is live already\n')
  })

  it('leaves a run that has started its version: a redrive continues with it', async () => {
    aws.beforeTask = ({ task }) => {
      if (task === 'segment') throw new TaskError('Data.Unreadable', 'the disk is gone', { hint: 'find it' })
    }
    const { out } = await cli('start', 'versioned', ...given('kept-version'))
    const id = /^versioned-\S+/.exec(out)?.[0] ?? ''
    await [...aws.executions.values()].find(({ name }) => name === id)?.over
    aws.beforeTask = () => {}
    expect((await cli('rollback', 'versioned')).code).toBe(0)
    expect((await cli('redrive', id, '--follow', '--quiet')).code).toBe(0)
    const runs = JSON.parse((await cli('runs', '--on', 'aws', '--pipeline', 'versioned', '--json')).out) as {
      run: string
      version: number
    }[]
    expect(runs.slice(0, 2).map(({ run, version }) => [run, version])).toEqual([
      [`${id}-2`, 8],
      [id, 8],
    ])
  })

  it('changes nothing when the version is unknown, or what it calls is deleted', async () => {
    expect((await cli('rollback', 'versioned', '--to', '6')).err).toContain('versioned has no version 6\n  hint: its versions: 8, 7, 5')
    aws.functions.delete(called)
    const { code, err } = await cli('rollback', 'versioned')
    expect([code, err]).toEqual([2, expect.stringContaining(`version 7 of versioned cannot run: it calls ${called}, which is deleted`)])
    aws.versions = [8]
    expect((await cli('rollback', 'versioned')).err).toContain('versioned has no version before 8, which is live')
    expect((await cli('rollback', 'small')).err).toContain('small is deployed without versions')
    expect(live()).toBe(`${MACHINE}:8`)
  })
})
