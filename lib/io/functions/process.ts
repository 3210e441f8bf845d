/** The process of a function step, from the side of the task: started with a bundle, called with rows, killed when it takes too long. */
import { type ChildProcess, fork } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Declaration, FunctionMessage, FunctionReply, Returned, RowsMessage } from './protocol.ts'

export interface FunctionOptions {
  /** The program of the process. */
  readonly host: string
  /** The text of the bundle. */
  readonly bundle: string
  /** A folder for the bundle, of the task alone. */
  readonly scratch: string
  readonly settings: unknown
  readonly secrets: { readonly [name: string]: string }
  /** Seconds that a call may take, and megabytes of memory. */
  readonly seconds: number
  readonly megabytes: number
  /** Receives what the function prints. */
  readonly print: (text: string) => void
}

export interface FunctionProcess {
  readonly declared: Declaration
  call(message: RowsMessage): Promise<Returned>
  close(): Promise<void>
}

/** Why a function failed: `row` is the number of the row in the call, null when it is not known. */
export class FunctionError extends Error {
  readonly row: number | null
  readonly books: boolean
  constructor(message: string, row: number | null = null, books = false) {
    super(message)
    this.row = row
    this.books = books
  }
}

/** Starts a process and loads the bundle. Rejects with FunctionError. */
export async function startFunction(options: FunctionOptions): Promise<FunctionProcess> {
  const path = join(options.scratch, 'step.mjs')
  await writeFile(path, options.bundle)
  const child = fork(options.host, [], {
    cwd: options.scratch,
    serialization: 'json',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // nothing of the task's own environment, so none of its permissions on AWS
    env: {},
    execArgv: [...LIMITS, `--max-old-space-size=${options.megabytes}`, ...mayRead([options.host, path])],
  })
  let last = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      last = `${last}${text}`.slice(-4000)
      options.print(text)
    })
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal === null ? `with code ${code}` : `(${signal})`))
    child.once('error', (error) => resolve(`(${error.message})`))
  })
  const ask = (message: FunctionMessage) => exchange(child, message, ended, () => last, options)
  try {
    const answer = await ask({ load: { path, settings: options.settings, secrets: options.secrets } })
    if (!('declared' in answer)) throw new FunctionError('answered something else than was asked')
    return {
      declared: answer.declared,
      call: async (rows) => {
        const reply = await ask(rows)
        if (!('returned' in reply)) throw new FunctionError('answered something else than was asked')
        return reply.returned
      },
      close: () => close(child, ended),
    }
  } catch (error) {
    await close(child, ended)
    throw error
  }
}

const LIMITS = ['--no-warnings', '--enable-source-maps']

/** The process may read its own program and the bundle, and no other file; it may start no program. */
function mayRead(paths: readonly string[]): readonly string[] {
  const flag = ['--permission', '--experimental-permission'].find((name) => process.allowedNodeEnvironmentFlags.has(name))
  return flag === undefined ? [] : [flag, '--allow-worker', ...paths.map((path) => `--allow-fs-read=${dirname(path)}/*`)]
}

/** Sends a message and waits for its answer, until the process ends or the time is over. */
function exchange(
  child: ChildProcess,
  message: FunctionMessage,
  ended: Promise<string>,
  printed: () => string,
  { seconds, megabytes }: FunctionOptions,
): Promise<FunctionReply> {
  return new Promise((resolve, reject) => {
    const settle = (work: () => void) => {
      clearTimeout(limit)
      child.off('message', answered)
      work()
    }
    const answered = (reply: FunctionReply) =>
      settle(() => {
        if ('failed' in reply) reject(new FunctionError(reply.failed.message, reply.failed.row, reply.failed.books === true))
        else resolve(reply)
      })
    const limit = setTimeout(() => {
      child.kill('SIGKILL')
      settle(() => reject(new FunctionError(`did not answer within ${seconds} s: a promise that never resolves, or an endless loop`)))
    }, seconds * 1000)
    child.on('message', answered)
    void ended.then((how) =>
      settle(() => {
        const full = /heap out of memory|heap limit/i.test(printed())
        reject(new FunctionError(full ? `ran out of memory (more than ${megabytes} MB)` : `ended its process ${how} before it answered`))
      }),
    )
    child.send(message, () => {})
  })
}

async function close(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill('SIGKILL')
  await ended
}
