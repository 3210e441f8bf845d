/** The requests a server answers: starts of runs with a token, what runs there are, and metrics. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Json, JsonObject } from '#core/json.ts'
import { EXPOSITION_TYPE } from '#core/text/exposition.ts'
import type { Log } from '#run/starts/start.ts'

export interface Answer {
  readonly status: number
  readonly body: Json
}

/** An answer that is not JSON. */
interface TextAnswer {
  readonly status: number
  readonly text: string
  readonly type: string
}

export interface HttpWorld {
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
  readonly token: string
  readonly log: Log
  /** Answered without a token. */
  health(): Json
  runs(pipeline: string | undefined, most: number): Promise<Json>
  /** As text for Prometheus. */
  metrics(): Promise<string>
  /** Starts a run; `undefined` if there is no such pipeline. */
  start(pipeline: string, body: JsonObject): Promise<Answer | undefined>
}

export interface HttpServer {
  readonly address: string
  close(): Promise<void>
}

/** The largest body: inputs of a run are at most 256 KiB. */
const MAX_BODY = 300_000
const MAX_RUNS = 1000

/** Resolves when it listens. Rejects if it cannot, as on a port that is taken. */
export async function openHttp(world: HttpWorld): Promise<HttpServer> {
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000, maxHeaderSize: 16_384 }, (request, response) => {
    void answered(request, world)
      .catch((error: unknown): Answer => {
        world.log.error('a request failed', { method: request.method, url: request.url, reason: error })
        return problem(500, 'the server could not answer; its log says why')
      })
      .then((answer) => send(response, answer))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(world.port, world.host, resolve)
  })
  const { address, port, family } = server.address() as AddressInfo
  return {
    address: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const problem = (status: number, error: string, hint?: string): Answer => ({
  status,
  body: { error, ...(hint === undefined ? {} : { hint }) },
})

async function answered(request: IncomingMessage, world: HttpWorld): Promise<Answer | TextAnswer> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  if (pathname === '/health') return only('GET', request) ?? { status: 200, body: world.health() }
  // the paths are named only to those who may use them
  if (!isAllowed(request.headers.authorization, world.token))
    return problem(401, 'a token is needed', 'send the header `Authorization: Bearer TOKEN`')
  if (pathname === '/runs') return only('GET', request) ?? listed(searchParams, world)
  if (pathname === '/metrics') return only('GET', request) ?? { status: 200, text: await world.metrics(), type: EXPOSITION_TYPE }
  const [, pipeline] = /^\/pipelines\/([A-Za-z0-9_-]+)\/runs$/.exec(pathname) ?? []
  if (pipeline === undefined)
    return problem(404, `no such path: ${pathname}`, 'paths: GET /health, GET /runs, GET /metrics, POST /pipelines/ID/runs')
  return only('POST', request) ?? started(pipeline, request, world)
}

function only(method: string, request: IncomingMessage): Answer | undefined {
  return request.method === method ? undefined : problem(405, `the method is ${request.method}; this path takes ${method}`)
}

/** Compares hashes, which have one length, in a time that says nothing about the token. */
function isAllowed(header: string | undefined, token: string): boolean {
  const [, given = ''] = /^Bearer +(\S+)$/i.exec(header ?? '') ?? []
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(given), hash(token))
}

async function listed(parameters: URLSearchParams, world: HttpWorld): Promise<Answer> {
  const given = parameters.get('limit') ?? '50'
  const most = /^\d{1,4}$/.test(given) ? Number(given) : 0
  if (most < 1 || most > MAX_RUNS) return problem(400, `invalid limit ${given}`, `use a whole number from 1 to ${MAX_RUNS}`)
  return { status: 200, body: await world.runs(parameters.get('pipeline') ?? undefined, most) }
}

async function started(pipeline: string, request: IncomingMessage, world: HttpWorld): Promise<Answer> {
  const text = await bodyOf(request)
  if (text === undefined)
    return problem(
      413,
      `the body is larger than ${MAX_BODY.toLocaleString('en')} bytes`,
      'move long inputs into a file, and pass its address',
    )
  let body: unknown
  try {
    body = text.trim() === '' ? {} : JSON.parse(text)
  } catch (error) {
    return problem(400, `the body is not JSON: ${(error as Error).message}`, 'send {"inputs": {"source": "data/*.csv"}}')
  }
  if (body === null || typeof body !== 'object' || Array.isArray(body))
    return problem(400, 'the body is not a JSON object', 'send {"inputs": {…}}')
  return (await world.start(pipeline, body as JsonObject)) ?? problem(404, `no pipeline ${pipeline} is served`)
}

/** Undefined if it is too large; what is left of it is not read. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > MAX_BODY) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function send(response: ServerResponse, answer: Answer | TextAnswer): void {
  const { status } = answer
  const [type, text] =
    'text' in answer ? [answer.type, answer.text] : ['application/json; charset=utf-8', `${JSON.stringify(answer.body)}\n`]
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(status === 413 ? { connection: 'close' } : {}),
  })
  response.end(text)
}
