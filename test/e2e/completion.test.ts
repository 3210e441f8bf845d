/** siftstep completion as it is installed: the scripts in the shells themselves, as far as they are on this machine. */
import { spawnSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '#cli/commands/index.ts'
import { flagsOf } from '#cli/arguments/args.ts'
import { runCli } from '../kit/cli.ts'
import { at, place, write } from './place.ts'

async function scriptOf(shell: string): Promise<string> {
  const { code, out, err } = await runCli(['completion', shell], { cwd: place })
  expect([code, err]).toEqual([0, ''])
  return out
}

const isHere = (shell: string) => spawnSync(shell, ['--version']).status === 0
const titled = (shell: string, title: string) => (isHere(shell) ? title : `skipped: ${shell} is not on this machine: ${title}`)

/** What bash offers for words, the last of which is being typed. */
function offered(...words: readonly string[]): readonly string[] {
  const line = words.map((word) => `'${word}'`).join(' ')
  const program = `source ${at('siftstep.bash')}; COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _siftstep; printf '%s\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', program], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, ''])
  return stdout.split('\n').filter((word) => word !== '')
}

describe.skipIf(!isHere('bash'))(titled('bash', 'the script for bash'), () => {
  it('offers commands, flags and values', async () => {
    write('siftstep.bash', await scriptOf('bash'))
    expect(offered('siftstep', 'ru')).toEqual(['run', 'runs'])
    expect(offered('siftstep', '')).toEqual([...COMMANDS.map(({ name }) => name), 'help'])
    expect(offered('siftstep', 'help', 'doc')).toEqual(['doctor'])
    expect(offered('siftstep', '--v')).toEqual(['--version'])
    const run = COMMANDS.find(({ name }) => name === 'run')
    expect([...offered('siftstep', 'run', 'p.yaml', '--')].sort()).toEqual(
      flagsOf(run ?? { flags: [] })
        .map(({ name }) => `--${name}`)
        .sort(),
    )
    expect(offered('siftstep', 'run', '--inp')).toEqual(['--input', '--input-file'])
    expect(offered('siftstep', 'graph', 'p.yaml', '--format', '')).toEqual(['mermaid', 'svg', 'json'])
    expect(offered('siftstep', 'graph', '--format', '=', 's')).toEqual(['svg'])
    expect(offered('siftstep', 'graph', '--format', '=')).toEqual(['mermaid', 'svg', 'json'])
    expect(offered('siftstep', 'completion', '')).toEqual(['bash', 'zsh', 'fish'])
  })

  it('leaves files and values that only a run knows to the shell', async () => {
    write('siftstep.bash', await scriptOf('bash'))
    for (const words of [
      ['run', ''],
      ['run', '--store', 'x'],
      ['show', ''],
      ['state', 'show', ''],
      ['nonsense', '-'],
    ])
      expect(offered('siftstep', ...words)).toEqual([])
  })

  it('is registered, and starts no program', async () => {
    write('siftstep.bash', await scriptOf('bash'))
    // a siftstep that is started leaves a trace
    write('siftstep', `#!/bin/sh\ntouch ${at('started')}\n`)
    chmodSync(at('siftstep'), 0o755)
    const program = `PATH=${place}:$PATH; source ${at('siftstep.bash')}; complete -p siftstep; COMP_WORDS=(siftstep run -); COMP_CWORD=2; _siftstep; ls ${place}`
    const { stdout } = spawnSync('bash', ['--norc', '-c', program], { encoding: 'utf8' })
    expect(stdout).toContain('complete -o bashdefault -o default -F _siftstep siftstep')
    expect(stdout).not.toContain('started')
  })
})

it.each(['zsh', 'fish'])('the script for %s names every command and flag', async (shell) => {
  const script = await scriptOf(shell)
  for (const command of COMMANDS) {
    expect(script).toContain(command.name)
    for (const { name } of flagsOf(command)) expect(script).toContain(shell === 'zsh' ? `--${name}[` : ` -l ${name} `)
  }
})

/** How each shell reads a script without running it. */
const SYNTAX = [
  ['zsh', '-n'],
  ['fish', '--no-execute'],
] as const

for (const [shell, flag] of SYNTAX)
  it.skipIf(!isHere(shell))(titled(shell, `the script for ${shell} has no mistake in its syntax`), async () => {
    const { status, stderr } = spawnSync(shell, [flag, write(`siftstep.${shell}`, await scriptOf(shell))], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
  })

it.skipIf(!isHere('fish'))(titled('fish', 'fish completes commands, flags and values'), async () => {
  const script = write('siftstep.fish', await scriptOf('fish'))
  const completed = (line: string) => {
    const { stdout } = spawnSync('fish', ['--no-config', '-c', `source ${script}; complete -C '${line}'`], { encoding: 'utf8', cwd: place })
    return stdout.split('\n').map((one) => one.split('\t')[0] ?? '')
  }
  expect(completed('siftstep ru').filter((word) => word !== '')).toEqual(['run', 'runs'])
  expect(completed('siftstep run --qu')).toContain('--quiet')
  expect(completed('siftstep completion ')).toEqual(expect.arrayContaining(['bash', 'fish', 'zsh']))
})

it.skipIf(!isHere('zsh'))(titled('zsh', 'zsh registers the script for siftstep'), async () => {
  const script = write('siftstep.zsh', await scriptOf('zsh'))
  const program = `autoload -Uz compinit; compinit -u -d ${at('dump')}; source ${script}; echo "$_comps[siftstep]"`
  const { stdout } = spawnSync('zsh', ['-f', '-c', program], { encoding: 'utf8', cwd: place })
  expect(stdout).toBe('_siftstep\n')
})

it('a shell without a script is a mistake', async () => {
  const { code, err } = await runCli(['completion', 'zhs'], { cwd: place })
  expect([code, err]).toEqual([
    2,
    expect.stringContaining('no completion for the shell zhs\n  hint: did you mean zsh? shells: bash, zsh, fish'),
  ])
})

describe.each(COMMANDS)('the values that siftstep $name offers', ({ flags, positionals }) => {
  it('stand in its help', () => {
    for (const { help, choices = [] } of [...flags, ...positionals]) for (const choice of choices) expect(help).toContain(choice)
  })
})
