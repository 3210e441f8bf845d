/** Calls a function of the author on this machine: each call is a process of its own, which ends with it. */
import { fork } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Json } from '#core/json.ts'

/** What a process gets that calls a function, in place of the options of a worker. */
export interface FunctionOptions {
  /** The bundle: a module that exports `handler`. */
  readonly call: string
  readonly event: Json
  readonly context: { readonly functionName: string; readonly awsRequestId: string }
}

export type FunctionAnswer = { readonly answer: Json } | { readonly error: { readonly name: string; readonly message: string } }

export interface OwnFunctionCall extends FunctionOptions {
  /** The program of the workers. */
  readonly program: string
  /** The folder it runs in. */
  readonly folder: string
  readonly env: { readonly [name: string]: string | undefined }
  /** File for what the function prints. */
  readonly log: string
  /** Fires when nobody needs the answer: the process is killed. */
  readonly signal: AbortSignal
}

/** The answer of the function. Rejects with an error of the name that Lambda would give it. */
export function callFunction({ program, folder, env, log, signal, ...options }: OwnFunctionCall): Promise<Json> {
  mkdirSync(dirname(log), { recursive: true })
  const printed = createWriteStream(log, { flags: 'a' })
  // without a listener a full disk would end the run instead of its log
  printed.on('error', () => {})
  const child = fork(program, ['{}'], {
    cwd: folder,
    serialization: 'json',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...env, SIFTSTEP_WORKER: '1' },
  })
  child.stdout?.pipe(printed, { end: false })
  child.stderr?.pipe(printed, { end: false })
  const kill = () => child.kill('SIGKILL')
  signal.addEventListener('abort', kill, { once: true })
  if (signal.aborted) kill()
  return new Promise<Json>((resolve, reject) => {
    child.once('message', (answer: FunctionAnswer) => {
      if ('answer' in answer) resolve(answer.answer)
      else reject(named(answer.error.name, answer.error.message))
      kill()
    })
    child.once('error', (error) => reject(named('Runtime.ExitError', `the process of the function could not be started: ${error.message}`)))
    child.once('exit', (code, by) =>
      reject(
        named('Runtime.ExitError', `the function ended its process ${by === null ? `with code ${code}` : `(${by})`} before it answered`),
      ),
    )
    child.send(options, () => {})
  }).finally(() => {
    signal.removeEventListener('abort', kill)
    printed.end()
  })
}

const named = (name: string, message: string) => Object.assign(new Error(message), { name })
