/** Sends a mail by a server. */
import { TaskError } from '#core/errors/errors.ts'
import { networkError } from '#core/errors/foreign-error.ts'
import { fieldsOf, type Mail } from './mime.ts'

/** Milliseconds to wait for the server, at each step of the conversation. */
const PATIENCE = 15_000

interface Server {
  readonly host: string
  readonly port: number
  /** Encrypted from the start; otherwise by STARTTLS where the server offers it. */
  readonly secure: boolean
  readonly auth?: { readonly user: string; readonly pass: string }
}

/** Definition.InvalidSetting for what is no address of a server; the text is not repeated, it may hold a password. */
function serverOf(text: string): Server {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const secure = url?.protocol === 'smtps:'
  if (url === undefined || url.hostname === '' || (!secure && url.protocol !== 'smtp:'))
    throw new TaskError('Definition.InvalidSetting', 'the address of the mail server is not a URL', {
      hint: 'write smtps://user:password@host, or smtp://host:25; special characters of a password are percent-encoded',
    })
  const { username, password } = url
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
  }
}

/** Throws Transient.* when the server does not answer or asks to try later, Output.Unwritable when it refuses. */
export async function sendBySmtp(mail: Mail, address: string): Promise<void> {
  const server = serverOf(address)
  const { createTransport } = await import('nodemailer')
  const limits = { connectionTimeout: PATIENCE, greetingTimeout: PATIENCE, socketTimeout: PATIENCE }
  // a password is sent only over an encrypted connection, except on this machine
  const isHere = ['localhost', '127.0.0.1', '::1'].includes(server.host)
  const transport = createTransport({ ...server, ...limits, requireTLS: server.auth !== undefined && !server.secure && !isHere })
  try {
    await transport.sendMail(fieldsOf(mail))
  } catch (error) {
    throw smtpError(error, server)
  } finally {
    transport.close()
  }
}

interface SmtpFailure {
  readonly code?: string
  readonly responseCode?: number
}

function smtpError(error: unknown, { host, port }: Server): TaskError {
  const { code = '', responseCode } = (error ?? {}) as SmtpFailure
  const doing = `sending mail by ${host}:${port}`
  if (code === 'EAUTH')
    return new TaskError('Output.Unwritable', `${doing}: the server does not accept the user or password`, {
      cause: error,
      hint: 'check the user and password in the address of the server',
    })
  if (code === 'EENVELOPE' || (responseCode !== undefined && responseCode >= 500))
    return new TaskError(
      'Output.Unwritable',
      `${doing}: the server refused the mail${responseCode === undefined ? '' : ` (${responseCode})`}`,
      {
        cause: error,
        hint: 'check the sender and the addresses; the answer of the server is in the log of the step',
      },
    )
  if (responseCode !== undefined)
    return new TaskError('Transient.Unavailable', `${doing}: the server asked to try later (${responseCode})`, { cause: error })
  if (code === 'ETLS')
    return new TaskError('Output.Unwritable', `${doing}: the server offers no encryption, and a password would be readable`, {
      cause: error,
      hint: 'write smtps://…, or use a server with STARTTLS',
    })
  if (code === 'ETIMEDOUT')
    return new TaskError('Transient.Timeout', `${doing}: no answer within ${PATIENCE / 1000} s`, {
      cause: error,
      hint: 'check host and port',
    })
  // the library replaces the code of the system, and keeps it in the text
  const [own] = /\bE[A-Z]{4,}\b/.exec((error as Error).message) ?? []
  const known = own === undefined ? error : Object.assign(new Error(own, { cause: error }), { code: own })
  return networkError(known, doing, PATIENCE / 1000, 'check host and port, and that this machine can reach the server')
}
