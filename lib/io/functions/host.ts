/**
 * The program of the process of a function step: loads the bundle of the author's file, and calls its step with rows. It is bundled by
 * itself, and holds nothing of the rest: a process of its own may crash, leak and hang without harm to a task.
 */
import { entryOf } from '#core/text/record.ts'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { callAndLocate, RowFailure } from './call.ts'
import { casesOf } from './cases.ts'
import { declarationOf, settingProblem, stepIn } from './declaration.ts'
import { http, refuseConnections } from './http.ts'
import type { FunctionMessage, FunctionReply, LoadMessage } from './protocol.ts'
import type { OwnStep, StepTools } from './step.ts'

interface Loaded {
  readonly step: OwnStep
  readonly tools: Pick<StepTools, 'with' | 'http' | 'secret'>
}

async function load({ path, settings, secrets }: LoadMessage['load']): Promise<Loaded> {
  const given = settings as StepTools['with']
  const step = stepIn((await import(pathToFileURL(path).href)) as { readonly default?: unknown })
  const problem = settings === null ? null : settingProblem(step.with ?? {}, given)
  if (problem !== null) throw new Error(problem)
  const mayCall = (step.needs ?? []).includes('http')
  if (!mayCall) await refuseConnections(step.name)
  const tools: Loaded['tools'] = {
    with: given,
    http: mayCall
      ? http
      : () => {
          throw new Error(`the step ${step.name} calls http: write \`needs: ['http']\` in its file`)
        },
    secret: (name) => {
      const value = entryOf(secrets, name)
      if (value === undefined)
        throw new Error(`the definition gives no secret \`${name}\` to the step (given: ${Object.keys(secrets).join(', ') || 'none'})`)
      return value
    },
  }
  return { step, tools }
}

/** Ends the process with its parent, also while the step is in an endless loop. */
const WATCH = `const { workerData } = require('node:worker_threads')
setInterval(() => { if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL') }, 300)`

let loaded: Loaded | undefined
const reply = (message: FunctionReply) => process.send?.(message)
const failed = (error: unknown) =>
  reply({
    failed: error instanceof RowFailure ? error.failure : { message: error instanceof Error ? error.message : String(error), row: null },
  })

async function answer(message: FunctionMessage): Promise<void> {
  try {
    if ('load' in message) {
      loaded = await load(message.load)
      const cases = message.load.settings === null ? { cases: casesOf(loaded.step) } : {}
      reply({ declared: { ...declarationOf(loaded.step), ...cases } })
    } else if (loaded !== undefined) reply({ returned: await callAndLocate(loaded.step, message, loaded.tools) })
  } catch (error) {
    failed(error)
  }
}

process.on('message', (message: FunctionMessage) => void answer(message))
process.on('uncaughtException', (error) => failed(new Error(`threw ${error.name}: ${error.message} outside of a call`)))
process.on('unhandledRejection', (error) =>
  failed(new Error(`left a promise that rejected: ${error instanceof Error ? error.message : String(error)}`)),
)
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
new Worker(WATCH, { eval: true, workerData: process.ppid }).unref()
