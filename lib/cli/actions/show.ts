/** siftstep show */
import { EXIT } from '#run/local/events.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { isOnAws } from '#cli/aws/on.ts'
import { localPlace, readRunFacts } from '#run/runs/facts.ts'
import { findRun } from '#run/runs/list.ts'
import { showText } from '#cli/show/show-text.ts'
import { commandOn, displayPath, storeFolder } from '#cli/runs/on-store.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'

export async function showRun(args: Args, terminal: Terminal): Promise<number> {
  if (isOnAws(args, 'show')) return (await import('./show-aws.ts')).showAwsRun(args, terminal)
  const folder = storeFolder(args, terminal)
  const run = await findRun(args.positionals[0] ?? '', folder)
  const facts = await readRunFacts(run, await localPlace(run.record.id, folder))
  const command = commandOn(facts.record.id, folder, terminal)
  terminal.out(
    args.has('json')
      ? `${JSON.stringify(facts, null, 2)}\n`
      : showText(facts, { command, follow: command('runs --follow'), shown: (path) => displayPath(path, terminal) }),
  )
  return EXIT.ok
}
