/** The checkpoints of a run: the results of tasks that a resume does not run again. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Json } from '#core/json.ts'
import { folderStore } from '#io/store/folder.ts'
import { readJson } from '#io/workspace/json-store.ts'
import { workspace } from '#io/workspace/workspace.ts'

export interface Checkpoint {
  readonly step: string
  readonly task: string
  /** The index of the map item; null if it works for none. */
  readonly item: number | null
  /** ISO 8601, UTC: when it was written. */
  readonly saved_at: string
  /** What the machine continues with. */
  readonly data: Json
}

/** In the order in which they were written. `folder` is that of the store. */
export async function checkpointsOf(run: string, folder: string): Promise<readonly Checkpoint[]> {
  const store = folderStore(folder)
  const keys = workspace(run)
  const found = await Promise.all(
    (await store.list(keys.tasks)).map(async ({ key }) => {
      const at = keys.resultAt(key)
      if (at === undefined) return []
      const { result } = await readJson<{ readonly result: Json }>(store, key)
      const { mtime } = await stat(join(folder, ...key.split('/')))
      return [{ step: at.step, task: at.task, item: at.item, saved_at: mtime.toISOString(), data: result }]
    }),
  )
  return found.flat().sort((a, b) => (a.saved_at < b.saved_at ? -1 : a.saved_at > b.saved_at ? 1 : 0))
}
