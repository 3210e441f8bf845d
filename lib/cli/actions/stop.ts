/** What stop does: a run on AWS ends at once, and can be redriven. */
import { StopExecutionCommand } from '@aws-sdk/client-sfn'
import { EXIT } from '../../local/events.ts'
import type { Args } from '../args.ts'
import { ask } from '../aws/ask.ts'
import { openAws } from '../aws/clients.ts'
import { commandOnAws } from '../aws/command-on.ts'
import { findAwsRun } from '../aws/executions.ts'
import { pipelinesMeant } from '../aws/pipelines-meant.ts'
import { onlyOnAws } from '../aws/on.ts'
import type { Terminal } from '../terminal.ts'

export async function stopRun(args: Args, terminal: Terminal): Promise<number> {
  onlyOnAws(args, 'stop')
  const environment = args.value('env')
  const aws = await openAws(args, terminal)
  const run = await findAwsRun(aws, await pipelinesMeant(args, environment, aws), args.positionals[0] ?? '')
  if (run.state !== 'running') {
    terminal.out(`The run ${run.id} is over: ${run.state}.\n`)
    return EXIT.ok
  }
  const command = new StopExecutionCommand({ executionArn: run.arn, error: 'Engine.Interrupted', cause: 'stopped by siftstep stop' })
  await ask(`stopping ${run.id}`, aws.region, aws.states.send(command))
  terminal.out(`${run.id} stopped; nothing that was not finished is published\n${commandOnAws(run.id, environment)('redrive')}\n`)
  return EXIT.ok
}
