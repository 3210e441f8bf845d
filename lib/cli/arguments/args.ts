/** Parses the arguments of a command. */
import { parseArgs } from 'node:util'
import { nearest } from '#core/text/nearest.ts'
import type { Command } from './command.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import type { Args, Flag } from './flags.ts'

export const HELP: Flag = { name: 'help', short: 'h', help: 'Print this help.' }

/** The flags of a command, including `--help`. */
export const flagsOf = (command: Pick<Command, 'flags'>): readonly Flag[] => [...command.flags, HELP]

/** Parses the arguments after the command name; throws a UsageError that names the wrong one. With `--help`, required arguments may be missing. */
export function readArgs(command: Pick<Command, 'name' | 'flags' | 'positionals'>, argv: readonly string[]): Args {
  const flags = flagsOf(command)
  const options = Object.fromEntries(
    flags.map(({ name, value, short }) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), ...(short === undefined ? {} : { short }) },
    ]),
  )
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true })
  const positionals: string[] = []
  const values = new Map<string, string[]>()
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const flag = flags.find(({ name }) => name === token.name)
    if (flag === undefined) throw unknownFlag(token.rawName, flags, command.name)
    values.set(flag.name, [...(values.get(flag.name) ?? []), valueGiven(flag, token, command.name)])
  }
  for (const { name, many } of flags) {
    if ((values.get(name)?.length ?? 0) > 1 && many !== true)
      throw new UsageError(`--${name} is given more than once`, 'give it once', command.name)
  }
  if (!values.has(HELP.name)) checkPositionals(command, positionals)
  return {
    positionals,
    has: (flag) => values.has(flag),
    value: (flag) => values.get(flag)?.at(-1),
    all: (flag) => values.get(flag) ?? [],
  }
}

function valueGiven(
  { name, value }: Flag,
  token: { value?: string | undefined; inlineValue?: boolean | undefined },
  command: string,
): string {
  if (value === undefined) {
    if (token.value !== undefined)
      throw new UsageError(`--${name} takes no value (given: ${JSON.stringify(token.value)})`, `write --${name} alone`, command)
    return ''
  }
  // the next flag is rarely meant as a value
  const missing = token.value === undefined || (token.inlineValue === false && token.value.startsWith('--'))
  if (missing) throw new UsageError(`--${name} needs a value`, `write --${name} ${value}`, command)
  return token.value ?? ''
}

function unknownFlag(given: string, flags: readonly Flag[], command: string): UsageError {
  const names = flags.map(({ name }) => name)
  const meant = nearest(given.replace(/^-+/, ''), names)
  const list = `allowed flags: ${names.map((name) => `--${name}`).join(', ')}`
  return new UsageError(`unknown flag ${given}`, meant === undefined ? list : `did you mean --${meant}? ${list}`, command)
}

function checkPositionals({ name, positionals }: Pick<Command, 'name' | 'positionals'>, given: readonly string[]): void {
  const missing = positionals.find(({ required }, at) => required && given.length <= at)
  if (missing !== undefined) throw new UsageError(`${missing.name} is missing`, missing.help, name)
  const last = positionals.at(-1)
  if (last?.many === true || given.length <= positionals.length) return
  const extra = given.slice(positionals.length).join(' ')
  throw new UsageError(
    `unexpected argument ${extra}`,
    positionals.length === 0 ? 'the command takes no arguments' : `expected: ${positionals.map((one) => one.name).join(' ')}`,
    name,
  )
}
