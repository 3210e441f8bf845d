/** A MariaDB server of its own for tests, on loopback, from the binaries of this machine; it ends with the test. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'mysql2'
import { certificate, freePort, ready, type TestServer, unprivileged } from './own-server.ts'

const PLACES = ['/usr/sbin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin']

/** A program of the server, in SIFTSTEP_MARIADB_BIN or where packages put it; undefined on a machine without it. */
const program = (name: string): string | undefined =>
  [...(process.env['SIFTSTEP_MARIADB_BIN'] === undefined ? [] : [process.env['SIFTSTEP_MARIADB_BIN']]), ...PLACES]
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path))

const [daemon, installer] = [program('mariadbd'), program('mariadb-install-db')]

export const hasMariadb = daemon !== undefined && installer !== undefined

/** Why a test is skipped; put it in the title. */
export const withoutMariadb = 'skipped: MariaDB is not on this machine (apt-get install mariadb-server, or set SIFTSTEP_MARIADB_BIN)'

export type MariadbServer = TestServer

const USER = 'reader'
const PASSWORD = 'tr0ub4dor-secret'
const DATABASE = 'shop'

/** `tls`: it has a certificate of an authority of its own, for `localhost`. `options`: more settings of the server. */
export async function startMariadb({ tls = false, options = {} }: { tls?: boolean; options?: { readonly [name: string]: string } } = {}) {
  if (daemon === undefined || installer === undefined) throw new Error(withoutMariadb)
  const folder = mkdtempSync(join(tmpdir(), 'siftstep-mariadb-'))
  const { who, owned } = unprivileged('mysql')
  owned(folder)
  const data = join(folder, 'data')
  const init = ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve']
  // the temporary folder of the tests belongs to another user
  const where = { ...who, cwd: folder, env: { PATH: process.env['PATH'] ?? '', TMPDIR: folder } }
  execFileSync(installer, init, { ...where, stdio: 'pipe' })
  const start = join(folder, 'start.sql')
  writeFileSync(
    start,
    `CREATE DATABASE ${DATABASE} CHARACTER SET utf8mb4;\nCREATE USER '${USER}'@'%' IDENTIFIED BY '${PASSWORD}';\nGRANT ALL PRIVILEGES ON *.* TO '${USER}'@'%' WITH GRANT OPTION;\n`,
  )
  const ca = tls ? certificate(folder, owned) : undefined
  const port = await freePort()
  const settings: { readonly [name: string]: string } = {
    ...{ 'bind-address': '127.0.0.1', port: String(port), socket: join(folder, 'socket'), datadir: data, 'init-file': owned(start) },
    ...{
      'innodb-flush-log-at-trx-commit': '0',
      'innodb-flush-method': 'nosync',
      'innodb-buffer-pool-size': '64M',
      'max-connections': '60',
    },
    ...{ 'skip-name-resolve': 'ON', 'pid-file': join(folder, 'pid') },
    ...(tls ? { 'ssl-cert': join(folder, 'server.crt'), 'ssl-key': join(folder, 'server.key') } : { 'skip-ssl': 'ON' }),
    ...options,
  }
  const server = spawn(daemon, ['--no-defaults', ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`)], {
    ...where,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  server.stderr?.on('data', (bytes: Buffer) => {
    log += bytes.toString()
  })
  const sql = (statements: string, database = DATABASE) => answer(port, statements, database)
  await ready('MariaDB', server, sql, () => log)
  return {
    ...{ port, user: USER, password: PASSWORD, sql },
    ...(ca === undefined ? {} : { ca }),
    settings: { host: '127.0.0.1', port, user: USER, password: PASSWORD },
    close: async () => {
      if (server.exitCode === null) {
        // its data is not needed any more
        server.kill('SIGKILL')
        await once(server, 'exit')
      }
      rmSync(folder, { recursive: true, force: true })
    },
  } satisfies MariadbServer
}

/** The rows of the last statement; none of one that gives none. */
function answer(port: number, statements: string, database: string): Promise<(string | null)[][]> {
  const client = createConnection({
    ...{ host: '127.0.0.1', port, database, user: USER, password: PASSWORD, multipleStatements: true, charset: 'UTF8MB4_BIN' },
  })
  return new Promise((done, fail) => {
    let rows: (string | null)[][] = []
    let last = 0
    const query = client.query({ sql: statements, rowsAsArray: true, typeCast: false })
    query.on('result', (row: unknown, statement: number) => {
      if (statement !== last) rows = []
      last = statement
      if (Array.isArray(row)) rows.push((row as readonly (Buffer | null)[]).map((cell) => cell?.toString('utf8') ?? null))
    })
    query.on('error', fail)
    client.on('error', fail)
    query.on('end', () => done(rows))
  }).finally(() => client.destroy()) as Promise<(string | null)[][]>
}

/** `MariaDB 10.11.6`; undefined on a machine without it. */
export function mariadbVersion(): string | undefined {
  if (daemon === undefined) return undefined
  const [, version = 'of an unknown version'] = /Ver (\S+)/.exec(execFileSync(daemon, ['--version'], { encoding: 'utf8' })) ?? []
  return `MariaDB ${version}`
}
