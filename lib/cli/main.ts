/** The command line: finds the command, parses its arguments, and prints errors. The only catch-all of the program. */
import { optimizeLater } from '#core/task/short-process.ts'
import { nearest } from '#core/text/nearest.ts'
import { visibleLines } from '#core/text/escape-controls.ts'
import { HELP, readArgs } from '#cli/arguments/args.ts'
import type { Command } from '#cli/arguments/command.ts'
import { COMMANDS } from '#cli/commands/index.ts'
import { commandHelp, programHelp } from '#cli/arguments/help.ts'
import { safeTerminal } from '#cli/terminal/safe-terminal.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { printUnexpected } from '#cli/terminal/unexpected.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

export { processTerminal } from '#cli/terminal/terminal.ts'
export { printUnexpected } from '#cli/terminal/unexpected.ts'

/** Runs the command line; resolves with the exit code and never rejects. */
export async function main(argv: readonly string[], terminal: Terminal, commands: readonly Command[] = COMMANDS): Promise<number> {
  optimizeLater()
  const safe = safeTerminal(terminal)
  try {
    return await dispatch(argv, safe, commands)
  } catch (error) {
    return printError(error, safe)
  }
}

async function dispatch([first, ...rest]: readonly string[], terminal: Terminal, commands: readonly Command[]): Promise<number> {
  if (first === undefined || first === '--help' || first === '-h' || (first === 'help' && rest.length === 0)) {
    terminal.out(programHelp(commands, terminal.program.version))
    return 0
  }
  if (first === '--version' || first === '-v') {
    terminal.out(`${terminal.program.version}\n`)
    return 0
  }
  const [name, given] = first === 'help' ? [rest[0] ?? '', ['--help']] : [first, rest]
  const command = commands.find((one) => one.name === name)
  if (command === undefined) throw unknownCommand(name, commands)
  const args = readArgs(command, given)
  if (!args.has(HELP.name)) return command.run(args, terminal, commands)
  terminal.out(commandHelp(command))
  terminal.out((await command.moreHelp?.(args, terminal)) ?? '')
  return 0
}

function unknownCommand(given: string, commands: readonly Command[]): UsageError {
  const names = commands.map(({ name }) => name)
  const meant = nearest(given, names)
  const list = `commands: ${names.join(', ')}`
  return new UsageError(
    given.startsWith('-') ? `unknown flag ${given} before a command` : `unknown command ${given}`,
    meant === undefined ? list : `did you mean ${meant}? ${list}`,
  )
}

async function printError(thrown: unknown, terminal: Terminal): Promise<number> {
  const error = thrown instanceof Error && thrown.name === 'RunError' ? await runErrorInWords(thrown, terminal) : thrown
  if (error instanceof UsageError) {
    const more = error.command === undefined ? 'siftstep --help' : `siftstep ${error.command} --help`
    terminal.err(`siftstep: ${visibleLines(error.message)}\n  hint: ${visibleLines(error.hint)}\n  more: ${more}\n`)
    return 2
  }
  const { TaskError } = await import('#core/errors/errors.ts')
  const { exitCodeOf } = await import('#run/local/events.ts')
  if (error instanceof TaskError) {
    const hint = error.hint === undefined ? '' : `  hint: ${visibleLines(error.hint)}\n`
    terminal.err(`siftstep: ${visibleLines(error.message)} (${error.name})\n${hint}`)
    return exitCodeOf(error.name)
  }
  printUnexpected(error, terminal)
  return 1
}

/** Loaded only when there is one: most commands know no runs. */
async function runErrorInWords(error: Error, terminal: Terminal): Promise<unknown> {
  const { RunError } = await import('#run/runs/run-error.ts')
  if (!(error instanceof RunError)) return error
  const { inWords } = await import('#cli/runs/run-errors.ts')
  return inWords(error, terminal)
}
