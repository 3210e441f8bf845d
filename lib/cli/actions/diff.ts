/** siftstep diff */
import { EXIT } from '#run/local/events.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { storeFolder } from '#cli/runs/on-store.ts'
import { runDiffText } from '#cli/show/run-diff-text.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { compareRuns } from '#run/runs/compare.ts'
import { readComparedRun } from '#run/runs/compared-run.ts'
import { findRun } from '#run/runs/list.ts'

export async function diffRuns(args: Args, terminal: Terminal): Promise<number> {
  const folder = storeFolder(args, terminal)
  const [first = '', second = ''] = args.positionals
  const [before, after] = [await findRun(first, folder), await findRun(second, folder)]
  if (before.record.id === after.record.id)
    throw new UsageError(`${first} and ${second} are the same run, ${before.record.id}`, 'siftstep runs lists the runs', 'diff')
  const diff = compareRuns(await readComparedRun(before, folder), await readComparedRun(after, folder))
  terminal.out(args.has('json') ? `${JSON.stringify(diff, null, 2)}\n` : runDiffText(diff))
  return EXIT.ok
}
