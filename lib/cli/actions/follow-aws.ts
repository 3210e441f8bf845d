/** What runs --follow does with --on aws. */
import type { Args } from '#cli/arguments/flags.ts'
import { openAws } from '#cli/aws/clients.ts'
import { findAwsRun } from '#cli/aws/executions.ts'
import { followRun } from '#cli/aws/follow.ts'
import { pipelinesMeant } from '#cli/aws/deployed.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { showingOf } from './start-run.ts'

export async function followAwsRun(args: Args, terminal: Terminal): Promise<number> {
  const environment = args.value('env')
  const aws = await openAws(args, terminal)
  const run = await findAwsRun(aws, await pipelinesMeant(args, environment, aws), args.positionals[0] ?? 'last')
  return followRun(aws, run, environment, showingOf(args, terminal), terminal)
}
