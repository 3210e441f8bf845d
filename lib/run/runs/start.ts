/** Starts a run of a compiled definition: an id of its own, what a resume will need, then the work. */
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { TaskError } from '#core/errors/errors.ts'
import type { Json, JsonObject } from '#core/json.ts'
import type { StartedRun } from '#data/report/run-record.ts'
import { folderStore } from '#io/store/folder.ts'
import type { Store } from '#io/store/store.ts'
import { writeJson } from '#io/workspace/json-store.ts'
import { runPrefix, workspace } from '#io/workspace/workspace.ts'
import type { Compiled } from '#language/compiler/compile.ts'
import { oversizedInput } from '#run/starts/input-size.ts'
import { carryOut, type FinishedRun, type RunWorld } from './carry-out.ts'
import { pipelineFacts } from '#language/definition/definition.ts'
import type { Overlay } from './definition.ts'
import { type TakenRun, takeRun } from './lock.ts'
import { type FunctionFiles, keepFunctions } from './own-functions.ts'
import { RunError } from './run-error.ts'

export interface NewRun {
  readonly compiled: Compiled
  /** The text of the definition, and its path as given. */
  readonly text: string
  readonly file: string
  readonly overlay: Overlay
  readonly inputs: { readonly [name: string]: Json }
  /** Files for functions that the definition calls, before those it names itself. */
  readonly functions?: FunctionFiles | undefined
  /** The day or time the run is for (default: that of its start). */
  readonly logical_date?: string | undefined
  /** What started it, if not a person. */
  readonly start?: JsonObject | undefined
  /** The id of the run, for one that must not be started twice (default: a new one). */
  readonly id?: string | undefined
  /** The folder that relative paths of the definition and the inputs are relative to, as a whole path. */
  readonly folder: string
  /** The command line that starts it again, if that is more than the file. */
  readonly command?: string | undefined
  /** The command of siftstep whose own definition this is; absent for the definition of an author. */
  readonly made_by?: string | undefined
}

/**
 * Runs a compiled definition for the first time; resolves when the run has ended, well or not. RunError when it cannot begin, and then
 * nothing of it is left.
 */
export async function startRun(run: NewRun, world: RunWorld): Promise<FinishedRun> {
  const oversized = oversizedInput({ inputs: run.inputs })
  if (oversized !== undefined) throw new RunError({ code: 'input-too-large' }, oversized.what, oversized.hint)
  const store = folderStore(world.store)
  const { id, taken } = await (run.id === undefined ? takeNewId(store, world.now()) : takeId(store, run.id, world.now())).catch(
    (error: unknown) => {
      throw notBegun(error, world)
    },
  )
  const keys = workspace(id)
  try {
    await store.write(keys.definition, run.text)
    await writeJson(store, keys.overlay, run.overlay)
    await keepFunctions(run.compiled, { ...run, given: run.functions }, id, store)
    const { definition } = run.compiled
    const started: StartedRun = {
      id,
      pipeline: pipelineFacts(definition),
      file: run.file,
      definition_sha256: run.compiled.hash,
      inputs: run.inputs,
      started_at: world.now().toISOString(),
      ...(run.logical_date === undefined ? {} : { logical_date: run.logical_date }),
      ...(run.start === undefined ? {} : { start: run.start }),
      folder: run.folder,
      version: world.version,
      ...(run.command === undefined ? {} : { command: run.command }),
      ...(run.made_by === undefined ? {} : { made_by: run.made_by }),
    }
    return await carryOut(run.compiled, started, false, taken, world)
  } catch (error) {
    if ((await store.read(keys.run)) !== undefined) throw error
    // there is no record, so nothing can be resumed
    await rm(join(world.store, runPrefix(id)), { recursive: true, force: true })
    throw notBegun(error, world)
  } finally {
    await taken.release()
  }
}

/** A store that cannot be written to, reported as such. */
function notBegun(error: unknown, { store }: RunWorld): unknown {
  if (!(error instanceof TaskError)) return error
  return new RunError(
    { code: 'store-unusable', store },
    `the run could not start: the store ${store} is not usable: ${error.message}`,
    'fix this, or choose another store, and run again',
    error,
  )
}

/** Takes an id that was chosen before. Whoever comes later finds the record of the run, and starts nothing. */
async function takeId(store: Store, id: string, now: Date): Promise<{ id: string; taken: TakenRun }> {
  const taken = await takeRun(store, id, now)
  if ((await store.read(workspace(id).run)) === undefined) return { id, taken }
  await taken.release()
  throw new RunError({ code: 'run-exists', run: id }, `the run ${id} was started before`, `see it: siftstep show ${id}`)
}

/** `r-20261121-081402-7f3c`: the time (UTC) and four random digits; taken, so that no other run has it. */
async function takeNewId(store: Store, now: Date): Promise<{ id: string; taken: TakenRun }> {
  const moment = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
  for (;;) {
    const id = `r-${moment}-${randomBytes(2).toString('hex')}`
    // a folder that already exists belongs to another run
    if ((await store.read(workspace(id).run)) === undefined && (await store.read(workspace(id).lock)) === undefined)
      return { id, taken: await takeRun(store, id, now) }
  }
}
