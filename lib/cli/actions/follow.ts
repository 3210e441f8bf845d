/** What runs --follow does: a run that another process works on, on this console, until it ends. */
import type { Plan } from '#language/compiler/plan.ts'
import { folderStore } from '#io/store/folder.ts'
import { readJson } from '#io/workspace/json-store.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { EXIT } from '#run/local/events.ts'
import { followRun } from '#run/runs/follow.ts'
import { findRun } from '#run/runs/list.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { commandOn, storeFolder } from '#cli/runs/on-store.ts'
import { openConsole } from '#cli/show/console.ts'
import { outlineOf } from '#cli/show/outline.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { endingOf, showingOf } from './start-run.ts'

export async function follow(args: Args, terminal: Terminal): Promise<number> {
  const folder = storeFolder(args, terminal)
  const { record } = await findRun(args.positionals[0] ?? 'last', folder)
  const plan = await readJson<Plan>(folderStore(folder), workspace(record.id).plan)
  const command = commandOn(record.id, folder, terminal)
  const console = openConsole(outlineOf(plan), showingOf(args, terminal), terminal)
  const stop = new AbortController()
  const listenNoLonger = terminal.onStop(() => stop.abort())
  try {
    const followed = await followRun(folder, record.id, console.onEvent, stop.signal)
    if (followed === null) {
      console.note(`The run continues. Follow it: ${command('runs --follow')}; stop it: ${command('stop')}`)
      return EXIT.interrupted
    }
    console.end(await endingOf(followed, { store: folder, next: [['show', command('show')]] }, terminal))
    return followed.exit_code
  } finally {
    listenNoLonger()
    console.close()
  }
}
