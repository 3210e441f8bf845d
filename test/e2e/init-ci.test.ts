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
    expect(used.map(({ args: [name] }) => name)).toEqual(['validate', 'run', 'why', 'deploy', 'deploy', 'start', 'deploy'])
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

  it('has a test step that passes for good data and fails for rows that break a rule', async () => {
    const script = job('check').steps.find(({ name }) => name === 'Run the tests')?.run ?? ''
    write('bin/npx', `#!/bin/sh\nshift\nexec "${process.execPath}" "${ROOT}/bin/siftstep.js" "$@"\n`)
    chmodSync(at('bin/npx'), 0o755)
    const env = { ...process.env, PATH: `${at('bin')}:${process.env['PATH']}` }
    // as GitHub runs a script
    const runStep = () =>
      promisify(execFile)('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], { cwd: place, env }).then(
        () => 0,
        (error: { code: number }) => error.code,
      )
    expect(await runStep()).toBe(0)
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
    expect(await runStep()).toBe(0)
    expect(existsSync(at('out/sales.csv'))).toBe(true)
    write('tests/sales.csv', 'id,price\n1,2\n2,-3\n')
    expect(await runStep()).toBe(3)
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
