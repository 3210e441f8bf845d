/**
 * Wraps errors of Node, its fetch and libraries. Their texts may quote input, use internal names or hold a stack, so the text of a task
 * error never contains them: the original error is kept as `cause`, and the log of the task shows it.
 */
import { changedError, TaskError, type TaskErrorName } from './errors.ts'
import { systemError } from './system-error.ts'

/** Wraps an unexpected error that occurred while `doing`. An operating system error is translated; a task error is returned unchanged. */
export function foreignError(error: unknown, doing: string): TaskError {
  if (error instanceof TaskError) return error
  const code = codesOf(error).find((one) => /^E[A-Z0-9]+$/.test(one))
  if (code !== undefined) return systemError(error, doingOf(error) ?? doing)
  return new TaskError('Engine.Bug', `${doing}: unexpected error`, { cause: error })
}

/** Whether a text is only the name or code of an error. Such a text may be shown; a full sentence of a library may not. */
export const isCode = (text: string): boolean => /^[A-Za-z][A-Za-z0-9_.]{1,60}$/.test(text)

/** Adds to an `Engine.Bug` error where its details are logged and what to do next. Other errors are returned unchanged. */
export function withLog(error: TaskError, log: string): TaskError {
  if (error.name !== 'Engine.Bug' || error.hint !== undefined) return error
  return changedError(error, {
    cause: error.cause ?? error,
    hint: `this is a defect of siftstep: report it with the details in ${log}; finished work is kept, so retry the run (resume, on AWS redrive)`,
  })
}

/** Lines for a log: an error with its causes, their names, messages, codes and stacks. */
export function detailsOf(error: unknown): readonly string[] {
  const lines: string[] = []
  let one: unknown = error
  // causes can form a cycle
  for (let depth = 0; one !== undefined && depth < 6; depth++) {
    const text = one instanceof Error ? (one.stack ?? `${one.name}: ${one.message}`) : String(one)
    lines.push(...`${depth === 0 ? '' : 'caused by '}${text}`.split('\n'))
    one = one instanceof Error ? one.cause : undefined
  }
  return lines
}

/** Translates an error of fetch. `doing` is the action with its address; `seconds` is how long we waited for an answer. */
export function networkError(error: unknown, doing: string, seconds: number, hint: string): TaskError {
  if (error instanceof Error && error.name === 'TimeoutError')
    return new TaskError('Transient.Timeout', `${doing}: no answer within ${seconds} s`, { cause: error, hint })
  const codes = codesOf(error)
  const known = NETWORK.find(({ of }) => codes.some((code) => of.test(code)))
  const named = codes[0] === undefined ? '' : ` (${codes[0]})`
  const { name, message } = known ?? { name: 'Transient.Unavailable', message: 'the request could not be sent' }
  return new TaskError(name, `${doing}: ${message}${named}`, { cause: error, hint })
}

const NETWORK: readonly { readonly of: RegExp; readonly name: TaskErrorName; readonly message: string }[] = [
  { of: /^ECONNREFUSED$/, name: 'Transient.Unavailable', message: 'connection refused' },
  { of: /^(ENOTFOUND|EAI_AGAIN)$/, name: 'Transient.Unavailable', message: 'unknown host name' },
  { of: /^(EHOSTUNREACH|ENETUNREACH)$/, name: 'Transient.Unavailable', message: 'the host is unreachable' },
  { of: /^(ETIMEDOUT|UND_ERR_\w*TIMEOUT)$/, name: 'Transient.Timeout', message: 'the connection timed out' },
  {
    of: /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/,
    name: 'Transient.Unavailable',
    message: 'the connection was closed before a response arrived',
  },
  { of: /^HPE_/, name: 'Transient.Unavailable', message: 'the response is not HTTP' },
  { of: /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/, name: 'Output.Unwritable', message: 'the certificate of the host is not trusted' },
  { of: /^(EPROTO|ERR_SSL_)/, name: 'Output.Unwritable', message: 'the encrypted connection failed' },
]

/** The codes of an error, of its causes, and of the errors in an AggregateError. */
function codesOf(error: unknown, depth = 0): readonly string[] {
  if (!(error instanceof Error) || depth > 5) return []
  const { code } = error as NodeJS.ErrnoException
  const inner = error instanceof AggregateError ? error.errors : []
  return [...(typeof code === 'string' ? [code] : []), ...[error.cause, ...inner].flatMap((one) => codesOf(one, depth + 1))]
}

/** Calls of the system that change nothing, in words. */
const DOING: ReadonlyMap<string | undefined, string> = new Map([
  ['stat', 'reading'],
  ['lstat', 'reading'],
  ['scandir', 'reading'],
  ['read', 'reading'],
  ['open', 'opening'],
])

/** What a failed call of the system did, to which file. */
function doingOf(error: unknown): string | undefined {
  const { syscall, path } = error as NodeJS.ErrnoException
  return path === undefined ? undefined : `${DOING.get(syscall) ?? 'writing'} ${path}`
}
