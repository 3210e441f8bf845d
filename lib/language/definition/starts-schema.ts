/** The shape of what starts runs by itself, of what is watched, and of who is told. */
import * as z from 'zod'
import type { Json } from '#core/json.ts'
import { duration, toSeconds } from '#steps/kind/fields.ts'
import { bucket, date, email, share, wholeSeconds } from './atoms.ts'

/** Any value; what it may be is judged elsewhere. */
const json: z.ZodType<Json> = z.unknown() as never

/** Keys other tools have here, or the language will, that this version does not. */
const NOT_YET = {
  schedule: 'end_date depends_on_past'.split(' '),
  monitoring: 'metrics tracing alerts health'.split(' '),
  logs: 'structured correlation_id sampling_rate'.split(' '),
  notifications: 'on_success on_retry on_start on_partial'.split(' '),
  email: 'subject html text include cc'.split(' '),
}

/** The queue that gathers events waits no longer. Source: Lambda developer guide, `MaximumBatchingWindowInSeconds`. */
const MAX_DEBOUNCE = 300

/** What CloudWatch Logs can keep. Source: CloudWatch Logs API reference, PutRetentionPolicy. */
const RETENTIONS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653] as const

const startInputs = z.record(z.string(), json)

export const schedule = z.union([
  z.string().min(1).describe('A cron expression of five fields, in UTC.'),
  z
    .strictObject({
      cron: z.string().min(1).optional().describe('Five fields: minute, hour, day of the month, month, day of the week.'),
      every: duration
        .refine((value) => toSeconds(value) >= 60 && toSeconds(value) % 60 === 0, { error: 'whole minutes are needed here, at least one' })
        .optional()
        .describe('The time from one start to the next.'),
      timezone: z.string().min(1).default('UTC').describe('The time zone of `cron` and `start_date`, such as Europe/Zurich.'),
      start_date: date.optional().describe('Nothing starts before this day.'),
      catchup: z.boolean().default(false).describe('Whether moments that were missed are made up for.'),
      inputs: startInputs.default({}).describe('The inputs of a run; `{{ ds }}` and `{{ ts }}` read its moment.'),
    })
    .meta({ title: 'schedule', unsupported: NOT_YET.schedule }),
])

/** A part of a key, not a pattern of one. */
const keyPart = z
  .string()
  .min(1)
  .refine((value) => !/[*?]/.test(value), { error: 'write the characters themselves: there are no wildcards here' })

const s3Trigger = z
  .strictObject({
    type: z.literal('s3').describe('An object was uploaded.'),
    bucket: bucket.describe('The bucket it is uploaded to.'),
    prefix: keyPart
      .refine((value) => !value.startsWith('/'), { error: 'keys do not start with a `/`' })
      .optional()
      .describe('How its key must begin; any when absent.'),
    suffix: keyPart.optional().describe('How its key must end; any when absent.'),
    debounce: wholeSeconds
      .refine((value) => toSeconds(value) <= MAX_DEBOUNCE, {
        error: `at most ${MAX_DEBOUNCE / 60}m: events are not held back longer`,
      })
      .optional()
      .describe('How long to wait for more uploads before anything starts.'),
    dedupe: z
      .enum(['etag', 'none'])
      .default('etag')
      .describe('etag: the same content under the same key starts one run; none: every upload starts one.'),
    inputs: startInputs.default({}).describe('The inputs of the run; `{{ event.uri }}` and others read the upload.'),
  })
  .meta({ title: 's3 trigger' })

const texts = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)])

const eventTrigger = z
  .strictObject({
    type: z.literal('event').describe('An event on the default bus of EventBridge.'),
    event_type: texts.describe('Its detail-type, or several.'),
    source: texts.optional().describe('Who sends it, one or several; anybody when absent.'),
    filter_criteria: z.record(z.string(), json).optional().describe('What else must hold, as an EventBridge pattern.'),
    inputs: startInputs.optional().describe('The inputs of the run; `{{ event.detail.… }}` reads the event.'),
    params: startInputs.optional().describe('Another name of `inputs`.'),
  })
  .meta({ title: 'event trigger' })

export const triggers = z.array(z.discriminatedUnion('type', [s3Trigger, eventTrigger])).max(20)

export const monitoring = z
  .strictObject({
    sla: wholeSeconds.optional().describe('How long a run may take.'),
    expect_every: wholeSeconds.optional().describe('The time within which a run must succeed.'),
    min_quality: share.optional().describe('The least quality score.'),
    max_error_rate: share.optional().describe('The share of runs that may fail.'),
    logs: z
      .strictObject({
        level: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']).default('INFO').describe('The least important lines that are written.'),
        retention_days: z.literal(RETENTIONS).default(30).describe('How many days they are kept.'),
      })
      .meta({ title: 'logs', unsupported: NOT_YET.logs })
      .prefault({})
      .describe('What is logged, and for how long.'),
  })
  .meta({ title: 'monitoring', unsupported: NOT_YET.monitoring })

export const notifications = z
  .strictObject({
    on_failure: z
      .strictObject({
        type: z.literal('email').describe('How: by e-mail.'),
        to: z.array(email).min(1).describe('The addresses.'),
      })
      .meta({ title: 'email notification', unsupported: NOT_YET.email })
      .optional()
      .describe('Who is told when a run fails, or an alarm goes off.'),
  })
  .meta({ title: 'notifications', unsupported: NOT_YET.notifications })

export type ScheduleFields = z.infer<typeof schedule>
export type TriggerFields = z.infer<typeof triggers>[number]
