/**
 * Errors of tasks. The `name` is part of the machine's contract: ASL Retry and Catch match on it exactly, so every
 * name a task can throw is in this table and nowhere else. `Transient.*` may succeed when tried again; the others never.
 */
import type { LoopItem } from '#core/task/task.ts'

export const TASK_ERRORS = {
  'Transient.Throttled': 'A service asked us to slow down.',
  'Transient.Unavailable': 'A service or file system did not answer as it should; it may when asked again.',
  'Transient.Timeout': 'A call took longer than it may.',
  'Transient.WorkerLost': 'The process that ran a task ended before it answered.',
  'Data.NoSources': 'A source names nothing that exists.',
  'Data.Unreadable': 'A source exists but cannot be read.',
  'Data.NoRows': 'Sources were read and hold no row at all.',
  'Data.SchemaMismatch': 'Sources do not fit together, or not the schema they must have.',
  'Data.SourceChanged': 'A source was changed while the run was reading it.',
  'Data.TooManyBadRows': 'More rows are bad than the step allows.',
  'Data.MissingObject': 'An object of the run is not in its store.',
  'Data.UnsupportedFormat': 'The format, encoding or compression of a source is not supported.',
  'Store.Unusable': 'The bucket of the run’s own files cannot be used.',
  'Accounting.Imbalance': 'The rows in are not the rows out, quarantined, deduplicated and filtered.',
  'Quality.GateFailed': 'The data does not reach the quality the pipeline demands.',
  'Definition.UnknownColumn': 'A setting names a column the data does not have.',
  'Definition.InvalidSetting': 'A setting, once its references are resolved, is not of the kind it must be.',
  'Definition.MissingSecret': 'A secret that a setting names is not there, or may not be read.',
  'Output.Conflict': 'The output place holds files that are not ours to replace.',
  'Output.NoSpace': 'There is no room left to write.',
  'Output.Unwritable': 'The output place cannot be written to.',
  'Engine.Interrupted': 'The run was stopped from outside.',
  'Engine.Bug': 'Something failed that should not; this is a defect of siftstep.',
} as const

export type TaskErrorName = keyof typeof TASK_ERRORS

/** A failure of a task, told in one sentence, with the way out in `hint` where there is one. */
export class TaskError extends Error {
  override readonly name: TaskErrorName
  readonly hint: string | undefined
  /** Where in the step's definition the cause lies, as a path such as `with.operations.0.filter`, when it lies there. */
  readonly path: string | undefined

  constructor(name: TaskErrorName, message: string, options: { hint?: string; path?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = name
    this.hint = options.hint
    this.path = options.path
  }
}

/** Does what a part of a definition asks for; of what fails of the author's, this is the place, or the inner part that is known already. */
export function withPath<Result>(part: readonly (string | number)[], work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof TaskError) || !error.name.startsWith('Definition.')) throw error
    const { name, message, hint, path } = error
    throw new TaskError(name, message, {
      cause: error,
      path: [...part, ...(path === undefined ? [] : [path])].join('.'),
      ...(hint === undefined ? {} : { hint }),
    })
  }
}

/** The error of a task that works for several steps, as that of the step it belongs to; one that names the step stays as it is. */
export function withStep(error: unknown, step: string): unknown {
  if (!(error instanceof TaskError) || error.message.startsWith(`step ${step}: `)) return error
  return withMessage(error, `step ${step}: ${error.message}`)
}

/** The error of a step that runs once for each item of a list, naming the item. */
export function withItem(error: TaskError, step: string, index: number, { as, item }: LoopItem): TaskError {
  const own = `step ${step}: `
  const message = error.message.startsWith(own) ? error.message.slice(own.length) : error.message
  return withMessage(error, `${own}item ${index + 1} of the loop (${as} = ${item}): ${message}`)
}

function withMessage(error: TaskError, message: string): TaskError {
  const { name, hint, path } = error
  return new TaskError(name, message, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
    ...(path === undefined ? {} : { path }),
  })
}

/** The names worth trying again, for Retry; `Transient` in a definition stands for these and AWS's own. */
export const TRANSIENT_ERRORS = (Object.keys(TASK_ERRORS) as TaskErrorName[]).filter((name) => name.startsWith('Transient.'))
