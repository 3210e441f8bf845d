/**
 * What a pipeline remembers from one run to the next, by name. Each value is a version of its own, `state/<pipeline>/<name>/00000003.json`,
 * and a store lets exactly one caller create an object: of two runs that continue from the same version one commits, in a folder and in S3.
 *
 * A run reads a value once and keeps what it read, so that all its tasks, and a resume, continue from the same version. It stages the new value
 * in its own folder, and commits it with what it publishes. Before it publishes it claims the next version: of two runs that publish at the same
 * moment, one publishes nothing.
 */
import { TaskError } from '#core/errors/errors.ts'
import type { Json } from '#core/json.ts'
import type { Store } from '#io/store/store.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { findJson, readJson, writeJson } from '#io/workspace/json-store.ts'

type StateContext = Pick<TaskContext, 'store' | 'workspace' | 'run' | 'pipeline' | 'now'>

/** Where the versions of a pipeline are kept. */
export interface StatePlace {
  readonly store: Store
  readonly pipeline: { readonly id: string }
}

/** A value as a run found it: version 0 where nothing was remembered yet. */
export interface Remembered {
  readonly version: number
  readonly value: Json
}

/** Committed by a run, or set by a person. */
export interface Version {
  /** The run that committed it; absent: a person set it. */
  readonly run?: string
  readonly set?: SetByHand
  readonly value: Json
}

export interface SetByHand {
  readonly by: string
  readonly reason: string
  /** ISO 8601, UTC. */
  readonly at: string
}

/** Who publishes with the next version, and until when others wait for it. ISO 8601, UTC. */
export interface Claim {
  readonly run: string
  readonly until: string
}

/** How long a claim holds: longer than a task can take on AWS. A run that was killed cannot release its own. */
const CLAIM_MINUTES = 20

/** Versions that are kept, for people who ask what a run continued from. */
const KEPT = 10

const folderOf = ({ pipeline }: StatePlace, name: string) => `state/${pipeline.id}/${name}/`
export const keyOf = (place: StatePlace, name: string, version: number) =>
  `${folderOf(place, name)}${String(version).padStart(8, '0')}.json`

/** The versions there are, the oldest first. */
export async function versionsOf(place: StatePlace, name: string): Promise<readonly number[]> {
  const objects = await place.store.list(folderOf(place, name))
  return objects.flatMap(({ key }) => {
    const version = Number(key.slice(folderOf(place, name).length, -'.json'.length))
    return keyOf(place, name, version) === key ? [version] : []
  })
}

export const versionAt = (place: StatePlace, name: string, version: number): Promise<Version | undefined> =>
  findJson<Version>(place.store, keyOf(place, name, version))

/** What the run continues from: read at the first call, and the same for every later one. */
export async function pinState(context: StateContext, name: string): Promise<Remembered> {
  const { store, workspace } = context
  const key = workspace.pinned(name)
  if ((await store.read(key)) === undefined) {
    const version = (await versionsOf(context, name)).at(-1) ?? 0
    const value = version === 0 ? null : ((await versionAt(context, name, version))?.value ?? null)
    await store.create(key, JSON.stringify({ version, value } satisfies Remembered))
  }
  return readJson<Remembered>(store, key)
}

/** Keeps the new value in the run, to be committed. */
export const stageState = ({ store, workspace }: StateContext, name: string, value: Json) =>
  writeJson(store, workspace.remembered(name), value)

/** Output.Conflict when another run has committed since this one read the value. What this run committed itself is fine. */
export async function assertCurrent(context: StateContext, name: string): Promise<void> {
  const { version } = await pinState(context, name)
  const next = await versionAt(context, name, version + 1)
  if (next !== undefined && next.run !== context.run.id) throw overtaken(context, name, next)
}

/** The claims on a version, in order: only the last counts, and those before it have ended. */
export const claimsOf = (place: StatePlace, name: string, version: number) =>
  `${keyOf(place, name, version).slice(0, -'.json'.length)}.claims/`

/**
 * Claims the next version for this run, before it publishes. Output.Conflict when another run has committed it, or claims it. A claim that this run
 * already has is renewed.
 */
export async function claimState(context: StateContext, name: string): Promise<void> {
  await assertCurrent(context, name)
  const { store, run, now } = context
  const folder = claimsOf(context, name, (await pinState(context, name)).version + 1)
  const until = new Date(now().getTime() + CLAIM_MINUTES * 60_000).toISOString()
  for (;;) {
    const before = await store.list(folder)
    const last = before.at(-1)
    // one that was released meanwhile is none
    const holder = last === undefined ? undefined : await findJson<Claim>(store, last.key)
    if (holder !== undefined && holder.run !== run.id && holder.until > now().toISOString()) throw claimed(context, name, holder)
    const number = last === undefined ? 0 : Number(last.key.slice(folder.length, -'.json'.length)) + 1
    const key = `${folder}${String(number).padStart(5, '0')}.json`
    if (await store.create(key, JSON.stringify({ run: run.id, until } satisfies Claim))) break
  }
  // the other may have committed, and released its claim, between the two looks
  await assertCurrent(context, name)
}

/** Removes the claims of this run: it did not publish, or it has committed. */
export async function releaseState(context: StateContext, name: string): Promise<void> {
  const { store, run } = context
  for (const { key } of await store.list(claimsOf(context, name, (await pinState(context, name)).version + 1)))
    if ((await findJson<Claim>(store, key))?.run === run.id) await store.remove(key)
}

/** Makes the staged value the one the next run continues from. May be called again; does nothing where nothing was staged, or nothing changed. */
export async function commitState(context: StateContext, name: string): Promise<void> {
  const { store, workspace, run } = context
  const value = await findJson<Json>(store, workspace.remembered(name))
  if (value === undefined) return
  const before = await pinState(context, name)
  if (JSON.stringify(value) === JSON.stringify(before.value)) return releaseState(context, name)
  const text = JSON.stringify({ run: run.id, value } satisfies Version)
  if (!(await store.create(keyOf(context, name, before.version + 1), text))) return assertCurrent(context, name)
  await releaseState(context, name)
  await removeOld(context, name)
}

/** Removes the versions before those that are kept. */
export async function removeOld(place: StatePlace, name: string): Promise<void> {
  const versions = await versionsOf(place, name)
  for (const version of versions.slice(0, -KEPT)) await place.store.remove(keyOf(place, name, version))
}

const claimed = ({ pipeline }: StateContext, name: string, { run, until }: Claim) =>
  new TaskError(
    'Output.Conflict',
    `the run ${run} of ${pipeline.id} is publishing what ${name} found new, or was stopped while it published`,
    {
      step: name,
      hint: `start a new run when it has ended; if it was stopped, resume it, or wait until ${until}; let one run of the pipeline work at a time (concurrency: {max_active_runs: 1})`,
    },
  )

const overtaken = ({ pipeline, run }: StateContext, name: string, { run: other, set }: Version) => {
  const who = set === undefined ? `the run ${other} of ${pipeline.id} has moved on` : `${set.by} has set`
  return new TaskError('Output.Conflict', `${who} what ${name} remembers since ${run.id} read it`, {
    hint: 'start a new run: it continues from there; let one run of the pipeline work at a time (concurrency: {max_active_runs: 1})',
  })
}
