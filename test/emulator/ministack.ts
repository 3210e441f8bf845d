/**
 * An emulator of AWS on this machine: MiniStack (MIT, Python, no Docker), installed into a virtual environment below node_modules/.cache
 * when it is first asked for; or whatever AWS_ENDPOINT_URL names.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'

const MINISTACK = '1.5.33'
/** What it needs beside: its server, and what some of its custom resources import. */
const REQUIREMENTS = [`ministack==${MINISTACK}`, 'hypercorn==0.18.0']

const root = resolve(import.meta.dirname, '../..')

export interface Emulator {
  readonly name: string
  /** Variables under which the AWS SDK, the CDK and siftstep talk to it. */
  readonly env: { readonly [name: string]: string }
  stop(): Promise<void>
}

/** Starts the emulator, or says why there is none. `port` 0 takes a free one. */
export async function openEmulator(port = 0): Promise<Emulator | { readonly missing: string }> {
  const given = process.env['AWS_ENDPOINT_URL']
  if (given !== undefined && given !== '') return { name: given, env: environment(given), stop: async () => {} }
  const program = install()
  if (typeof program !== 'string') return program
  const at = await freePort(port)
  if (at === undefined)
    return { missing: `the port ${port} of this machine is taken: set GATEWAY_PORT to another, or AWS_ENDPOINT_URL to what is there` }
  const folder = mkdtempSync(join(tmpdir(), 'siftstep-emulator-'))
  const log = openSync(join(folder, 'log'), 'w')
  const child = spawn(program, [], {
    stdio: ['ignore', log, log],
    env: {
      ...process.env,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(at),
      STATE_DIR: join(folder, 'state'),
      S3_DATA_DIR: join(folder, 's3'),
      // Lambdas run on the first node there is: that of the project
      PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env['PATH'] ?? ''}`,
      NODE_PATH: join(root, 'node_modules'),
    },
  })
  const url = `http://127.0.0.1:${at}`
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  const stop = async () => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
    await ended
    clearTimeout(timer)
    rmSync(folder, { recursive: true, force: true })
  }
  for (let tries = 0; tries < 120; tries++) {
    if (child.exitCode !== null) return { missing: `MiniStack ended at once with code ${child.exitCode}; see ${folder}/log` }
    const isReady = await fetch(`${url}/_localstack/health`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isReady) return { name: `MiniStack ${MINISTACK}`, env: environment(url), stop }
    await new Promise((later) => setTimeout(later, 250))
  }
  await stop()
  return { missing: 'MiniStack did not answer within 30 seconds' }
}

const environment = (url: string) => ({
  AWS_ENDPOINT_URL: url,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  CDK_DEFAULT_ACCOUNT: '000000000000',
  CDK_DEFAULT_REGION: 'us-east-1',
})

/** The program, or why it cannot be had. */
function install(): string | { readonly missing: string } {
  const venv = join(root, 'node_modules', '.cache', `ministack-${MINISTACK}`)
  const program = join(venv, 'bin', 'ministack')
  if (existsSync(program)) return program
  mkdirSync(join(venv, '..'), { recursive: true })
  const made = spawnSync('python3', ['-m', 'venv', venv], { encoding: 'utf8' })
  if (made.status !== 0)
    return {
      missing: `python3 cannot make a virtual environment: ${(made.error?.message ?? made.stderr + made.stdout).trim().split('\n').at(-1)}`,
    }
  const installed = spawnSync(
    join(venv, 'bin', 'pip'),
    ['install', '--quiet', '--disable-pip-version-check', '--retries', '1', '--timeout', '20', ...REQUIREMENTS],
    {
      encoding: 'utf8',
    },
  )
  if (installed.status === 0 && existsSync(program)) return program
  rmSync(venv, { recursive: true, force: true })
  return { missing: `pip cannot install MiniStack: ${installed.stderr.trim().split('\n').at(-1)}` }
}

/** The port, or any when it is 0; undefined when somebody listens there. */
async function freePort(port: number): Promise<number | undefined> {
  return new Promise((done) => {
    const server = createServer()
    server.once('error', () => done(undefined))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : undefined))
    })
  })
}
