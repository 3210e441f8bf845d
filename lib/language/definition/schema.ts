/** The schema of a definition, except the settings of steps, which belong to their kinds. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import * as z from 'zod'
import type { Json } from '#core/json.ts'
import { HOST_ERRORS, TASK_ERRORS } from '#core/errors/errors.ts'
import { STEP_KINDS } from '#steps/index.ts'
import { duration, integer, size } from '#steps/kind/fields.ts'
import { activeRuns, id, share, tag, wholeSeconds } from './atoms.ts'
import { environments, lastSteps, onFailure } from './ends-schema.ts'
import { loop } from './loop-schema.ts'
import { stream } from './stream-schema.ts'
import { monitoring, notifications, schedule, triggers } from './starts-schema.ts'
import { tests } from './tests-schema.ts'

const INPUT_TYPES = ['string', 'integer', 'number', 'boolean', 'array', 'object'] as const

/** Any value; it is checked elsewhere. */
const json: z.ZodType<Json> = z.unknown() as never

/** When a step runs, by what became of the steps it depends on. */
const TRIGGER_RULES = ['all_success', 'none_failed', 'all_done', 'one_failed'] as const

/** Maximum number of entries in a list of steps; a state machine can hold about as many. */
export const MAX_STEPS = 1000

/** Names of errors of AWS Step Functions that are worth matching. */
const STATES_ERRORS = [
  'States.ALL',
  'States.TaskFailed',
  'States.Timeout',
  'States.HeartbeatTimeout',
  'States.Permissions',
  'States.ItemReaderFailed',
  'States.ResultWriterFailed',
  'States.ExceedToleratedFailureThreshold',
] as const

const TASK_ERROR_NAMES = Object.keys(TASK_ERRORS)
/** The errors of hosts have no category: `Lambda` would miss the errors of Lambda as a service, which `Transient` holds. */
const CATEGORIES = [
  ...new Set(TASK_ERROR_NAMES.filter((error) => !Object.hasOwn(HOST_ERRORS, error)).map((error) => error.split('.')[0] ?? error)),
]

/** Values of `retry.errors`: categories, names of task errors, and names of Step Functions. */
const RETRY_ERRORS: readonly [string, ...string[]] = ['SourceUnavailable', ...CATEGORIES, ...TASK_ERROR_NAMES, ...STATES_ERRORS]

/** Keys of the language or of other tools that this version does not support; listed so that they are not reported as typos. */
const NOT_YET = {
  step: 'uses action outputs tags'.split(' '),
  on_error: 'action fallback_value'.split(' '),
  defaults: 'on_error fuse'.split(' '),
  concurrency: 'max_parallel_runs'.split(' '),
}

export const inputDeclaration = z
  .strictObject({
    type: z.enum(INPUT_TYPES).describe('The type of the input.'),
    description: z.string().optional().describe('What it is for; shown if it is missing.'),
    required: z.boolean().optional().describe('Whether a run must set it; a required input has no default.'),
    default: json.optional().describe('The value if a run does not set it.'),
    enum: z.array(json).min(1).optional().describe('The only values allowed.'),
    minimum: z.number().optional().describe('The smallest number allowed.'),
    maximum: z.number().optional().describe('The largest number allowed.'),
  })
  .meta({ title: 'input' })

const retry = z
  .strictObject({
    errors: z
      .array(z.enum(RETRY_ERRORS).meta({ title: 'error name' }))
      .min(1)
      .optional()
      .describe('The errors to retry.'),
    max_attempts: z.int().min(0).max(1000).optional().describe('Number of retries; 0: none.'),
    interval: wholeSeconds.optional().describe('Wait before the first retry.'),
    backoff_rate: z.number().min(1).max(100).optional().describe('Factor by which the wait grows with each retry.'),
    max_delay: wholeSeconds.optional().describe('Longest wait.'),
    jitter: z.enum(['full', 'none']).optional().describe('`full`: wait a random part of the time, so that retries are spread.'),
  })
  .meta({ title: 'retry' })

const stepResources = z
  .strictObject({
    memory: size.optional().describe('Memory per task of the step.'),
    max_concurrency: z.int().min(1).max(10_000).optional().describe('Number of parallel tasks of the step.'),
  })
  .meta({ title: 'resources' })

const tier = z
  .strictObject({
    max_bytes: size.optional().describe('The tier applies below this amount of data; the last tier has none.'),
    workers: z.int().min(1).max(10_000).describe('Number of parallel tasks per step.'),
    distributed: z.boolean().default(false).describe('Whether chunks run as child executions.'),
  })
  .meta({ title: 'tier' })

const DEFAULT_TIERS = [
  { max_bytes: '1GB', workers: 1 },
  { max_bytes: '10GB', workers: 4 },
  { workers: 8, distributed: true },
]

const resources = z
  .strictObject({
    workers: integer(0, 10_000).default(0).describe('Number of parallel tasks per step; 0: chosen by `tiers` from the bytes to read.'),
    tiers: z.array(tier).min(1).prefault(DEFAULT_TIERS).describe('Workers by amount of data, smallest first.'),
    memory_limit: size.optional().describe("Memory for a whole local run (default: a share of the machine's memory)."),
    task_bytes: size.default('256MB').describe('Approximate bytes of consecutive chunks per task.'),
  })
  .meta({ title: 'resources' })

export const onError = z
  .strictObject({
    continue_on_error: z.boolean().optional().describe('Whether the pipeline continues if the step fails after all retries.'),
    retry_count: z.int().min(0).max(1000).optional().describe('The same as `retry: {max_attempts: …}` of the step.'),
    retry_delay: wholeSeconds.optional().describe('The same as `retry: {interval: …}` of the step.'),
    rows: z
      .enum(['quarantine', 'fail'])
      .optional()
      .describe(
        'What happens to a row that the step cannot accept. quarantine: it goes to quarantine with its reason, also where a rule of a validate step would fail the run. fail: one such row fails the step before anything is published.',
      ),
    max_bad_rows: share
      .optional()
      .describe(
        'Share of its rows that the step may quarantine (default: 5%). With more, the output is published and the run completes in part.',
      ),
    too_many_bad_rows: z
      .enum(['publish', 'fail'])
      .optional()
      .describe('With more than `max_bad_rows`: publish (default), or fail before anything is published.'),
    max_lost_values: share
      .optional()
      .describe(
        'Share of the values of a column that the step may make missing (default: 50%). With more, the output is published and the run completes in part.',
      ),
    fallback: z
      .array(z.record(z.string(), json))
      .min(1)
      .optional()
      .describe('Settings to try in order if the step fails; each is merged over `with`.'),
  })
  .refine((value) => value.rows !== 'fail' || value.max_bad_rows === undefined, {
    error: '`rows: fail` allows no bad rows: remove `max_bad_rows`, or write `too_many_bad_rows: fail` instead',
    path: ['max_bad_rows'],
  })
  .refine((value) => value.rows !== 'fail' || value.too_many_bad_rows !== 'publish', {
    error: '`rows: fail` fails before anything is published: remove `too_many_bad_rows`',
    path: ['too_many_bad_rows'],
  })
  .meta({ title: 'on_error', unsupported: NOT_YET.on_error })

/** A step, except its type and settings, which are checked separately. */
export const step = z
  .strictObject({
    id: id.describe('The id of the step, for other steps and the reports.'),
    name: z.string().min(1).optional().describe('A title (default: the id).'),
    description: z.string().optional().describe('What the step is for.'),
    depends_on: z
      .array(z.string())
      .optional()
      .describe('Steps that must end first (default: the previous step in the list; an empty list: none).'),
    condition: z
      .union([z.string().min(1), z.boolean()])
      .optional()
      .describe("Run the step only if this is true: `{{ data_type }} == 'customer'`."),
    trigger_rule: z
      .enum(TRIGGER_RULES)
      .optional()
      .describe(
        'When a step that sees no rows runs. all_success: no step it depends on has failed or was skipped. none_failed: none has failed. all_done: whatever became of them. one_failed: at least one has failed.',
      ),
    loop: loop.optional().describe('Run the step once for each item.'),
    retry: retry.optional().describe('Retries of a task that fails.'),
    on_error: onError.optional().describe('What to do if the step fails after all retries.'),
    timeout: wholeSeconds.optional().describe('Timeout of a task of the step.'),
    resources: stepResources.optional().describe('Memory and concurrency of the step.'),
    cache_results: z
      .boolean()
      .optional()
      .describe(
        '`false`: remove the rows that the step leaves for later steps when the run has succeeded (default: keep them in the run).',
      ),
    fuse: z.boolean().optional().describe('`false`: do not run the step in one pass with its neighbours.'),
    type: z.string().describe(`The kind of step: ${STEP_KINDS.map((kind) => kind.kind).join(', ')}.`),
    with: z.record(z.string(), json).optional().describe('The settings.'),
  })
  .meta({ title: 'step', unsupported: NOT_YET.step })

/** Parallel steps, which are checked one by one. */
export const parallel = z
  .strictObject({
    id: id.optional().describe('The id of the group, for `depends_on`.'),
    depends_on: z.array(z.string()).optional().describe('Steps that must end first.'),
    parallel: z.array(json).min(1).describe('Steps that run in parallel.'),
  })
  .meta({ title: 'parallel' })

/** A connection, except the settings of its type, which are checked separately. */
export const connection = z
  .looseObject({ type: z.string().min(1).describe('What it connects to: sqlite.') })
  .meta({ title: 'connection declaration' })

/** A definition, except its inputs and steps, which are checked one by one. */
export const top = z
  .strictObject({
    version: z.literal(1).describe('The version of the language: 1.'),
    id: id.describe('The id of the pipeline.'),
    name: z.string().min(1).optional().describe('A title (default: the id).'),
    description: z.string().optional().describe('What the pipeline is for.'),
    pipeline_version: z
      .string()
      .min(1)
      .max(60)
      .optional()
      .describe('Your own version of the pipeline, such as 1.4.0: reports, `show` and run records name it.'),
    inputs: z.record(z.string(), json).default({}).describe('The inputs of a run.'),
    config: z
      .union([z.record(z.string(), json), z.string().min(1)])
      .optional()
      .describe('Values for `${…}`, or the path of a YAML file with them.'),
    connections: z
      .record(z.string(), connection)
      .default({})
      .describe('Databases by name, for `{connection: …}` in the settings of steps.'),
    functions: z
      .record(z.string(), z.string().min(1))
      .default({})
      .describe('Files that stand for Lambda functions on this machine, by the names that lambda steps call.'),
    resources: resources.prefault({}).describe('Limits on workers and memory.'),
    defaults: z
      .strictObject({
        timeout: wholeSeconds.optional().describe('Timeout of a task (default: 15m).'),
        retry: retry.optional().describe('Retries of a task that fails.'),
        resources: stepResources.optional().describe('Memory and concurrency of a step.'),
        max_concurrency: z.int().min(1).max(10_000).optional().describe('The same as `resources.max_concurrency`.'),
        depends_on_past: z.boolean().optional().describe('The same as `schedule.depends_on_past`.'),
      })
      .meta({ title: 'defaults', unsupported: NOT_YET.defaults })
      .prefault({})
      .describe('Defaults for all steps.'),
    concurrency: z
      .strictObject({
        max_parallel_steps: z.int().min(1).max(1000).optional().describe('Largest number of steps that run in parallel.'),
        max_active_runs: activeRuns,
      })
      .meta({ title: 'concurrency', unsupported: NOT_YET.concurrency })
      .prefault({})
      .describe('Limits on what runs in parallel.'),
    state: z
      .strictObject({
        store: z.literal('auto').optional().describe('Where it is kept; auto: in the store of the runs.'),
        backend: z.literal('auto').optional().describe('The same as `store`.'),
        high_water_mark: z
          .strictObject({
            column: z.string().min(1).describe('The column of detect_changes steps that name none.'),
            lookback: duration.optional().describe('The lookback of detect_changes steps that give none.'),
          })
          .optional()
          .describe('What separates new rows from those of earlier runs, for detect_changes steps that do not say so.'),
        checkpoint: z.literal('per_chunk').optional().describe('When finished work is kept for a resume: after every chunk, as always.'),
      })
      .meta({ title: 'state' })
      .optional()
      .describe('State that steps keep from one run of the pipeline to the next.'),
    timeout: wholeSeconds.optional().describe('Timeout of a whole run (default: one day, and the timeouts of its sensors).'),
    owner: tag.optional().describe('Who is responsible for the pipeline.'),
    tags: z.array(tag).max(40).default([]).describe('Tags to find it by and to allocate costs.'),
    schedule: schedule.optional().describe('When runs start: a cron expression, or a mapping.'),
    triggers: triggers
      .default([])
      .describe('Events that start runs: uploads, the ends of runs of other pipelines, and events of EventBridge.'),
    monitoring: monitoring.prefault({}).describe('What is monitored once the pipeline is deployed.'),
    environments: environments.default({}).describe('Where `siftstep deploy --env NAME` deploys to, by name.'),
    notifications: notifications.prefault({}).describe('Who receives which notifications.'),
    stream: stream.optional().describe('How the pipeline reads events as they come, in a run whose input `mode` is `streaming`.'),
    on_failure: onFailure
      .optional()
      .describe('A step, or several in order, that run when the run has failed, after its report is written; the run stays failed.'),
    finally: lastSteps.optional().describe('Steps that run at the end of every run, in order, whether it failed or not.'),
    tests: tests.default([]).describe('Tests: rows that the pipeline is given, and what it must make of them; `siftstep test` runs them.'),
    steps: z.array(json).min(1).max(MAX_STEPS).describe('The steps, in order.'),
  })
  .meta({ title: 'definition' })

export type Top = z.infer<typeof top>
export type StepFields = z.infer<typeof step>
export type RetryFields = z.infer<typeof retry>
export type OnErrorFields = z.infer<typeof onError>
