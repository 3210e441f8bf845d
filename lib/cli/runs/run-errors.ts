/** Errors about runs in the words of the command line: paths as they are typed here, and flags and commands. */
import { TaskError } from '#core/errors/errors.ts'
import type { RunError } from '#run/runs/run-error.ts'
import { printProblems } from '#cli/arguments/read-definition.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { displayPath } from './on-store.ts'

/** The error that is printed for it; problems of a definition are printed at once. */
export function inWords({ facts, message, hint, cause }: RunError, terminal: Terminal): UsageError | TaskError {
  switch (facts.code) {
    case 'no-runs':
      return new UsageError(`no runs in ${displayPath(facts.store, terminal)}`, 'siftstep run creates one; --store selects another store')
    case 'unknown-run':
      return new UsageError(`no run ${facts.given} in ${displayPath(facts.store, terminal)}`, hint)
    case 'unknown-pipeline':
      return new UsageError(`no runs of a pipeline ${facts.given} in ${displayPath(facts.store, terminal)}`, hint)
    case 'definition-invalid':
      printProblems(facts.problems, terminal)
      return new UsageError(message, hint)
    case 'store-unusable':
      return cause instanceof TaskError
        ? new TaskError(
            cause.name,
            `the run could not start: the store ${displayPath(facts.store, terminal)} is not usable: ${cause.message}`,
            { cause, hint: 'fix that, or name another place with --store, and run it again' },
          )
        : new UsageError(message, hint)
    default:
      return new UsageError(message, hint)
  }
}
