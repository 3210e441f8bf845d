/** The page of the errors a task can end with, and of exit codes. */
import { EXIT, exitCodeOf } from '#run/local/events.ts'
import { TASK_ERRORS, TRANSIENT_ERRORS } from '#core/errors/errors.ts'
import { code, generatedFrom, page, table } from './markdown.ts'

const EXIT_TEXTS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'Done.',
  failed: 'The run failed.',
  definition: 'A mistake in a definition or on the command line; nothing was started, or nothing was published.',
  quality: 'The data does not reach the required quality; nothing was published.',
  partial: 'Completed in part: a step with `continue_on_error` failed.',
  interrupted: 'Interrupted; `siftstep resume` continues it.',
}

export function errorsPage(): string {
  const names = Object.entries(TASK_ERRORS)
  const transient = new Set<string>(TRANSIENT_ERRORS)
  return page(
    '# Errors and exit codes',
    generatedFrom('lib/core/errors/errors.ts and lib/run/local/events.ts'),
    'A mistake in a definition is a [problem](problems.md), bad data a violation of a [rule](rules.md). This page lists the other errors: of files, services and the data as a whole.',
    '## Errors of tasks',
    '`retry.errors` matches these names: a full name, or the part before the point for all errors of that family. By default only `Transient` errors are retried.',
    table(
      ['Error', 'Meaning', 'Retried', 'Exit code'],
      names.map(([name, meaning]) => [code(name), meaning, transient.has(name) ? 'yes' : 'no', code(String(exitCodeOf(name)))]),
    ),
    '## Exit codes',
    'The same for every command.',
    table(
      ['Code', 'Meaning'],
      Object.entries(EXIT).map(([name, number]) => [code(String(number)), EXIT_TEXTS[name as keyof typeof EXIT]]),
    ),
  )
}
