/** What servers that tests start for themselves need: an account, a port, a certificate. */
import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** A server of tables that a test has started. */
export interface TestServer {
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

interface Account {
  readonly who: { readonly uid?: number; readonly gid?: number }
  /** Gives a file to it, and returns its path. */
  owned(path: string): string
}

/** Whom a server runs as that refuses to run as root: the account of this name, or nobody. */
export function unprivileged(account: string): Account {
  if (process.getuid?.() !== 0) return { who: {}, owned: (path) => path }
  const ids = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === account)
  const [uid, gid] = [Number(ids?.[2] ?? 65_534), Number(ids?.[3] ?? 65_534)]
  const owned = (path: string) => {
    chownSync(path, uid, gid)
    return path
  }
  return { who: { uid, gid }, owned }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** Writes an authority and a certificate for localhost; the certificate of the authority. */
export function certificate(folder: string, owned: (path: string) => string): string {
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

/** Waits until a server that was started answers. */
export async function ready(name: string, server: ChildProcess, sql: TestServer['sql'], log: () => string): Promise<void> {
  for (let times = 0; times < 600; times++) {
    if (server.exitCode !== null) throw new Error(`${name} ended: ${log()}`)
    const answered = await sql('SELECT 1').then(
      () => true,
      () => false,
    )
    if (answered) return
    await wait(100)
  }
  throw new Error(`${name} does not answer: ${log()}`)
}
