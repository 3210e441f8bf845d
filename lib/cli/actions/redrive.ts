/**
 * siftstep redrive: continues a failed run with a new execution that reuses the finished tasks. The redrive of Step Functions itself
 * restarts at the failed state, which in our machines is the state that ends a failed run, so it would fail again.
 */
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn'
import { EXIT } from '#run/local/events.ts'
import type { JsonObject } from '#core/json.ts'
import { executionArn } from '#run/starts/executions.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { ask } from '#cli/aws/ask.ts'
import { type Aws, openAws } from '#cli/aws/clients.ts'
import { type AwsRun, commandOnAws, describeRun, findAwsRun, newestRuns } from '#cli/aws/executions.ts'
import { followRun } from '#cli/aws/follow.ts'
import { pipelinesMeant } from '#cli/aws/deployed.ts'
import { onlyOnAws } from '#cli/aws/on.ts'
import { identify } from '#cli/aws/run-record.ts'
import { STAYS } from '#run/runs/list.ts'
import { showingOf } from './start-run.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { startExecution } from './start.ts'

export async function redriveRun(args: Args, terminal: Terminal): Promise<number> {
  onlyOnAws(args, 'redrive')
  const showing = showingOf(args, terminal)
  const environment = args.value('env')
  const aws = await openAws(args, terminal)
  const run = await findAwsRun(aws, await pipelinesMeant(args, environment, aws), args.positionals[0] ?? '')
  const { input, failure } = await describeRun(aws, run)
  const { id } = identify(run.id, input)
  const command = commandOnAws(run.id, environment)
  if (run.state === 'succeeded') {
    terminal.out(`The run ${run.id} has succeeded; nothing to do. See it: ${command('show')}\n`)
    return EXIT.ok
  }
  if (run.state === 'running' || run.state === 'waits to be redriven')
    throw new UsageError(`the run ${run.id} is still running`, `watch it: ${command('show')}; or stop it: ${command('stop')}`)
  await refuseTwice(aws, run, id)
  if (failure !== null && STAYS.test(failure.error) && !showing.quiet)
    terminal.err(`note: the run failed with ${failure.error}, and will fail again unless the cause has been fixed\n`)
  const more = { run_id: id, started_at: startOf(run, input), start: { type: 'redrive', of: run.id } }
  const name = await startNext(aws, await versionOf(aws, run), id, { ...input, ...more })
  const next = { id: name, arn: executionArn(run.deployed.machine, name), deployed: run.deployed }
  if (args.has('follow')) return followRun(aws, next, environment, showing, terminal)
  const show = commandOnAws(name, environment)('show')
  terminal.out(
    showing.json
      ? `${JSON.stringify({ run: name, arn: next.arn, of: id })}\n`
      : `${name} continues ${id}; finished work is kept\n${show}\n`,
  )
  return EXIT.ok
}

/** When the run first started; its dates derive from it. */
const startOf = ({ started_at }: AwsRun, { started_at: given }: JsonObject) =>
  typeof given === 'string' ? given : started_at.toISOString()

/** Two executions must not work on the same run. */
async function refuseTwice(aws: Aws, run: AwsRun, id: string): Promise<void> {
  const others = (await newestRuns(aws, [run.deployed], 100)).filter(
    (one) => one.state === 'running' && (one.id === id || one.id.startsWith(`${id}-`)),
  )
  const [other] = others
  if (other !== undefined)
    throw new UsageError(`the run ${id} is already being redriven as ${other.id}`, `watch it: siftstep show ${other.id} --on aws`)
}

/** The machine version that the run used, where versions exist; otherwise the current machine. */
async function versionOf(aws: Aws, { arn, id, deployed }: AwsRun): Promise<string> {
  const { stateMachineVersionArn } = await ask(
    `reading the run ${id}`,
    aws.region,
    aws.states.send(new DescribeExecutionCommand({ executionArn: arn })),
  )
  return stateMachineVersionArn ?? deployed.start
}

/** Names of executions are unique: `…-2`, `…-3` and so on. */
async function startNext(aws: Aws, start: string, id: string, input: JsonObject): Promise<string> {
  for (let number = 2; number < 100; number++) {
    const name = `${id.slice(0, 76)}-${number}`
    if (await startExecution(aws, start, name, input)) return name
  }
  throw new UsageError(`run ${id} has already been redriven 98 times`, 'start a new run')
}
