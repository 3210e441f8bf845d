/** Records of an API over HTTP: every page once, every digit as it is written, and an error that names the page otherwise. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { DownloadConnector, Options } from '#io/connectors/connector.ts'
import { connectorOf } from '#io/connectors/index.ts'
import { locationOf } from '#io/connectors/location.ts'
import { webServer } from '../../kit/http-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'siftstep-records-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const path = join(folder, 'fetched')

async function fetched(base_url: string, source: Options, settings: Options = {}) {
  const { uri, options } = locationOf({ connection: { type: 'http', base_url, retries: 2, ...settings }, endpoint: 'users', ...source })
  const { notes, doubts } = await ((await connectorOf(uri)) as DownloadConnector).download(uri, path, options)
  return { lines: readFileSync(path, 'utf8').split('\n').slice(0, -1), notes, doubts }
}
const failure = (base_url: string, source: Options, settings: Options = {}) =>
  fetched(base_url, source, settings).then(
    () => undefined,
    (error: unknown) => error as Error & { hint: string },
  )

const json = (response: ServerResponse, value: unknown, headers: Record<string, string> = {}) =>
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(typeof value === 'string' ? value : JSON.stringify(value))

/** A server with so many users, which sends at most `cap` of them at a time. */
const usersServer = (users: number, cap = 1000) =>
  webServer(({ path: asked }, response) => {
    const { searchParams } = new URL(asked, 'http://x')
    const size = Math.min(cap, Number(searchParams.get('page_size') ?? searchParams.get('limit') ?? 100))
    const from = Number(searchParams.get('offset') ?? searchParams.get('cursor') ?? (Number(searchParams.get('page') ?? 1) - 1) * size)
    const found = Array.from({ length: Math.max(0, Math.min(size, users - from)) }, (_, at) => ({ id: from + at }))
    const after = from + size < users ? from + size : null
    const link = {
      link: `</users?offset=0>; rel="first", <http://${response.req.headers.host}/users?offset=${after}&page_size=${size}>; rel="next"`,
    }
    json(
      response,
      { data: { items: found }, next: after, url: after === null ? null : `/users?offset=${after}&page_size=${size}` },
      after === null ? {} : link,
    )
  })
const ids = (lines: readonly string[]) => lines.map((line) => (JSON.parse(line) as { id: number }).id)
const upTo = (count: number) => Array.from({ length: count }, (_, at) => at)

describe('records of an API', () => {
  it.each([
    ['pages', { type: 'page', size: 100 }, ['page=1&page_size=100', 'page=2&page_size=100', 'page=3&page_size=100']],
    ['an offset', { type: 'offset', size: 100 }, ['offset=0&limit=100', 'offset=100&limit=100', 'offset=200&limit=100']],
    ['a cursor', { type: 'cursor', next: 'next' }, ['', 'cursor=100', 'cursor=200']],
    ['the header Link', { type: 'link' }, ['', 'offset=100&page_size=100', 'offset=200&page_size=100']],
    ['a link in the answer', { type: 'link', next: 'url' }, ['', 'offset=100&page_size=100', 'offset=200&page_size=100']],
  ] satisfies [string, Options, string[]][])('by %s are read once each', async (_what, pagination, queries) => {
    const { url, asked } = await usersServer(250)
    const { lines, notes } = await fetched(url, { records: 'data.items', pagination })
    expect(ids(lines)).toEqual(upTo(250))
    expect(asked.map(({ path: at }) => at.split('?')[1] ?? '')).toEqual(queries)
    expect(notes).toEqual(['250 records on 3 pages'])
  })

  it.each([
    [0, 100, 1],
    [100, 100, 2],
    [200, 100, 3],
    // the server sends fewer than it is asked for: a short page is not the last one
    [250, 40, 8],
    [40, 1000, 2],
  ])('of %i users, at most %i a page, take %i requests', async (users, cap, requests) => {
    const { url, asked } = await usersServer(users, cap)
    const pagination = { type: 'offset', size: 100 }
    expect(ids((await fetched(url, { records: 'data.items', pagination })).lines)).toEqual(upTo(users))
    expect(asked).toHaveLength(requests)
  })

  it('keep every digit, key and text as they are written', async () => {
    const records = [
      '{"id": 12345678901234567890, "price": 0.10, "a": "]}\\"\\n,", "b": {"c": [1, {"d": "}"}]}}',
      '{"id":1e400}',
      '{}',
      '"text"',
      '[1, 2]',
      'null',
    ]
    const { url } = await webServer((_asked, response) =>
      json(response, `{"x": [{"records": 1}], "odd.name": [[], [\n${records.join(' ,\n')}\n]] }`),
    )
    expect((await fetched(url, { records: '["odd.name"][1]' })).lines).toEqual(records)
  })

  it('written over several lines are one line each', async () => {
    const { url } = await webServer((_asked, response) => json(response, JSON.stringify([{ a: 1 }, { a: 2 }], null, 2)))
    expect((await fetched(url, { records: '$' })).lines.map((line) => JSON.parse(line) as unknown)).toEqual([{ a: 1 }, { a: 2 }])
  })

  it('are asked for with the parameters of the source and the key of the connection on every page', async () => {
    const { url, asked } = await usersServer(250)
    await fetched(
      url,
      { records: 'data.items', params: { active: true, q: 'a b' }, pagination: { type: 'link' } },
      { api_key: 'k3y', api_key_query: 'key' },
    )
    expect(asked.map(({ path: at }) => at)).toEqual([
      '/users?active=true&q=a%20b&key=k3y',
      '/users?offset=100&page_size=100&key=k3y',
      '/users?offset=200&page_size=100&key=k3y',
    ])
  })

  it('on another host are asked for without the login', async () => {
    const other = await webServer((_asked, response) => json(response, [{ id: 2 }]))
    const { url, asked } = await webServer((_asked, response) => json(response, [{ id: 1 }], { link: `<${other.url}/more>; rel=next` }))
    expect(ids((await fetched(url, { pagination: { type: 'link' } }, { bearer_token: 'abc' })).lines)).toEqual([1, 2])
    expect(asked[0]?.headers.authorization).toBe('Bearer abc')
    expect(other.asked[0]?.headers.authorization).toBeUndefined()
  })

  it.each([
    ['429', (response: ServerResponse) => response.writeHead(429, { 'retry-after': '0' }).end()],
    ['503', (response: ServerResponse) => response.writeHead(503).end()],
    [
      'a lost connection',
      (response: ServerResponse) => response.writeHead(200, { 'content-length': 100 }).write('[{"id": 7', () => response.destroy()),
    ],
  ])('are neither lost nor doubled by %s in the middle', async (_what, fail) => {
    let count = 0
    const { url } = await webServer(({ path: at }, response) => {
      if (++count === 2) fail(response)
      else json(response, at.includes('page=1') ? [{ id: 0 }] : at.includes('page=2') ? [{ id: 1 }] : [])
    })
    expect(ids((await fetched(url, { pagination: { type: 'page' } })).lines)).toEqual([0, 1])
  })

  it.each([
    ['the server ignores the page', { type: 'page' }, '[{"id": 1}]', /^reading page 2 of .*: it has the same records as page 1$/],
    ['the cursor stays', { type: 'cursor', next: 'next' }, '{"next": "a", "data": []}', /page 2 .*names itself as the next page/],
    ['the cursor is an object', { type: 'cursor', next: 'next' }, '{"next": {"a": 1}, "data": []}', /page 1 .*no text or number/],
    ['the link is no address', { type: 'link', next: 'next' }, '{"next": "ftp://x/y", "data": []}', /page 1 .*no address/],
  ])('stop with the number of the page where %s', async (_what, pagination, body, message) => {
    const { url } = await webServer((_asked, response) => json(response, body))
    const records = body.startsWith('[') ? '$' : 'data'
    expect(await failure(url, { records, pagination })).toMatchObject({ name: 'Data.Unreadable', message: expect.stringMatching(message) })
  })

  it('stop at the limit of pages', async () => {
    const { url } = await usersServer(250)
    const pagination = { type: 'page', size: 100, max_pages: 2 }
    expect(await failure(url, { records: 'data.items', pagination })).toMatchObject({
      message: expect.stringContaining('more than 2 pages'),
      hint: expect.stringContaining('max_pages'),
    })
  })

  it.each([
    ['$', '{"data": {"items": [], "total": 3}}', 'there is no list at $: the answer has the keys data'],
    ['data', '{"data": {"items": [], "total": 3}}', 'there is no list at data: data has the keys items, total'],
    ['data.itmes', '{"data": {"items": [], "total": 3}}', 'data has the keys items, total; did you mean items?'],
    ['data.items', '{"data": null}', 'data is null'],
    ['data[1]', '{"data": [[]]}', 'data is a list of 1'],
    ['data', '{}', 'the answer is an empty object'],
    ['$', '{"a": [1, 2', 'the answer is not valid JSON'],
    ['$', '', 'the answer is not valid JSON'],
    ['$', 'id,name\n1,Ana\n', 'the answer is not valid JSON'],
  ])('at %s of %s are an error that says what is there', async (records, body, message) => {
    const { url } = await webServer((_asked, response) => json(response, body))
    expect(await failure(url, { records })).toMatchObject({
      name: 'Data.Unreadable',
      message: expect.stringMatching(new RegExp(`^reading page 1 of ${url}/users: `)),
    })
    expect((await failure(url, { records }))?.message).toContain(message)
  })

  it.each([
    [
      'a cursor at a misspelt path',
      { type: 'cursor', next: 'nxt' },
      'there is nothing at nxt: the answer has the keys data, next, url; did you mean next?',
    ],
    ['a link at a misspelt path', { type: 'link', next: 'data.url' }, 'there is nothing at data.url: data has the keys items'],
  ] satisfies [string, Options, string][])('with %s are a doubt: the page may not be the only one', async (_what, pagination, why) => {
    const { url } = await usersServer(250)
    const { lines, doubts } = await fetched(url, { records: 'data.items', pagination })
    expect(lines).toHaveLength(100)
    expect(doubts).toEqual([
      `the first page of ${url}/users names no other, and was read as the only one: ${why}; check \`pagination\` of the source`,
    ])
  })

  it('without a header Link are a doubt, and none where the server says that there is no other page', async () => {
    const silent = await webServer((_asked, response) => json(response, [{ id: 1 }]))
    expect((await fetched(silent.url, { pagination: { type: 'link' } })).doubts).toEqual([expect.stringContaining('no header `Link`')])
    const one = await usersServer(1)
    for (const pagination of [
      { type: 'cursor', next: 'next' },
      { type: 'link', next: 'url' },
    ])
      expect((await fetched(one.url, { records: 'data.items', pagination })).doubts).toEqual([])
    const none = await usersServer(0)
    expect((await fetched(none.url, { records: 'data.items', pagination: { type: 'link' } })).doubts).toEqual([])
  })

  it('that are a web page or no UTF-8 are an error', async () => {
    const page = await webServer((_asked, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in'))
    expect(await failure(page.url, { records: '$' })).toMatchObject({ message: expect.stringContaining('web page') })
    const latin = await webServer((_asked, response) => response.end(Buffer.from('["\xe9"]', 'latin1')))
    expect(await failure(latin.url, { records: '$' })).toMatchObject({ message: expect.stringContaining('not UTF-8') })
  })

  it('that the server refuses name the page', async () => {
    const { url } = await webServer(({ path: at }, response) =>
      at.includes('page=1') ? json(response, [{ id: 1 }]) : response.writeHead(403).end(),
    )
    expect(await failure(url, { pagination: { type: 'page' } })).toMatchObject({
      message: `reading page 2 of ${url}/users: the server answered 403 (Forbidden)`,
    })
  })
})
