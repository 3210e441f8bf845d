/** The page of the errors a task can end with, and of exit codes. */
import { EXIT, exitCodeOf } from '#run/local/events.ts'
import { TASK_ERRORS, TRANSIENT_ERRORS } from '#core/errors/errors.ts'
import { code, generatedFrom, page, table } from './markdown.ts'

const EXIT_TEXTS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'Done.',
  failed: 'The run failed.',
  definition: 'A mistake in a definition or a command line; nothing was started, or nothing was published.',
  quality: 'The data does not meet the quality the pipeline requires; nothing was published.',
  partial: 'Completed in part: a step failed that may (`continue_on_error`).',
  interrupted: 'Stopped from outside; `siftstep resume` finishes it.',
}

export function errorsPage(): string {
  const names = Object.entries(TASK_ERRORS)
  const transient = new Set<string>(TRANSIENT_ERRORS)
  return page(
    '# Errors and exit codes',
    generatedFrom('lib/core/errors/errors.ts and lib/run/local/events.ts'),
    'A mistake in a definition is a [problem](problems.md), bad data a violation of a [rule](rules.md). This page is about the rest: what the world, or the data as a whole, does to a run.',
    '## Errors of tasks',
    'The names are what `retry.errors` matches: a whole name, or what stands before the point for all of its family. Only `Transient` errors are tried again unless a step says otherwise.',
    table(
      ['Error', 'Meaning', 'Tried again', 'Exit code'],
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
