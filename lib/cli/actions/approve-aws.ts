/** What approve does with --on aws: the decision goes to the bucket of the outputs, which the functions read. */
import type { Args } from '#cli/arguments/flags.ts'
import { openAws } from '#cli/aws/clients.ts'
import { pipelinesMeant } from '#cli/aws/deployed.ts'
import { commandOnAws, describeRun, findAwsRun, machineOf } from '#cli/aws/executions.ts'
import { machineOutline } from '#cli/aws/machine-outline.ts'
import { identify } from '#cli/aws/run-record.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { decide, waitsForDecision } from './decide.ts'

export async function approveAwsRun(args: Args, terminal: Terminal): Promise<number> {
  const environment = args.value('env')
  const aws = await openAws(args, terminal)
  const run = await findAwsRun(aws, await pipelinesMeant(args, environment, aws), args.positionals[0] ?? '')
  const { input } = await describeRun(aws, run)
  const { types } = machineOutline(await machineOf(aws, run))
  const steps = [...types].flatMap(([step, type]) => (waitsForDecision(type) ? [step] : []))
  const { id } = identify(run.id, input)
  const store = aws.store(run.deployed.bucket)
  return decide({ id, store, steps, state: run.state, resume: commandOnAws(run.id, environment)('redrive') }, args, terminal)
}
