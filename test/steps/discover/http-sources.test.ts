/** Whole runs that read over HTTP: fetched once, read as any file, and no secret in the files of the run. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { gzipSync } from 'node:zlib'
import { compile } from '#language/compiler/compile.ts'
import { compileHere } from '#language/compiler/compile-here.ts'
import { webServer } from '../../kit/http-server.ts'
import { runDefinition, workplace } from '../../kit/run-pipeline.ts'

const { folder, clear } = workplace()
afterAll(clear)
let runs = 0
const storeOf = () => join(folder, `store-${++runs}`)

const definition = (source: string, connections = '') => `version: 1
id: shop
${connections}
steps:
  - {id: find, type: discover, with: {source: ${source}, chunk_rows: 2}}
  - {id: publish, type: export, with: {to: ${join(folder, 'out.csv')}}}
`
const published = () => readFileSync(join(folder, 'out.csv'), 'utf8')
const allFiles = (root: string) =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')

const CSV = 'id,name\n1,Ana\n2,Bo\n3,Cy\n'

describe('a run over HTTP', () => {
  it.each([
    ['CSV', CSV, 'data.csv'],
    ['compressed CSV', gzipSync(CSV), 'data.csv.gz'],
    [
      'a JSON list',
      JSON.stringify([
        { id: 1, name: 'Ana' },
        { id: 2, name: 'Bo' },
        { id: 3, name: 'Cy' },
      ]),
      'data.json',
    ],
    ['CSV in UTF-16', Buffer.from(`\ufeff${CSV}`, 'utf16le'), 'data.csv'],
  ])('reads %s once, although it has several chunks and the server changes it', async (_what, body, name) => {
    let gets = 0
    const { url, asked } = await webServer(({ method }, response) => {
      if (method === 'GET') gets++
      response.end(gets > 1 ? 'id,name\n9,Other\n' : body)
    })
    const store = storeOf()
    const run = await runDefinition(definition(`"${url}/${name}"`), { store })
    expect([run.status, run.cause]).toEqual(['SUCCEEDED', undefined])
    expect(published()).toBe(CSV)
    expect(asked.map(({ method }) => method)).toEqual(['HEAD', 'GET'])
    expect(run.ledger.rows).toMatchObject({ in: 3, out: 3 })
    const { inspection } = JSON.parse(readFileSync(inspectionIn(store), 'utf8')) as { inspection: { fingerprint: string } }
    expect(inspection.fingerprint).toBe(createHash('sha256').update(body).digest('hex'))
  })

  it('reads what a connection reaches, with the settings of its format, and keeps its secret out of every file', async () => {
    const { url } = await webServer(({ headers, path }, response) =>
      headers.authorization === 'Bearer t0ken-in-secret' && path === '/v1/data?day=2024-02-29'
        ? response.end('1;Ana\n2;Bo\n3;Cy\n')
        : response.writeHead(401).end(`no ${headers.authorization}`),
    )
    const text = definition(
      '{connection: api, endpoint: data, params: {day: "2024-02-29"}, delimiter: ";", header: false}',
      `connections: {api: {type: https, base_url: "${url}/v1", bearer_token: "\${secret.API_TOKEN}", retries: 0}}`,
    )
    const store = storeOf()
    const run = await runDefinition(text, { store, secrets: { API_TOKEN: 't0ken-in-secret' } })
    expect([run.status, run.cause]).toEqual(['SUCCEEDED', undefined])
    expect(published().split('\n').slice(1)).toEqual(['1,Ana', '2,Bo', '3,Cy', ''])
    const refused = await runDefinition(text, { store: storeOf(), secrets: { API_TOKEN: 'wr0ng-token-here' } })
    expect(refused).toMatchObject({ status: 'FAILED', error: 'Data.Unreadable', cause: expect.stringContaining('answered 401') })
    const written = allFiles(folder)
    for (const secret of ['t0ken-in-secret', 'wr0ng-token-here']) expect(written).not.toContain(secret)
  })

  it('reads the records of all pages of an API, and no more when a page is lost', async () => {
    let lost = false
    const { url } = await webServer(({ path }, response) => {
      const page = Number(/page=(\d+)/.exec(path)?.[1])
      if (lost && page === 2) return response.writeHead(500).end()
      const users =
        [
          [{ id: 12345678901234567890n, name: 'Ana' }],
          [
            { id: 2n, name: 'Bo' },
            { id: 3n, name: 'Cy', tags: 'x' },
          ],
          [],
        ][page - 1] ?? []
      return response.end(
        `{"data": [${users.map(({ id, ...more }) => `{"id": ${id}, ${JSON.stringify(more).slice(1)}`).join(',')}], "total": 3}`,
      )
    })
    const connections = `connections: {api: {type: http, base_url: "${url}", retries: 0}}`
    const text = definition('{connection: api, endpoint: users, records: data, pagination: {type: page}}', connections)
    const run = await runDefinition(text, { store: storeOf() })
    expect([run.status, run.cause]).toEqual(['SUCCEEDED', undefined])
    expect(published()).toBe('id,name,tags\n12345678901234567890,Ana,\n2,Bo,\n3,Cy,x\n')
    lost = true
    const failed = await runDefinition(
      text.replace('type: discover', 'type: discover, retry: {max_attempts: 0}').replace('out.csv', 'half.csv'),
      { store: storeOf() },
    )
    expect(failed).toMatchObject({ status: 'FAILED', error: 'Transient.Unavailable', cause: expect.stringContaining('page 2') })
    expect(existsSync(join(folder, 'half.csv'))).toBe(false)
  })

  it('without any records is an error', async () => {
    const { url } = await webServer((_asked, response) => response.end('[]'))
    const connections = `connections: {api: {type: http, base_url: "${url}"}}`
    const text = definition('{connection: api, endpoint: users, records: $}', connections)
    expect(await runDefinition(text, { store: storeOf() })).toMatchObject({ status: 'FAILED', error: expect.stringMatching(/^Data\./) })
  })

  it('publishes nothing when the connection is lost in the middle of the file', async () => {
    const { url } = await webServer(({ method }, response) => {
      response.writeHead(200, { 'content-length': 1000 })
      if (method === 'HEAD') response.end()
      else response.write(CSV, () => response.destroy())
    })
    const store = storeOf()
    const connections = `connections: {api: {type: http, base_url: "${url}", retries: 0}}`
    const text = definition('{connection: api, endpoint: lost.csv}', connections).replace('out.csv', 'lost.csv')
    const run = await runDefinition(text.replace('type: discover', 'type: discover, retry: {max_attempts: 0}'), { store })
    expect(run).toMatchObject({ status: 'FAILED', error: 'Transient.Unavailable', cause: expect.stringContaining('connection was lost') })
    expect(existsSync(join(folder, 'lost.csv'))).toBe(false)
  })

  it('refuses a web page in place of data', async () => {
    const { url } = await webServer((_asked, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Log in'),
    )
    const run = await runDefinition(definition(`"${url}/data.csv"`), { store: storeOf() })
    expect(run).toMatchObject({ status: 'FAILED', error: 'Data.Unreadable', cause: expect.stringContaining('web page') })
  })
})

function inspectionIn(store: string): string {
  const found = readdirSync(store, { recursive: true, withFileTypes: true }).find(
    (entry) =>
      entry.isFile() &&
      /inspect/.test(entry.parentPath + entry.name) &&
      /"fingerprint"/.test(readFileSync(join(entry.parentPath, entry.name), 'latin1')),
  )
  return found === undefined ? '' : join(found.parentPath, found.name)
}

describe('a definition with an address of HTTP', () => {
  const problems = (text: string) => {
    const compiled = compile(text, { file: 'pipeline.yaml' })
    return compiled.ok ? [] : compiled.problems.map(({ code, what, hint }) => ({ code, what, hint }))
  }

  it.each([
    ['a password', 'https://ana:s3cret@host/a.csv'],
    ['a key', 'https://host/a.csv?api_key=s3cret'],
  ])('that shows %s is refused without showing it', (_what, uri) => {
    const found = problems(definition(`"${uri}"`))
    expect(found).toEqual([expect.objectContaining({ code: 'secret-in-the-open' })])
    expect(JSON.stringify(found)).not.toContain('s3cret')
  })

  it('that shows a password is run here with the password lifted out', async () => {
    const { url } = await webServer(({ headers }, response) =>
      response.writeHead(headers.authorization === `Basic ${Buffer.from('ana:s3cret').toString('base64')}` ? 200 : 401).end(CSV),
    )
    const lifted = compileHere(definition(`"${url.replace('://', '://ana:s3cret@')}/a.csv"`), { file: 'pipeline.yaml' })
    expect(lifted.compiled.ok).toBe(true)
    expect(lifted.text).not.toContain('s3cret')
    const run = await runDefinition(lifted.text, { store: storeOf(), secrets: Object.fromEntries(lifted.secrets) })
    expect([run.status, run.cause]).toEqual(['SUCCEEDED', undefined])
    expect(published()).toBe(CSV)
  })

  it.each([
    ['bearer_token: t0ken-here', 'secret-in-the-open'],
    ['api_key: t0ken-here', 'secret-in-the-open'],
    ['bearer_token: "${secret.A}", api_key: "${secret.B}"', 'give one way to log in'],
    ['headers: {Authorization: Bearer abc}', 'a login is no header here'],
    ['headers: {cookie: a=b}', 'a login is no header here'],
    ['password: "${secret.A}"', '`password` needs a `user`'],
    ['client_id: me, client_secret: "${secret.A}"', 'together'],
    ['api_key_query: key', 'give an `api_key`'],
    ['url: "${secret.A}"', 'either `base_url` or `url`'],
    ['headers: {"X Key": a}', 'headers'],
    ['endpoint: x', 'endpoint'],
  ])('refuses the connection with %s', (settings, wanted) => {
    const found = problems(
      definition('{connection: api, endpoint: a.csv}', `connections: {api: {type: https, base_url: "https://host", ${settings}}}`),
    )
    expect(JSON.stringify(found)).toContain(wanted)
    expect(JSON.stringify(found)).not.toContain('t0ken-here')
  })

  it.each([
    ['{connection: api, endpoint: a, records: data..x}', 'data.items'],
    ['{connection: api, endpoint: a, pagination: {type: pages}}', 'one of page, offset, cursor, link'],
    ['{connection: api, endpoint: a, pagination: {type: offset}}', 'size'],
    ['{connection: api, endpoint: a, pagination: {type: cursor}}', 'next'],
    ['{connection: api, endpoint: a, records: $, format: csv}', 'leave out `format`'],
  ])('refuses the source %s', async (source, wanted) => {
    const text = definition(source, 'connections: {api: {type: https, base_url: "https://host"}}')
    const found = problems(text)
    expect(JSON.stringify(found)).toContain(wanted)
  })

  it('that is a secret as a whole takes no endpoint beside it', async () => {
    const text = definition('{connection: signed, endpoint: a}', 'connections: {signed: {type: https, url: "${secret.SIGNED}"}}')
    const run = await runDefinition(text, { store: storeOf(), secrets: { SIGNED: 'https://host/x.csv?sig=abcdefgh' } })
    expect(run).toMatchObject({ status: 'FAILED', error: 'Definition.InvalidSetting', cause: expect.stringContaining('endpoint') })
  })

  it.each([
    ['source: "http://me:${secret.P}@host/x.csv"', 'would send a login that can be read on the way'],
    ['source: "http://me:${secret.P}@127.0.0.1:80/x.csv"', null],
    ['source: "http://me:${secret.P}@localhost/x.csv"', null],
    ['source: "https://me:${secret.P}@host/x.csv"', null],
  ])('sends a login only encrypted, or to this machine: %s', (source, wanted) => {
    const found = JSON.stringify(problems(`version: 1\nid: web\nsteps:\n  - {id: find, type: discover, with: {${source}}}\n`))
    if (wanted === null) expect(found).not.toContain('login')
    else expect(found).toContain(wanted)
  })

  it('can only be read', () => {
    writeFileSync(join(folder, 'in.csv'), CSV)
    for (const to of ['https://host/out', 'http://host/out.csv']) {
      const text = definition(join(folder, 'in.csv')).replace(/to: .*\}\}/, `to: "${to}"}}`)
      expect(JSON.stringify(problems(text))).toContain(`nothing can be published to \`${to}\`: it can only be read`)
    }
  })
})
