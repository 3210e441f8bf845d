/** The outside world of a command: where it writes, what surrounds it, how it is stopped. */
import { fileURLToPath } from 'node:url'
import { openStreams } from './streams.ts'
import { version } from './version.ts'

export interface Terminal {
  /** Writes to the standard output or error, as it is. */
  out(text: string): void
  err(text: string): void
  /** Whether a person watches the standard output, and error. */
  readonly isTTY: boolean
  readonly errIsTTY: boolean
  columns(): number
  readonly env: Record<string, string | undefined>
  /** The folder relative paths are relative to. */
  cwd(): string
  now(): Date
  /** Calls the listener each time somebody wants the program to stop; returns how to listen no longer. */
  onStop(listener: () => void): () => void
  /** Ends the program at once, as if it had never listened. */
  die(): void
  readonly program: Program
}

/** Where the parts of the installed program are. */
export interface Program {
  readonly version: string
  /** Script of the worker processes. */
  readonly worker: string
  /** Folder of the examples. */
  readonly examples: string
  /** The JSON schema of definitions, a file. */
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
    // some terminals do not know and say 0
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
      examples: fileURLToPath(new URL('examples/', root)),
      schema: fileURLToPath(new URL('schema/pipeline.schema.json', root)),
    },
  }
}
