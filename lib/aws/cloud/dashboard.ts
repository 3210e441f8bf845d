/** The dashboard of a pipeline: alarms, runs, rows, tasks, and recent errors. */
import { Duration } from 'aws-cdk-lib'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import type * as logs from 'aws-cdk-lib/aws-logs'
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import type { Construct } from 'constructs'
import type { Definition } from '#language/definition/definition.ts'
import { type RunMetric, runMetric, ownMetric } from './metrics.ts'
import type { Starts } from './starts.ts'

export interface DashboardProps {
  readonly definition: Definition
  readonly service: string
  readonly machine: IStateMachine
  readonly functions: readonly lambda.Function[]
  readonly starts: Starts | undefined
  readonly alarms: readonly cloudwatch.Alarm[]
  readonly logGroup: logs.ILogGroup
}

const HOUR = Duration.hours(1)
const FIVE_MINUTES = Duration.minutes(5)
const [THIRD, HALF, WHOLE] = [8, 12, 24]

export function dashboard(scope: Construct, id: string, props: DashboardProps): cloudwatch.Dashboard {
  const { definition, service, machine, functions, starts, alarms, logGroup } = props
  const runs = (name: RunMetric) => runMetric(machine, name, HOUR)
  const { sla, min_quality } = definition.monitoring
  const line = (value: number | undefined, label: string) => (value === undefined ? [] : [{ value, label }])
  return new cloudwatch.Dashboard(scope, id, {
    defaultInterval: Duration.days(7),
    widgets: [
      [
        new cloudwatch.TextWidget({ markdown: `# ${definition.name}\n${definition.description}`, width: HALF, height: 3 }),
        new cloudwatch.AlarmStatusWidget({ alarms: [...alarms], width: HALF, height: 3 }),
      ],
      [
        new cloudwatch.GraphWidget({
          title: 'Runs',
          left: [runs('ExecutionsSucceeded'), runs('ExecutionsFailed'), runs('ExecutionsTimedOut'), runs('ExecutionsAborted')],
          width: THIRD,
        }),
        new cloudwatch.GraphWidget({
          title: 'Duration of runs (ms)',
          left: [runMetric(machine, 'ExecutionTime', HOUR, 'Maximum')],
          leftAnnotations: line(sla === undefined ? undefined : sla * 1000, 'SLA'),
          width: THIRD,
        }),
        new cloudwatch.GraphWidget({
          title: 'Quality score',
          left: [ownMetric(service, 'QualityScore', HOUR, 'Minimum')],
          leftYAxis: { min: 0, max: 1 },
          leftAnnotations: line(min_quality, 'least'),
          width: THIRD,
        }),
      ],
      [
        new cloudwatch.GraphWidget({
          title: 'Rows',
          left: [ownMetric(service, 'RowsIn', HOUR), ownMetric(service, 'RowsOut', HOUR), ownMetric(service, 'RowsQuarantined', HOUR)],
          width: THIRD,
        }),
        new cloudwatch.GraphWidget({
          title: 'Tasks',
          left: [ownMetric(service, 'TaskErrors', HOUR), ownMetric(service, 'TaskRetries', HOUR), ownMetric(service, 'CallRetries', HOUR)],
          right: [ownMetric(service, 'TaskSeconds', HOUR, 'p95')],
          width: THIRD,
        }),
        new cloudwatch.GraphWidget({
          title: 'Functions',
          left: functions.map((fn) => fn.metric('ConcurrentExecutions', { period: FIVE_MINUTES, statistic: 'Maximum' })),
          right: functions.map((fn) => fn.metricThrottles({ period: FIVE_MINUTES })),
          width: THIRD,
        }),
      ],
      ...(starts === undefined ? [] : [[ofStarts(starts)]]),
      [
        new cloudwatch.LogQueryWidget({
          title: 'Recent errors',
          logGroupNames: [logGroup.logGroupName],
          queryLines: [
            'fields @timestamp, run, step, task, chunk, error.name, error.message',
            "filter level = 'ERROR'",
            'sort @timestamp desc',
            'limit 20',
          ],
          width: WHOLE,
        }),
      ],
    ],
  })
}

const ofStarts = ({ queue, dead }: Starts) =>
  new cloudwatch.GraphWidget({
    title: 'Waiting and failed starts',
    left: [queue, dead].map((one) => one.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES, statistic: 'Maximum' })),
    width: WHOLE,
  })
