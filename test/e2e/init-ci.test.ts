/** The workflow that init writes: its parts, its commands, and its test step as a runner would execute it. */
import { execFile } from 'node:child_process'
import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readArgs } from '#cli/arguments/args.ts'
import { COMMANDS } from '#cli/commands/index.ts'
import { runCli } from '../kit/cli.ts'
import { commandsIn } from '../kit/commands-in.ts'
import { ROOT } from '../house/sources.ts'
import { at, place, write } from './place.ts'

interface Job {
  readonly needs?: string
  readonly if?: string
  readonly environment?: string
  readonly permissions?: { readonly [name: string]: string }
  readonly steps: readonly {
    readonly name?: string
    readonly uses?: string
    readonly run?: string
    readonly if?: string
    readonly with?: object
  }[]
}

let text: string
let workflow: {
  on: Record<'push' | 'pull_request', { branches?: string[]; paths: string[] }>
  permissions: object
  jobs: Record<string, Job>
}
beforeEach(async () => {
  const { code, out, err } = await runCli(['init', '.', '--ci', 'github'], { cwd: place })
  expect(code, err).toBe(0)
  expect(out).toContain('Wrote .github/workflows/pipelines.yml')
  text = readFileSync(at('.github/workflows/pipelines.yml'), 'utf8')
  workflow = parse(text)
})

const job = (name: string): Job => {
  const found = workflow.jobs[name]
  if (found === undefined) throw new Error(`there is no job ${name}`)
  return found
}
const scripts = () => Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []))

describe('siftstep init --ci github', () => {
  it('runs on pushes to main and on pull requests that touch pipelines', () => {
    expect(workflow.on.push).toMatchObject({ branches: ['main'], paths: expect.arrayContaining(['pipelines/**']) })
    expect(workflow.on.pull_request.paths).toEqual(workflow.on.push.paths)
    expect(workflow.permissions).toEqual({ contents: 'read' })
  })

  it('uses actions by the commit only, and signs in by OIDC without keys', () => {
    const used = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []))
    expect(used.length).toBeGreaterThan(8)
    expect(used.filter((one) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(one))).toEqual([])
    expect(text).not.toMatch(/secrets\.|aws-access-key/)
    for (const name of ['diff', 'staging', 'production'])
      expect(job(name).steps.find(({ uses }) => uses?.startsWith('aws-actions/') === true)?.with).toHaveProperty('role-to-assume')
    for (const [, { permissions, steps }] of Object.entries(workflow.jobs)) {
      const signsIn = steps.some(({ uses }) => uses?.startsWith('aws-actions/') === true)
      expect(permissions?.['id-token']).toBe(signsIn ? 'write' : undefined)
    }
  })

  it('deploys only from main, when the tests passed: to staging, then a smoke run, then to production', () => {
    expect(job('staging')).toMatchObject({ needs: 'check', environment: 'staging' })
    expect(job('production')).toMatchObject({ needs: 'staging', environment: 'production' })
    for (const name of ['staging', 'production'])
      expect(job(name).if).toBe("github.event_name == 'push' && github.ref == 'refs/heads/main'")
    const names = job('staging').steps.flatMap(({ name }) => name ?? [])
    expect(names).toEqual(['Deploy to staging', 'Smoke runs on staging'])
    expect(job('staging').steps.at(-1)?.run).toMatch(/siftstep start .* --env staging .* --follow/)
  })

  it('shows what changes in a pull request, and only for branches of the repository', () => {
    expect(job('diff')).toMatchObject({ needs: 'check', permissions: { 'pull-requests': 'write' } })
    expect(job('diff').if).toContain('head.repo.full_name == github.repository')
    expect(
      job('diff')
        .steps.map(({ run = '' }) => run)
        .join('\n'),
    ).toMatch(/siftstep deploy pipelines\/\*\.yaml --env staging --diff[\s\S]*gh pr comment/)
  })

  it('uses only commands and flags that exist', () => {
    const lines = scripts().flatMap((script) => script.split('\n').map((line) => line.trim().replace(/ (>|\|\|).*$/, '')))
    const used = commandsIn(`\`\`\`sh\n${lines.join('\n')}\n\`\`\`\n`)
    expect(used.map(({ args: [name] }) => name)).toEqual(['validate', 'test', 'test', 'run', 'why', 'deploy', 'deploy', 'start', 'deploy'])
    for (const {
      args: [name, ...rest],
    } of used) {
      const command = COMMANDS.find((one) => one.name === name)
      if (command === undefined) throw new Error(`there is no command ${name}`)
      readArgs(command, rest)
    }
    // no command escaped the check above
    expect(
      scripts()
        .join('\n')
        .match(/npx siftstep/g),
    ).toHaveLength(used.length)
  })

  /** Runs a step of the job `check` as GitHub does; gives its exit code, and what it printed. */
  const runStep = async (name: string): Promise<{ readonly code: number; readonly said: string }> => {
    const script = job('check').steps.find((step) => step.name === name)?.run ?? 'exit 99'
    write('bin/npx', `#!/bin/sh\nshift\nexec "${process.execPath}" "${ROOT}/bin/siftstep.js" "$@"\n`)
    chmodSync(at('bin/npx'), 0o755)
    const env = { ...process.env, PATH: `${at('bin')}:${process.env['PATH']}` }
    return promisify(execFile)('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], { cwd: place, env }).then(
      ({ stdout, stderr }) => ({ code: 0, said: `${stdout}${stderr}` }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, said: `${stdout}${stderr}` }),
    )
  }

  it('tests each definition that has tests, and each function step that one uses, and fails if any of them does', async () => {
    const step = 'Test the definitions and their steps'
    expect(await runStep(step)).toEqual({ code: 0, said: '' })
    const definition = (cents: number) => `version: 1
id: sales
steps:
  - {id: find, type: discover, with: {source: data/*.csv}}
  - {id: price, uses: ./steps/price.ts}
  - {id: publish, type: export, with: {to: out/sales.csv}}
tests:
  - name: counts in cents
    given: {find: [{id: 1, price: 2}]}
    expect: {rows: [{id: 1, cents: ${cents}}]}
`
    const code = (times: number) => `import { HUNDRED } from './helper.ts'
export default {
  name: 'price',
  columns: { cents: 'integer?' },
  rows: (batch) => batch.map((row) => ({ ...row, cents: typeof row.price === 'number' ? Math.round(row.price * ${times} * HUNDRED) : null })),
  cases: [{ name: 'two', rows: [{ price: 2 }], expect: [{ price: 2, cents: 200 }] }],
}
`
    write('pipelines/plain.yaml', 'version: 1\nid: plain\nsteps:\n  - {id: find, type: discover, with: {source: data/*.csv}}\n')
    write('pipelines/sales.yaml', definition(200))
    write('pipelines/steps/price.ts', code(1))
    write('pipelines/steps/helper.ts', 'export const HUNDRED = 100\n')
    const good = await runStep(step)
    expect(good, good.said).toMatchObject({ code: 0 })
    expect(good.said).toContain('pipelines/sales.yaml: 1 test passed')
    expect(good.said).toContain('pipelines/steps/price.ts: price')
    expect(good.said).not.toMatch(/plain|helper/)
    write('pipelines/sales.yaml', definition(300))
    expect(await runStep(step)).toMatchObject({ code: 1, said: expect.stringContaining('1 failed') })
    write('pipelines/sales.yaml', definition(400))
    write('pipelines/steps/price.ts', code(2))
    expect(await runStep(step)).toMatchObject({ code: 1, said: expect.stringContaining('1 test passed') })
    expect(existsSync(at('out'))).toBe(false)
  })

  it('has a step of runs that passes for good data and fails for rows that break a rule', async () => {
    const runs = 'Run the pipelines on their inputs'
    expect((await runStep(runs)).code).toBe(0)
    write(
      'pipelines/sales.yaml',
      `version: 1
id: sales
inputs: {source: {type: string, required: true}}
steps:
  - {id: find, type: discover, with: {source: "{{ source }}"}}
  - {id: check, type: validate, with: {rules: [{rule_type: range, column: price, min: 0, severity: error}]}}
  - {id: publish, type: export, with: {to: out/sales.csv}}
`,
    )
    write('tests/sales.json', '{"source": "tests/sales.csv"}')
    write('tests/sales.csv', 'id,price\n1,2\n2,3\n')
    expect((await runStep(runs)).code).toBe(0)
    expect(existsSync(at('out/sales.csv'))).toBe(true)
    write('tests/sales.csv', 'id,price\n1,2\n2,-3\n')
    expect((await runStep(runs)).code).toBe(3)
  })

  it('is never overwritten, and is for services that are known', async () => {
    expect(await runCli(['init', '.', '--ci', 'github'], { cwd: place })).toMatchObject({
      code: 2,
      err: expect.stringContaining('already exists'),
    })
    expect(await runCli(['init', '.', '--ci', 'jenkins'], { cwd: place })).toMatchObject({
      code: 2,
      err: expect.stringContaining('github is supported'),
    })
  })
})
