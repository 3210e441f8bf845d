/**
 * Starts of runs: the schedule and the rules send events to one queue, and a function receives them and starts runs. A message that
 * cannot be handled stays in the queue and ends in the dead-letter queue, which has an alarm.
 */
import { Aws, Duration } from 'aws-cdk-lib'
import * as events from 'aws-cdk-lib/aws-events'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import type * as logs from 'aws-cdk-lib/aws-logs'
import * as scheduler from 'aws-cdk-lib/aws-scheduler'
import * as sqs from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { Definition, Schedule } from '#language/definition/definition.ts'
import type { Architecture } from '#aws/lambda/artifacts.ts'
import { eventPatternOf } from '#run/starts/index.ts'
import { START_ENVIRONMENT } from '#aws/lambda/start.ts'
import { scheduleExpression, startOf } from '#run/starts/schedule-expression.ts'
import { longestWait, machineIn, type MachineOf, startSettingsOf } from '#run/starts/settings.ts'
import type { StoreBucket } from './data-bucket.ts'
import { LIVE, type Machine } from './machine.ts'
import { architectureOf, functionCode } from './native-layer.ts'
import {
  neverStartOneself,
  keepStartState,
  startRuns,
  takeStarts,
  sendDueTimes,
  TRACE,
  USE_NETWORK,
  useKeys,
  writeLogs,
} from './permissions.ts'
import type { Network } from './network.ts'
import type { PipelineRoles } from './pipeline-props.ts'
import { roleWith, unchanged } from './roles.ts'

export interface StartsProps {
  readonly definition: Definition
  readonly service: string
  readonly machine: Machine
  readonly bucket: StoreBucket
  readonly architecture: Architecture
  readonly logGroup: logs.ILogGroup
  readonly logLevel: string
  readonly network: Network | undefined
  readonly roles: PipelineRoles
  /** ARNs of the machines of the pipelines that triggers wait for, by their ids. */
  readonly machines: { readonly [pipeline: string]: string }
  /** Earlier times are past: EventBridge Scheduler accepts no start date in the past. */
  readonly now: Date
}

/** Timeout of the function for one batch, in seconds. */
const TIMEOUT = 60
/** Visibility timeout of a message, in seconds: Lambda recommends six times that of the function, plus the wait. Then it is redelivered. */
const hidden = (wait: number) => 6 * TIMEOUT + wait
/** Days a message is kept, the maximum: a message may wait long for its turn. */
const KEPT = Duration.days(14)
/**
 * Maximum number of deliveries of a message: reached soon for a bad message, after days for one that waits its turn, or catches up
 * missed times one part per delivery. SQS allows at most 1000.
 */
const tellings = ({ schedule, concurrency }: Definition) =>
  concurrency.max_active_runs !== undefined || schedule?.catchup === true ? 1000 : 10
/** Maximum bytes of all environment variables of a function. Source: Lambda developer guide, "Lambda quotas". */
const MAX_VARIABLES = 4096

/** Maximum bytes of the ARN of a machine, whose name has at most 80 characters. */
const MAX_ARN = 150

/** Maximum characters of the pattern of a rule, unless AWS has raised the quota. Source: EventBridge user guide, "Quotas". */
const MAX_PATTERN_LENGTH = 2048

export const startsByItself = ({ schedule, triggers }: Pick<Definition, 'schedule' | 'triggers'>) =>
  schedule !== undefined || triggers.length > 0

export class Starts extends Construct {
  readonly queue: sqs.Queue
  readonly dead: sqs.Queue
  readonly fn: lambda.Function

  constructor(scope: Construct, id: string, props: StartsProps) {
    super(scope, id)
    const { definition } = props
    const wait = longestWait(definition)
    const closed = { encryption: sqs.QueueEncryption.SQS_MANAGED, enforceSSL: true, retentionPeriod: KEPT }
    this.dead = new sqs.Queue(this, 'Dead', closed)
    this.queue = new sqs.Queue(this, 'Queue', {
      ...closed,
      visibilityTimeout: Duration.seconds(hidden(wait)),
      deadLetterQueue: { queue: this.dead, maxReceiveCount: tellings(definition) },
    })
    this.fn = this.starter(props)
    this.feed(wait)
    if (definition.schedule !== undefined) this.moments(definition.schedule, props)
    this.rules(definition, machineIn(props))
  }

  private starter({
    definition,
    service,
    machine,
    bucket,
    architecture,
    logGroup,
    logLevel,
    network,
    roles,
    machines,
  }: StartsProps): lambda.Function {
    const settings = JSON.stringify(startSettingsOf(definition, Object.keys(machines).length === 0 ? undefined : machines))
    // an ARN is longer than what stands for it until it is known
    if (Buffer.byteLength(settings) > MAX_VARIABLES - 500 - Object.keys(machines).length * MAX_ARN) {
      throw new Error(
        `${definition.id}: schedule and triggers are ${Buffer.byteLength(settings)} bytes long; the variables of a function hold at most ${MAX_VARIABLES}: use fewer triggers, or shorter filters`,
      )
    }
    const { stateMachineArn } = machine.machine
    const permissions = [
      writeLogs(logGroup.logGroupArn),
      TRACE,
      takeStarts(this.queue.queueArn),
      ...keepStartState(bucket.arn, definition.id),
      ...useKeys(bucket.key === undefined ? [] : [bucket.key]),
      ...neverStartOneself(Aws.PARTITION, definition.triggers),
      ...startRuns(stateMachineArn, machine.executions, machine.alias === undefined ? undefined : LIVE),
      ...(network === undefined ? [] : [USE_NETWORK]),
    ]
    const role = roleWith(this, 'Role', 'lambda.amazonaws.com', `starts runs of ${definition.id}`, permissions, roles.start)
    return new lambda.Function(this, 'Function', {
      description: `${service}: starts runs`,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: architectureOf(architecture),
      handler: 'index.handler',
      code: functionCode(this, { name: 'start', arch: architecture, engine: false, assets: [] }),
      role: unchanged(this, 'FunctionRole', role),
      ...network,
      memorySize: 512,
      timeout: Duration.seconds(TIMEOUT),
      tracing: lambda.Tracing.ACTIVE,
      logGroup,
      environment: {
        [START_ENVIRONMENT.bucket]: bucket.name,
        [START_ENVIRONMENT.service]: service,
        [START_ENVIRONMENT.machine]: machine.startArn,
        [START_ENVIRONMENT.starts]: settings,
        POWERTOOLS_LOG_LEVEL: logLevel,
      },
      // two at once would each count the running executions before the other starts one
      ...(definition.concurrency.max_active_runs === undefined ? {} : { reservedConcurrentExecutions: 1 }),
    })
  }

  private feed(wait: number): void {
    new lambda.CfnEventSourceMapping(this, 'Feed', {
      eventSourceArn: this.queue.queueArn,
      functionName: this.fn.functionName,
      // messages handled together start one run if a trigger collects them
      batchSize: wait > 0 ? 1000 : 10,
      maximumBatchingWindowInSeconds: wait,
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig: { maximumConcurrency: 2 },
    })
  }

  private moments(schedule: Schedule, { definition, now, roles }: StartsProps): void {
    const permissions = [sendDueTimes([this.queue.queueArn, this.dead.queueArn])]
    const what = `sends the scheduled times of ${definition.id}`
    const role = roleWith(this, 'ScheduleRole', 'scheduler.amazonaws.com', what, permissions, roles.schedule)
    const start = startOf(schedule)
    new scheduler.CfnSchedule(this, 'Schedule', {
      description: `starts ${definition.id}`,
      scheduleExpression: scheduleExpression(schedule),
      scheduleExpressionTimezone: schedule.timezone,
      ...(start === undefined || start <= now ? {} : { startDate: start.toISOString() }),
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: this.queue.queueArn,
        roleArn: role.roleArn,
        input: JSON.stringify({ type: 'schedule', scheduled_time: '<aws.scheduler.scheduled-time>' }),
        deadLetterConfig: { arn: this.dead.queueArn },
      },
    })
  }

  private rules({ id, triggers }: Definition, machineOf: MachineOf): void {
    if (triggers.length === 0) return
    const rules = triggers.map((trigger, at) => {
      const eventPattern = eventPatternOf(trigger, machineOf)
      const { length } = JSON.stringify(eventPattern)
      if (length > MAX_PATTERN_LENGTH)
        throw new Error(
          `${id}: the pattern of trigger ${at + 1} is ${length} characters long; EventBridge allows ${MAX_PATTERN_LENGTH}: shorten its filter_criteria`,
        )
      return new events.CfnRule(this, `Trigger${at + 1}`, {
        description: `starts ${id}`,
        eventPattern,
        targets: [{ id: 'Starts', arn: this.queue.queueArn, deadLetterConfig: { arn: this.dead.queueArn } }],
      })
    })
    const ruleArns = rules.map(({ attrArn }) => attrArn)
    for (const queue of [this.queue, this.dead]) allowEvents(queue, ruleArns)
  }
}

/** Lets only these EventBridge rules send messages to a queue. */
function allowEvents(queue: sqs.Queue, rules: readonly string[]): void {
  queue.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'TellEvents',
      actions: ['sqs:SendMessage'],
      principals: [new iam.ServicePrincipal('events.amazonaws.com')],
      resources: [queue.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': rules } },
    }),
  )
}
