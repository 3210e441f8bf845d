/** What stop does. */
import { EXIT } from '#run/local/events.ts'
import { findRun } from '#run/runs/list.ts'
import { stopRun } from '#run/runs/stop.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { isOnAws } from '#cli/aws/on.ts'
import { commandOn, storeFolder } from '#cli/runs/on-store.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'

export async function stop(args: Args, terminal: Terminal): Promise<number> {
  if (isOnAws(args, 'stop')) return (await import('./stop-aws.ts')).stopAwsRun(args, terminal)
  const folder = storeFolder(args, terminal)
  const run = await findRun(args.positionals[0] ?? '', folder)
  const { id } = run.record
  if (run.state !== 'running') {
    terminal.out(`The run ${id} is over: ${run.state}.\n`)
    return EXIT.ok
  }
  const asked = new AbortController()
  const listenNoLonger = terminal.onStop(() => asked.abort())
  try {
    const { state } = await stopRun(folder, run, asked.signal)
    const resume = commandOn(id, folder, terminal)('resume')
    terminal.out(
      state === 'interrupted' || state === 'killed' ? `${id} stopped\n${resume}\n` : `${id} ended before it was stopped: ${state}\n`,
    )
    return EXIT.ok
  } catch (error) {
    if (!asked.signal.aborted) throw error
    terminal.err(`${id} was asked to stop, and has not ended yet\n`)
    return EXIT.interrupted
  } finally {
    listenNoLonger()
  }
}
