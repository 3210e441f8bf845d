/**
 * Evaluates expressions under limits of time, depth and memory, in a thread that is ended when one is passed. One thread for a run, begun
 * when it is first needed; expressions wait for it in turn, and the time of each counts from when the thread has it.
 */
import type { Worker } from 'node:worker_threads'
import type { Json } from '#core/json.ts'
import { jsonataMessage } from '#asl/machine/expression.ts'
import { entryOf } from '#core/text/record.ts'
import type { addedFunctions } from './functions.ts'
import { type Asked, type Reply, type Said, startThread } from './thread.ts'

export interface Limits {
  /** How long one expression may take. */
  readonly seconds: number
  /** How deep the parts of an expression, and the functions they call, may be nested. */
  readonly depth: number
}

/** Far beyond what a sensible expression needs: it works on at most 256 KiB. */
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

  function callOf({ name, args }: Extract<Said, { kind: 'call' }>): Reply {
    try {
      return { result: entryOf(functions, name)?.call(...(args as never[])) }
    } catch (error) {
      const { code, message } = error as { code?: string; message: string }
      return { error: { message, ...(code === undefined ? {} : { code }) } }
    }
  }

  async function work(asked: Asked, signal: AbortSignal | undefined): Promise<Evaluated> {
    if (signal?.aborted) throw signal.reason
    if (thread === undefined) {
      thread = startThread(signatures, depth)
      // one that breaks while it is being ended is of no interest
      thread.on('error', () => {})
    }
    const own = thread
    // a thread that waits keeps no program from ending
    own.ref()
    let timer: NodeJS.Timeout | undefined
    let stop = () => {}
    let heard = (_said: Said) => {}
    let broken = (_error: NodeJS.ErrnoException) => {}
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
        heard = (said) => {
          if (said.kind === 'begun')
            timer = setTimeout(() => failed(`it took longer than the ${seconds} seconds that an expression may take here`), seconds * 1000)
          else if (said.kind === 'call') own.postMessage(callOf(said))
          else if (said.kind === 'error') resolve({ kind: 'error', message: jsonataMessage(said) })
          else resolve(said as Exclude<Evaluated, { kind: 'error' }>)
        }
        broken = (error) =>
          failed(
            error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'it needs more memory than an expression may have here' : jsonataMessage(error),
          )
        own.on('message', heard)
        own.on('error', broken)
        own.postMessage(asked)
      })
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
      own.off('message', heard)
      own.off('error', broken)
      own.unref()
    }
  }

  return {
    /** One after another; also after one that failed. */
    evaluate(asked: Asked, signal?: AbortSignal): Promise<Evaluated> {
      // what is sent is JSON: a variable of a run, or the document of its state
      const own = turn.then(() => work({ ...asked, bindings: asked.bindings as { readonly [name: string]: Json } }, signal))
      turn = own.catch(() => {})
      return own
    },
    close: end,
  }
}

/** What an expression gave: a value, nothing, or why there is none. */
export type Evaluated =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'error'; readonly message: string }
