/** When a server first had a trigger on the runs of another pipeline: what ended before starts nothing. */
import { readJson } from '#io/workspace/json-store.ts'
import type { Store } from '#io/store/store.ts'
import type { PipelineTrigger } from '#language/definition/definition.ts'
import { startsPrefix } from '#run/starts/claims.ts'

/** The first of several servers decides. A trigger that is gone is forgotten: if it comes back, it counts from then. */
export async function keptSince(
  store: Store,
  pipeline: string,
  triggers: readonly PipelineTrigger[],
  now: Date,
): Promise<ReadonlyMap<PipelineTrigger, Date>> {
  const folder = `${startsPrefix(pipeline)}/after/`
  const keyOf = (trigger: PipelineTrigger) => `${folder}${trigger.pipeline}-${trigger.status}.json`
  const keys = triggers.map(keyOf)
  for (const { key } of await store.list(folder)) if (!keys.includes(key)) await store.remove(key)
  const found = new Map<PipelineTrigger, Date>()
  for (const trigger of triggers) {
    await store.create(keyOf(trigger), JSON.stringify(now.toISOString()))
    found.set(trigger, new Date(await readJson<string>(store, keyOf(trigger))))
  }
  return found
}
