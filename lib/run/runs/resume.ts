/** Resumes a run: compiles the same definition again and continues where the run stopped. */
import { stat } from 'node:fs/promises'
import type { StartedRun } from '#data/report/run-record.ts'
import { folderStore } from '#io/store/folder.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { carryOut, clearRemains, type FinishedRun, type RunWorld } from './carry-out.ts'
import { isGood, type StoredRun } from './list.ts'
import { takeRun } from './lock.ts'
import { RunError } from './run-error.ts'
import { compileStored, storedText } from './stored-definition.ts'

/** Resolves when the run has ended; null if it had already ended. Throws a RunError if it cannot be resumed. */
export async function resumeRun({ record, state }: StoredRun, world: RunWorld): Promise<FinishedRun | null> {
  if (isGood({ state })) {
    // a run that was killed after it had written its record did not come to that
    await clearRemains(world.store, record.id)
    return null
  }
  const store = folderStore(world.store)
  const taken = await takeRun(store, record.id, world.now())
  try {
    const { id, pipeline, file, definition_sha256, inputs, started_at, logical_date, start, folder, version, command, made_by } = record
    const begun = { id, pipeline, file, definition_sha256, inputs, started_at, logical_date, start, folder, version, command, made_by }
    const started: StartedRun = begun
    if (!(await isFolder(folder))) {
      const what = `the folder the run started in does not exist: ${folder}`
      throw new RunError({ code: 'folder-missing', run: id, folder }, what, 'restore it, or start a new run')
    }
    const { compiled, env } = await compileStored(started, store, world.env)
    if (!compiled.ok) {
      const { problems } = compiled
      throw refused({ code: 'definition-invalid', run: id, file, problems }, started, 'its definition no longer compiles', world)
    }
    const before = (await storedText(store, workspace(id).machineHash)).trim()
    if (compiled.hash !== before) {
      const why = `its definition now compiles to a different machine (${compiled.hash.slice(0, 12)}, not ${before.slice(0, 12)})`
      throw refused({ code: 'machine-changed', run: id, file }, started, why, world)
    }
    return await carryOut(compiled, started, true, taken, { ...world, env })
  } finally {
    await taken.release()
  }
}

const isFolder = (path: string) =>
  stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  )

/** Finished work comes from a different machine, so the run cannot continue from it. */
function refused(facts: RunError['facts'], { id, file, version }: StartedRun, why: string, world: RunWorld): RunError {
  const cause =
    version === world.version
      ? 'its environment variables or config file have changed since'
      : `it was started by siftstep ${version}, and this is siftstep ${world.version}`
  return new RunError(facts, `the run ${id} cannot be resumed: ${why}; ${cause}`, `start a new run: siftstep run ${file}`)
}
