/** What destroy does: the stack of a pipeline goes; its data and its runs stay in their bucket. */
import { DeleteStackCommand } from '@aws-sdk/client-cloudformation'
import { EXIT } from '#run/local/events.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { ask } from '#cli/aws/ask.ts'
import { openAws } from '#cli/aws/clients.ts'
import { deployedPipeline } from '#cli/aws/deployed.ts'
import { onlyOnAws } from '#cli/aws/on.ts'
import { stackGone } from '#cli/aws/stack-gone.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

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
  const stays = await stackGone(aws, stack)
  if (stays !== undefined) {
    terminal.err(`siftstep: ${stack} is not destroyed (${stays})\n`)
    terminal.err(
      `  hint: what is in the way tells: aws cloudformation describe-stack-events --stack-name ${stack}; then destroy it again\n`,
    )
    return EXIT.failed
  }
  terminal.out(`${pipeline} destroyed; data and runs stay in ${bucket}\n`)
  return EXIT.ok
}
