/** A PostgreSQL server of its own for tests, on loopback, from the binaries of this machine; it ends with the test. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { certificate, freePort, ready, type TestServer, unprivileged } from './own-server.ts'

const DEBIAN = '/usr/lib/postgresql'

/** The folder of initdb and postgres; undefined on a machine without them. */
export const postgresBinaries: string | undefined = [
  ...(process.env['SIFTSTEP_POSTGRES_BIN'] === undefined ? [] : [process.env['SIFTSTEP_POSTGRES_BIN']]),
  ...(existsSync(DEBIAN)
    ? readdirSync(DEBIAN)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(DEBIAN, version, 'bin'))
    : []),
].find((folder) => existsSync(join(folder, 'initdb')))

/** Why a test is skipped; put it in the title. */
export const withoutPostgres = 'skipped: PostgreSQL is not on this machine (apt-get install postgresql, or set SIFTSTEP_POSTGRES_BIN)'

export type PostgresServer = TestServer

const USER = 'reader'
const PASSWORD = 'tr0ub4dor-secret'

/** `tls`: it has a certificate of an authority of its own, for `localhost`. */
export async function startPostgres({ tls = false } = {}): Promise<PostgresServer> {
  if (postgresBinaries === undefined) throw new Error(withoutPostgres)
  const folder = mkdtempSync(join(tmpdir(), 'siftstep-postgres-'))
  const { who, owned } = unprivileged('postgres')
  owned(folder)
  const data = join(folder, 'data')
  const secret = join(folder, 'password')
  writeFileSync(secret, `${PASSWORD}\n`)
  const init = ['-D', data, '-U', USER, '-A', 'scram-sha-256', '--pwfile', owned(secret), '-E', 'UTF8', '--locale=C', '--no-sync']
  execFileSync(join(postgresBinaries, 'initdb'), init, { ...who, cwd: folder, stdio: 'pipe' })
  const ca = tls ? certificate(folder, owned) : undefined
  const port = await freePort()
  const options = {
    ...{ listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '', fsync: 'off', max_connections: '60' },
    ...(tls ? { ssl: 'on', ssl_cert_file: join(folder, 'server.crt'), ssl_key_file: join(folder, 'server.key') } : {}),
  }
  const server = spawn(
    join(postgresBinaries, 'postgres'),
    ['-D', data, ...Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...who, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let log = ''
  server.stderr?.on('data', (bytes: Buffer) => {
    log += bytes.toString()
  })
  const sql = (statements: string, database = 'postgres') => answer(port, statements, database)
  await ready('PostgreSQL', server, sql, () => log)
  return {
    ...{ port, user: USER, password: PASSWORD, sql },
    ...(ca === undefined ? {} : { ca }),
    settings: { host: '127.0.0.1', port, user: USER, password: PASSWORD },
    close: async () => {
      if (server.exitCode === null) {
        // ends all connections at once
        server.kill('SIGQUIT')
        await once(server, 'exit')
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function answer(port: number, statements: string, database: string) {
  const client = new Client({
    ...{ host: '127.0.0.1', port, database, user: USER, password: PASSWORD, ssl: false },
    types: { getTypeParser: () => (value: unknown) => value },
  })
  client.on('error', () => {})
  try {
    await client.connect()
    const results = [await client.query({ text: statements, rowMode: 'array' })].flat()
    return (results.at(-1)?.rows ?? []) as (string | null)[][]
  } finally {
    await client.end()
  }
}
