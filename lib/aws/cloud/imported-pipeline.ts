/** A pipeline that another stack or app deploys. */
import { Arn, ArnFormat, Duration } from 'aws-cdk-lib'
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import type * as iam from 'aws-cdk-lib/aws-iam'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import { grantAll } from './grant-all.ts'
import { type RunMetric, runMetric } from './metrics.ts'
import { startRuns } from './permissions.ts'

/** What works for every pipeline, wherever it is deployed. */
export interface IPipeline {
  /** What runs are started with: the ARN of the alias `live`, or of the machine. */
  readonly startArn: string
  /** The ARN of the machine, as events about its runs have it. */
  readonly machineArn: string
  /** Lets a role or user start runs, and see whether they have ended. */
  grantStart(grantee: iam.IGrantable): void
  /** A metric of runs, such as `ExecutionsFailed` (default: the sum of 5 minutes). */
  metricOfRuns(name: RunMetric, options?: cloudwatch.MetricOptions): cloudwatch.Metric
}

export class ImportedPipeline extends Construct implements IPipeline {
  readonly startArn: string
  readonly machineArn: string
  readonly #machine: sfn.IStateMachine
  readonly #alias: string | undefined
  readonly #executions: string

  /** `arn` is literal text: `arn:aws:states:REGION:ACCOUNT:stateMachine:NAME`, with `:live` at its end for the alias. */
  constructor(scope: Construct, id: string, arn: string) {
    super(scope, id)
    const [, partition, region, account, name, alias] =
      /^arn:([\w-]+):states:([\w-]+):(\d{12}):stateMachine:([\w-]+)(?::([A-Za-z_][\w.-]*))?$/.exec(arn) ?? []
    if (partition === undefined || region === undefined || account === undefined || name === undefined)
      throw new Error(`'${arn}' is not the ARN of a machine or of its alias: give the output StartArn of the stack of the pipeline`)
    const of = (resource: string) =>
      Arn.format({ partition, region, account, service: 'states', resource, resourceName: name, arnFormat: ArnFormat.COLON_RESOURCE_NAME })
    this.startArn = arn
    this.machineArn = of('stateMachine')
    this.#alias = alias
    this.#machine = sfn.StateMachine.fromStateMachineArn(this, 'Machine', this.machineArn)
    this.#executions = of('execution')
  }

  grantStart(grantee: iam.IGrantable): void {
    grantAll(grantee, startRuns(this.#machine.stateMachineArn, this.#executions, this.#alias))
  }

  metricOfRuns(name: RunMetric, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return runMetric(this.#machine, name, Duration.minutes(5)).with(options)
  }
}
