/** Help for the program, for one command, and for all commands as a page. */
import { flagsOf } from './args.ts'
import type { Command } from './command.ts'
import type { Flag } from './flags.ts'

/** `siftstep run FILE [flags]`. */
export function usageOf({ name, positionals }: Pick<Command, 'name' | 'positionals'>): string {
  const shownPositionals = positionals.map((one) => {
    const shown = `${one.name}${one.many === true ? '...' : ''}`
    return one.required ? shown : `[${shown}]`
  })
  return ['siftstep', name, ...shownPositionals, '[flags]'].join(' ')
}

export function programHelp(commands: readonly Command[], version: string): string {
  return `siftstep ${version}: data pipelines declared in YAML, run here or on AWS, with every row accounted for.

Usage: siftstep COMMAND [arguments] [flags]

Commands:
${listed(commands.map(({ name, summary }) => [name, summary]))}

Get started:
  siftstep demo                 copy an example with dirty data and run it
  siftstep COMMAND --help       show what a command does, its flags, and examples

Exit codes: 0 success, 1 run failed, 2 mistake in a definition or command line, 3 data quality below the required level,
4 partial success, 130 interrupted (siftstep resume finishes the run).
`
}

export function commandHelp(command: Command): string {
  const { summary, description, positionals, flags, examples } = command
  const parts = [
    summary,
    `Usage: ${usageOf(command)}`,
    ...(description === undefined ? [] : [description]),
    ...(positionals.length === 0 ? [] : [`Arguments:\n${listed(positionals.map(({ name, help }) => [name, help]))}`]),
    `Flags:\n${listed(flagsOf({ flags }).map((flag) => [spelled(flag), flag.help]))}`,
    `Examples:\n${listed(examples.map(({ line, what }) => [line, what]))}`,
  ]
  return `${parts.join('\n\n')}\n`
}

const spelled = ({ name, short, value, many }: Flag) =>
  `--${name}${short === undefined || name === 'help' ? '' : `, -${short}`}${value === undefined ? '' : ` ${value}`}${many === true ? ' ...' : ''}`

/** Two columns. If the first is too long, the second goes on the next line. */
function listed(rows: readonly (readonly [string, string])[]): string {
  const width = Math.min(30, Math.max(...rows.map(([first]) => first.length)))
  return rows
    .map(([first, second]) =>
      first.length > width ? `  ${first}\n  ${' '.repeat(width)}  ${second}` : `  ${first.padEnd(width)}  ${second}`,
    )
    .join('\n')
}

/** `docs/cli.md`. */
export function cliReference(commands: readonly Command[]): string {
  const sections = commands.map((command) => `## ${command.name}\n\n\`\`\`text\n${commandHelp(command).trimEnd()}\n\`\`\`\n`)
  return `# The command line

<!-- Generated from lib/cli/commands; do not edit. -->

${sections.join('\n')}`
}
