/**
 * A failure as a machine catches it, in the words of the task that failed. Lambda wraps what a task threw into JSON, and has names of
 * its own for a function that was stopped or died.
 */
import { TaskError } from './errors.ts'
import { entryOf } from '#core/text/record.ts'

export interface CaughtError {
  readonly Error?: string
  readonly Cause?: string
}

/** What Step Functions calls it when a distributed map fails of its children, whatever they failed of. */
export const TOO_MANY_FAILED = 'States.ExceedToleratedFailureThreshold'

/** The name, and the cause with its mend after `hint:` on a line of its own. The same for a laptop's failures and for those of Lambda. */
export function readFailure({ Error: error = 'Engine.Bug', Cause: cause = '' }: CaughtError): {
  readonly error: string
  readonly cause: string
} {
  const text = unwrapped(cause)
  const hint = HINTS.find(({ matches }) => matches.test(error) || matches.test(text))?.hint
  const message = text === '' ? (entryOf(WORDLESS, error) ?? error) : text
  return { error, cause: hint === undefined || text.includes('\nhint: ') ? text : `${message}\nhint: ${hint}` }
}

/** The parts of a cause: what is wrong, the place in the definition where that lies, and the mend. */
export interface Cause {
  readonly what: string
  readonly at: string | null
  readonly hint: string | null
}

/** A cause as one text, which is all that a machine carries. */
export const causeText = ({
  what,
  at,
  hint,
}: {
  readonly what: string
  readonly at?: string | null
  readonly hint?: string | null
}): string => [what, ...(at == null ? [] : [`at: ${at}`]), ...(hint == null ? [] : [`hint: ${hint}`])].join('\n')

/** The text of an error for a machine to carry. */
export const formatCause = (error: Error): string =>
  error instanceof TaskError ? causeText({ what: error.message, at: error.path ?? null, hint: error.hint ?? null }) : error.message

/** A cause in its parts again. */
export function parseCause(cause: string): Cause {
  const hintAt = cause.lastIndexOf('\nhint: ')
  const [withoutHint, hint] = hintAt < 0 ? [cause, null] : [cause.slice(0, hintAt), cause.slice(hintAt + '\nhint: '.length)]
  const place = /\nat: ([^\n]*)$/.exec(withoutHint)
  return { what: place === null ? withoutHint : withoutHint.slice(0, place.index), at: place?.[1] ?? null, hint }
}

/** What Step Functions gives no cause for. */
const WORDLESS: { readonly [error: string]: string } = { 'States.Timeout': 'a task took longer than its timeout allows' }

/** Troubles that no task can tell of, because they are its end. */
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
    hint: 'the account runs as many functions at a time as it may: lower `resources.workers`, or ask AWS for more concurrent executions',
  },
  {
    // where what the children failed of could not be found
    matches: /^States\.ExceedToleratedFailureThreshold$/,
    hint: 'siftstep logs tells what its tasks failed of, and so does the map run in the console of Step Functions',
  },
  {
    matches: /^States\.DataLimitExceeded$/,
    hint: 'between states a run carries at most 256 KiB: keep long lists out of its inputs, and give the address of a file in their place',
  },
]

/** The message within `{"errorType": …, "errorMessage": …}`; any other text as it is. */
function unwrapped(cause: string): string {
  if (!cause.startsWith('{')) return cause
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown }
    return typeof errorMessage === 'string' ? errorMessage : cause
  } catch {
    // a text that happens to begin with a brace
    return cause
  }
}
