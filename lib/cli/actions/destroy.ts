/** What destroy does: the stack of a pipeline goes; its data and its runs stay in their bucket. */
import { type CloudFormationClient, DeleteStackCommand, waitUntilStackDeleteComplete } from '@aws-sdk/client-cloudformation'
import { EXIT } from '../../local/events.ts'
import type { Args } from '../args.ts'
import { ask } from '../aws/ask.ts'
import { openAws } from '../aws/clients.ts'
import { deployedPipeline } from '../aws/deployed.ts'
import { onlyOnAws } from '../aws/on.ts'
import type { Terminal } from '../terminal.ts'
import { UsageError } from '../usage-error.ts'

export async function destroyPipeline(args: Args, terminal: Terminal): Promise<number> {
  onlyOnAws(args, 'destroy')
  const aws = await openAws(args, terminal)
  const { stack, pipeline, bucket } = await deployedPipeline(aws, args.value('env'), args.positionals[0] ?? '')
  if (!args.has('yes'))
    throw new UsageError(
      `this takes the pipeline ${pipeline} away from ${aws.region}: its machine, functions, schedule and alarms`,
      `write --yes if that is what you want; data and runs stay in ${bucket}`,
      'destroy',
    )
  await ask(`destroying ${stack}`, aws.region, aws.stacks.send(new DeleteStackCommand({ StackName: stack })))
  const ended = await waitUntilStackDeleteComplete(
    { client: aws.stacks as CloudFormationClient, maxWaitTime: 1800, minDelay: 2, maxDelay: 15 },
    { StackName: stack },
  )
  if (ended.state !== 'SUCCESS') {
    terminal.err(
      `siftstep: ${stack} could not be destroyed (${ended.state}): see the events of the stack in the console of CloudFormation\n`,
    )
    return EXIT.failed
  }
  terminal.out(`${pipeline} destroyed; data and runs stay in ${bucket}\n`)
  return EXIT.ok
}
