/** siftstep resume: compiles the same definition again and continues the run. */
import { compile } from '#language/compiler/compile.ts'
import { EXIT } from '#run/local/events.ts'
import { readBytes, readJson } from '#io/workspace/json-store.ts'
import type { StartedRun } from '#data/report/run-record.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { folderStore } from '#io/store/folder.ts'
import type { Store } from '#io/store/store.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { type Overlay, readOptions, printProblems } from '#cli/arguments/read-definition.ts'
import { takeRun } from '#cli/runs/run-lock.ts'
import { carryOut, clearRemains, runSettings } from './start-run.ts'
import { commandOn, findRun } from '#cli/runs/stored-runs.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

export async function resumeRun(args: Args, terminal: Terminal): Promise<number> {
  const settings = runSettings(args, terminal)
  const { record, state } = await findRun(args.positionals[0] ?? '', settings.store, terminal)
  const command = commandOn(record.id, settings.store, terminal)
  if (state === 'succeeded' || state === 'partial') {
    // a run that was killed after writing its record does not get here
    await clearRemains(settings.store, record.id)
    terminal.out(
      state === 'succeeded'
        ? `The run ${record.id} has succeeded; nothing to do. See it: ${command('show')}\n`
        : `The run ${record.id} completed in part: failed steps were left out, and the output is published. See it: ${command('show')}\n`,
    )
    return state === 'succeeded' ? EXIT.ok : EXIT.partial
  }
  const store = folderStore(settings.store)
  const taken = await takeRun(store, record.id, terminal.now())
  try {
    const { id, pipeline, file, definition_sha256, inputs, started_at, folder, version, command: begun } = record
    const started: StartedRun = { id, pipeline, file, definition_sha256, inputs, started_at, folder, version, command: begun }
    enter(folder, terminal)
    const compiled = compile(
      await textOf(store, id),
      await readOptions(file, await readJson<Overlay>(store, workspace(id).overlay), terminal),
    )
    if (!compiled.ok) {
      printProblems(compiled.problems, terminal)
      throw refused(started, 'its definition no longer compiles', terminal)
    }
    const before = Buffer.from(await readBytes(store, workspace(id).machineHash))
      .toString('utf8')
      .trim()
    if (compiled.hash !== before)
      throw refused(
        started,
        `its definition now compiles to a different machine (${compiled.hash.slice(0, 12)}, not ${before.slice(0, 12)})`,
        terminal,
      )
    return (await carryOut(compiled, started, true, taken, settings, terminal)).exit_code
  } finally {
    await taken.release()
  }
}

async function textOf(store: Store, run: string): Promise<string> {
  return Buffer.from(await readBytes(store, workspace(run).definition)).toString('utf8')
}

/** Relative paths in the definition refer to the folder the run started in. */
function enter(folder: string, terminal: Terminal): void {
  try {
    terminal.enter(folder)
  } catch {
    throw new UsageError(`the folder the run started in does not exist: ${folder}`, 'restore it, or start a new run')
  }
}

/** Finished work comes from a different machine, so the run cannot continue. */
function refused({ id, file, version }: StartedRun, why: string, { program }: Terminal): UsageError {
  const cause =
    version === program.version
      ? 'its environment variables or config file have changed since'
      : `it was started by siftstep ${version}, and this is siftstep ${program.version}`
  return new UsageError(`the run ${id} cannot be resumed: ${why}; ${cause}`, `start a new run: siftstep run ${file}`)
}
