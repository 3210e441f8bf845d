/** The completion script for zsh. */
import { flagsOf } from '#cli/arguments/args.ts'
import type { Command } from '#cli/arguments/command.ts'
import type { Flag, Positional } from '#cli/arguments/flags.ts'
import { quoted } from '#cli/runs/on-store.ts'
import { brief, offeredFor, spellings } from './values.ts'

export function zshScript(commands: readonly Command[]): string {
  const listed = commands.map(({ name, summary }) => `    ${quoted(`${name}:${brief(summary).replaceAll(':', '\\:')}`)}`)
  return `#compdef siftstep
# Completion of siftstep for zsh. Try it: source <(siftstep completion zsh)
_siftstep() {
  local -a commands
  commands=(
${listed.join('\n')}
    'help:Show what a command does'
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case "$words[1]" in
    help)
      _describe 'command' commands
      ;;
${commands.map(caseOf).join('\n')}
  esac
}
if [ "$funcstack[1]" = '_siftstep' ]; then
  _siftstep "$@"
else
  compdef _siftstep siftstep
fi
`
}

function caseOf(command: Command): string {
  const specs = [...flagsOf(command).flatMap(flagSpecs), ...command.positionals.map(positionalSpec)]
  return [`    ${command.name})`, `      _arguments ${specs.map((spec) => `\\\n        ${quoted(spec)}`).join(' ')}`, '      ;;'].join('\n')
}

/** Signs that end a part of a spec. */
const escaped = (text: string) => text.replace(/[[\]:\\]/g, (sign) => `\\${sign}`)

function flagSpecs(flag: Flag): readonly string[] {
  const value = flag.value === undefined ? '' : `:${escaped(flag.value)}:${offer(flag.value, flag.choices)}`
  return spellings(flag).map((spelled) => `${flag.many === true ? '*' : ''}${spelled}[${escaped(brief(flag.help))}]${value}`)
}

const positionalSpec = ({ name, choices, many, required }: Positional): string =>
  `${many === true ? '*' : ''}:${required || many === true ? '' : ':'}${escaped(name)}:${offer(name, choices)}`

function offer(name: string, choices: readonly string[] | undefined): string {
  const offered = offeredFor(name, choices)
  if (offered === 'folders') return '_files -/'
  return offered === 'files' ? '_files' : `(${offered.words.join(' ')})`
}
