/** The schema of schedule, triggers, monitoring and notifications. */
import * as z from 'zod'
import type { Json } from '#core/json.ts'
import { CHANNELS } from '#steps/kind/channels.ts'
import { duration, runDuration, toSeconds } from '#steps/kind/fields.ts'
import { activeRuns, bucket, date, id, share, wholeSeconds } from './atoms.ts'

/** Any value; it is checked elsewhere. */
const json: z.ZodType<Json> = z.unknown() as never

/** Keys of other tools or of later versions that this version does not support. */
const NOT_YET = {
  schedule: ['end_date'],
  monitoring: ['health'],
  notifications: 'on_start on_partial'.split(' '),
}

/** Longest wait of the queue that collects events. Source: Lambda developer guide, `MaximumBatchingWindowInSeconds`. */
const MAX_DEBOUNCE = 300

/** Retentions that CloudWatch Logs supports. Source: CloudWatch Logs API reference, PutRetentionPolicy. */
const RETENTIONS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653] as const

const startInputs = z.record(z.string(), json)

export const schedule = z.union([
  z.string().min(1).describe('A cron expression of five fields, in UTC.'),
  z
    .strictObject({
      cron: z.string().min(1).optional().describe('Five fields: minute, hour, day of the month, month, day of the week.'),
      every: runDuration
        .refine((value) => toSeconds(value) >= 60 && toSeconds(value) % 60 === 0, { error: 'must be whole minutes, at least 1' })
        .optional()
        .describe('Time from one start to the next.'),
      timezone: z.string().min(1).default('UTC').describe('The time zone of `cron` and `start_date`, such as Europe/Zurich.'),
      start_date: date.optional().describe('No run starts before this day.'),
      catchup: z.boolean().default(false).describe('Whether missed runs are started later.'),
      depends_on_past: z
        .boolean()
        .optional()
        .describe('Whether a scheduled run starts only when the run of the date before is good (default: false). Not on AWS.'),
      max_active_runs: activeRuns,
      inputs: startInputs.default({}).describe('The inputs of a run; `{{ ds }}` and `{{ ts }}` read its scheduled time.'),
    })
    .meta({ title: 'schedule', unsupported: NOT_YET.schedule }),
])

/** A literal part of a key, not a pattern. */
const keyPart = z
  .string()
  .min(1)
  .refine((value) => !/[*?]/.test(value), { error: 'wildcards are not supported here' })

const s3Trigger = z
  .strictObject({
    type: z.literal('s3').describe('An object was uploaded.'),
    bucket: bucket.describe('The bucket it is uploaded to.'),
    prefix: keyPart
      .refine((value) => !value.startsWith('/'), { error: 'keys do not start with `/`' })
      .optional()
      .describe('Prefix of the key (default: any).'),
    suffix: keyPart.optional().describe('Suffix of the key (default: any).'),
    debounce: wholeSeconds
      .refine((value) => toSeconds(value) <= MAX_DEBOUNCE, {
        error: `at most ${MAX_DEBOUNCE / 60}m: longer waits are not supported`,
      })
      .optional()
      .describe('How long to wait for more uploads before a run starts.'),
    dedupe: z
      .enum(['etag', 'none'])
      .default('etag')
      .describe('`etag`: the same content under the same key starts one run. `none`: every upload starts a run.'),
    inputs: startInputs.default({}).describe('The inputs of the run; `{{ event.uri }}` and other names read the upload.'),
  })
  .meta({ title: 's3 trigger' })

const texts = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)])

const eventTrigger = z
  .strictObject({
    type: z.literal('event').describe('An event on the default bus of EventBridge.'),
    event_type: texts.describe('Its detail-type, or several.'),
    source: texts.optional().describe('Its source, or several (default: any).'),
    filter_criteria: z.record(z.string(), json).optional().describe('Further conditions, as an EventBridge pattern.'),
    inputs: startInputs.optional().describe('The inputs of the run; `{{ event.detail.… }}` reads the event.'),
    params: startInputs.optional().describe('Another name for `inputs`.'),
  })
  .meta({ title: 'event trigger' })

/** How a run ends that starts another pipeline. */
const AWAITED_STATUSES = ['succeeded', 'failed', 'finished'] as const

const pipelineTrigger = z
  .strictObject({
    type: z.literal('pipeline').describe('A run of another pipeline has ended.'),
    pipeline: id.describe('The id of the other pipeline.'),
    status: z
      .enum(AWAITED_STATUSES)
      .default('succeeded')
      .describe('How it ended: `succeeded` (its output is published, also in part), `failed`, or `finished` (either).'),
    inputs: startInputs.default({}).describe('The inputs of the run; `{{ event.output }}` and other names read the run that ended.'),
  })
  .meta({ title: 'pipeline trigger' })

export const triggers = z.array(z.discriminatedUnion('type', [s3Trigger, eventTrigger, pipelineTrigger])).max(20)

/** What `monitoring.metrics` can name. */
export const METRIC_NAMES = ['execution_time', 'success_rate', 'data_volume', 'error_count', 'resource_usage'] as const
export const ALERT_METRICS = ['failed_runs', 'error_rate', 'duration', 'quality_score'] as const
export const COMPARISONS = ['greater_than', 'at_least', 'less_than', 'at_most'] as const
export const SEVERITIES = ['info', 'warning', 'error', 'critical'] as const

const alert = z
  .strictObject({
    name: z.string().min(1).max(100).describe('The name of the alert.'),
    metric: z
      .enum(ALERT_METRICS)
      .describe('What is compared: failed runs, the share of rows in quarantine, the duration of the run, or its quality score.'),
    threshold: z.union([z.number().min(0), duration, share]).describe('The limit: a number, a share such as 5%, or for `duration` a time.'),
    comparison: z
      .enum(COMPARISONS)
      .optional()
      .describe('When it is raised (default: `less_than` for quality_score, `at_least` for failed_runs, else `greater_than`).'),
    severity: z.enum(SEVERITIES).default('warning').describe('How serious it is.'),
  })
  .meta({ title: 'alert' })

export const monitoring = z
  .strictObject({
    sla: wholeSeconds.optional().describe('Time within which a run must finish.'),
    expect_every: wholeSeconds.optional().describe('Time within which a run must succeed.'),
    min_quality: share.optional().describe('Minimum quality score.'),
    max_error_rate: share.optional().describe('Maximum share of failed runs.'),
    metrics: z
      .array(z.enum(METRIC_NAMES))
      .min(1)
      .optional()
      .describe('Metrics that a run on this machine writes to `metrics.prom`, in the format of Prometheus; CloudWatch has all of them.'),
    tracing: z
      .strictObject({ exporter: z.literal('otlp').describe('OpenTelemetry over HTTP.') })
      .meta({ title: 'tracing' })
      .optional()
      .describe('Traces of runs on this machine, sent to OTEL_EXPORTER_OTLP_ENDPOINT; on AWS, X-Ray has them.'),
    alerts: z.array(alert).max(50).default([]).describe('Alerts: alarms on AWS, and checked at the end of a run on this machine.'),
    logs: z
      .strictObject({
        level: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']).default('INFO').describe('Lowest level that is logged.'),
        structured: z.literal(true).optional().describe('Log lines are JSON; they always are on AWS.'),
        correlation_id: z.literal(true).optional().describe('Every line has the id of the run; it always has on AWS.'),
        sampling_rate: z
          .number()
          .min(0)
          .max(1)
          .optional()
          .describe('Share of the runs whose lines below WARN are logged on AWS (default: 1); failures are always logged.'),
        retention_days: z.literal(RETENTIONS).default(30).describe('Days to keep the logs.'),
      })
      .meta({ title: 'logs' })
      .prefault({})
      .describe('What is logged, and for how long.'),
  })
  .meta({ title: 'monitoring', unsupported: NOT_YET.monitoring })

const channels = CHANNELS.map((kind) =>
  z.strictObject({
    type: z.literal(kind.name).describe(kind.summary),
    ...Object.fromEntries(
      Object.entries(kind.settings).map(([name, schema]) => [name, schema.optional().describe(schema.description ?? '')]),
    ),
  }),
)

const channel = z.discriminatedUnion('type', channels as unknown as readonly [(typeof channels)[number]]).meta({ title: 'channel' })

/** One channel, several, or none. */
const receivers = z.union([channel, z.array(channel).min(1), z.literal('none')]) as unknown as z.ZodType<Json>

export const notifications = z
  .strictObject({
    on_success: receivers.optional().describe('Who is notified when a run has published its output, also in part.'),
    on_failure: receivers.optional().describe('Who is notified when a run has failed; on AWS the mail addresses also get alarms.'),
    on_quality: receivers
      .optional()
      .describe(
        'Who is notified when a run completed in part, failed for the quality of its data, or has a score below `monitoring.min_quality`.',
      ),
    on_retry: receivers.optional().describe('Who is notified at the end of a run in which tasks were tried again.'),
  })
  .meta({ title: 'notifications', unsupported: NOT_YET.notifications })

export type ScheduleFields = z.infer<typeof schedule>
export type TriggerFields = z.infer<typeof triggers>[number]
