/** What a Lambda writes: its log lines and its metrics, caught while a test runs. `vi.restoreAllMocks` ends it. */
import { createHash } from 'node:crypto'
import { vi } from 'vitest'
import type { Json, JsonObject } from '#core/json.ts'
import type { TaskEvent } from '#core/task/task.ts'
import type { Store } from '#io/store/store.ts'
import { workspace } from '#io/workspace/workspace.ts'

/** Every line, parsed; and those with metrics in CloudWatch's embedded format. */
export function caughtLines(): { readonly all: () => JsonObject[]; readonly metrics: () => JsonObject[] } {
  const written: JsonObject[] = []
  const take = (text: unknown) => {
    written.push(JSON.parse(String(text)) as JsonObject)
  }
  // Powertools write through a console of their own, which writes to the process's streams
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      for (const line of String(text).split('\n')) if (line.startsWith('{')) take(line)
      return true
    })
  }
  vi.spyOn(console, 'log').mockImplementation(take)
  return { all: () => written, metrics: () => written.filter((line) => '_aws' in line) }
}

/** Stores the result of a task, as if it had already run. */
export async function finishedBefore(store: Pick<Store, 'write'>, { task, step, settings, run }: TaskEvent, result: Json): Promise<void> {
  const hash = createHash('sha256')
    .update(JSON.stringify([task, step, null, settings]))
    .digest('hex')
  await store.write(workspace(run.id).task(task, step, null), JSON.stringify({ event: hash, result, usage: { seconds: 1, memory: 1 } }))
}
