/** The process of one call of a function of the author: loads its bundle, calls it as Lambda does, and answers. */
import { pathToFileURL } from 'node:url'
import type { Json } from '#core/json.ts'
import type { FunctionAnswer, FunctionOptions } from './own-function.ts'

type Handler = (event: Json, context: object) => unknown

/** Serves one message of the parent process, and ends with it. */
export function serveCall(): void {
  process.once('message', (options: FunctionOptions) => {
    const answer = (message: FunctionAnswer) => process.send?.(message)
    const failed = (error: unknown) => answer({ error: described(error) })
    process.on('uncaughtException', failed)
    process.on('unhandledRejection', failed)
    run(options).then((result) => answer({ answer: result }), failed)
  })
  // without a parent nobody needs the answer
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
}

async function run({ call, event, context }: FunctionOptions): Promise<Json> {
  const exported = (await import(pathToFileURL(call).href)) as { readonly handler?: unknown; readonly default?: unknown }
  const handler = exported.handler ?? exported.default
  if (typeof handler !== 'function')
    throw Object.assign(new Error(`the file of ${context.functionName} exports no function \`handler\``), {
      name: 'Runtime.HandlerNotFound',
    })
  const answer = await (handler as Handler)(event, context)
  return (answer === undefined ? null : JSON.parse(JSON.stringify(answer))) as Json
}

function described(error: unknown): { readonly name: string; readonly message: string } {
  return error instanceof Error ? { name: error.name, message: error.message } : { name: 'Error', message: String(error) }
}
