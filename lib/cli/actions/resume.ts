/** What resume does: the same definition, compiled again, goes on where the run stopped. */
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
    // one that was killed after it had written its record did not come to that
    await clearRemains(settings.store, record.id)
    terminal.out(
      state === 'succeeded'
        ? `The run ${record.id} has succeeded; there is nothing left to do. See it: ${command('show')}\n`
        : `The run ${record.id} is complete, in part: what failed was left out, and its output stands. See it: ${command('show')}\n`,
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
      throw refused(started, 'its definition can no longer be compiled', terminal)
    }
    const before = Buffer.from(await readBytes(store, workspace(id).machineHash))
      .toString('utf8')
      .trim()
    if (compiled.hash !== before)
      throw refused(
        started,
        `its definition now compiles to another machine (${compiled.hash.slice(0, 12)}, not ${before.slice(0, 12)})`,
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

/** Relative paths of the definition are those of the folder the run began in. */
function enter(folder: string, terminal: Terminal): void {
  try {
    terminal.enter(folder)
  } catch {
    throw new UsageError(`the folder the run began in is not there any more: ${folder}`, 'put it back, or run the pipeline anew')
  }
}

/** What is finished was made by another machine, so it cannot be gone on with. */
function refused({ id, file, version }: StartedRun, why: string, { program }: Terminal): UsageError {
  const cause =
    version === program.version
      ? 'its variables of the environment or its config file have changed since'
      : `it was begun by siftstep ${version}, and this is ${program.version}`
  return new UsageError(`the run ${id} cannot be resumed: ${why}; ${cause}`, `run it anew: siftstep run ${file}`)
}
