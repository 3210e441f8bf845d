/** The completion script for fish. */
import { flagsOf } from '#cli/arguments/args.ts'
import type { Command } from '#cli/arguments/command.ts'
import type { Flag } from '#cli/arguments/flags.ts'
import { brief, firstWords, offeredFor } from './values.ts'

export function fishScript(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name)
  const first = commands.map(
    ({ name, summary }) => `complete -c siftstep -f -n __fish_use_subcommand -a ${name} -d ${fishQuoted(brief(summary))}`,
  )
  return `# Completion of siftstep for fish. Try it: siftstep completion fish | source
${first.join('\n')}
complete -c siftstep -f -n __fish_use_subcommand -a help -d 'Show what a command does'
complete -c siftstep -f -n '__fish_seen_subcommand_from help' -a ${fishQuoted(names.join(' '))}
${commands.flatMap(linesOf).join('\n')}
`
}

/** A backslash escapes itself and a quote within single quotes. */
const fishQuoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

function linesOf(command: Command): readonly string[] {
  const of = `complete -c siftstep -n '__fish_seen_subcommand_from ${command.name}'`
  const words = firstWords(command)
  return [
    ...(words === undefined ? [] : [`${of} -f -a ${fishQuoted(words.join(' '))}`]),
    ...flagsOf(command).map((flag) => `${of} -l ${flag.name}${shortOf(flag)}${takenBy(flag)} -d ${fishQuoted(brief(flag.help))}`),
  ]
}

const shortOf = ({ short }: Flag) => (short === undefined ? '' : ` -s ${short}`)

/** -r: it has a value; -x: and that is no file. */
function takenBy({ value, choices }: Flag): string {
  if (value === undefined) return ''
  const offered = offeredFor(value, choices)
  if (offered === 'folders') return " -x -a '(__fish_complete_directories)'"
  return offered === 'files' ? ' -r -F' : ` -x -a ${fishQuoted(offered.words.join(' '))}`
}
