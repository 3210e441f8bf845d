/** What the emulators of AWS have in common: how they are installed, started and asked whether they are ready, and what each cannot do. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')

/** What the walk needs and an emulator may lack. */
export type Ability =
  | 'names of errors'
  | 'distributed maps'
  | 'moments of schedules'
  | 'updates of alarms'
  | 'stops in maps'
  | 'variables of parallel states'
  | 'metric math'
  | 'the Glue catalog'
  | 'variables of a tested state'

/** What an emulator does wrong, each with what it does instead. */
export type Limits = { readonly [ability in Ability]?: string }

export interface Emulator {
  readonly name: string
  /** Variables under which the AWS SDK, the CDK and siftstep talk to it. */
  readonly env: { readonly [name: string]: string }
  readonly limits: Limits
  stop(): Promise<void>
}

/** Why there is no emulator. */
export interface Missing {
  readonly missing: string
}

/** A kind of emulator: a name on the command line, and how one is started. */
export interface EmulatorKind {
  readonly kind: string
  readonly name: string
  readonly limits: Limits
  /** Prepares the program, once; returns how to run it on this port with its state in this folder, or why it cannot be installed. */
  prepare(): Start | Missing
}

export type Start = (port: number, folder: string) => Program

interface Program {
  readonly command: string
  readonly args: readonly string[]
  readonly env: { readonly [name: string]: string }
}

/** Seconds an emulator may take to start on a busy machine. */
const PATIENCE = 180

/** Starts an emulator, or says why there is none. `port` 0 takes a free one. */
export async function startEmulator({ name, limits, prepare }: EmulatorKind, port: number): Promise<Emulator | Missing> {
  const start = prepare()
  if (typeof start !== 'function') return start
  const at = await freePort(port)
  if (at === undefined)
    return { missing: `the port ${port} of this machine is in use: set GATEWAY_PORT to another, or AWS_ENDPOINT_URL to the program there` }
  const folder = mkdtempSync(join(tmpdir(), 'siftstep-emulator-'))
  const logFile = join(folder, 'log')
  const log = openSync(logFile, 'w')
  const { command, args, env } = start(at, folder)
  const child = spawn(command, [...args], { cwd: folder, stdio: ['ignore', log, log], env: { ...process.env, ...env } })
  const url = `http://127.0.0.1:${at}`
  const ended = new Promise<void>((done) => child.once('close', () => done()))
  child.on('error', () => {})
  const stop = async () => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await ended
    clearTimeout(timer)
    rmSync(folder, { recursive: true, force: true })
  }
  for (const end = Date.now() + PATIENCE * 1000; Date.now() < end; await new Promise((later) => setTimeout(later, 250))) {
    if (child.pid === undefined || child.exitCode !== null)
      return { missing: `${name} ended at once with code ${child.exitCode}: ${lastLine(readFileSync(logFile, 'utf8'))} (${logFile})` }
    if ((await health(url)) !== undefined) return { name, limits, env: environmentFor(url), stop }
  }
  await stop()
  return { missing: `${name} did not answer within ${PATIENCE} seconds` }
}

/** The answer of an emulator about its health; undefined where none answers. */
export const health = (url: string): Promise<{ readonly edition?: string; readonly version?: string } | undefined> =>
  fetch(`${url}/_localstack/health`).then(
    async (response) => (response.ok ? ((await response.json()) as { edition?: string; version?: string }) : undefined),
    () => undefined,
  )

export const environmentFor = (url: string) => ({
  AWS_ENDPOINT_URL: url,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  CDK_DEFAULT_ACCOUNT: '000000000000',
  CDK_DEFAULT_REGION: 'us-east-1',
})

/** Makes a virtual environment of Python and installs these arguments of pip into it; returns the problem if there is one. */
export function installPython(
  { python, venv, packages, name }: { python: string; venv: string; packages: readonly string[]; name: string },
  env = process.env,
): Missing | undefined {
  const made = spawnSync(python, ['-m', 'venv', venv], { encoding: 'utf8', env })
  if (made.status !== 0)
    return { missing: `${python} cannot make a virtual environment: ${lastLine(made.error?.message ?? made.stderr + made.stdout)}` }
  const failed = pipInstall(venv, packages)
  if (failed === undefined) return undefined
  rmSync(venv, { recursive: true, force: true })
  return { missing: `pip cannot install ${name}: ${failed}` }
}

/** Runs pip in a virtual environment; returns its last line if it fails. */
export function pipInstall(venv: string, packages: readonly string[]): string | undefined {
  const quiet = ['install', '--quiet', '--disable-pip-version-check', '--retries', '1', '--timeout', '20']
  const { status, stderr } = spawnSync(join(venv, 'bin', 'python'), ['-m', 'pip', ...quiet, ...packages], { encoding: 'utf8' })
  return status === 0 ? undefined : lastLine(stderr)
}

const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? ''

/** The port, or any free one for 0; undefined when the port is in use. */
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
