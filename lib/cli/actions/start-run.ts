/** A run on the console: its settings from the flags, its events as lines, its ending, and Control-C. */
import { join } from 'node:path'
import { folderStore } from '#io/store/folder.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { EXIT } from '#run/local/events.ts'
import type { FinishedRun, RunWorld } from '#run/runs/carry-out.ts'
import { type NewRun, startRun } from '#run/runs/start.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { commandOn, displayPath, storeFolder } from '#cli/runs/on-store.ts'
import { type Console, type ConsoleOptions, openConsole } from '#cli/show/console.ts'
import type { Ending } from '#cli/show/ending.ts'
import { outlineOf } from '#cli/show/outline.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

/** Settings for the run and its output. */
export interface RunSettings {
  /** The folder of the store, as an absolute path. */
  readonly store: string
  readonly processes: number | undefined
  readonly showing: ConsoleOptions
  /** More next steps, shown at the end of a run that succeeded. */
  readonly next?: readonly (readonly [label: string, text: string])[]
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

/** Starts a run and shows it to its end. */
export const showStart = (run: NewRun, settings: RunSettings, terminal: Terminal): Promise<FinishedRun> =>
  showRunning((world) => startRun(run, world), settings, terminal)

/** Shows a run that `begin` carries out in this process. Control-C stops it; a second one ends the process. */
export async function showRunning<Finished extends FinishedRun | null>(
  begin: (world: RunWorld) => Promise<Finished>,
  settings: RunSettings,
  terminal: Terminal,
): Promise<Finished> {
  const stop = new AbortController()
  let console: Console | undefined
  let listenNoLonger = () => {}
  try {
    const finished = await begin({
      store: settings.store,
      worker: terminal.program.worker,
      version: terminal.program.version,
      processes: settings.processes,
      env: terminal.env,
      now: terminal.now,
      signal: stop.signal,
      watch: (plan) => {
        const opened = openConsole(outlineOf(plan), settings.showing, terminal)
        console = opened
        listenNoLonger = terminal.onStop(() => askToStop(stop, opened, terminal))
        return opened.onEvent
      },
    })
    if (finished !== null) console?.end(await endingOf(finished, settings, terminal))
    return finished
  } finally {
    listenNoLonger()
    console?.close()
  }
}

/** What the last lines of a run show. */
export async function endingOf(
  { record, summary, exit_code }: Pick<FinishedRun, 'record' | 'summary' | 'exit_code'>,
  { store: folder, next = [] }: Pick<RunSettings, 'store' | 'next'>,
  terminal: Terminal,
): Promise<Omit<Ending, 'seconds' | 'failedStep'>> {
  const store = folderStore(folder)
  const keys = workspace(record.id)
  const page = keys.report('html')
  return {
    record,
    summary,
    published: (await store.read(keys.manifest)) !== undefined,
    report: (await store.read(page)) === undefined ? null : displayPath(join(folder, page), terminal),
    next: exit_code === EXIT.ok ? next : [],
    command: commandOn(record.id, folder, terminal),
  }
}

/** The first time stops the run, the second everything. */
function askToStop(stop: AbortController, console: Console, terminal: Terminal): void {
  if (stop.signal.aborted) {
    console.close()
    terminal.die()
    return
  }
  console.note('Stopping. Press again to kill the run at once')
  stop.abort()
}
