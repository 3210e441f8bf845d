/** A PostgreSQL server of its own for tests, on loopback, from the binaries of this machine; it ends with the test. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'

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

export interface PostgresServer {
  readonly port: number
  readonly user: string
  readonly password: string
  /** Certificate of its authority, where it speaks TLS. */
  readonly ca?: string
  /** The rows of the last statement, as text. Without a database: that of the server. */
  sql(statements: string, database?: string): Promise<readonly (readonly (string | null)[])[]>
  /** Its settings as a connection of a definition, except the database. */
  readonly settings: { readonly host: string; readonly port: number; readonly user: string; readonly password: string }
  close(): Promise<void>
}

const USER = 'reader'
const PASSWORD = 'tr0ub4dor-secret'

/** Whom the server runs as: it refuses to run as root. */
function unprivileged(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const ids = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'postgres')
  return { uid: Number(ids?.[2] ?? 65_534), gid: Number(ids?.[3] ?? 65_534) }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** `tls`: it has a certificate of an authority of its own, for `localhost`. */
export async function startPostgres({ tls = false } = {}): Promise<PostgresServer> {
  if (postgresBinaries === undefined) throw new Error(withoutPostgres)
  const folder = mkdtempSync(join(tmpdir(), 'siftstep-postgres-'))
  const who = unprivileged()
  const owned = (path: string) => {
    if (who.uid !== undefined && who.gid !== undefined) chownSync(path, who.uid, who.gid)
    return path
  }
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
  await ready(server, sql, () => log)
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

async function ready(server: ChildProcess, sql: PostgresServer['sql'], log: () => string): Promise<void> {
  for (let times = 0; times < 600; times++) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended: ${log()}`)
    const answered = await sql('SELECT 1').then(
      () => true,
      () => false,
    )
    if (answered) return
    await wait(100)
  }
  throw new Error(`PostgreSQL does not answer: ${log()}`)
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

/** Writes an authority and a certificate for localhost; the certificate of the authority. */
function certificate(folder: string, owned: (path: string) => string): string {
  const run = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  run('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '30', '-subj', '/CN=test authority')
  run('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost')
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:localhost')
  run(
    ...['x509', '-req', '-in', 'server.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '30'],
    '-extfile',
    'names',
    '-out',
    'server.crt',
  )
  for (const name of ['server.key', 'server.crt']) owned(join(folder, name))
  return readFileSync(join(folder, 'ca.crt'), 'utf8')
}
