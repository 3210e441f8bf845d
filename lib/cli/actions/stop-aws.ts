/** What stop does with --on aws: a run on AWS ends at once, and can be redriven. */
import { StopExecutionCommand } from '@aws-sdk/client-sfn'
import { EXIT } from '#run/local/events.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { ask } from '#cli/aws/ask.ts'
import { openAws } from '#cli/aws/clients.ts'
import { commandOnAws } from '#cli/aws/executions.ts'
import { findAwsRun } from '#cli/aws/executions.ts'
import { pipelinesMeant } from '#cli/aws/deployed.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'

export async function stopAwsRun(args: Args, terminal: Terminal): Promise<number> {
  const environment = args.value('env')
  const aws = await openAws(args, terminal)
  const run = await findAwsRun(aws, await pipelinesMeant(args, environment, aws), args.positionals[0] ?? '')
  if (run.state !== 'running') {
    terminal.out(`The run ${run.id} has already ended: ${run.state}.\n`)
    return EXIT.ok
  }
  const command = new StopExecutionCommand({ executionArn: run.arn, error: 'Engine.Interrupted', cause: 'stopped by siftstep stop' })
  await ask(`stopping ${run.id}`, aws.region, aws.states.send(command))
  terminal.out(`${run.id} stopped; unfinished output was not published\n${commandOnAws(run.id, environment)('redrive')}\n`)
  return EXIT.ok
}
