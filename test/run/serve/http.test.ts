/** What a server answers, and whom. */
import { request } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openHttp } from '#run/serve/http.ts'
import { queuedRuns } from '#run/serve/queue.ts'
import { runsListed, startByRequest } from '#run/serve/requests.ts'
import { readExposition } from '../../kit/prometheus.ts'
import { emptyStore, pipelineOf, recordRun, testLog } from './kit.ts'

const TOKEN = 'a-token-of-this-test'
const NOW = new Date('2027-06-01T08:00:00Z')

async function server() {
  const { folder, store } = emptyStore()
  const declared = {
    inputs: {
      source: { type: 'string', required: true, description: 'Files' },
      rows: { type: 'integer', required: false, default: 5, description: '' },
    },
  }
  const orders = { ...pipelineOf('orders'), declared: declared as never }
  const http = await openHttp({
    host: '127.0.0.1',
    port: 0,
    token: TOKEN,
    log: testLog(),
    health: () => ({ status: 'ok' }),
    metrics: async () => '# HELP up Whether it is up.\n# TYPE up gauge\nup 1\n',
    runs: (pipeline, most) => runsListed(folder, pipeline, most),
    start: async (id, body) => (id === 'orders' ? startByRequest(orders, body, store, NOW) : undefined),
  })
  onTestFinished(() => http.close())
  const { port } = new URL(http.address)
  /** Sends a path as it is, without making it a tidy one. */
  const ask = (method: string, path: string, { token = TOKEN, body = '' }: { token?: string | null; body?: string } = {}) =>
    new Promise<{ status: number; body: { [key: string]: unknown } }>((resolve, reject) => {
      const headers = { ...(token === null ? {} : { authorization: `Bearer ${token}` }), 'content-length': Buffer.byteLength(body) }
      const sent = request({ port, method, path, headers }, (response) => {
        let text = ''
        response.on('data', (part) => {
          text += part
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }))
      })
      sent.on('error', reject)
      sent.end(body)
    })
  return { ask, store, address: http.address }
}

describe('a request', () => {
  it('starts a run with its inputs, and gets its name', async () => {
    const { ask, store } = await server()
    const { status, body } = await ask('POST', '/pipelines/orders/runs', {
      body: '{"inputs": {"source": "a.csv"}, "logical_date": "2027-05-01"}',
    })
    expect(status).toBe(202)
    expect(body).toEqual({ run: expect.stringMatching(/^orders-20270601T080000Z-\w{12}$/), pipeline: 'orders', logical_date: '2027-05-01' })
    expect(await queuedRuns(store)).toMatchObject([
      {
        name: body['run'],
        pipeline: 'orders',
        input: { inputs: { source: 'a.csv' }, logical_date: '2027-05-01', start: { type: 'http' } },
      },
    ])
  })

  it('starts a run of its own each time', async () => {
    const { ask, store } = await server()
    for (let time = 0; time < 3; time++) await ask('POST', '/pipelines/orders/runs', { body: '{"inputs": {"source": "a.csv"}}' })
    expect(await queuedRuns(store)).toHaveLength(3)
  })

  it('without the token is told nothing and starts nothing', async () => {
    const { ask, store } = await server()
    for (const token of [null, '', 'wrong', `${TOKEN}x`, TOKEN.slice(1), TOKEN.toUpperCase()])
      for (const [method, path] of [
        ['POST', '/pipelines/orders/runs'],
        ['GET', '/runs'],
        ['GET', '/metrics'],
        ['GET', '/nothing'],
      ] as const)
        expect((await ask(method, path, { token, body: '{"inputs": {"source": "a"}}' })).status, `${token} ${path}`).toBe(401)
    expect(await queuedRuns(store)).toEqual([])
    expect((await ask('GET', '/health', { token: null })).body).toEqual({ status: 'ok' })
  })

  it.each([
    ['{', 400, /^the body is not JSON/],
    ['[]', 400, /^the body is not a JSON object/],
    ['{"input": {}}', 400, /^unknown key `input`/],
    ['{"inputs": [1]}', 400, /^`inputs` is not an object/],
    ['{"inputs": {"source": "a"}, "logical_date": "today"}', 400, /^invalid `logical_date` "today"/],
    [`{"inputs": {"source": "${'a'.repeat(262_200)}"}}`, 400, /bytes of JSON; the maximum is/],
    [`{"inputs": {"source": "${'a'.repeat(300_000)}"}}`, 413, /^the body is larger than/],
  ])('with the body %.40s is answered with %i', async (body, status, error) => {
    const { ask, store } = await server()
    const answer = await ask('POST', '/pipelines/orders/runs', { body })
    expect([answer.status, answer.body['error']]).toEqual([status, expect.stringMatching(error)])
    expect(await queuedRuns(store)).toEqual([])
  })

  it('gets every problem of its inputs at once', async () => {
    const { ask } = await server()
    const { status, body } = await ask('POST', '/pipelines/orders/runs', { body: '{"inputs": {"rows": "many", "sorce": 1}}' })
    expect(status).toBe(400)
    expect((body['problems'] as { code: string }[]).map(({ code }) => code)).toEqual(['missing-input', 'invalid-input', 'unknown-input'])
  })

  it('for another path, pipeline or method starts nothing', async () => {
    const { ask, store } = await server()
    for (const [method, path, status] of [
      ['POST', '/pipelines/other/runs', 404],
      ['POST', '/pipelines/../orders/runs', 404],
      ['POST', '/pipelines/..%2f..%2fetc/runs', 404],
      ['POST', '/pipelines//runs', 404],
      ['GET', '/pipelines/orders/runs', 405],
      ['DELETE', '/runs', 405],
      ['POST', '/metrics', 405],
      ['GET', '/metrics/', 404],
      ['GET', '/../../etc/passwd', 404],
      ['GET', '/runs?limit=0', 400],
      ['GET', '/runs?limit=9999', 400],
    ] as const)
      expect((await ask(method, path)).status, path).toBe(status)
    expect(await queuedRuns(store)).toEqual([])
  })

  it('lists the newest runs', async () => {
    const { ask, store } = await server()
    for (const name of ['a', 'b', 'c']) await recordRun(store, name, 'succeeded')
    expect((await ask('GET', '/runs?limit=2')).body).toHaveLength(2)
    expect((await ask('GET', '/runs?pipeline=p')).body).toHaveLength(3)
    expect((await ask('GET', '/runs?pipeline=q')).body).toEqual([])
  })

  it('for metrics is answered as text of Prometheus', async () => {
    const { address } = await server()
    const answer = await fetch(`${address}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
    expect(readExposition(await answer.text())).toMatchObject([{ name: 'up', samples: [{ value: 1 }] }])
  })
})
