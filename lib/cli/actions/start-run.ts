/** A local run from the command line: a new id, what a resume will need, the console, and signals. */
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Compiled } from '#language/compiler/compile.ts'
import { EXIT } from '#run/local/events.ts'
import { runLocally } from '#run/local/run.ts'
import type { Json } from '#core/json.ts'
import { TaskError } from '#core/errors/errors.ts'
import { maskOf } from '#core/secrets/mask.ts'
import { secretsIn } from '#core/secrets/secrets.ts'
import type { RunRecord, StartedRun } from '#data/report/run-record.ts'
import { writeJson } from '#io/workspace/json-store.ts'
import { runPrefix, workspace } from '#io/workspace/workspace.ts'
import { folderStore, removeDrafts } from '#io/store/folder.ts'
import type { Store } from '#io/store/store.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { type Console, type ConsoleOptions, openConsole } from '#cli/show/console.ts'
import { outlineOf } from '#cli/show/outline.ts'
import type { Overlay } from '#cli/arguments/read-definition.ts'
import { type TakenRun, takeRun } from '#cli/runs/run-lock.ts'
import { commandOn, displayPath, storeFolder } from '#cli/runs/stored-runs.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { entryOf } from '#core/text/record.ts'

export interface NewRun {
  readonly compiled: Compiled
  /** The text of the definition, and its path as given. */
  readonly text: string
  readonly file: string
  readonly overlay: Overlay
  readonly inputs: { readonly [name: string]: Json }
  /** The command line that starts it again, if that is more than the file. */
  readonly command?: string
}

/** Settings for the run and its output. */
export interface RunSettings {
  /** The folder of the store, as an absolute path. */
  readonly store: string
  readonly processes: number | undefined
  readonly showing: ConsoleOptions
  /** Further commands, printed at the end of a successful run. */
  readonly next?: readonly (readonly [label: string, text: string])[]
}

export interface FinishedRun {
  readonly id: string
  readonly exit_code: number
  readonly record: RunRecord
}

/** Reads the settings that all run commands take from their flags. */
export function runSettings(args: Args, terminal: Terminal): RunSettings {
  const workers = args.value('workers')
  if (workers !== undefined && !/^[1-9]\d{0,3}$/.test(workers))
    throw new UsageError(`invalid --workers ${workers}`, 'use a whole number of at least 1')
  return {
    store: storeFolder(args, terminal),
    processes: workers === undefined ? undefined : Number(workers),
    showing: showingOf(args, terminal),
  }
}

export const showingOf = (args: Args, { env }: Terminal): ConsoleOptions => ({
  json: args.has('json'),
  quiet: args.has('quiet'),
  verbose: args.has('verbose'),
  ascii: args.has('ascii'),
  // https://no-color.org: set and not empty
  color: !args.has('no-color') && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
})

/** Starts a new run of a compiled definition. */
export async function startRun(run: NewRun, settings: RunSettings, terminal: Terminal): Promise<FinishedRun> {
  const store = folderStore(settings.store)
  const { id, taken } = await takeNewId(store, terminal.now()).catch((error: unknown) => {
    throw notBegun(error, settings, terminal)
  })
  const keys = workspace(id)
  try {
    await store.write(keys.definition, run.text)
    await writeJson(store, keys.overlay, run.overlay)
    const { definition } = run.compiled
    const started: StartedRun = {
      id,
      pipeline: { id: definition.id, name: definition.name },
      file: run.file,
      definition_sha256: run.compiled.hash,
      inputs: run.inputs,
      started_at: terminal.now().toISOString(),
      folder: terminal.cwd(),
      version: terminal.program.version,
      ...(run.command === undefined ? {} : { command: run.command }),
    }
    return await carryOut(run.compiled, started, false, taken, settings, terminal)
  } catch (error) {
    if ((await store.read(keys.run)) !== undefined) throw error
    // there is no record, so nothing can be resumed
    await rm(join(settings.store, runPrefix(id)), { recursive: true, force: true })
    throw notBegun(error, settings, terminal)
  } finally {
    await taken.release()
  }
}

/** Wraps the error of a store that cannot be written to. */
function notBegun(error: unknown, { store }: RunSettings, terminal: Terminal): unknown {
  if (!(error instanceof TaskError)) return error
  return new TaskError(error.name, `the run could not start: the store ${displayPath(store, terminal)} is not usable: ${error.message}`, {
    cause: error,
    hint: 'fix this, or choose another folder with --store, and run again',
  })
}

/** Takes a new id: `r-20261121-081402-7f3c`, the time (UTC) and four random digits. */
async function takeNewId(store: Store, now: Date): Promise<{ id: string; taken: TakenRun }> {
  const moment = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
  for (;;) {
    const id = `r-${moment}-${randomBytes(2).toString('hex')}`
    // a folder that already exists belongs to another run
    if ((await store.read(workspace(id).run)) === undefined && (await store.read(workspace(id).lock)) === undefined)
      return { id, taken: await takeRun(store, id, now) }
  }
}

/** Runs the machine and shows it. The caller holds the lock of the run. */
export async function carryOut(
  compiled: Compiled,
  started: StartedRun,
  resumed: boolean,
  taken: TakenRun,
  settings: RunSettings,
  terminal: Terminal,
): Promise<FinishedRun> {
  const mask = maskOf(assertSecrets(compiled, terminal))
  const console = openConsole(outlineOf(compiled.plan), settings.showing, terminal)
  const stop = new AbortController()
  const listenNoLonger = terminal.onStop(() => askToStop(stop, console, terminal))
  try {
    if (resumed) await clearRemains(settings.store, started.id)
    const outcome = await runLocally({
      compiled,
      started,
      resumed,
      store: settings.store,
      worker: terminal.program.worker,
      processes: settings.processes,
      onWorker: taken.addWorker,
      signal: stop.signal,
      mask,
      onEvent: console.onEvent,
    })
    const store = folderStore(settings.store)
    const keys = workspace(started.id)
    const report =
      (await store.read(keys.report('html'))) === undefined ? null : displayPath(join(settings.store, keys.report('html')), terminal)
    console.end({
      record: outcome.record,
      summary: outcome.summary,
      published: (await store.read(keys.manifest)) !== undefined,
      report,
      next: outcome.exit_code === EXIT.ok ? (settings.next ?? []) : [],
      command: commandOn(started.id, settings.store, terminal),
    })
    return { id: started.id, exit_code: outcome.exit_code, record: outcome.record }
  } finally {
    listenNoLonger()
    console.close()
    // also when nothing was resumed: a crashed worker leaves unfinished files too
    await clearRemains(settings.store, started.id)
  }
}

/** The secrets of a definition by name, all required before any work: the last step may be the only one that needs one. */
function assertSecrets({ machine }: Compiled, { env }: Terminal): ReadonlyMap<string, string> {
  const found = new Map(secretsIn(machine as unknown as Json).map((name) => [name, entryOf(env, name) ?? '']))
  const missing = [...found].filter(([, value]) => value === '').map(([name]) => name)
  if (missing.length === 0) return found
  const them = missing.length === 1 ? 'it as an environment variable' : 'them as environment variables'
  throw new UsageError(
    `missing environment variables: ${missing.join(', ')}, used in the definition as ${missing.map((name) => `\${secret.${name}}`).join(', ')}`,
    `set ${them}, or pass a file with --env-file`,
  )
}

/** Removes unfinished files of killed tasks. No other process may be working on the run. */
export async function clearRemains(store: string, run: string): Promise<void> {
  await rm(join(store, 'scratch', run), { recursive: true, force: true })
  await removeDrafts(join(store, runPrefix(run)))
}

/** The first signal stops the run, the second kills the program. */
function askToStop(stop: AbortController, console: Console, terminal: Terminal): void {
  if (stop.signal.aborted) {
    console.close()
    terminal.die()
    return
  }
  console.note('Stopping. Press again to kill the run at once')
  stop.abort()
}
