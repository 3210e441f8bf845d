/** Servers on loopback that receive messages: one for mail, one for webhooks. */
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { onTestFinished } from 'vitest'

export interface ReceivedMail {
  readonly to: readonly string[]
  /** Headers and body as they were sent. */
  readonly source: string
}

export interface MailServer {
  readonly url: string
  readonly mails: ReceivedMail[]
  /** What it answers to the next mails in place of taking them: numbers of SMTP. */
  readonly refusals: number[]
}

/** Ends with the test. With `user` it takes mail only with this user and password. */
export async function mailServer(user?: { readonly name: string; readonly password: string }): Promise<MailServer> {
  const mails: ReceivedMail[] = []
  const refusals: number[] = []
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', ...(user === undefined ? ['AUTH'] : [])],
    authOptional: user === undefined,
    allowInsecureAuth: true,
    onAuth: (auth, _session, answer) =>
      auth.username === user?.name && auth.password === user?.password
        ? answer(null, { user: auth.username ?? '' })
        : answer(new Error('no such user')),
    onData: (stream, session, answer) => {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        const code = refusals.shift()
        if (code !== undefined) return answer(Object.assign(new Error('not now'), { responseCode: code }))
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), source: Buffer.concat(parts).toString('utf8') })
        answer()
      })
    },
  })
  // a client that leaves early
  server.on('error', () => {})
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve())
  })
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())))
  const { port } = server.server.address() as AddressInfo
  const login = user === undefined ? '' : `${encodeURIComponent(user.name)}:${encodeURIComponent(user.password)}@`
  return { url: `smtp://${login}127.0.0.1:${port}`, mails, refusals }
}

export interface Posted {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly body: { readonly [name: string]: unknown }
}

export interface HookServer {
  readonly url: string
  readonly posts: Posted[]
  /** What it answers to the next requests; 200 after that. */
  readonly answers: { readonly status: number; readonly headers?: { readonly [name: string]: string } }[]
}

/** Ends with the test. */
export async function hookServer(): Promise<HookServer> {
  const posts: Posted[] = []
  const answers: HookServer['answers'] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    posts.push({ path: request.url ?? '', headers: request.headers, text, body: JSON.parse(text) as Posted['body'] })
    const { status, headers = {} } = answers.shift() ?? { status: 200 }
    response.writeHead(status, headers).end(status === 200 ? 'ok' : `refused ${request.headers.authorization ?? ''}`)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, posts, answers }
}
