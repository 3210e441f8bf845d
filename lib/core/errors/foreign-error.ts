/**
 * Words for errors of others: Node, its fetch, libraries. Their texts may quote what they were given, name nothing a reader knows, or hold a
 * stack, so none is copied into an error of a task: it stays the `cause`, and the log of the task has it.
 */
import { TaskError, type TaskErrorName } from './errors.ts'
import { systemError } from './system-error.ts'

/** An error nobody foresaw, while `doing`; one of the operating system is told as what it is, and a task error passes. */
export function foreignError(error: unknown, doing: string): TaskError {
  if (error instanceof TaskError) return error
  const code = codesOf(error).find((one) => /^E[A-Z0-9]+$/.test(one))
  if (code !== undefined) return systemError(error, doingOf(error) ?? doing)
  return new TaskError('Engine.Bug', `${doing}: siftstep met an error that it did not expect`, { cause: error })
}

/** Whether a text is the name or code of an error and nothing else, which may be told; a sentence of others may not. */
export const isCode = (text: string): boolean => /^[A-Za-z][A-Za-z0-9_.]{1,60}$/.test(text)

/** Where the details of an error that is a defect stand, and what can be done meanwhile. Other errors pass as they are. */
export function withLog(error: TaskError, log: string): TaskError {
  if (error.name !== 'Engine.Bug' || error.hint !== undefined) return error
  return new TaskError(error.name, error.message, {
    cause: error.cause ?? error,
    hint: `this is a defect of siftstep: report it with the details in ${log}; what is finished is kept, so try the run again (resume, on AWS redrive)`,
    ...(error.path === undefined ? {} : { path: error.path }),
  })
}

/** An error with its causes, for a log: names, messages, codes and where they were thrown. */
export function detailsOf(error: unknown): readonly string[] {
  const lines: string[] = []
  let one: unknown = error
  // causes can go round in a circle
  for (let depth = 0; one !== undefined && depth < 6; depth++) {
    const text = one instanceof Error ? (one.stack ?? `${one.name}: ${one.message}`) : String(one)
    lines.push(...`${depth === 0 ? '' : 'caused by '}${text}`.split('\n'))
    one = one instanceof Error ? one.cause : undefined
  }
  return lines
}

/** An error of fetch. `doing` says what was tried, with the address; `seconds` how long an answer was waited for. */
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
  { of: /^ECONNREFUSED$/, name: 'Transient.Unavailable', message: 'nothing answers at this address' },
  { of: /^(ENOTFOUND|EAI_AGAIN)$/, name: 'Transient.Unavailable', message: 'the name of the host is not known' },
  { of: /^(EHOSTUNREACH|ENETUNREACH)$/, name: 'Transient.Unavailable', message: 'the host cannot be reached from here' },
  { of: /^(ETIMEDOUT|UND_ERR_\w*TIMEOUT)$/, name: 'Transient.Timeout', message: 'the connection took too long' },
  { of: /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, name: 'Transient.Unavailable', message: 'the connection was closed before an answer came' },
  { of: /^HPE_/, name: 'Transient.Unavailable', message: 'what answers does not speak HTTP' },
  { of: /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/, name: 'Output.Unwritable', message: 'the certificate of the host is not trusted here' },
  { of: /^(EPROTO|ERR_SSL_)/, name: 'Output.Unwritable', message: 'no encrypted connection could be made' },
]

/** The codes of an error, of its causes, and of the errors it stands for. */
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
