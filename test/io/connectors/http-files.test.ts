/** Files over HTTP: whole or not at all, whatever the server and the network do; and no key where it does not belong. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import type { DownloadConnector, Options } from '#io/connectors/connector.ts'
import { connectorKindOf, connectorOf } from '#io/connectors/index.ts'
import { locationOf } from '#io/connectors/location.ts'
import { type Handler, webServer } from '../../kit/http-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'siftstep-http-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const path = join(folder, 'fetched')

const CSV = `id,name\n${Array.from({ length: 20_000 }, (_, at) => `${at},name ${at}`).join('\n')}\n`

const connectorAt = async (uri: string) => (await connectorOf(uri)) as DownloadConnector

async function fetched(uri: string, options: Options = {}) {
  const { notes } = await (await connectorAt(uri)).download(uri, path, { retries: 2, ...options })
  return { text: readFileSync(path, 'utf8'), notes }
}

const failure = (uri: string, options: Options = {}) =>
  fetched(uri, { retries: 0, ...options }).then(
    () => undefined,
    (error: unknown) => error as Error & { hint: string },
  )

/** Sends a beginning of the file, and cuts the connection once the client has written it. */
async function cutAfter(bytes: number, headers: OutgoingHttpHeaders, response: ServerResponse): Promise<void> {
  response.writeHead(200, headers)
  response.write(CSV.slice(0, bytes))
  while (statSync(path, { throwIfNoEntry: false })?.size !== bytes) await new Promise((resolve) => setTimeout(resolve, 5))
  response.destroy()
}

const HALF = CSV.length / 2
const half: Handler = (_asked, response) => cutAfter(HALF, { 'content-length': CSV.length, etag: '"v1"' }, response)

describe('a file over HTTP', () => {
  it('is fetched whole, with its size and version before', async () => {
    const { url, asked } = await webServer((_asked, response) =>
      response.writeHead(200, { 'content-length': CSV.length, etag: '"v1"' }).end(CSV),
    )
    expect(await (await connectorAt(url)).list(`${url}/a.csv`, {})).toEqual([{ uri: `${url}/a.csv`, bytes: CSV.length, version: '"v1"' }])
    expect((await fetched(`${url}/a.csv`)).text).toBe(CSV)
    expect(asked.map(({ method, path: at }) => [method, at])).toEqual([
      ['HEAD', '/a.csv'],
      ['GET', '/a.csv'],
    ])
  })

  it('is listed by GET where HEAD is refused', async () => {
    const { url } = await webServer(({ method }, response) =>
      method === 'HEAD' ? response.writeHead(405).end() : response.writeHead(200, { 'content-length': 3 }).end('a\n1'),
    )
    expect(await (await connectorAt(url)).list(`${url}/a.csv`, {})).toEqual([{ uri: `${url}/a.csv`, bytes: 3 }])
  })

  it('is decoded by its content encoding', async () => {
    const { url } = await webServer((_asked, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(CSV)))
    expect((await fetched(`${url}/a.csv`)).text).toBe(CSV)
  })

  it.each([
    ['cut off', gzipSync(CSV).subarray(0, 1000), 'gzip'],
    ['damaged', Buffer.concat([gzipSync(CSV).subarray(0, 1000), Buffer.alloc(1000, 7)]), 'gzip'],
    ['no gzip at all', Buffer.from(CSV), 'gzip'],
  ])('fails where the encoded body is %s, although the server calls it complete', async (_what, body, encoding) => {
    const { url } = await webServer((_asked, response) =>
      response.writeHead(200, { 'content-encoding': encoding, 'content-length': body.length }).end(body),
    )
    expect(await failure(`${url}/a.csv`)).toMatchObject({ name: 'Data.Unreadable', message: expect.stringContaining('not whole gzip') })
  })

  it('fails for an unknown encoding, by its name', async () => {
    const { url } = await webServer((_asked, response) => response.writeHead(200, { 'content-encoding': 'pack200' }).end('x'))
    expect(await failure(`${url}/a.csv`)).toMatchObject({
      message: expect.stringContaining('pack200'),
      hint: expect.stringContaining('gzip'),
    })
  })

  it('that is cut off is an error, never a short file', async () => {
    const { url } = await webServer(half)
    expect(await failure(`${url}/a.csv`)).toMatchObject({
      name: 'Transient.Unavailable',
      message: `reading ${url}/a.csv: the connection was lost after ${HALF} of ${CSV.length} bytes`,
    })
  })

  it('that is cut off in chunks is an error', async () => {
    const { url } = await webServer((_asked, response) => {
      void cutAfter(5, {}, response)
    })
    expect(await failure(`${url}/a.csv`)).toMatchObject({ message: expect.stringContaining('the connection was lost after 5 bytes') })
  })

  it('goes on where it was cut off if the server names the same bytes', async () => {
    let first = true
    const { url, asked } = await webServer((one, response, request) => {
      if (first) {
        first = false
        return half(one, response, request)
      }
      const from = Number(/bytes=(\d+)-/.exec(String(one.headers.range))?.[1])
      response.writeHead(206, { etag: '"v1"', 'content-range': `bytes ${from}-${CSV.length - 1}/${CSV.length}` }).end(CSV.slice(from))
    })
    const { text, notes } = await fetched(`${url}/a.csv`)
    expect(text).toBe(CSV)
    expect(notes).toEqual([expect.stringMatching(/cut off after .* bytes and continued/)])
    expect(asked[1]?.headers).toMatchObject({ range: `bytes=${HALF}-`, 'if-range': '"v1"' })
  })

  it.each([
    ['was replaced meanwhile: it is sent whole', '"v1"', 200, true],
    ['has a weak ETag only: no range is asked for', 'W/"v1"', 200, false],
    ['is continued at another place', '"v1"', 206, true],
  ])('begins again where it %s', async (_what, etag, status, asksRange) => {
    const other = CSV.replaceAll('name ', 'NAME ')
    let count = 0
    const { url, asked } = await webServer((_asked, response) => {
      if (count++ === 0) {
        void cutAfter(1000, { 'content-length': CSV.length, etag }, response)
      } else if (status === 206 && count === 2) response.writeHead(206, { etag, 'content-range': `bytes 7-9/${CSV.length}` }).end('abc')
      else response.writeHead(200, { 'content-length': other.length, etag: '"v2"' }).end(other)
    })
    expect((await fetched(`${url}/a.csv`)).text).toBe(other)
    expect(asked[1]?.headers.range !== undefined).toBe(asksRange)
  })

  it('is asked for again after the time that the server names', async () => {
    let count = 0
    const { url, asked } = await webServer((_asked, response) =>
      count++ < 2 ? response.writeHead(count === 1 ? 429 : 503, { 'retry-after': '1' }).end('later') : response.end('id\n1\n'),
    )
    const began = performance.now()
    expect((await fetched(`${url}/a.csv`)).text).toBe('id\n1\n')
    expect(asked).toHaveLength(3)
    expect(performance.now() - began).toBeGreaterThan(1900)
  })

  it.each([
    [429, 'Transient.Throttled', 'the server answered 429 (Too Many Requests); 2 attempts'],
    [503, 'Transient.Unavailable', 'the server answered 503 (Service Unavailable); 2 attempts'],
  ])('fails when the server goes on answering %i', async (status, name, message) => {
    const { url, asked } = await webServer((_asked, response) => response.writeHead(status).end())
    expect(await failure(`${url}/a.csv`, { retries: 1 })).toMatchObject({ name, message: `reading ${url}/a.csv: ${message}` })
    expect(asked).toHaveLength(2)
  })

  it('does not wait for an hour, as a number or as a date', async () => {
    const date = new Date('2026-01-02T03:04:05Z')
    for (const after of ['3600', new Date(date.getTime() + 3_600_000).toUTCString()]) {
      const { url, asked } = await webServer((_asked, response) =>
        response.writeHead(429, { 'retry-after': after, date: date.toUTCString() }).end(),
      )
      expect(await failure(`${url}/a.csv`, { retries: 3 })).toMatchObject({ message: expect.stringContaining('asks to wait 3600 s') })
      expect(asked).toHaveLength(1)
    }
  })

  it.each([
    [401, 'Data.Unreadable', /check the user and password, the token or the key/],
    [403, 'Data.Unreadable', /may read this/],
    [404, 'Data.NoSources', /check the path/],
    [410, 'Data.NoSources', /check the path/],
    [204, 'Data.Unreadable', /no content/],
    [202, 'Data.Unreadable', /not prepared/],
    [418, 'Data.Unreadable', /check the address/],
  ])('that the server answers with %i is an error with its fix', async (status, name, hint) => {
    const { url, asked } = await webServer((_asked, response) => response.writeHead(status).end())
    expect(await failure(`${url}/a.csv`, { retries: 3 })).toMatchObject({
      name,
      message: expect.stringContaining(`reading ${url}/a.csv: the server answered ${status}`),
      hint: expect.stringMatching(hint),
    })
    expect(asked).toHaveLength(1)
  })

  it('that is a web page is an error; data that the server calls a page is not', async () => {
    const { url } = await webServer(({ path: at }, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end(at === '/page' ? '\n<!DOCTYPE html><p>Log in</p>' : 'id\n1\n'),
    )
    expect(await failure(`${url}/page`)).toMatchObject({
      name: 'Data.Unreadable',
      message: expect.stringContaining('web page (text/html)'),
    })
    expect((await fetched(`${url}/data`)).text).toBe('id\n1\n')
  })

  it('says who cannot be reached: no server, no such host, no HTTP', async () => {
    expect(await failure('http://127.0.0.1:1/a.csv')).toMatchObject({
      message: expect.stringContaining('connection refused (ECONNREFUSED)'),
    })
    expect(await failure('http://nowhere.invalid/a.csv')).toMatchObject({ message: expect.stringContaining('unknown host name') })
    const { url } = await webServer((_asked, response) => response.socket?.end('SSH-2.0-x\r\n'))
    expect(await failure(`${url}/a.csv`)).toMatchObject({ message: expect.stringContaining('the response is not HTTP') })
  })

  it('that does not go on is a timeout', async () => {
    const { url } = await webServer((_asked, response) => {
      response.writeHead(200, { 'content-length': 10 })
      response.write('id')
    })
    expect(await failure(`${url}/a.csv`, { timeout: 1 })).toMatchObject({
      name: 'Transient.Timeout',
      message: expect.stringContaining('within 1 s'),
    })
  })

  it('notes a body whose end the server does not state', async () => {
    const { url } = await webServer((_asked, response) => response.socket?.end('HTTP/1.0 200 OK\r\n\r\nid\n1\n'))
    expect(await fetched(`${url}/a.csv`)).toEqual({ text: 'id\n1\n', notes: [expect.stringContaining('does not say how long')] })
  })

  it('is encrypted, and the certificate verified, unless its authority is given', async () => {
    const { url, ca } = await webServer((_asked, response) => response.end('id\n1\n'), { tls: true })
    expect(await failure(`${url}/a.csv`)).toMatchObject({
      name: 'Data.Unreadable',
      message: expect.stringContaining('the certificate of the host is not trusted'),
      hint: expect.stringContaining('`ca`'),
    })
    expect((await fetched(`${url}/a.csv`, { ca })).text).toBe('id\n1\n')
    expect(await failure(url.replace('localhost', '127.0.0.1'), { ca })).toMatchObject({
      message: expect.stringContaining('the certificate of the host is not trusted'),
    })
  })
})

const LOGIN = { bearer_token: 't0ken-secret', headers: { 'X-Tenant': 'acme' } }

describe('a redirect', () => {
  it('is followed; another host gets no login and no header of the connection', async () => {
    const other = await webServer((_asked, response) => response.end('id\n1\n'))
    const { url, asked } = await webServer(({ path: at }, response) =>
      response.writeHead(302, { location: at === '/a.csv' ? '/b.csv' : `${other.url}/c.csv` }).end(),
    )
    expect((await fetched(`${url}/a.csv`, LOGIN)).text).toBe('id\n1\n')
    for (const { headers } of asked) expect(headers).toMatchObject({ authorization: 'Bearer t0ken-secret', 'x-tenant': 'acme' })
    expect(asked).toHaveLength(2)
    expect(Object.keys(other.asked[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(['authorization']))
    expect(other.asked[0]?.headers['x-tenant']).toBeUndefined()
  })

  it('that leads nowhere, in circles, to another protocol or out of encryption is an error', async () => {
    const { url } = await webServer(({ path: at }, response) => {
      const location = at === '/loop' ? '/loop' : at === '/ftp' ? 'ftp://host/x' : undefined
      response.writeHead(301, location === undefined ? {} : { location }).end()
    })
    expect(await failure(`${url}/loop`)).toMatchObject({ message: expect.stringContaining('redirects more than 10 times') })
    expect(await failure(`${url}/ftp`)).toMatchObject({ message: expect.stringContaining('not HTTP') })
    expect(await failure(`${url}/none`)).toMatchObject({ message: expect.stringContaining('a redirect without an address') })
    const secure = await webServer((_asked, response) => response.writeHead(302, { location: `${url}/x` }).end(), { tls: true })
    expect(await failure(`${secure.url}/a.csv`, { ca: secure.ca })).toMatchObject({ message: expect.stringContaining('not encrypted') })
  })
})

describe('a login', () => {
  const at = (base_url: string, settings: Options, more: Options = {}) =>
    locationOf({ connection: { type: 'http', base_url, ...settings }, endpoint: '/v1/a.csv', ...more })

  it.each([
    ['basic', { user: 'ana', password: 'pä:ss' }, { authorization: `Basic ${Buffer.from('ana:pä:ss').toString('base64')}` }, ''],
    ['bearer', { bearer_token: 'abc' }, { authorization: 'Bearer abc' }, ''],
    ['a key in a header', { api_key: 'k3y' }, { 'x-api-key': 'k3y' }, ''],
    ['a key in a header with a name', { api_key: 'k3y', api_key_header: 'X-Key' }, { 'x-key': 'k3y' }, ''],
    ['a key in the address', { api_key: 'k3y&=', api_key_query: 'key' }, {}, '&key=k3y%26%3D'],
  ])('by %s is sent, and not shown', async (_what, settings, headers, query) => {
    const { url, asked } = await webServer((_asked, response) => response.writeHead(asked.length === 1 ? 200 : 403).end('id\n1\n'))
    const { uri, options } = at(url, settings, { params: { page: 1 } })
    expect(uri).toBe(`${url}/v1/a.csv?page=1`)
    expect((await fetched(uri, options)).text).toBe('id\n1\n')
    expect(asked[0]?.headers).toMatchObject(headers)
    expect(asked[0]?.path).toBe(`/v1/a.csv?page=1${query}`)
    const error = await failure(uri, options)
    for (const secret of ['pä:ss', 'abc', 'k3y']) expect(`${error?.message}${error?.hint}`).not.toContain(secret)
  })

  it('by client credentials asks for a token first', async () => {
    const { url, asked } = await webServer(({ path: where }, response) =>
      where === '/token' ? response.end('{"access_token": "fresh", "token_type": "Bearer"}') : response.end('id\n1\n'),
    )
    const { uri, options } = at(url, { client_id: 'me', client_secret: 's3 cret', token_url: `${url}/token`, scope: 'read all' })
    expect((await fetched(uri, options)).text).toBe('id\n1\n')
    expect(asked[0]).toMatchObject({
      method: 'POST',
      body: 'grant_type=client_credentials&scope=read+all',
      headers: { authorization: `Basic ${Buffer.from('me:s3%20cret').toString('base64')}` },
    })
    expect(asked[1]?.headers.authorization).toBe('Bearer fresh')
  })

  it.each([
    ['refused', 401, '{"error": "invalid_client"}', 'the server answered 401'],
    ['without a token', 200, '{"token": "x"}', 'no `access_token`'],
    ['that is no JSON', 200, '<html>', 'no `access_token`'],
  ])('by client credentials with an answer %s is an error', async (_what, status, body, message) => {
    const { url } = await webServer((_asked, response) => response.writeHead(status).end(body))
    const { uri, options } = at(url, { client_id: 'me', client_secret: 's3cret', token_url: `${url}/token` })
    const error = await failure(uri, options)
    expect(error).toMatchObject({ name: 'Data.Unreadable', message: expect.stringContaining(message) })
    expect(`${error?.message}${error?.hint}`).not.toContain('s3cret')
  })

  it('by a secret that no header can hold is an error that does not show it', async () => {
    const error = await failure('http://127.0.0.1:1/a.csv', { bearer_token: 'abc\n' })
    expect(error).toMatchObject({ name: 'Definition.InvalidSetting', message: expect.stringContaining('a line break at character 4') })
  })

  it('by a signed address shows only the path', async () => {
    const { url, asked } = await webServer((_asked, response) => response.end('id\n1\n'))
    const { uri, options } = locationOf({ connection: { type: 'https', url: `${url}/a.csv?X-Amz-Signature=abc` } })
    expect(uri).toBe(`${url}/a.csv`)
    expect((await fetched(uri, options)).text).toBe('id\n1\n')
    expect(asked[0]?.path).toBe('/a.csv?X-Amz-Signature=abc')
  })
})

describe('an address', () => {
  it.each([
    ['https://ana:s3cret@host/a.csv', 'https://…@host/a.csv holds a password'],
    ['https://s3cret@host/a.csv', 'https://…@host/a.csv holds a user'],
    ['https://host/a.csv?page=1&api_key=s3cret', 'https://host/a.csv?page=1&api_key=… holds a key in its parameter api_key'],
    ['https://host/a.csv?X-Amz-Signature=s3cret&x=1', 'holds a key in its parameter X-Amz-Signature'],
    ['https://host/a.csv?access%5Ftoken=s3cret', 'holds a key in its parameter access_token'],
    ['https://ana:s3cret@ho st/a.csv', 'https://…@ho st/a.csv is no address of HTTP'],
  ])('with a secret is refused and not shown: %s', async (uri, message) => {
    const problem = connectorKindOf(uri).problem?.(uri)
    expect(problem).toMatchObject({ what: expect.stringContaining(message), secret: true })
    expect(JSON.stringify(problem)).not.toContain('s3cret')
    await expect((async () => (await connectorAt(uri)).list(uri, {}))()).rejects.toMatchObject({
      message: expect.stringContaining(message),
    })
  })

  it.each(['https://host/a.csv?token=', 'https://host/keys/a.csv?monkey=1', 'https://{{ inputs.host }}/a.csv', 'https://host/a.csv#part'])(
    'without one is not: %s',
    (uri) => expect(connectorKindOf(uri).problem?.(uri)).toBeUndefined(),
  )

  it('with a user and a password becomes a connection', () => {
    expect(connectorKindOf('https://h').connection?.fromAddress?.('https://ana:p%40ss@host:8443/v1/a.csv?x=1')).toEqual({
      connection: { base_url: 'https://host:8443', user: 'ana', password: 'p@ss' },
      at: { endpoint: '/v1/a.csv?x=1' },
    })
  })
})
