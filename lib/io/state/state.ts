/**
 * What a pipeline remembers from one run to the next, by name. Each value is a version of its own, `state/<pipeline>/<name>/00000003.json`,
 * and a store lets exactly one caller create an object: of two runs that continue from the same version one commits, in a folder and in S3.
 *
 * A run reads a value once and keeps what it read, so that all its tasks, and a resume, continue from the same version. It stages the new value
 * in its own folder, and commits it with what it publishes.
 */
import { TaskError } from '#core/errors/errors.ts'
import type { Json } from '#core/json.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { findJson, readJson, writeJson } from '#io/workspace/json-store.ts'

type StateContext = Pick<TaskContext, 'store' | 'workspace' | 'run' | 'pipeline'>

/** A value as a run found it: version 0 where nothing was remembered yet. */
export interface Remembered {
  readonly version: number
  readonly value: Json
}

interface Version {
  /** The run that committed it. */
  readonly run: string
  readonly value: Json
}

/** Versions that are kept, for people who ask what a run continued from. */
const KEPT = 10

const folderOf = ({ pipeline }: StateContext, name: string) => `state/${pipeline.id}/${name}/`
const keyOf = (context: StateContext, name: string, version: number) => `${folderOf(context, name)}${String(version).padStart(8, '0')}.json`

/** The versions there are, the oldest first. */
async function versionsOf(context: StateContext, name: string): Promise<readonly number[]> {
  const objects = await context.store.list(folderOf(context, name))
  return objects.flatMap(({ key }) => {
    const [, digits] = /\/(\d{8})\.json$/.exec(key) ?? []
    return digits === undefined ? [] : [Number(digits)]
  })
}

const versionAt = (context: StateContext, name: string, version: number): Promise<Version | undefined> =>
  findJson<Version>(context.store, keyOf(context, name, version))

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
  if (next !== undefined && next.run !== context.run.id) throw overtaken(context, name, next.run)
}

/** Makes the staged value the one the next run continues from. May be called again; does nothing where nothing was staged, or nothing changed. */
export async function commitState(context: StateContext, name: string): Promise<void> {
  const { store, workspace, run } = context
  const value = await findJson<Json>(store, workspace.remembered(name))
  if (value === undefined) return
  const before = await pinState(context, name)
  if (JSON.stringify(value) === JSON.stringify(before.value)) return
  const text = JSON.stringify({ run: run.id, value } satisfies Version)
  if (!(await store.create(keyOf(context, name, before.version + 1), text))) return assertCurrent(context, name)
  for (const version of await versionsOf(context, name))
    if (version <= before.version + 1 - KEPT) await store.remove(keyOf(context, name, version))
}

const overtaken = ({ pipeline, run }: StateContext, name: string, other: string) =>
  new TaskError('Output.Conflict', `the run ${other} of ${pipeline.id} has moved on what ${name} remembers since ${run.id} read it`, {
    hint: 'start a new run: it continues from there; let one run of the pipeline work at a time (concurrency: {max_active_runs: 1})',
  })
