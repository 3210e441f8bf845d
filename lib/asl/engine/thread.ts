/**
 * The program of the thread that evaluates expressions under a deadline. Only a thread can be terminated in the middle of a regular
 * expression. It runs from source text, so that it is the same from the sources and from the built program.
 */
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import type { plain as plainOf } from './plain.ts'
import { plain } from './plain.ts'

/** Messages to and from the thread. `call` requests a function of Step Functions, which uses the randomness of the run. */
export interface EvaluateRequest {
  readonly source: string
  readonly bindings: { readonly [name: string]: unknown }
  readonly millis: number
}
export interface Reply {
  readonly result?: unknown
  readonly error?: { readonly code?: string; readonly message: string }
}
export type ThreadMessage =
  | { readonly kind: 'begun' }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly unknown[] }
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'nothing' | 'unsupported' }
  | { readonly kind: 'error'; readonly code?: string; readonly message: string }

interface Setting {
  readonly jsonata: string
  readonly depth: number
  /** The functions of Step Functions: name and signature. */
  readonly functions: readonly (readonly [string, string])[]
}

/** The memory limit of the thread, in MiB. */
const MEMORY = 512

export function startThread(functions: Setting['functions'], depth: number): Worker {
  const path = createRequire(import.meta.url).resolve('jsonata')
  // a tool that runs the sources may insert calls of __name into functions
  const program = `const __name = (f) => f; const plain = ${plain.toString()}; (${serve.toString()})(plain, require)`
  return new Worker(program, {
    eval: true,
    workerData: { jsonata: path, depth, functions } satisfies Setting,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY },
    stderr: false,
  })
}

/** Runs in the thread, from source text: it may use its arguments and nothing else of this file. */
function serve(toPlain: typeof plainOf, load: NodeJS.Require): void {
  const { parentPort, workerData } = load('node:worker_threads') as typeof import('node:worker_threads')
  const { jsonata: path, functions, depth: most } = workerData as Setting
  const library = load(path) as typeof import('jsonata')
  const format = library('$fromMillis($millis, $picture, $timezone)')
  const say = (said: ThreadMessage) => parentPort?.postMessage(said)
  let answer: (reply: Reply) => void = () => {}
  const ask = (name: string, args: readonly unknown[]) =>
    new Promise((resolve, reject) => {
      answer = ({ error, result }) => (error === undefined ? resolve(result) : reject(Object.assign(new Error(error.message), error)))
      say({ kind: 'call', name, args })
    })

  async function evaluate({ source, bindings, millis }: EvaluateRequest): Promise<void> {
    const expression = library(source)
    for (const [name, signature] of functions) expression.registerFunction(name, (...args: unknown[]) => ask(name, args), signature)
    let depth = 0
    // https://github.com/jsonata-js/jsonata-exerciser: how the authors of JSONata detect endless recursion
    expression.assign(Symbol.for('jsonata.__evaluate_entry') as unknown as string, () => {
      depth++
      if (depth > most)
        throw Object.assign(new Error(`it exceeded the limit of ${most} nested calls for an expression`), {
          code: 'U1001',
        })
    })
    expression.assign(Symbol.for('jsonata.__evaluate_exit') as unknown as string, () => {
      depth--
    })
    const now = (picture?: string, timezone?: string) => format.evaluate(undefined, { millis, picture, timezone })
    const result: unknown = await expression.evaluate(undefined, { millis: () => millis, now, eval: undefined, ...bindings })
    if (result === undefined) say({ kind: 'nothing' })
    else {
      const value = toPlain(result)
      say(value === undefined ? { kind: 'unsupported' } : { kind: 'value', value })
    }
  }

  parentPort?.on('message', (message: EvaluateRequest | Reply) => {
    if (!('source' in message)) {
      answer(message)
      return
    }
    say({ kind: 'begun' })
    evaluate(message).catch((error: { code?: unknown; message?: unknown }) => {
      const text = typeof error.message === 'string' ? error.message : String(error)
      say({ kind: 'error', message: text, ...(typeof error.code === 'string' ? { code: error.code } : {}) })
    })
  })
}
