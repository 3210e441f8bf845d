/** siftstep checkpoints */
import { EXIT } from '#run/local/events.ts'
import { count } from '#core/text/numbers.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { commandOn, storeFolder } from '#cli/runs/on-store.ts'
import { columnsOf } from '#cli/terminal/table.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { checkpointsOf } from '#run/runs/checkpoints.ts'
import { findRun, isResumable } from '#run/runs/list.ts'

export async function showCheckpoints(args: Args, terminal: Terminal): Promise<number> {
  const folder = storeFolder(args, terminal)
  const run = await findRun(args.positionals[0] ?? '', folder)
  const { id, pipeline } = run.record
  const checkpoints = await checkpointsOf(id, folder)
  if (args.has('json')) {
    terminal.out(`${JSON.stringify({ pipeline_id: pipeline.id, run: id, state: run.state, checkpoints }, null, 2)}\n`)
    return EXIT.ok
  }
  const rows = checkpoints.map(({ saved_at, step, task, item }) => [saved_at, step, task, item === null ? '' : String(item)])
  const next = isResumable(run) ? `${commandOn(id, folder, terminal)('resume')} continues from here` : `the run ${run.state}`
  terminal.out(
    `${columnsOf(['saved', 'step', 'task', 'item'], rows)}${count(rows.length, 'checkpoint')} of ${pipeline.id}, ${id}; ${next}\n`,
  )
  return EXIT.ok
}
