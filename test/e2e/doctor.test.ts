/** siftstep doctor as it is installed: each thing that can be missing is a line with its fix, and nothing of it is a stack trace. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import { existsSync, mkdirSync, readdirSync, statfsSync, truncateSync } from 'node:fs'
import { DatabaseSync } from '@photostructure/sqlite'
import { describe, expect, it } from 'vitest'
import type { Check } from '#cli/doctor/check.ts'
import { runCli } from '../kit/cli.ts'
import { webServer } from '../kit/http-server.ts'
import { hasMariadb, startMariadb, withoutMariadb } from '../kit/mariadb-server.ts'
import { postgresBinaries, startPostgres, withoutPostgres } from '../kit/postgres-server.ts'
import { titleOf } from '../kit/titles.ts'
import { at, place, write } from './place.ts'

/** Nothing of the machine that the tests run on. */
const NOTHING = { AWS_ENDPOINT_URL: '', DOCTOR_DIR: '' }

async function doctor(args: readonly string[] = [], env: Record<string, string> = {}) {
  const { code, out, err } = await runCli(['doctor', ...args], { cwd: place, env: { ...NOTHING, ...env } })
  expect(`${out}${err}`).not.toMatch(/\n\s+at .*:\d+:\d+/)
  return { code, out, err }
}

/** The checks of a definition, by name. */
async function checksOf(definition: string, args: readonly string[] = [], env: Record<string, string> = {}) {
  write('pipeline.yaml', definition)
  const { code, out } = await doctor(['pipeline.yaml', '--json', ...args], env)
  const { ok, checks } = JSON.parse(out) as { readonly ok: boolean; readonly checks: readonly Check[] }
  expect(ok).toBe(code === 0)
  return { code, out, of: (name: string) => checks.find(({ check }) => check === name) }
}

const reading = (source: string, more = '') => `version: 1
id: sales
inputs: {from: {type: string, required: true}}
${more}
steps:
  - {id: find, type: discover, with: {source: ${source}}}
  - {id: publish, type: export, with: {to: out, format: csv}}
`
const FROM = ['--input', 'from=x']

describe('this machine', () => {
  it('is checked without a definition, and all is well', async () => {
    const { code, out, err } = await doctor()
    expect([code, err]).toEqual([0, ''])
    for (const name of ['Node.js', 'native engine', 'store .siftstep', 'temporary folder', 'space of the store .siftstep', 'memory'])
      expect(out).toMatch(new RegExp(`^[✓!] ${name.replace('.', '\\.')}`, 'm'))
    expect(out).toMatch(/\d+ found, \d+ warnings?, 0 missing, 0 not checked\n$/)
  })

  it('is checked without any connection, also with a definition of files', async () => {
    write('in/a.csv', 'a\n1\n')
    write('pipeline.yaml', reading('in/*.csv'))
    const watched = write(
      'watched.cjs',
      `const net = require('node:net'); net.Socket.prototype.connect = () => { require('node:fs').writeFileSync(${JSON.stringify(at('asked'))}, ''); throw new Error('no network') }`,
    )
    const env = { NODE_OPTIONS: `--require ${watched}` }
    expect((await doctor([], env)).code).toBe(0)
    expect((await doctor(['pipeline.yaml', ...FROM], env)).code).toBe(0)
    expect(existsSync(at('asked'))).toBe(false)
    // what would be noticed
    write('pipeline.yaml', reading('"http://127.0.0.1:1/a.csv"'))
    expect((await doctor(['pipeline.yaml', ...FROM], env)).code).toBe(1)
    expect(existsSync(at('asked'))).toBe(true)
  })

  it('has no engine: it says how to install it', async () => {
    const broken = write(
      'broken.cjs',
      "const M = require('node:module'); const load = M._load; M._load = (name, ...rest) => { if (name.startsWith('@duckdb/node-bindings')) throw new Error('cannot open shared object file'); return load(name, ...rest) }",
    )
    const { code, out } = await doctor([], { NODE_OPTIONS: `--require ${broken}` })
    expect(code).toBe(1)
    expect(out).toMatch(/✗ native engine: cannot open shared object file\n {4}fix: install siftstep again on this machine \(\w+, \w+\)/)
  })

  it('has a store that cannot be written', async () => {
    write('file', '')
    const { code, out } = await doctor(['--store', 'file/store'])
    expect(code).toBe(1)
    expect(out).toMatch(/✗ store file\/store: .*\n {4}fix: .*folder/)
  })

  it('has a temporary folder that does not exist', async () => {
    write('file', '')
    const { code, out } = await doctor([], { TMPDIR: at('file/tmp') })
    expect(code).toBe(1)
    expect(out).toMatch(/✗ temporary folder .*file\/tmp: /)
  })

  it('has less room than the sources have bytes', async () => {
    write('in/large.csv', 'a\n1\n')
    const { bavail, bsize } = statfsSync(place)
    truncateSync(at('in/large.csv'), bavail * bsize + 10_000_000_000)
    const { of, code } = await checksOf(reading('in/*.csv'), FROM)
    expect([code, of('space of the store .siftstep')]).toEqual([
      0,
      {
        check: 'space of the store .siftstep',
        status: 'warning',
        detail: expect.stringMatching(/free, and the sources alone have/),
        fix: expect.any(String),
      },
    ])
  })

  it('has less memory than the definition gives to its tasks', async () => {
    write('in/a.csv', 'a\n1\n')
    const { of } = await checksOf(reading('in/*.csv', 'resources: {memory_limit: 900TB}'), FROM)
    // four gigabytes for each worker is the most there is
    expect(of('memory')?.detail).toContain('by resources.memory_limit')
  })
})

describe('a definition', () => {
  it('with a mistake exits with 2 and shows it as validate does', async () => {
    write('pipeline.yaml', 'version: 1\nid: sales\nsteps:\n  - {id: find, type: discovr, with: {source: a}}\n')
    const { code, err, out } = await doctor(['pipeline.yaml'])
    const validated = await runCli(['validate', 'pipeline.yaml'], { cwd: place })
    expect([code, err]).toEqual([2, validated.err])
    expect(out).toMatch(/✗ definition pipeline\.yaml: 1 problem\n/)
  })

  it('with an input of another type exits with 2', async () => {
    const { code } = await checksOf(reading('in/*.csv'), ['--input', 'form=x'])
    expect(code).toBe(2)
  })

  it('without a variable that it needs says where it looked', async () => {
    const definition = reading('"${env.DOCTOR_SOURCES}/*.csv"')
    write('in/a.csv', 'a\n1\n')
    const absent = await checksOf(definition, FROM)
    expect([absent.code, absent.of('variable DOCTOR_SOURCES')]).toEqual([
      1,
      {
        check: 'variable DOCTOR_SOURCES',
        status: 'missing',
        detail: 'not set; looked in the environment',
        fix: 'set DOCTOR_SOURCES, or pass a file that sets it with --env-file',
      },
    ])
    write('.env', 'DOCTOR_SOURCES=in\n')
    const there = await checksOf(definition, [...FROM, '--env-file', '.env'])
    expect([there.code, there.of('variable DOCTOR_SOURCES')?.detail, there.of('source in/*.csv')?.status]).toEqual([
      0,
      'set in .env',
      'found',
    ])
  })

  it('lists each secret, and never its value', async () => {
    const web = await webServer((_, response) => response.writeHead(200, { 'content-length': '4' }).end('a\n1\n'))
    const definition = reading(
      '{connection: api, path: a.csv}',
      `connections: {api: {type: https, base_url: "${web.url}", bearer_token: "\${secret.DOCTOR_TOKEN}", headers: {}}}`,
    ).replace('{connection: api, path: a.csv}', '{connection: api, endpoint: /a.csv}')
    const absent = await checksOf(definition, FROM)
    expect([absent.code, absent.of('secret DOCTOR_TOKEN')?.status, absent.of(`source ${web.url}/a.csv`)?.detail]).toEqual([
      1,
      'missing',
      'not checked: it needs the secret DOCTOR_TOKEN',
    ])
    expect(web.asked).toEqual([])
    const there = await checksOf(definition, FROM, { DOCTOR_TOKEN: 'tr0ub4dor-token' })
    expect([there.code, there.of('secret DOCTOR_TOKEN')?.detail]).toEqual([0, 'set in the environment'])
    expect(there.of(`source ${web.url}/a.csv`)?.detail).toBe('the server answers, 4 bytes')
    expect(there.out).not.toContain('tr0ub4dor')
    expect(web.asked.map(({ method, headers }) => [method, headers.authorization])).toEqual([['HEAD', 'Bearer tr0ub4dor-token']])
  })
})

describe('sources', () => {
  it('of this machine that do not match say what is there', async () => {
    write('in/a.csv', 'a\n1\n')
    const { code, of } = await checksOf(reading('in/*.cvs'), FROM)
    expect([code, of('source in/*.cvs')]).toEqual([
      1,
      {
        check: 'source in/*.cvs',
        status: 'missing',
        detail: 'the pattern in/*.cvs matches no file',
        fix: expect.stringContaining('a.csv'),
      },
    ])
  })

  it('that come from an input are checked when it is given', async () => {
    write('in/a.csv', 'a\n1\n')
    const unknown = await checksOf(reading('"{{ from }}"'))
    expect([unknown.code, unknown.of('source of find')]).toEqual([
      0,
      { check: 'source of find', status: 'unchecked', detail: 'not checked: it needs the input from: pass --input from=…' },
    ])
    const given = await checksOf(reading('"{{ from }}"'), ['--input', 'from=in/a.csv'])
    expect([given.code, given.of('source in/a.csv')?.detail]).toEqual([0, '1 file, 4 bytes'])
  })

  it('that a sensor waits for need not be there yet', async () => {
    const definition = reading('in/*.csv').replace('steps:', 'steps:\n  - {id: wait, type: sensor, with: {files: in/*.csv, timeout: 1h}}')
    const { code, of } = await checksOf(definition, FROM)
    expect([code, of('source in/*.csv')?.status]).toEqual([0, 'warning'])
  })

  it('of a database that has no such table', async () => {
    const database = new DatabaseSync(at('shop.db'))
    database.exec('CREATE TABLE orders (id INTEGER, name TEXT)')
    database.close()
    const there = await checksOf(reading('"sqlite://shop.db/orders"'), FROM)
    expect(there.of('source sqlite://shop.db/orders')?.detail).toMatch(/^2 columns, /)
    const absent = await checksOf(reading('"sqlite://shop.db/order"'), FROM)
    expect([absent.code, absent.of('source sqlite://shop.db/order')?.fix]).toEqual([1, 'did you mean orders? it has orders'])
  })

  it('of a server that does not answer', async () => {
    const { code, of } = await checksOf(reading('"http://127.0.0.1:1/a.csv"'), FROM)
    expect([code, of('source http://127.0.0.1:1/a.csv')?.status]).toEqual([1, 'missing'])
  })

  it('of a PostgreSQL server that does not answer', async () => {
    const { code, of } = await checksOf(
      reading('{connection: shop, table: orders}', 'connections: {shop: {type: postgresql, host: 127.0.0.1, port: 1, database: shop}}'),
      FROM,
    )
    expect([code, of('source postgresql://127.0.0.1:1/shop/orders')]).toEqual([
      1,
      {
        check: 'source postgresql://127.0.0.1:1/shop/orders',
        status: 'missing',
        detail: 'PostgreSQL at 127.0.0.1:1 cannot be reached: the connection was refused',
        fix: 'check host and port, and that the server is running',
      },
    ])
  })

  /** Servers of tables, each with a database. */
  const SERVERS = [
    {
      scheme: 'postgresql',
      name: 'PostgreSQL',
      database: 'postgres',
      missing: postgresBinaries === undefined ? withoutPostgres : undefined,
      start: startPostgres,
    },
    { scheme: 'mysql', name: 'MySQL', database: 'shop', missing: hasMariadb ? undefined : withoutMariadb, start: startMariadb },
  ] as const
  for (const { scheme, name: kind, database, missing, start } of SERVERS) {
    it.skipIf(missing !== undefined)(titleOf(`of a ${kind} server that answers: a table, a wrong password`, missing), async () => {
      const server = await start()
      try {
        await server.sql('CREATE TABLE orders (id int, name text)')
        const { host, port, user } = server.settings
        const connection = `connections: {shop: {type: ${scheme}, host: ${host}, port: ${port}, database: ${database}, user: ${user}, password: "\${secret.DOCTOR_PW}"}}`
        const definition = reading('{connection: shop, table: orders}', connection)
        const name = `source ${scheme}://${host}:${port}/${database}/orders`
        const there = await checksOf(definition, FROM, { DOCTOR_PW: server.password })
        expect([there.code, there.of(name)?.detail]).toEqual([0, 'the server answers, 2 columns'])
        const wrong = await checksOf(definition, FROM, { DOCTOR_PW: 'no-such-word' })
        expect([wrong.code, wrong.of(name)?.detail]).toEqual([1, expect.stringContaining('refuses the login')])
        expect(wrong.out).not.toContain('no-such-word')
      } finally {
        await server.close()
      }
    })
  }
})

describe('targets', () => {
  it('that hold files of others cannot be written', async () => {
    write('in/a.csv', 'a\n1\n')
    write('out/notes.txt', 'mine')
    const { code, of } = await checksOf(reading('in/*.csv'), FROM)
    expect([code, of('target out')?.status, of('target out')?.detail]).toEqual([1, 'missing', expect.stringContaining('notes.txt')])
  })

  it('that can be written are found, and nothing is created', async () => {
    write('in/a.csv', 'a\n1\n')
    mkdirSync(at('out'))
    const { code, of } = await checksOf(reading('in/*.csv'), FROM)
    expect([code, of('target out')?.detail]).toEqual([0, 'can be written'])
    expect([readdirSync(at('out')), existsSync(at('.siftstep'))]).toEqual([[], false])
  })

  it('below a file cannot be written', async () => {
    write('in/a.csv', 'a\n1\n')
    write('file', '')
    const { code, of } = await checksOf(reading('in/*.csv').replace('to: out', 'to: file/out'), FROM)
    expect([code, of('target file/out')?.status]).toEqual([1, 'missing'])
  })
})

it('channels are listed, and no message is sent', async () => {
  write('in/a.csv', 'a\n1\n')
  const web = await webServer((_, response) => response.end())
  const { of } = await checksOf(reading('in/*.csv', `notifications: {on_failure: [{type: webhook, url: "${web.url}"}]}`), FROM)
  expect(of('notification on_failure by webhook')?.status).toBe('unchecked')
  expect(web.asked).toEqual([])
})
