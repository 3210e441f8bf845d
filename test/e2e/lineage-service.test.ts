/** Lineage sent to a service: what it is sent, and that the key of it stands in no file of the run. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import { execFileSync } from 'node:child_process'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCli, runsIn } from '../kit/cli.ts'
import { place, ROWS, write } from './place.ts'

const KEY = 'k-7f3c91'
const sent: { url: string | undefined; key: string | undefined; body: { eventType: string } }[] = []
/** What the service answers, call by call; 200 when there is no more. */
let statuses: number[] = []
let server: Server
let address: string

beforeEach(async () => {
  sent.length = 0
  statuses = []
  server = createServer(async (request, response) => {
    sent.push({ url: request.url, key: request.headers.authorization, body: JSON.parse(await textOf(request)) })
    const key = (request.headers.authorization ?? '').slice('Bearer '.length)
    const echo = [
      key,
      JSON.stringify({ key }),
      encodeURIComponent(key),
      Buffer.from(`u:${key}`).toString('base64'),
      Buffer.from(key).toString('base64'),
    ]
    response.writeHead(statuses.shift() ?? 200).end(`said ${echo.join(' ')}`)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  write('a.csv', ROWS)
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of request) text += part
  return text
}

/** The variables of this process are there too, which has no LINEAGE_KEY. */
const trace = (more = '', env: { readonly [name: string]: string } = { LINEAGE_KEY: KEY }) => {
  write(
    'pipeline.yaml',
    `version: 1\nid: t\ninputs: {service: {type: string, default: "${address}/"}}\nsteps:\n  - {id: find, type: discover, with: {source: a.csv}}\n  - {id: e, type: export, with: {to: out, format: csv}}\n  - {id: trace, type: lineage, with: {endpoint: "{{ service }}", api_key: "\${secret.LINEAGE_KEY}"}, retry: {max_attempts: 0}${more}}\n`,
  )
  return runCli(['run', 'pipeline.yaml', '--workers', '1'], { cwd: place, env })
}

describe('a lineage service', () => {
  it('is sent both events with its key, which stands in no file of the run', async () => {
    const { code, out, err } = await trace()
    expect(code, err).toBe(0)
    expect(out).toContain(`sent to ${address}/`)
    expect(sent.map(({ url, key, body }) => [url, key, body.eventType])).toEqual([
      ['/api/v1/lineage', `Bearer ${KEY}`, 'START'],
      ['/api/v1/lineage', `Bearer ${KEY}`, 'COMPLETE'],
    ])
    expect(`${out}${err}`).not.toContain(KEY)
    // grep ends with 1 when it finds nothing
    expect(() => execFileSync('grep', ['-r', KEY, place])).toThrow(expect.objectContaining({ status: 1 }))
    expect(execFileSync('grep', ['-rl', 'LINEAGE_KEY', '.siftstep'], { cwd: place, encoding: 'utf8' })).toContain('definition.yaml')
  })

  it('that is busy is asked again', async () => {
    statuses = [503, 200, 429]
    const { code, err } = await trace()
    expect(code, err).toBe(0)
    expect(sent.map(({ body }) => body.eventType)).toEqual(['START', 'START', 'COMPLETE', 'COMPLETE'])
  })

  it('that refuses fails the step; the output stands', async () => {
    statuses = [401]
    const { code, err } = await trace()
    expect(code).toBe(1)
    expect(err).toContain(`trace: sending lineage to ${address}/api/v1/lineage: the service answered 401 (Unauthorized)`)
    expect(err).toContain('hint: check the secret of `api_key`; its full response is in the log of the step')
    expect(err).not.toContain('said:')
    expect(err).not.toContain(KEY)
    expect(sent).toHaveLength(1)
  })

  it.each([
    ['echoes it in an error', 'k/7f+3c<91>"&=', 'the service answered 400 (Bad Request)'],
    ['could never be sent it, as it holds a line break', 'k7f3c91-first\nk7f3c91-second', 'contains a line break at character 14'],
  ])('finds its key in no file and no word of the run, also when the service %s', async (_, key, reported) => {
    statuses = [400]
    const { code, out, err } = await trace('', { LINEAGE_KEY: key })
    expect(code).not.toBe(0)
    expect(err).toContain(reported)
    const forms = [
      ...key.split('\n'),
      encodeURIComponent(key),
      Buffer.from(key).toString('base64'),
      JSON.stringify(key).slice(1, -1),
      '7f3c91',
    ]
    for (const form of forms) {
      expect(`${out}${err}`).not.toContain(form)
      expect(() => execFileSync('grep', ['-rF', '-e', form, place])).toThrow(expect.objectContaining({ status: 1 }))
    }
    if (reported.includes('400'))
      expect(execFileSync('grep', ['-r', 'secret LINEAGE_KEY', '.siftstep'], { cwd: place, encoding: 'utf8' })).toContain(
        'logs/trace/control-0.log',
      )
  })

  it('that is not there may be done without', async () => {
    server.close()
    const { code, out } = await trace(', on_error: {continue_on_error: true}')
    expect(code).toBe(4)
    expect(out).toMatch(/trace: failed; continuing without it: sending lineage to .*: .*ECONNREFUSED/)
    expect(runsIn(place)).toHaveLength(1)
  })

  it('whose address turns out to be none is reported with its place', async () => {
    address = 'nowhere'
    const { code, err } = await trace()
    expect(code).toBe(2)
    expect(err).toContain("`endpoint` is 'nowhere/', which is not a URL")
    expect(err).toMatch(/at: pipeline\.yaml:7:\d+ steps\.2\.with\.endpoint/)
  })
})

describe('a secret that is not there', () => {
  it('is reported before any work', async () => {
    const { code, err } = await trace('', {})
    expect(code).toBe(2)
    expect(err).toContain('missing environment variables: LINEAGE_KEY, used in the definition as ${secret.LINEAGE_KEY}')
    expect(err).toContain('hint: set it as an environment variable, or pass a file with --env-file')
    expect(runsIn(place)).toEqual([])
  })

  it('is taken from the env file', async () => {
    await trace('', {})
    write('secrets.env', `LINEAGE_KEY=${KEY}\n`)
    const { code, err } = await runCli(['run', 'pipeline.yaml', '--env-file', 'secrets.env', '--quiet'], { cwd: place })
    expect(code, err).toBe(0)
    expect(sent[0]?.key).toBe(`Bearer ${KEY}`)
  })
})
