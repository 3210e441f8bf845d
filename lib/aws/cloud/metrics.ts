/** Metrics of a pipeline: from Step Functions, and from its own tasks. */
import type { Duration } from 'aws-cdk-lib'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import { METRICS_NAMESPACE, type START_WAIT, type TaskMetric } from '#core/task/metrics.ts'

/** Runs of the machine, through any alias; children of distributed maps do not count. */
export type RunMetric =
  | 'ExecutionsStarted'
  | 'ExecutionsSucceeded'
  | 'ExecutionsFailed'
  | 'ExecutionsTimedOut'
  | 'ExecutionsAborted'
  | 'ExecutionTime'

export function runMetric(machine: IStateMachine, metricName: RunMetric, period: Duration, statistic = 'Sum'): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/States',
    metricName,
    dimensionsMap: { StateMachineArn: machine.stateMachineArn },
    period,
    statistic,
  })
}

/** Written by `lib/aws/lambda/lambda.ts` and `lib/aws/lambda/start.ts`. */
export function ownMetric(
  service: string,
  metricName: TaskMetric | typeof START_WAIT,
  period: Duration,
  statistic = 'Sum',
): cloudwatch.Metric {
  return new cloudwatch.Metric({ namespace: METRICS_NAMESPACE, metricName, dimensionsMap: { service }, period, statistic })
}
