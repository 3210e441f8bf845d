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

/** The error name, and the cause with the fix on its own `hint:` line. Handles failures of a laptop run and of Lambda alike. */
export function readFailure({ Error: error = 'Engine.Bug', Cause: cause = '' }: CaughtError): {
  readonly error: string
  readonly cause: string
} {
  const text = unwrapped(cause)
  const hint = HINTS.find(({ matches }) => matches.test(error) || matches.test(text))?.hint
  const message = text === '' ? (entryOf(WORDLESS, error) ?? error) : text
  return { error, cause: hint === undefined || text.includes('\nhint: ') ? text : `${message}\nhint: ${hint}` }
}

/** A cause in parts: what is wrong, the path in the definition, and the fix. */
export interface Cause {
  readonly what: string
  readonly at: string | null
  readonly hint: string | null
}

/** Joins the parts of a cause into one text, because a machine carries only text. */
export const causeText = ({
  what,
  at,
  hint,
}: {
  readonly what: string
  readonly at?: string | null
  readonly hint?: string | null
}): string => [what, ...(at == null ? [] : [`at: ${at}`]), ...(hint == null ? [] : [`hint: ${hint}`])].join('\n')

/** Formats an error as a cause. */
export const formatCause = (error: Error): string =>
  error instanceof TaskError ? causeText({ what: error.message, at: error.path ?? null, hint: error.hint ?? null }) : error.message

/** Splits a cause into its parts. */
export function parseCause(cause: string): Cause {
  const hintAt = cause.lastIndexOf('\nhint: ')
  const [withoutHint, hint] = hintAt < 0 ? [cause, null] : [cause.slice(0, hintAt), cause.slice(hintAt + '\nhint: '.length)]
  const place = /\nat: ([^\n]*)$/.exec(withoutHint)
  return { what: place === null ? withoutHint : withoutHint.slice(0, place.index), at: place?.[1] ?? null, hint }
}

/** Messages for errors that Step Functions reports without a cause. */
const WORDLESS: { readonly [error: string]: string } = { 'States.Timeout': 'a task took longer than its timeout allows' }

/** Hints for failures that end the task before it can report anything. */
const HINTS: readonly { readonly matches: RegExp; readonly hint: string }[] = [
  {
    matches: /^(Sandbox\.Timedout|States\.Timeout)$|Task timed out after/,
    hint: 'raise `timeout` of the step (a Lambda may take 15 minutes), or give each task less to do: lower `resources.task_bytes`',
  },
  {
    matches: /^Runtime\.(ExitError|OutOfMemory)$|Runtime exited with error|signal: killed/,
    hint: 'the function most likely ran out of memory: raise `resources.memory` of the step (a Lambda may have 10240 MB), or lower `resources.task_bytes`',
  },
  {
    matches: /^Lambda\.TooManyRequestsException$/,
    hint: 'the account reached its limit of concurrent Lambda executions: lower `resources.workers`, or ask AWS for a higher limit',
  },
  {
    // the errors of the children could not be found
    matches: /^States\.ExceedToleratedFailureThreshold$/,
    hint: 'run siftstep logs, or open the map run in the Step Functions console, to see why its tasks failed',
  },
  {
    matches: /^States\.DataLimitExceeded$/,
    hint: 'a run can pass at most 256 KiB between states: replace long lists in its inputs by the address of a file',
  },
]

/** The message within `{"errorType": …, "errorMessage": …}`; any other text unchanged. */
function unwrapped(cause: string): string {
  if (!cause.startsWith('{')) return cause
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown }
    return typeof errorMessage === 'string' ? errorMessage : cause
  } catch {
    // text that happens to begin with a brace
    return cause
  }
}
