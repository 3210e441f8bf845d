/**
 * Evaluates expressions under limits of time, depth and memory, in a thread that is terminated when a limit is exceeded. A run has one
 * thread, started on first use. Expressions run one at a time, and the time of each counts from when the thread receives it.
 */
import type { Worker } from 'node:worker_threads'
import type { Json } from '#core/json.ts'
import { jsonataMessage } from '#asl/machine/expression.ts'
import { entryOf } from '#core/text/record.ts'
import type { addedFunctions } from './functions.ts'
import { type EvaluateRequest, type Reply, type ThreadMessage, startThread } from './thread.ts'

export interface Limits {
  /** The time limit of one expression. */
  readonly seconds: number
  /** The maximum nesting of an expression and the functions it calls. */
  readonly depth: number
}

/** Far more than a sensible expression needs: it works on at most 256 KiB. */
const USUAL: Limits = { seconds: 10, depth: 2_000 }

export function createDeadline(functions: ReturnType<typeof addedFunctions>, { seconds, depth }: Limits = USUAL) {
  const signatures = Object.entries(functions).map(([name, { signature }]) => [name, signature] as const)
  let thread: Worker | undefined
  let turn: Promise<unknown> = Promise.resolve()

  async function end(): Promise<void> {
    const ending = thread
    thread = undefined
    await ending?.terminate()
  }

  function callOf({ name, args }: Extract<ThreadMessage, { kind: 'call' }>): Reply {
    try {
      return { result: entryOf(functions, name)?.call(...(args as never[])) }
    } catch (error) {
      const { code, message } = error as { code?: string; message: string }
      return { error: { message, ...(code === undefined ? {} : { code }) } }
    }
  }

  async function work(request: EvaluateRequest, signal: AbortSignal | undefined): Promise<Evaluated> {
    if (signal?.aborted) throw signal.reason
    if (thread === undefined) {
      thread = startThread(signatures, depth)
      // an error while the thread is being terminated does not matter
      thread.on('error', () => {})
    }
    const worker = thread
    // an idle thread does not keep the program running
    worker.ref()
    let timer: NodeJS.Timeout | undefined
    let stop = () => {}
    let onMessage = (_message: ThreadMessage) => {}
    let onError = (_error: NodeJS.ErrnoException) => {}
    try {
      return await new Promise<Evaluated>((resolve, reject) => {
        const failed = (message: string) => {
          resolve({ kind: 'error', message })
          void end()
        }
        stop = () => {
          reject(signal?.reason)
          void end()
        }
        signal?.addEventListener('abort', stop, { once: true })
        onMessage = (message) => {
          if (message.kind === 'begun')
            timer = setTimeout(() => failed(`it exceeded the limit of ${seconds} seconds for an expression`), seconds * 1000)
          else if (message.kind === 'call') worker.postMessage(callOf(message))
          else if (message.kind === 'error') resolve({ kind: 'error', message: jsonataMessage(message) })
          else resolve(message as Exclude<Evaluated, { kind: 'error' }>)
        }
        onError = (error) =>
          failed(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'it exceeded the memory limit for an expression' : jsonataMessage(error))
        worker.on('message', onMessage)
        worker.on('error', onError)
        worker.postMessage(request)
      })
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
      worker.off('message', onMessage)
      worker.off('error', onError)
      worker.unref()
    }
  }

  return {
    /** Evaluates requests one at a time; a failure does not affect the next request. */
    evaluate(request: EvaluateRequest, signal?: AbortSignal): Promise<Evaluated> {
      // the bindings are JSON: variables of a run, or the document of its state
      const result = turn.then(() => work({ ...request, bindings: request.bindings as { readonly [name: string]: Json } }, signal))
      turn = result.catch(() => {})
      return result
    },
    close: end,
  }
}

/** The result of an expression: a value, nothing, or an error. */
export type Evaluated =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'error'; readonly message: string }
