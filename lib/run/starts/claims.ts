/**
 * Which run for many an event belongs to, remembered in the store so that an event told again, among others or alone, starts nothing.
 * First the whole group is written down under the run's name, then each event is claimed for the run, once and for all. What the run
 * reads are the events it got. Whoever comes later, after a crash too, finds the same group and the same claims, and so the same run.
 */
import { createHash } from 'node:crypto'
import { readJson } from '#io/workspace/json-store.ts'
import type { Store } from '#io/store/store.ts'
import { collectedInput, type RunRequest, requestOf, type Together } from './requests.ts'
import type { StartSettings } from './settings.ts'
import type { StartEvent } from './kind.ts'

export type ClaimStore = Pick<Store, 'create' | 'read'>

/** Runs for the events of a group: one of its own for those that nobody has, and those that have the others. */
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

/** Claims an event for a run; gives the run that has it. */
async function claim(identity: string, run: string, settings: StartSettings, store: ClaimStore): Promise<string> {
  const key = claimKey(settings.id, identity)
  if (await store.create(key, JSON.stringify({ identity, run }))) return run
  return (await readJson<{ readonly run: string }>(store, key)).run
}

const groupKey = (pipeline: string, run: string) => `${startsPrefix(pipeline)}/groups/${run}.json`
const claimKey = (pipeline: string, identity: string) =>
  `${startsPrefix(pipeline)}/events/${createHash('sha256').update(identity).digest('hex')}.json`

/** Where starts are remembered; the function that starts runs reads and writes nothing else. */
export const startsPrefix = (pipeline: string) => `starts/${pipeline}`
