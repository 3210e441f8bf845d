/** siftstep completion */
import { nearest } from '#core/text/nearest.ts'
import { EXIT } from '#run/local/events.ts'
import type { Command } from '#cli/arguments/command.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { bashScript } from '#cli/completion/bash.ts'
import { fishScript } from '#cli/completion/fish.ts'
import { zshScript } from '#cli/completion/zsh.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

const SCRIPTS: ReadonlyMap<string, (commands: readonly Command[]) => string> = new Map([
  ['bash', bashScript],
  ['zsh', zshScript],
  ['fish', fishScript],
])

/** Prints the script. Throws a UsageError for a shell that has none. */
export function printCompletion(args: Args, terminal: Terminal, commands: readonly Command[]): number {
  const [shell = ''] = args.positionals
  const script = SCRIPTS.get(shell)
  if (script === undefined) {
    const shells = [...SCRIPTS.keys()]
    const meant = nearest(shell, shells)
    throw new UsageError(
      `no completion for the shell ${shell}`,
      `${meant === undefined ? '' : `did you mean ${meant}? `}shells: ${shells.join(', ')}`,
      'completion',
    )
  }
  terminal.out(script(commands))
  return EXIT.ok
}
