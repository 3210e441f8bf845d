/** Runs on AWS: executions of the deployed machines. */
import {
  DescribeExecutionCommand,
  DescribeStateMachineForExecutionCommand,
  type ExecutionStatus,
  ListExecutionsCommand,
} from '@aws-sdk/client-sfn'
import type { Machine } from '#asl/machine/asl.ts'
import { readFailure } from '#core/errors/failure.ts'
import { executionArn } from '#run/starts/executions.ts'
import { nearest } from '#core/text/nearest.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { ask, isMissing } from './ask.ts'
import type { Aws } from './clients.ts'
import type { Deployed } from './deployed.ts'
import { describeMachine, numberIn } from './versions.ts'
import type { JsonObject } from '#core/json.ts'

export interface AwsRun {
  /** Name of the execution. */
  readonly id: string
  readonly arn: string
  readonly deployed: Deployed
  readonly state: AwsState
  readonly started_at: Date
  readonly ended_at: Date | undefined
  /** The version of the machine that it runs; null where there are no versions. */
  readonly version: number | null
}

/** Step Functions calls a stopped run ABORTED. */
export type AwsState = 'running' | 'succeeded' | 'failed' | 'timed out' | 'stopped' | 'waits to be redriven'

const STATES: { readonly [Status in ExecutionStatus]: AwsState } = {
  RUNNING: 'running',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timed out',
  ABORTED: 'stopped',
  PENDING_REDRIVE: 'waits to be redriven',
}

interface ListedExecution {
  readonly name: string | undefined
  readonly executionArn: string | undefined
  readonly status: ExecutionStatus | undefined
  readonly startDate: Date | undefined
  readonly stopDate?: Date | undefined
  readonly stateMachineVersionArn?: string | undefined
}

const asRun = (
  { name = '', executionArn: arn = '', status = 'RUNNING', startDate, stopDate, stateMachineVersionArn: version }: ListedExecution,
  deployed: Deployed,
): AwsRun => ({
  id: name,
  arn,
  deployed,
  state: STATES[status],
  started_at: startDate ?? new Date(0),
  ended_at: stopDate,
  version: version === undefined ? null : numberIn(version),
})

/** The newest runs of these pipelines, newest first, up to `limit`. */
export async function newestRuns(aws: Aws, pipelines: readonly Deployed[], most: number): Promise<readonly AwsRun[]> {
  const lists = await Promise.all(
    pipelines.map(async (deployed) => {
      const command = new ListExecutionsCommand({ stateMachineArn: deployed.machine, maxResults: most })
      const sent = aws.states.send(command).catch((error: unknown) => {
        throw isMissing(error) ? machineGone(deployed, pipelines, aws) : error
      })
      const { executions = [] } = await ask(`listing the runs of ${deployed.pipeline}`, aws.region, sent)
      return executions.map((one) => asRun(one as ListedExecution, deployed))
    }),
  )
  return lists
    .flat()
    .sort((a, b) => b.started_at.getTime() - a.started_at.getTime())
    .slice(0, most)
}

/** A stack whose machine was removed by other means than `destroy`, or is being removed. */
function machineGone({ stack, pipeline, machine }: Deployed, pipelines: readonly Deployed[], { region }: Aws): UsageError {
  const others = pipelines.filter((one) => one.pipeline !== pipeline).map((one) => one.pipeline)
  return new UsageError(
    `the stack ${stack} is in ${region}, but its machine ${machine} does not exist`,
    `deploy the pipeline again: siftstep deploy FILE; or remove what is left: siftstep destroy ${pipeline} --yes${others.length === 0 ? '' : `; other pipelines: --pipeline ${others.join(', --pipeline ')}`}`,
  )
}

/** How many runs are searched for the start of a name. */
const LOOKED_THROUGH = 200

/** Finds a run by its name, the start of its name, or `last`. */
export async function findAwsRun(aws: Aws, pipelines: readonly Deployed[], word: string): Promise<AwsRun> {
  if (word !== 'last') {
    const exact = (await Promise.all(pipelines.map((deployed) => runNamed(aws, deployed, word)))).find((run) => run !== undefined)
    if (exact !== undefined) return exact
  }
  const runs = await newestRuns(aws, pipelines, LOOKED_THROUGH)
  const [newest] = runs
  const of = pipelines.map(({ pipeline }) => pipeline).join(', ')
  if (newest === undefined) throw new UsageError(`no runs of ${of} in ${aws.region}`, 'siftstep start PIPELINE starts one')
  if (word === 'last') return newest
  const [match, ...others] = runs.filter(({ id }) => id.startsWith(word))
  if (match === undefined) {
    const near = nearest(
      word,
      runs.map(({ id }) => id),
    )
    const newestIds = runs.slice(0, 5).map(({ id }) => id)
    throw new UsageError(
      `no run ${word} in ${aws.region}`,
      `${near === undefined ? '' : `did you mean ${near}? `}newest runs: ${newestIds.join(', ')}`,
    )
  }
  if (others.length > 0) {
    const examples = [match, ...others].slice(0, 5).map(({ id }) => id)
    throw new UsageError(`${word} matches ${others.length + 1} runs`, `type more of the name: ${examples.join(', ')}`)
  }
  return match
}

/** Names of executions contain no other characters; Step Functions would reject the request. */
const NAME = /^[A-Za-z0-9_-]{1,80}$/

async function runNamed(aws: Aws, deployed: Deployed, name: string): Promise<AwsRun | undefined> {
  if (!NAME.test(name)) return undefined
  const sent = aws.states.send(new DescribeExecutionCommand({ executionArn: executionArn(deployed.machine, name) }))
  const found = await ask(
    `looking for the run ${name}`,
    aws.region,
    sent.catch((error: unknown) => {
      if (isMissing(error)) return undefined
      throw error
    }),
  )
  return found === undefined ? undefined : asRun(found as ListedExecution, deployed)
}

export interface RunDetails {
  readonly input: JsonObject
  readonly failure: { readonly error: string; readonly cause: string } | null
  readonly run: AwsRun
}

export async function describeRun(aws: Aws, run: Pick<AwsRun, 'arn' | 'deployed' | 'id'>): Promise<RunDetails> {
  const found = await ask(`reading the run ${run.id}`, aws.region, aws.states.send(new DescribeExecutionCommand({ executionArn: run.arn })))
  const failed = found.status === 'FAILED' || found.status === 'TIMED_OUT'
  const error = found.error ?? (found.status === 'TIMED_OUT' ? 'States.Timeout' : 'Engine.Bug')
  return {
    input: JSON.parse(found.input ?? '{}') as JsonObject,
    failure: failed ? readFailure({ Error: error, Cause: found.cause ?? '' }) : null,
    run: asRun(found as ListedExecution, run.deployed),
  }
}

/** The machine of a run, as it was at the start. */
export async function machineOf(aws: Aws, run: Pick<AwsRun, 'arn' | 'id'>): Promise<Machine> {
  const command = new DescribeStateMachineForExecutionCommand({ executionArn: run.arn })
  const { definition = '{}' } = await ask(`reading the machine of ${run.id}`, aws.region, aws.states.send(command))
  return JSON.parse(definition) as Machine
}

/** The machine as currently deployed. */
export async function machineNow(aws: Aws, machine: string): Promise<Machine> {
  return JSON.parse((await describeMachine(aws, machine)).definition) as Machine
}

/** `siftstep show r-… --on aws`; resume is called redrive on AWS. */
export function commandOnAws(run: string, environment: string | undefined) {
  const more = environment === undefined ? '' : ` --env ${environment}`
  return (name: string) => `siftstep ${name === 'resume' ? 'redrive' : name} ${run} --on aws${more}`
}
