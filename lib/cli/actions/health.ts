/** siftstep health */
import { EXIT } from '#run/local/events.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { displayPath, storeFolder } from '#cli/runs/on-store.ts'
import { healthText } from '#cli/show/stats-text.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { healthOf } from '#run/runs/health.ts'
import { registeredPipelines } from '#run/runs/registered.ts'

/** Without any run nothing is healthy: a wrong --store must not look like a good state. */
export async function showHealth(args: Args, terminal: Terminal): Promise<number> {
  const store = storeFolder(args, terminal)
  const pipelines = await registeredPipelines({ store, env: terminal.env }, args.positionals[0])
  if (pipelines.length === 0)
    throw new UsageError(
      `no runs of a pipeline in ${displayPath(store, terminal)}`,
      'siftstep run creates one; --store selects another store',
    )
  const health = healthOf(pipelines, terminal.now())
  terminal.out(args.has('json') ? `${JSON.stringify(health, null, 2)}\n` : healthText(health, pipelines.length))
  return health.healthy ? EXIT.ok : EXIT.failed
}
