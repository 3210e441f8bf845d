/**
 * Records in the store which collected run an event belongs to, so that a redelivered event, alone or with others, starts nothing.
 * First the whole group is stored under the run's name, then each event is claimed for the run, for as long as the bucket keeps claims (400 days). The run reads the events
 * it claimed. Later attempts, also after a crash, find the same group and claims, and so the same run.
 */
import { createHash } from 'node:crypto'
import { readJson } from '#io/workspace/json-store.ts'
import type { Store } from '#io/store/store.ts'
import { collectedInput, type RunRequest, requestOf, type Together } from './requests.ts'
import type { StartSettings } from './settings.ts'
import type { StartEvent } from './kind.ts'

export type ClaimStore = Pick<Store, 'create' | 'read'>

/** Runs for the events of a group: one new run for the unclaimed events, and the runs that claimed the others. */
export async function claimedRequests(group: Together, settings: StartSettings, store: ClaimStore): Promise<readonly RunRequest[]> {
  const { name } = requestOf(group, settings)
  await store.create(groupKey(settings.id, name), JSON.stringify(group))
  const owners = new Set<string>()
  for (const { identity } of group) owners.add(await claim(identity, name, settings, store))
  const requests: RunRequest[] = []
  for (const owner of [...owners].sort()) {
    const whole = await readJson<readonly StartEvent[]>(store, groupKey(settings.id, owner))
    const own: StartEvent[] = []
    for (const one of whole) if ((await claim(one.identity, owner, settings, store)) === owner) own.push(one)
    const [first, ...rest] = own
    if (first !== undefined) requests.push({ name: owner, input: collectedInput([first, ...rest]) })
  }
  return requests
}

/** Claims an event for a run; returns the run that holds the claim. */
async function claim(identity: string, run: string, settings: StartSettings, store: ClaimStore): Promise<string> {
  const key = claimKey(settings.id, identity)
  if (await store.create(key, JSON.stringify({ identity, run }))) return run
  return (await readJson<{ readonly run: string }>(store, key)).run
}

const groupKey = (pipeline: string, run: string) => `${startsPrefix(pipeline)}/groups/${run}.json`
const claimKey = (pipeline: string, identity: string) =>
  `${startsPrefix(pipeline)}/events/${createHash('sha256').update(identity).digest('hex')}.json`

/** Where starts are recorded; the function that starts runs has access to nothing else. */
export const startsPrefix = (pipeline: string) => `starts/${pipeline}`

/**
 * Records that a run with this name was started; false if it was before, by whomever. It stays when the run is removed, so what started it
 * starts no other.
 */
export const claimName = (store: Pick<Store, 'create'>, pipeline: string, name: string, at: Date): Promise<boolean> =>
  store.create(startedKey(pipeline, name), JSON.stringify({ at: at.toISOString() }))

export const isClaimed = async (store: Pick<Store, 'read'>, pipeline: string, name: string): Promise<boolean> =>
  (await store.read(startedKey(pipeline, name))) !== undefined

const startedKey = (pipeline: string, name: string) => `${startsPrefix(pipeline)}/started/${name}.json`
