/** siftstep stats */
import { EXIT } from '#run/local/events.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { displayPath, storeFolder } from '#cli/runs/on-store.ts'
import { statsText } from '#cli/show/stats-text.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { registeredPipelines } from '#run/runs/registered.ts'
import { statsOf } from '#run/runs/stats.ts'

export async function showStats(args: Args, terminal: Terminal): Promise<number> {
  const store = storeFolder(args, terminal)
  const pipelines = await registeredPipelines({ store, env: terminal.env }, args.positionals[0])
  const stats = pipelines.map(statsOf)
  if (args.has('json')) {
    const shown = pipelines.map(({ declared }, at) => ({ ...stats[at], schedule: declared?.schedule ?? null }))
    terminal.out(`${JSON.stringify(shown, null, 2)}\n`)
  } else if (pipelines.length === 0) terminal.out(`No runs in ${displayPath(store, terminal)} yet.\n`)
  else terminal.out(statsText(pipelines, stats))
  return EXIT.ok
}
