/** The program as it is installed, in a process of its own, for tests of whole runs. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PROGRAM = join(ROOT, 'bin/siftstep.js')
export const EXAMPLE = join(ROOT, 'examples/data-processing')

if (!existsSync(join(ROOT, 'dist/cli.js'))) throw new Error('the program is not built: npm run build')

export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly out: string
  readonly err: string
}

export interface Started {
  readonly process: ChildProcess
  readonly pid: number
  readonly ended: Promise<Ended>
  /** What it has written to its standard output so far. */
  written(): string
}

export interface CliOptions {
  readonly cwd: string
  readonly env?: Record<string, string>
  /** Runs the program under another one: `['setpriv', '--reuid', '1000']`. */
  readonly under?: readonly string[]
}

/** Starts the program, in a process group of its own. */
export function startCli(args: readonly string[], { cwd, env = {}, under = [] }: CliOptions): Started {
  const [command = process.execPath, ...rest] = [...under, process.execPath, PROGRAM, ...args]
  const child = spawn(command, rest, { cwd, env: { ...process.env, ...env }, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout?.on('data', (text) => {
    out += text
  })
  child.stderr?.on('data', (text) => {
    err += text
  })
  const ended = new Promise<Ended>((resolve_, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve_({ code, signal, out, err: withDetails(err) }))
  })
  if (child.pid === undefined) throw new Error(`cannot start ${command}`)
  return { process: child, pid: child.pid, ended, written: () => out }
}

/** The standard error, with the details of an internal error, which the program writes to a file: a test that fails shows them. */
function withDetails(err: string): string {
  const [path] = /\S*siftstep-error-\S+\.log/.exec(err) ?? []
  return path !== undefined && existsSync(path) ? `${err}${readFileSync(path, 'utf8')}` : err
}

/** Runs the program to its end. */
export const runCli = (args: readonly string[], options: CliOptions): Promise<Ended> => startCli(args, options).ended

/** The processes a process has started that live, by /proc. */
export function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => statOf(candidate)?.parent === pid)
}

/**
 * Whether a process runs a program of its own: between fork and exec it has the command line of its parent, who waits until the program
 * is loaded, and for good when the child is stopped before.
 */
export function hasLoaded(pid: number, parent: number): boolean {
  const line = commandLine(pid)
  return line !== '' && line !== commandLine(parent)
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

/** Whether a process is still running; a zombie is not. */
export function works(pid: number): boolean {
  const state = statOf(pid)?.state
  return state !== undefined && state !== 'Z' && state !== 'X'
}

function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state, parent: Number(parent) }
  } catch {
    return undefined
  }
}

/** Ids of the runs in the store of a folder, oldest first. */
export function runsIn(folder: string, store = '.siftstep'): readonly string[] {
  const runs = join(resolve(folder, store), 'runs')
  return existsSync(runs) ? readdirSync(runs).sort() : []
}
