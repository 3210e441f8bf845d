/** Alarms of a pipeline, each with its meaning. Topics are notified when an alarm goes off and when it ends; of a failed run by a message of its own. */
import { createHash } from 'node:crypto'
import { Annotations, Duration } from 'aws-cdk-lib'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import type { Alert, Definition } from '#language/definition/definition.ts'
import { START_WAIT } from '#core/task/metrics.ts'
import { ownMetric, runMetric } from './metrics.ts'
import type { Starts } from './starts.ts'

export interface AlarmsProps {
  readonly definition: Definition
  readonly service: string
  readonly machine: IStateMachine
  readonly starts: Starts | undefined
  /** ARNs of the topics to notify. */
  readonly topics: readonly string[]
}

type Threshold = Pick<cloudwatch.AlarmProps, 'threshold' | 'comparisonOperator' | 'evaluationPeriods' | 'treatMissingData'>

const { GREATER_THAN_OR_EQUAL_TO_THRESHOLD, GREATER_THAN_THRESHOLD, LESS_THAN_THRESHOLD } = cloudwatch.ComparisonOperator
const { NOT_BREACHING, BREACHING } = cloudwatch.TreatMissingData

const reaches = (threshold: number): Threshold => ({
  threshold,
  comparisonOperator: GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  evaluationPeriods: 1,
  treatMissingData: NOT_BREACHING,
})
const exceeds = (threshold: number): Threshold => ({ ...reaches(threshold), comparisonOperator: GREATER_THAN_THRESHOLD })
const fallsBelow = (threshold: number): Threshold => ({ ...reaches(threshold), comparisonOperator: LESS_THAN_THRESHOLD })

const OPERATORS: { readonly [Comparison in Alert['comparison']]: cloudwatch.ComparisonOperator } = {
  greater_than: GREATER_THAN_THRESHOLD,
  at_least: GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  less_than: LESS_THAN_THRESHOLD,
  at_most: cloudwatch.ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
}

/** Names that differ only in signs or at their end have different ids. */
const idOf = (name: string) =>
  `${name.replace(/[^A-Za-z0-9]/g, '').slice(0, 40)}${createHash('sha256').update(name).digest('hex').slice(0, 6)}`

const MINUTE = Duration.minutes(1)
const FIVE_MINUTES = Duration.minutes(5)
const HALF_AN_HOUR = Duration.minutes(30)
const DAY = Duration.days(1)

export class Alarms extends Construct {
  readonly all: readonly cloudwatch.Alarm[]
  readonly #props: AlarmsProps

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id)
    this.#props = props
    const { definition, service, machine } = props
    const { sla, min_quality, max_error_rate, expect_every } = definition.monitoring
    this.all = [
      // the message of the run itself says more (failure-notice.ts): these two alarms send none
      this.silent('Failed', 'a run failed', runMetric(machine, 'ExecutionsFailed', MINUTE), reaches(1)),
      this.alarm(
        'InPart',
        'a run published its output, but completed in part: too many bad rows, lost values, or a step that failed; see siftstep show',
        ownMetric(service, 'RunsInPart', FIVE_MINUTES),
        reaches(1),
      ),
      this.silent(
        'TimedOut',
        `a run was ended because it took longer than ${definition.timeout} s`,
        runMetric(machine, 'ExecutionsTimedOut', MINUTE),
        reaches(1),
      ),
      ...(max_error_rate === undefined
        ? []
        : [
            this.alarm(
              'ErrorRate',
              `more than ${Number((max_error_rate * 100).toFixed(3))} % of the runs of a day failed`,
              failedShare(machine),
              exceeds(max_error_rate),
            ),
          ]),
      ...(sla === undefined
        ? []
        : [
            this.alarm(
              'Late',
              `a run took longer than ${sla} s`,
              runMetric(machine, 'ExecutionTime', MINUTE, 'Maximum'),
              exceeds(sla * 1000),
            ),
          ]),
      ...(min_quality === undefined
        ? []
        : [
            this.alarm(
              'Quality',
              `the quality score of a run is below ${min_quality}`,
              ownMetric(service, 'QualityScore', FIVE_MINUTES, 'Minimum'),
              fallsBelow(min_quality),
            ),
          ]),
      ...definition.monitoring.alerts.map((alert) => this.ofAlert(alert)),
      ...(expect_every === undefined ? [] : this.heartbeat(expect_every)),
      ...this.ofStarts(),
    ]
  }

  private silent(id: string, means: string, metric: cloudwatch.IMetric, threshold: Threshold): cloudwatch.Alarm {
    const { service, definition } = this.#props
    const owner = definition.owner === undefined ? '' : ` Owner: ${definition.owner}.`
    return new cloudwatch.Alarm(this, id, { ...threshold, metric, alarmDescription: `${service}: ${means}.${owner}` })
  }

  private alarm(id: string, means: string, metric: cloudwatch.IMetric, threshold: Threshold): cloudwatch.Alarm {
    const { topics } = this.#props
    const alarm = this.silent(id, means, metric, threshold)
    alarm.addAlarmAction(...topics.map((alarmActionArn) => ({ bind: () => ({ alarmActionArn }) })))
    alarm.addOkAction(...topics.map((alarmActionArn) => ({ bind: () => ({ alarmActionArn }) })))
    return alarm
  }

  private ofAlert({ name, metric, threshold, comparison, severity }: Alert): cloudwatch.Alarm {
    const { service, machine } = this.#props
    const lowest = comparison === 'less_than' || comparison === 'at_most'
    const statistic = lowest ? 'Minimum' : 'Maximum'
    const metrics: { readonly [Name in Alert['metric']]: () => cloudwatch.IMetric } = {
      failed_runs: () => runMetric(machine, 'ExecutionsFailed', FIVE_MINUTES),
      error_rate: () => ownMetric(service, 'ErrorRate', FIVE_MINUTES, statistic),
      duration: () => runMetric(machine, 'ExecutionTime', FIVE_MINUTES, statistic),
      quality_score: () => ownMetric(service, 'QualityScore', FIVE_MINUTES, statistic),
    }
    // Step Functions measures milliseconds
    const limit = metric === 'duration' ? threshold * 1000 : threshold
    const words = `${metric} ${comparison.replaceAll('_', ' ')} ${threshold}${metric === 'duration' ? ' s' : ''}`
    return this.alarm(`Alert${idOf(name)}`, `${name} (${severity}): ${words}`, metrics[metric](), {
      ...reaches(limit),
      comparisonOperator: OPERATORS[comparison],
    })
  }

  /** No run succeeded within the expected interval plus one period, so that a run of usual length can finish. */
  private heartbeat(seconds: number): readonly cloudwatch.Alarm[] {
    // CloudWatch evaluates one day of periods below an hour, and seven days of longer ones
    const period = seconds <= 6 * 3600 ? FIVE_MINUTES : Duration.hours(1)
    const periods = Math.ceil(seconds / period.toSeconds()) + 1
    if (periods * period.toSeconds() > 7 * 86_400) {
      Annotations.of(this).addWarningV2(
        'siftstep:heartbeat',
        `${this.#props.definition.id}: monitoring.expect_every is ${seconds} s, but CloudWatch evaluates at most seven days: no alarm for missing runs`,
      )
      return []
    }
    const metric = runMetric(this.#props.machine, 'ExecutionsSucceeded', period)
    const hours = (periods * period.toSeconds()) / 3600
    const threshold = { ...fallsBelow(1), evaluationPeriods: periods, treatMissingData: BREACHING }
    return [this.alarm('Heartbeat', `no run succeeded for ${Number(hours.toFixed(2))} h`, metric, threshold)]
  }

  private ofStarts(): readonly cloudwatch.Alarm[] {
    const { starts, definition, service } = this.#props
    if (starts === undefined) return []
    const dead = starts.dead.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES, statistic: 'Maximum' })
    // a waiting message is redelivered within eleven minutes, and reported each time
    const wait = ownMetric(service, START_WAIT, HALF_AN_HOUR, 'Maximum')
    return [
      this.alarm('DeadStarts', 'a message could not start a run: see the dead-letter queue', dead, reaches(1)),
      ...(definition.concurrency.max_active_runs === undefined
        ? []
        : [
            this.alarm(
              'StartsWait',
              'a message has waited two hours to start a run: too many concurrent runs, or an unreadable message',
              wait,
              exceeds(7200),
            ),
          ]),
    ]
  }
}

/** Share of failed runs among those that ended, over a day; 0 if none ended. */
function failedShare(machine: IStateMachine): cloudwatch.MathExpression {
  const bad = 'FILL(failed, 0) + FILL(timed_out, 0)'
  return new cloudwatch.MathExpression({
    label: 'failed runs',
    expression: `(${bad}) / (${bad} + FILL(succeeded, 0))`,
    usingMetrics: {
      failed: runMetric(machine, 'ExecutionsFailed', DAY),
      timed_out: runMetric(machine, 'ExecutionsTimedOut', DAY),
      succeeded: runMetric(machine, 'ExecutionsSucceeded', DAY),
    },
    period: DAY,
  })
}
