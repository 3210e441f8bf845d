/** What a pipeline remembers, for a person: read, and set by hand. Every value set by hand stands in its version with who, when and why. */
import { TaskError } from '#core/errors/errors.ts'
import type { Json } from '#core/json.ts'
import { findJson } from '#io/workspace/json-store.ts'
import { type Claim, claimsOf, keyOf, removeOld, type SetByHand, type StatePlace, type Version, versionAt, versionsOf } from './state.ts'

export interface KeptVersion extends Version {
  readonly version: number
}

/** The steps that remember something, by pipeline; `only` is the id of one pipeline. Names that begin with `_` are no steps. */
export async function rememberingSteps(store: StatePlace['store'], only?: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>()
  for (const { key } of await store.list(only === undefined ? 'state/' : `state/${only}/`)) {
    const [, pipeline = '', step = '_'] = key.split('/')
    const steps = found.get(pipeline) ?? []
    if (!step.startsWith('_') && !steps.includes(step)) found.set(pipeline, [...steps, step])
  }
  return found
}

/** The versions that are kept, the newest first. */
export async function keptVersions(place: StatePlace, step: string): Promise<readonly KeptVersion[]> {
  const versions = [...(await versionsOf(place, step))].reverse()
  const found = await Promise.all(versions.map(async (version) => ({ version, ...(await versionAt(place, step, version)) })))
  return found.flatMap((one) => ('value' in one ? [one as KeptVersion] : []))
}

/**
 * Makes a value the one that the next run continues from. Output.Conflict if a run is publishing with the version before, or if another version
 * was committed since `before` was read.
 */
export async function setState(place: StatePlace, step: string, before: number, value: Json, set: SetByHand): Promise<void> {
  const claims = await Promise.all(
    (await place.store.list(claimsOf(place, step, before + 1))).map(({ key }) => findJson<Claim>(place.store, key)),
  )
  const holder = claims.findLast((claim) => claim !== undefined && claim.until > set.at)
  if (holder !== undefined)
    throw new TaskError('Output.Conflict', `the run ${holder.run} is publishing what ${step} found new`, {
      hint: `set the value when the run has ended; if it was stopped, resume it, or wait until ${holder.until}`,
    })
  if (!(await place.store.create(keyOf(place, step, before + 1), JSON.stringify({ set, value } satisfies Version))))
    throw new TaskError('Output.Conflict', `a run has moved on what ${step} remembers in this moment`, {
      hint: 'look at it again: siftstep state show',
    })
  await removeOld(place, step)
}
