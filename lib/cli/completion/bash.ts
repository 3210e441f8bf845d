/** The completion script for bash, from version 3.2 on. */
import { flagsOf } from '#cli/arguments/args.ts'
import type { Command } from '#cli/arguments/command.ts'
import { quoted } from '#cli/runs/on-store.ts'
import { firstWords, spellings, withValue } from './values.ts'

/** Where nothing is offered, `-o default` offers files. */
export function bashScript(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name)
  return `# Completion of siftstep for bash. Try it: source <(siftstep completion bash)
_siftstep() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" flags='' words=''
  COMPREPLY=()
  # bash takes --on=aws apart at the =
  if [ "$current" = '=' ]; then
    current=''
  elif [ "$before" = '=' ]; then
    before="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  if [ "$COMP_CWORD" -eq 1 ]; then
    words=${quoted([...names, 'help'].join(' '))}
    case "$current" in
      -*) words='--help --version' ;;
    esac
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
    help)
      words=${quoted(names.join(' '))}
      ;;
${commands.map(caseOf).join('\n')}
  esac
  case "$current" in
    -*) words="$flags" ;;
  esac
  if [ -n "$words" ]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -o bashdefault -o default -F _siftstep siftstep
`
}

function caseOf(command: Command): string {
  const flags = flagsOf(command).flatMap(spellings)
  const values = withValue(command).map((flag) => {
    const words = flag.choices === undefined ? '' : `COMPREPLY=($(compgen -W ${quoted(flag.choices.join(' '))} -- "$current")); `
    return `        ${spellings(flag).join(' | ')}) ${words}return ;;`
  })
  const first = firstWords(command)
  return [
    `    ${command.name})`,
    ...(values.length === 0 ? [] : ['      case "$before" in', ...values, '      esac']),
    ...(first === undefined ? [] : [`      [ "$COMP_CWORD" -eq 2 ] && words=${quoted(first.join(' '))}`]),
    `      flags=${quoted(flags.join(' '))}`,
    '      ;;',
  ].join('\n')
}
