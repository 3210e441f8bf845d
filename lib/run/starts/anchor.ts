/** The time from which a schedule with `every` counts on this machine: its start date, or when a server first had it. */
import type { Schedule } from '#language/definition/definition.ts'
import { findJson } from '#io/workspace/json-store.ts'
import type { Store } from '#io/store/store.ts'
import { startsPrefix } from './claims.ts'
import { startOf } from './schedule-expression.ts'

const keyOf = (pipeline: string) => `${startsPrefix(pipeline)}/every-since.json`

/** Undefined if nothing has been counted yet. A cron expression needs none. */
export async function anchorOf(pipeline: string, schedule: Schedule, store: Pick<Store, 'read'>): Promise<Date | undefined> {
  if (schedule.every === undefined) return undefined
  const start = startOf(schedule)
  if (start !== undefined) return start
  const kept = await findJson<string>(store, keyOf(pipeline))
  return kept === undefined ? undefined : new Date(kept)
}

/** The same, counted from now on if nothing has been counted yet: the first of several servers decides. */
export async function keptAnchor(
  pipeline: string,
  schedule: Schedule,
  now: Date,
  store: Pick<Store, 'read' | 'create'>,
): Promise<Date | undefined> {
  const known = await anchorOf(pipeline, schedule, store)
  if (known !== undefined || schedule.every === undefined) return known
  // whole seconds, as the logical dates
  await store.create(keyOf(pipeline), JSON.stringify(new Date(Math.floor(now.getTime() / 1000) * 1000)))
  return anchorOf(pipeline, schedule, store)
}
