/** siftstep destroy: removes the stack of a pipeline. Its data and runs stay in their bucket. */
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
      `this removes the pipeline ${pipeline} from ${aws.region}: its machine, functions, schedule and alarms`,
      `confirm with --yes; data and runs stay in ${bucket}`,
      'destroy',
    )
  await ask(`destroying ${stack}`, aws.region, aws.stacks.send(new DeleteStackCommand({ StackName: stack })))
  const stays = await stackGone(aws, stack)
  if (stays !== undefined) {
    terminal.err(`siftstep: ${stack} was not destroyed (${stays})\n`)
    terminal.err(`  hint: aws cloudformation describe-stack-events --stack-name ${stack} shows what blocks it; then run destroy again\n`)
    return EXIT.failed
  }
  terminal.out(`${pipeline} destroyed; data and runs stay in ${bucket}\n`)
  return EXIT.ok
}
