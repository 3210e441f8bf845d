/**
 * Every example: its machine passes the checks, and the commands of its README run, as they stand there, to balanced books. That it compiles
 * to its `expected` files is in generated.test.ts, that it deploys in cloud/app.test.ts.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { isBalanced, type Ledger } from '#data/ledger/ledger.ts'
import { verify } from '#asl/machine/verify.ts'
import { compileExample, EXAMPLES } from '../scripts/examples.ts'
import { validate } from './kit/asl-validator.ts'
import { runCli, runsIn } from './kit/cli.ts'
import { type Command, commandsIn } from './kit/commands-in.ts'
import { AWS_EXAMPLES } from './emulator/examples.ts'
import { copyExample } from './kit/example-copy.ts'

const scratch = mkdtempSync(join(tmpdir(), 'siftstep-examples-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

it('there are examples, and a page that lists all of them', () => {
  expect(EXAMPLES.length).toBeGreaterThan(6)
  const listed = [...readFileSync(join(import.meta.dirname, '../examples/README.md'), 'utf8').matchAll(/^\| \[(.+?)\]\(\1\) \|/gm)]
  expect(listed.map(([, name]) => name).sort()).toEqual(EXAMPLES.map(({ name }) => name))
})

it('each is among those that run on an emulator of AWS', () => {
  expect(AWS_EXAMPLES.map(({ name }) => name)).toEqual(EXAMPLES.map(({ name }) => name))
})

describe.each(EXAMPLES)('the example $name', (example) => {
  const readme = readFileSync(join(example.folder, 'README.md'), 'utf8')
  const commands = commandsIn(readme)

  it('compiles to a machine that the checks and asl-validator take', () => {
    const { machine, warnings } = compileExample(example)
    expect(warnings).toEqual([])
    expect(verify(machine)).toEqual([])
    expect(validate(machine)).toEqual([])
  })

  it('has a README that runs it, and names the rows', () => {
    expect(commands.filter(({ args }) => args[0] === 'run').length).toBeGreaterThan(0)
    expect(readme).toMatch(/^⚖ {2}Rows: .* balanced ✓$/m)
  })

  it.each(commands)('$line', async ({ args, exitCode }: Command) => {
    const folder = copyExample(example.name, join(scratch, example.name))
    const before = runsIn(folder)
    const ended = await runCli(args, { cwd: folder })
    expect({ code: ended.code, err: ended.err }).toMatchObject({ code: exitCode, ...(exitCode === 0 ? { err: '' } : {}) })
    const run = runsIn(folder).find((id) => !before.includes(id))
    if (args[0] !== 'run' || exitCode !== 0) return
    const [reported = ''] = /^⚖ .*$/m.exec(readme) ?? []
    expect(ended.out).toContain(reported)
    const { rows, balanced, sources, steps } = JSON.parse(readFileSync(join(folder, `.siftstep/runs/${run}/ledger.json`), 'utf8')) as Ledger
    expect(balanced).toBe(true)
    for (const account of [{ rows }, ...sources, ...steps]) expect(isBalanced(account.rows)).toBe(true)
  })
})
