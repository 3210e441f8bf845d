/** siftstep resume: continues a run where it stopped, on the console. */
import { EXIT } from '#run/local/events.ts'
import { findRun } from '#run/runs/list.ts'
import { resumeRun } from '#run/runs/resume.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { commandOn } from '#cli/runs/on-store.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { runSettings, showRunning } from './start-run.ts'

export async function showResume(args: Args, terminal: Terminal): Promise<number> {
  const settings = runSettings(args, terminal)
  const run = await findRun(args.positionals[0] ?? '', settings.store)
  const finished = await showRunning((world) => resumeRun(run, world), settings, terminal)
  if (finished !== null) return finished.exit_code
  const { id } = run.record
  const show = commandOn(id, settings.store, terminal)('show')
  terminal.out(
    run.state === 'succeeded'
      ? `The run ${id} has succeeded; nothing to do. See it: ${show}\n`
      : `The run ${id} completed in part: its output is published. See why: ${show}\n`,
  )
  return run.state === 'succeeded' ? EXIT.ok : EXIT.partial
}
