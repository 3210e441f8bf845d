/**
 * Turns a failure that a machine caught back into the error of the task. Lambda wraps what a task threw in JSON, and uses its own error
 * names for a function that was stopped or crashed.
 */
import { TaskError } from './errors.ts'
import { entryOf } from '#core/text/record.ts'

export interface CaughtError {
  readonly Error?: string
  readonly Cause?: string
}

/** The error of a distributed map whose children failed, whatever their own errors were. */
export const TOO_MANY_FAILED = 'States.ExceedToleratedFailureThreshold'

/** What a machine carries as the cause of an error, as JSON: it has room for one text only. */
export interface Cause {
  /** The step that failed, if it is known. */
  readonly step: string | null
  /** The name of the error. */
  readonly code: string
  readonly message: string
  readonly hint: string | null
  /** Path within the step, such as `with.operations.0.filter`, or the position in the file. */
  readonly where: string | null
}

/** The error name, and the cause as JSON. Handles failures of a laptop run, of Lambda and of Step Functions alike. */
export function readFailure({ Error: error = 'Engine.Bug', Cause: cause = '' }: CaughtError): {
  readonly error: string
  readonly cause: string
} {
  const text = unwrapped(cause)
  if (known(text) !== undefined) return { error, cause: text }
  const hint = HINTS.find(({ errors, texts }) => errors.includes(error) || texts.some((one) => text.includes(one)))?.hint
  return { error, cause: causeText({ code: error, message: text === '' ? (entryOf(WORDLESS, error) ?? '') : text, hint }) }
}

/** A machine carries a cause of at most 32,768 characters, also where all of them have to be escaped; a name in a file can be longer. */
const MAX_CHARACTERS = 2000

const shortened = (text: string) =>
  text.length <= MAX_CHARACTERS
    ? text
    : `${text.slice(0, MAX_CHARACTERS / 2)} … ${text.slice(-MAX_CHARACTERS / 2)} (of ${text.length.toLocaleString('en')} characters, those in the middle are left out)`

/** A cause as the JSON that a machine carries. Texts that are too long for it lose their middle. */
export const causeText = ({
  step = null,
  code,
  message,
  hint = null,
  where = null,
}: Pick<Cause, 'code' | 'message'> & { readonly [Key in 'step' | 'hint' | 'where']?: string | null | undefined }): string =>
  JSON.stringify({ step, code, message: shortened(message), hint: hint === null ? null : shortened(hint), where } satisfies Cause)

/** Formats an error as a cause. */
export const formatCause = (error: Error): string =>
  error instanceof TaskError
    ? causeText({ step: error.step, code: error.name, message: error.message, hint: error.hint, where: error.path })
    : causeText({ code: error.name, message: error.message })

/** The parts of a cause. A text that no task wrote is a message. */
export const parseCause = (cause: string): Cause => known(cause) ?? { step: null, code: '', message: cause, hint: null, where: null }

/** The cause that a task wrote; undefined for any other text. */
function known(text: string): Cause | undefined {
  const value = jsonOf(text)
  return typeof value?.['code'] === 'string' && typeof value['message'] === 'string' ? (value as unknown as Cause) : undefined
}

/** A JSON object; undefined for any other text. */
function jsonOf(text: string): { readonly [key: string]: unknown } | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    return JSON.parse(text) as { readonly [key: string]: unknown }
  } catch {
    // text that happens to begin with a brace
    return undefined
  }
}

/** Messages for errors that Step Functions reports without a cause. */
const WORDLESS: { readonly [error: string]: string } = { 'States.Timeout': 'a task took longer than its timeout allows' }

/** Hints for failures that end the task before it can report anything: by the error, or by a fixed text of Lambda. */
const HINTS: readonly { readonly errors: readonly string[]; readonly texts: readonly string[]; readonly hint: string }[] = [
  {
    errors: ['Sandbox.Timedout', 'States.Timeout'],
    texts: ['Task timed out after'],
    hint: 'raise `timeout` of the step (a Lambda may take 15 minutes), or give each task less to do: lower `resources.task_bytes`',
  },
  {
    errors: ['Runtime.ExitError', 'Runtime.OutOfMemory'],
    texts: ['Runtime exited with error', 'signal: killed'],
    hint: 'the function most likely ran out of memory: raise `resources.memory` of the step (a Lambda may have 10240 MB), or lower `resources.task_bytes`',
  },
  {
    errors: ['Lambda.TooManyRequestsException'],
    texts: [],
    hint: 'the account reached its limit of concurrent Lambda executions: lower `resources.workers`, or ask AWS for a higher limit',
  },
  {
    // the errors of the children could not be found
    errors: [TOO_MANY_FAILED],
    texts: [],
    hint: 'run siftstep logs, or open the map run in the Step Functions console, to see why its tasks failed',
  },
  {
    errors: ['States.DataLimitExceeded'],
    texts: [],
    hint: 'a run can pass at most 256 KiB between states: replace long lists in its inputs by the address of a file',
  },
]

/** The message within `{"errorType": …, "errorMessage": …}`; any other text unchanged. */
function unwrapped(cause: string): string {
  const message = jsonOf(cause)?.['errorMessage']
  return typeof message === 'string' ? message : cause
}
