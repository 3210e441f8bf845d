/**
 * Errors of tasks. The `name` is part of the machine's contract: ASL Retry and Catch match it exactly. Every name a task can end with is in
 * these tables and nowhere else. Only `Transient.*` and the errors of hosts may succeed on a retry.
 */
import type { LoopItem } from '#core/task/task.ts'

/** Names Lambda reports for a task that died before it could throw an error. The local pool of processes uses the first one, too. */
export const HOST_ERRORS = {
  'Runtime.ExitError': 'The process that ran a task ended before it answered: it crashed, was killed, or ran out of memory.',
  'Runtime.OutOfMemory': 'A Lambda function ran out of memory.',
  'Sandbox.Timedout': 'A Lambda function exceeded its timeout.',
  'Lambda.Unknown': 'A Lambda function ended for a reason that Lambda does not report.',
} as const

export const TASK_ERRORS = {
  'Transient.Throttled': 'A service asked us to slow down.',
  'Transient.Unavailable': 'A service or file system did not answer correctly; a retry may succeed.',
  'Transient.Timeout': 'A call exceeded its time limit.',
  ...HOST_ERRORS,
  'Data.NoSources': 'A source matches nothing that exists.',
  'Data.Unreadable': 'A source exists but cannot be read.',
  'Data.NoRows': 'Sources were read and hold no rows.',
  'Data.SchemaMismatch': 'The schemas of the sources do not match each other, or not the required schema.',
  'Data.SourceChanged': 'A source changed while the run was reading it.',
  'Data.TooManyBadRows': 'More rows are bad than the step allows.',
  'Data.MissingObject': 'An object of the run is missing from its store.',
  'Data.UnsupportedFormat': 'The format, encoding or compression of a source is not supported.',
  'Store.Unusable': 'The bucket of the run’s own files cannot be used.',
  'Accounting.Imbalance': 'The rows in are not the rows out, quarantined, deduplicated and filtered.',
  'Quality.GateFailed': 'The data does not meet the quality the pipeline requires.',
  'Definition.UnknownColumn': 'A setting names a column the data does not have.',
  'Definition.InvalidSetting': 'A setting has an invalid value after its references are resolved.',
  'Definition.MissingSecret': 'A secret named in a setting does not exist or cannot be read.',
  'Output.Conflict': 'The output location holds files this pipeline did not write.',
  'Output.NoSpace': 'No space is left to write the output.',
  'Output.Unwritable': 'The output location cannot be written to.',
  'Approval.Rejected': 'A person rejected what an approval step asked.',
  'Approval.Timeout': 'Nobody decided in time what an approval step asked.',
  'Command.Failed': 'The commands of a shell step ended with an exit code other than 0.',
  'Function.Failed': 'A function step threw an error, did not answer, ran out of memory, or returned what it may not.',
  'Engine.Interrupted': 'The run was stopped from outside.',
  'Engine.Bug': 'An unexpected error: a defect of siftstep.',
} as const

export type TaskErrorName = keyof typeof TASK_ERRORS

interface TaskErrorOptions {
  readonly hint?: string | undefined
  readonly step?: string | undefined
  readonly path?: string | undefined
  readonly cause?: unknown
}

/** A task failure: one sentence without the name of the step, and in `hint` the fix if there is one. */
export class TaskError extends Error {
  override readonly name: TaskErrorName
  readonly hint: string | undefined
  /** The step that failed; absent: the step that the task works for. */
  readonly step: string | undefined
  /** Path within the step's definition that caused the failure, such as `with.operations.0.filter`, if the definition is the cause. */
  readonly path: string | undefined

  constructor(name: TaskErrorName, message: string, options: TaskErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = name
    this.hint = options.hint
    this.step = options.step
    this.path = options.path
  }
}

/** Runs `work` for a part of a definition. A `Definition.*` error gets the path of that part, in front of any inner path it already has. */
export function withPath<Result>(part: readonly (string | number)[], work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof TaskError) || !error.name.startsWith('Definition.')) throw error
    throw changedError(error, { path: [...part, ...(error.path === undefined ? [] : [error.path])].join('.') })
  }
}

/** Waits for the result; undefined if it fails with an error of this name. */
export async function unless<Result>(name: TaskErrorName, result: Promise<Result>): Promise<Result | undefined> {
  try {
    return await result
  } catch (error) {
    if (error instanceof TaskError && error.name === name) return undefined
    throw error
  }
}

/** Names the step that an error belongs to, for tasks that work for several steps. An error that names one is unchanged. */
export function withStep(error: unknown, step: string): unknown {
  return error instanceof TaskError && error.step === undefined ? changedError(error, { step }) : error
}

/** Adds the item to the error of a step that runs once per item of a list. */
export const withItem = (error: TaskError, index: number, { as, item }: LoopItem): TaskError =>
  changedError(error, { message: `item ${index + 1} of the loop (${as} = ${item}): ${error.message}` })

/** An error with other parts; the original is its cause. */
export function changedError(error: TaskError, parts: TaskErrorOptions & { readonly message?: string }): TaskError {
  const { name, message, hint, step, path } = error
  return new TaskError(name, parts.message ?? message, { cause: error, hint, step, path, ...parts })
}

/** Names that Retry matches; `Transient` in a definition means these and the errors of Lambda as a service. */
export const TRANSIENT_ERRORS = (Object.keys(TASK_ERRORS) as TaskErrorName[]).filter(
  (name) => name.startsWith('Transient.') || Object.hasOwn(HOST_ERRORS, name),
)
