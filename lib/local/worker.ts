/** What a worker process does: takes an event, runs its task, answers, and writes down how it went. */
import { TaskError } from '../runtime/errors.ts'
import { systemError } from '../runtime/system-error.ts'
import { handle } from '../tasks/handler.ts'
import type { TaskEvent, TaskResult } from '../runtime/task.ts'
import { folderStore } from '../store/folder.ts'
import { logTask } from './task-log.ts'

export interface WorkerOptions {
  /** The folder of the store, and of scratch space. */
  readonly store: string
  readonly scratch: string
  /** Bytes the native engine of a task may hold. */
  readonly memory: number
}

export type WorkerAnswer = { readonly memory: number } & (
  | { readonly result: TaskResult }
  | { readonly error: { readonly name: string; readonly message: string; readonly hint?: string; readonly path?: string } }
)

/** Serves events from the parent process until it goes away. */
export function serve(options: WorkerOptions): void {
  const store = folderStore(options.store)
  const answer = (message: WorkerAnswer) => process.send?.(message)
  let fail: ((error: unknown) => void) | null = null
  async function work(event: TaskEvent): Promise<void> {
    const began = new Date()
    const failed = new Promise<never>((_, reject) => {
      fail = reject
    })
    try {
      const result = await Promise.race([handle(event, { store, scratch: options.scratch, memory: options.memory }), failed])
      await logTask(store, event, began, new Date(), null)
      fail = null
      answer({ memory: peak(), result })
    } catch (error) {
      const told = described(error)
      await logTask(store, event, began, new Date(), told)
      fail = null
      answer({ memory: peak(), error: told })
    }
  }
  process.on('message', (event: TaskEvent) => void work(event))
  // an error that some library left uncaught is one of the task that is being done, and no reason for the process to end without a word
  for (const event of ['uncaughtException', 'unhandledRejection'])
    process.on(event, (error: unknown) => {
      if (fail === null) throw error
      fail(uncaught(error))
    })
  // a parent that is gone needs no results, and somebody else may go on with the run; a usual exit would wait for the native engine
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  // the interrupt of a terminal goes to the parent, which decides
  process.on('SIGINT', () => {})
}

const peak = () => process.resourceUsage().maxRSS * 1024

function described(error: unknown) {
  if (!(error instanceof TaskError)) return { name: 'Engine.Bug', message: String(error) }
  const { name, message, hint, path } = error
  return { name, message, ...(hint === undefined ? {} : { hint }), ...(path === undefined ? {} : { path }) }
}

function uncaught(error: unknown): TaskError {
  const { code, path, stack } = error as NodeJS.ErrnoException
  if (/^E[A-Z]+$/.test(code ?? '')) return systemError(error, `writing ${path ?? 'a file of the run'}`)
  return new TaskError('Engine.Bug', stack ?? String(error), { cause: error })
}
