/** The log of a task on this machine: its own lines and the result of each attempt. On AWS, the log of its function has both. */
import type { TaskEvent } from '#core/task/task.ts'
import type { Store } from '#io/store/store.ts'
import { workspace } from '#io/workspace/workspace.ts'

interface Failure {
  readonly name: string
  readonly message: string
  readonly hint?: string | undefined
}

/** Adds a line for an attempt: end, result, duration. */
export async function logTask(store: Store, event: TaskEvent, began: Date, ended: Date, failure: Failure | null): Promise<void> {
  const key = workspace(event.run.id).log(event.step, event.task, event.item)
  const took = ((ended.getTime() - began.getTime()) / 1000).toFixed(1)
  const how = failure === null ? `done in ${took} s` : `failed after ${took} s: ${failure.name}: ${failure.message}`
  const hint = failure?.hint === undefined ? '' : ` (hint: ${failure.hint})`
  const line = `${ended.toISOString()} ${how}${hint}`.replaceAll('\n', '\n  ')
  // a log that cannot be written does not fail the task; its answer has the result
  await Promise.resolve(store.read(key))
    .then((before) => store.write(key, `${before === undefined ? '' : Buffer.from(before).toString('utf8')}${line}\n`))
    .catch(() => {})
}
