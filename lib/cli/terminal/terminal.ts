/** The outside world of a command: output, environment, and signals. */
import { fileURLToPath } from 'node:url'
import { openStreams } from './streams.ts'
import { version } from './version.ts'

export interface Terminal {
  /** Writes text unchanged to standard output or error. */
  out(text: string): void
  err(text: string): void
  /** Whether standard output or error is a terminal. */
  readonly isTTY: boolean
  readonly errIsTTY: boolean
  columns(): number
  readonly env: Record<string, string | undefined>
  /** The folder that relative paths refer to. */
  cwd(): string
  now(): Date
  /** Calls the listener on each request to stop; returns a function that removes it. */
  onStop(listener: () => void): () => void
  /** Ends the program at once, as the signal would without a listener. */
  die(): void
  readonly program: Program
}

/** Paths of the installed program's parts. */
export interface Program {
  readonly version: string
  /** Script of the worker processes. */
  readonly worker: string
  /** Script of the processes that siftstep serve starts for its runs. */
  readonly runner: string
  /** Folder of the examples. */
  readonly examples: string
  /** JSON schema of definitions. */
  readonly schema: string
}

const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** This process. `root` is the URL of the installed package. */
export function processTerminal(root: URL): Terminal {
  const { stdout, stderr } = process
  const { out, err, isIncomplete } = openStreams(stdout, stderr)
  process.once('exit', (code) => {
    if (code === 0 && isIncomplete()) process.exitCode = 1
  })
  return {
    out,
    err,
    isTTY: stdout.isTTY === true,
    errIsTTY: stderr.isTTY === true,
    // some terminals report 0 columns
    columns: () => stdout.columns || 80,
    env: process.env,
    cwd: () => process.cwd(),
    now: () => new Date(),
    onStop: (listener) => {
      for (const signal of STOPPING) process.on(signal, listener)
      return () => {
        for (const signal of STOPPING) process.off(signal, listener)
      }
    },
    die: () => {
      for (const signal of STOPPING) process.removeAllListeners(signal)
      process.kill(process.pid, 'SIGINT')
    },
    program: {
      version,
      worker: fileURLToPath(new URL('dist/worker.js', root)),
      runner: fileURLToPath(new URL('dist/runner.js', root)),
      examples: fileURLToPath(new URL('examples/', root)),
      schema: fileURLToPath(new URL('schema/pipeline.schema.json', root)),
    },
  }
}
