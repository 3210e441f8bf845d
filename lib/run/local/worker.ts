/** The worker process: takes an event, runs its task, answers, and logs the result. */
import { detailsOf, foreignError, withLog } from '#core/errors/foreign-error.ts'
import { handle } from '#run/tasks/handler.ts'
import { type TaskError, withStep } from '#core/errors/errors.ts'
import { environmentSecrets, rememberedSecrets, type Secrets, secretsIn } from '#core/secrets/secrets.ts'
import type { TaskEvent, TaskResult } from '#core/task/task.ts'
import { folderStore } from '#io/store/folder.ts'
import type { PostOffice } from '#io/channels/channel.ts'
import { entryOf } from '#core/text/record.ts'
import type { Store } from '#io/store/store.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { logTask } from './task-log.ts'

export interface WorkerOptions {
  /** The folders of the store and of scratch space. */
  readonly store: string
  readonly scratch: string
  /** Memory limit of the native engine of a task, in bytes. */
  readonly memory: number
  /** The program of the processes of function steps. */
  readonly functionHost?: string
}

/** What there is for mail on this machine; the variables are optional. */
const postOfficeOf = (env: Environment, root: string): PostOffice => {
  const given = (name: string) => entryOf(env, name) || undefined
  return { root, smtp: given('SIFTSTEP_SMTP_URL'), from: given('SIFTSTEP_MAIL_FROM'), outbox: given('SIFTSTEP_OUTBOX') }
}

type Environment = { readonly [name: string]: string | undefined }

/** `last`: the process exits after this answer. */
export type WorkerAnswer = { readonly memory: number; readonly last?: true } & (
  | { readonly result: TaskResult }
  | {
      readonly error: {
        readonly name: string
        readonly message: string
        readonly hint?: string
        readonly step?: string
        readonly path?: string
      }
    }
)

/** Serves events from the parent process until it disconnects. */
export function serve(options: WorkerOptions, env: Environment): void {
  const store = folderStore(options.store)
  /** The current event, and whether its task is still running. */
  let last: TaskEvent | undefined
  let busy = false
  let began = new Date()
  const answer = (message: WorkerAnswer, sent?: () => void) => process.send?.(message, undefined, undefined, sent)
  process.on('message', (event: TaskEvent) => {
    last = event
    busy = true
    began = new Date()
    handle(event, {
      store,
      scratch: options.scratch,
      memory: options.memory,
      post: postOfficeOf(env, options.store),
      ...(options.functionHost === undefined ? {} : { functionHost: options.functionHost }),
    })
      .then((result): WorkerAnswer => ({ memory: peak(), result }))
      .catch((error: unknown): WorkerAnswer => ({ memory: peak(), error: described(foreignError(error, event.task)) }))
      .then(async (message) => {
        await logTask(store, event, began, new Date(), 'error' in message ? message.error : null)
        busy = false
        answer(message)
        // an answer that cannot be sent has no receiver any more
      }, end)
  })
  // an error thrown outside the promise of a task, such as by a stream of a library, fails the task and ends the process
  const broken = async (error: unknown) => {
    for (const kind of BROKEN) process.removeAllListeners(kind).on(kind, () => {})
    const failure = last === undefined ? undefined : await loggedFailure(error, last, store, environmentSecrets(env))
    if (busy && last !== undefined && failure !== undefined) await logTask(store, last, began, new Date(), failure)
    if (busy && failure !== undefined) answer({ memory: peak(), last: true, error: described(failure) }, end)
    else end()
  }
  for (const kind of BROKEN) process.on(kind, broken)
  // a normal exit would wait for the native engine
  const end = () => process.kill(process.pid, 'SIGKILL')
  // without a parent nobody needs the results, and another process may continue the run
  process.on('disconnect', end)
  // the parent handles the interrupt of the terminal
  process.on('SIGINT', () => {})
}

const BROKEN = ['uncaughtException', 'unhandledRejection'] as const

/** The failure of a task that broke its process; the details go to its log, without secrets. */
async function loggedFailure(
  error: unknown,
  { run, task, step, item, settings }: TaskEvent,
  store: Store,
  known: Secrets,
): Promise<TaskError> {
  const log = workspace(run.id).log(step, task, item)
  const secrets = rememberedSecrets(known)
  for (const name of secretsIn(settings)) await secrets.lookUp(name).catch(() => {})
  // if the log cannot be written, the failure is still reported
  await store.write(log, secrets.mask().text(`${detailsOf(error).join('\n')}\n`)).catch(() => {})
  return withStep(withLog(foreignError(error, task), log), step) as TaskError
}

const peak = () => process.resourceUsage().maxRSS * 1024

function described({ name, message, hint, step, path }: TaskError) {
  return {
    name,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(step === undefined ? {} : { step }),
    ...(path === undefined ? {} : { path }),
  }
}
