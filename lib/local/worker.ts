/** What a worker process does: takes an event, runs its task, answers. */
import { TaskError } from '../runtime/errors.ts'
import { handle } from '../tasks/handler.ts'
import type { TaskEvent, TaskResult } from '../runtime/task.ts'
import { folderStore } from '../store/folder.ts'

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
  process.on('message', (event: TaskEvent) => {
    handle(event, { store, scratch: options.scratch, memory: options.memory })
      .then((result) => answer({ memory: peak(), result }))
      .catch((error: unknown) => answer({ memory: peak(), error: described(error) }))
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
