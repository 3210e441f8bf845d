import { readFileSync, rmSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readArgs } from '#cli/arguments/args.ts'
import { COMMANDS } from '#cli/commands/index.ts'
import { cliReference, usageOf } from '#cli/arguments/help.ts'
import { main } from '#cli/main.ts'
import { testTerminal } from './terminals.ts'

async function reported(...argv: string[]) {
  const terminal = testTerminal()
  const code = await main(argv, terminal)
  return { code, ...terminal.written }
}

/** A command line as a shell takes it apart: spaces part words, quotes keep them together, > and what follows is the shell's. */
const words = (line: string) => [...(line.split(' > ')[0] ?? '').matchAll(/(?:[^\s"]|"[^"]*")+/g)].map(([word]) => word.replaceAll('"', ''))

describe.each(COMMANDS)('siftstep $name', (command) => {
  it('has help with summary, usage, flags and examples', async () => {
    for (const argv of [
      [command.name, '--help'],
      [command.name, '-h'],
      ['help', command.name],
    ]) {
      const { code, out, err } = await reported(...argv)
      expect([code, err]).toEqual([0, ''])
      expect(out).toContain(`${command.summary}\n\nUsage: ${usageOf(command)}\n`)
      for (const { name } of command.flags) expect(out).toContain(`  --${name}`)
      for (const { line } of command.examples) expect(out).toContain(line)
    }
  })

  it('has examples whose arguments it takes', () => {
    expect(command.examples.length).toBeGreaterThan(0)
    for (const { line } of command.examples) {
      const [program, name, ...argv] = words(line)
      expect([program, name]).toEqual(['siftstep', command.name])
      expect(() => readArgs(command, argv)).not.toThrow()
    }
  })

  it('has sentences for all it takes', () => {
    for (const { help } of [...command.flags, ...command.positionals]) expect(help).toMatch(/^[A-Z].*\.$/s)
    expect(command.summary).toMatch(/^[A-Z].*\.$/)
  })
})

it('siftstep alone, --help and help list every command', async () => {
  for (const argv of [[], ['--help'], ['-h'], ['help']]) {
    const { code, out } = await reported(...argv)
    expect(code).toBe(0)
    for (const { name, summary } of COMMANDS) expect(out).toMatch(new RegExp(`^  ${name} +${summary.slice(0, 20)}`, 'm'))
  }
})

it('--version is the version and nothing else', async () => {
  expect(await reported('--version')).toEqual({ code: 0, out: '0.1.0\n', err: '' })
})

it('docs/cli.md is what the commands say', async () => {
  await expect(cliReference(COMMANDS)).toMatchFileSnapshot('../../docs/cli.md')
})

describe('what is not as it should be', () => {
  it.each([
    [['rnu'], 'unknown command rnu', 'did you mean run?'],
    [['frobnicate'], 'unknown command frobnicate', 'commands: demo, init'],
    [['--verison'], 'unknown flag --verison before a command', 'commands: '],
    [['run', 'p.yaml', '--inptu', 'a=b'], 'unknown flag --inptu', 'did you mean --input?'],
    [['run', 'p.yaml', '-q'], 'unknown flag -q', 'allowed flags: --input, --input-file'],
    [['run'], 'FILE is missing', 'The definition (a YAML file).'],
    [['run', 'p.yaml', 'q.yaml'], 'unexpected argument q.yaml', 'expected: FILE'],
    [['init', 'a', 'b'], 'unexpected argument b', 'expected: DIR'],
    [['runs', 'x'], 'x: runs takes a run only with --follow', 'siftstep show x shows what happened in it'],
    [['run', 'p.yaml', '--input'], '--input needs a value', 'write --input K=V'],
    [['run', 'p.yaml', '--input', '--json'], '--input needs a value', 'write --input K=V'],
    [['run', 'p.yaml', '--json=yes'], '--json takes no value (given: "yes")', 'write --json alone'],
    [['run', 'p.yaml', '--store', 'a', '--store', 'b'], '--store is given more than once', 'give it once'],
    [['run', 'p.yaml', '--workers', '0'], 'invalid --workers 0', 'use a whole number of at least 1'],
    [['run', 'p.yaml', '--workers', 'many'], 'invalid --workers many', 'use a whole number'],
  ])('%j: said in a sentence, with the fix', async (argv, what, hint) => {
    const { code, out, err } = await reported(...argv)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(`siftstep: ${what}\n  hint: `)
    expect(err).toContain(hint)
    expect(err).toMatch(/\n {2}more: siftstep .*--help\n$/)
  })

  it('what should not happen is reported as a defect in two lines, its trace in a file that they name', async () => {
    const terminal = testTerminal()
    const [broken] = COMMANDS.map((command) => ({
      ...command,
      name: 'broken',
      positionals: [],
      run: () => Promise.reject(new Error('oh no')),
    }))
    expect(await main(['broken'], terminal, broken === undefined ? [] : [broken])).toBe(1)
    const [, file = ''] =
      /^siftstep: internal error: .*\n {2}hint: report it with the details in (\S+\.log); .*\n$/.exec(terminal.written.err) ?? []
    expect(terminal.written.err).not.toContain('oh no')
    expect(readFileSync(file, 'utf8')).toMatch(/^siftstep .*\nError: oh no\n {4}at /)
    rmSync(file)
  })
})

describe('arguments', () => {
  const run = COMMANDS.find(({ name }) => name === 'run')
  it('are read in any order, values with or without =', () => {
    if (run === undefined) throw new Error('there is no run')
    const args = readArgs(run, ['--input=a=1', 'p.yaml', '--input', 'b=-2', '--json', '--workers', '3'])
    expect([args.positionals, args.all('input'), args.has('json'), args.has('quiet'), args.value('workers'), args.value('store')]).toEqual([
      ['p.yaml'],
      ['a=1', 'b=-2'],
      true,
      false,
      '3',
      undefined,
    ])
  })
})
