/** A server on loopback whose answers a test writes, and which keeps every request. */
import { execFileSync } from 'node:child_process'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export interface Asked {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export type Handler = (asked: Asked, response: ServerResponse, request: IncomingMessage) => unknown

export interface WebServer {
  /** `http://127.0.0.1:1234` or `https://localhost:1234`. */
  readonly url: string
  readonly asked: Asked[]
  /** With `tls`: the certificate of its authority. */
  readonly ca: string
}

/** Ends with the test. */
export async function webServer(answer: Handler, { tls = false } = {}): Promise<WebServer> {
  const asked: Asked[] = []
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    let body = ''
    for await (const part of request) body += part
    const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body }
    asked.push(one)
    answer(one, response, request)
  }
  const { key, cert, ca } = tls ? certificate() : { key: '', cert: '', ca: '' }
  const server = tls ? createSecureServer({ key, cert }, handle) : createServer(handle)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  const { port } = server.address() as AddressInfo
  return { url: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`, asked, ca }
}

/** A certificate for `localhost` of an authority of its own. */
function certificate(): { readonly key: string; readonly cert: string; readonly ca: string } {
  const folder = mkdtempSync(join(tmpdir(), 'siftstep-tls-'))
  const run = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  run('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=test authority', '-keyout', 'ca.key', '-out', 'ca.crt')
  run('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.csr')
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:localhost')
  run(
    'x509',
    '-req',
    '-in',
    'server.csr',
    '-CA',
    'ca.crt',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    'names',
    '-out',
    'server.crt',
  )
  const made = { key: read('server.key'), cert: read('server.crt'), ca: read('ca.crt') }
  rmSync(folder, { recursive: true })
  return made
}
