/** The shape of a definition, apart from the settings of its steps: those belong to their kinds. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import * as z from 'zod'
import type { Json } from '#core/json.ts'
import { TASK_ERRORS } from '#core/errors/errors.ts'
import { STEP_KINDS } from '#steps/index.ts'
import { integer, reference, size } from '#steps/kind/fields.ts'
import { id, name, share, tag, wholeSeconds } from './atoms.ts'
import { monitoring, notifications, schedule, triggers } from './starts-schema.ts'

const INPUT_TYPES = ['string', 'integer', 'number', 'boolean', 'array', 'object'] as const

/** Any value; what it may be is judged elsewhere. */
const json: z.ZodType<Json> = z.unknown() as never

/** Entries in a list of steps; a machine of Step Functions has room for about as many. */
export const MAX_STEPS = 1000

/** Names AWS Step Functions gives to errors of its own that are worth matching. */
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
const CATEGORIES = [...new Set(TASK_ERROR_NAMES.map((error) => error.split('.')[0] ?? error))]

/** What may stand in `retry.errors`: categories, names of task errors, and names of Step Functions. */
const RETRY_ERRORS: readonly [string, ...string[]] = ['SourceUnavailable', ...CATEGORIES, ...TASK_ERROR_NAMES, ...STATES_ERRORS]

/** Keys the language has, or other tools have, that this version does not; named so that they are not taken for typing errors. */
const NOT_YET = {
  top: 'on_failure finally stream tests environments'.split(' '),
  step: 'uses run action cache_results outputs tags'.split(' '),
  on_error: 'rows retry_count action fallback_value'.split(' '),
  loop: 'max_iterations on_item_error min_success while until'.split(' '),
  defaults: 'max_concurrency depends_on_past on_error fuse'.split(' '),
  concurrency: 'max_parallel_runs'.split(' '),
  state: 'high_water_mark checkpoint'.split(' '),
}

export const inputDeclaration = z
  .strictObject({
    type: z.enum(INPUT_TYPES).describe('What the input is.'),
    description: z.string().optional().describe('What it is for; shown when it is missing.'),
    required: z.boolean().optional().describe('Whether a run must be given it; then it has no default.'),
    default: json.optional().describe('The value when a run is given none.'),
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
      .describe('Errors worth another try.'),
    max_attempts: z.int().min(0).max(1000).optional().describe('Tries after the first one; 0 is no retry.'),
    interval: wholeSeconds.optional().describe('The wait before the first retry.'),
    backoff_rate: z.number().min(1).max(100).optional().describe('The wait is multiplied by this from one retry to the next.'),
    max_delay: wholeSeconds.optional().describe('No wait is longer than this.'),
    jitter: z.enum(['full', 'none']).optional().describe('full: wait a random part of the time, so that many do not come back at once.'),
  })
  .meta({ title: 'retry' })

const stepResources = z
  .strictObject({
    memory: size.optional().describe('Memory for one task of the step.'),
    max_concurrency: z.int().min(1).max(10_000).optional().describe('Tasks of the step at a time.'),
  })
  .meta({ title: 'resources' })

const tier = z
  .strictObject({
    max_bytes: size.optional().describe('The tier is for less data than this; the last tier has none.'),
    workers: z.int().min(1).max(10_000).describe('Tasks of one step at a time.'),
    distributed: z.boolean().default(false).describe('Whether chunks run as child executions of their own.'),
  })
  .meta({ title: 'tier' })

const DEFAULT_TIERS = [
  { max_bytes: '1GB', workers: 1 },
  { max_bytes: '10GB', workers: 4 },
  { workers: 8, distributed: true },
]

const resources = z
  .strictObject({
    workers: integer(0, 10_000).default(0).describe('Tasks of one step at a time; 0: chosen by the tiers from the bytes to read.'),
    tiers: z.array(tier).min(1).prefault(DEFAULT_TIERS).describe('How many workers for how much data, smallest first.'),
    memory_limit: size.optional().describe("Memory for a whole local run; a share of the machine's when absent."),
    task_bytes: size.default('256MB').describe('About how many bytes of consecutive chunks one task takes.'),
  })
  .meta({ title: 'resources' })

const onError = z
  .strictObject({
    continue_on_error: z.boolean().optional().describe('Whether the pipeline goes on when the step has failed for good.'),
    max_bad_rows: share.optional().describe('The share of rows that may be set aside before the step fails.'),
    fallback: z
      .array(z.record(z.string(), json))
      .min(1)
      .optional()
      .describe('Settings to try instead, one after another, when the step fails; each is laid over `with`.'),
  })
  .meta({ title: 'on_error', unsupported: NOT_YET.on_error })

const loop = z
  .strictObject({
    foreach: z.union([z.array(json), reference]).describe('The items: a list, or a reference to one.'),
    as: name.default('item').describe('What an item is called in `{{ … }}`.'),
    parallel: z.boolean().default(false).describe('Whether items run side by side.'),
    max_concurrency: z.int().min(1).max(10_000).optional().describe('How many items at a time; 10 when parallel, unless said otherwise.'),
    max_items: z.int().min(0).default(0).describe('More items than this fail the step before it starts; 0: any number.'),
  })
  .refine((value) => value.parallel || (value.max_concurrency ?? 1) === 1, {
    error: 'max_concurrency needs parallel: true',
    path: ['max_concurrency'],
  })
  .meta({ title: 'loop', unsupported: NOT_YET.loop })

/** A step whose type and settings are looked at apart. */
export const step = z
  .strictObject({
    id: id.describe('The name of the step: other steps and the reports call it so.'),
    name: z.string().min(1).optional().describe('A title for people; the id when absent.'),
    description: z.string().optional().describe('What the step is for.'),
    depends_on: z
      .array(z.string())
      .optional()
      .describe('Steps that must be over before; the step before in the list when absent, none when empty.'),
    condition: z
      .union([z.string().min(1), z.boolean()])
      .optional()
      .describe("Run the step only if this is true: `{{ data_type }} == 'customer'`."),
    loop: loop.optional().describe('Run the step once for each item.'),
    retry: retry.optional().describe('What to do when a task of the step fails.'),
    on_error: onError.optional().describe('What to do when the step has failed for good.'),
    timeout: wholeSeconds.optional().describe('How long a task of the step may take.'),
    resources: stepResources.optional().describe('Memory and concurrency of the step.'),
    fuse: z.boolean().optional().describe('false keeps the step from being done in one pass with its neighbours.'),
    type: z.string().describe(`The kind of step: ${STEP_KINDS.map((kind) => kind.kind).join(', ')}.`),
    with: z.record(z.string(), json).optional().describe('The settings.'),
  })
  .meta({ title: 'step', unsupported: NOT_YET.step })

/** Steps side by side, which are looked at one by one. */
export const parallel = z
  .strictObject({
    id: id.optional().describe('The name of the group, for depends_on.'),
    depends_on: z.array(z.string()).optional().describe('Steps that must be over before.'),
    parallel: z.array(json).min(1).describe('Steps that run side by side.'),
  })
  .meta({ title: 'parallel' })

/** A connection; its other settings are those of its type, and are looked at apart. */
export const connection = z
  .looseObject({ type: z.string().min(1).describe('What it connects to: sqlite.') })
  .meta({ title: 'connection declaration' })

/** A definition whose inputs and steps are looked at one by one. */
export const top = z
  .strictObject({
    version: z.literal(1).describe('The version of the language: 1.'),
    id: id.describe('The name of the pipeline.'),
    name: z.string().min(1).optional().describe('A title for people; the id when absent.'),
    description: z.string().optional().describe('What the pipeline is for.'),
    inputs: z.record(z.string(), json).default({}).describe('What a run can be given.'),
    config: z
      .union([z.record(z.string(), json), z.string().min(1)])
      .optional()
      .describe('Values for `${…}`, or the path of a YAML file that holds them.'),
    connections: z.record(z.string(), connection).default({}).describe('Databases by name, for `{connection: …}` in the settings of steps.'),
    resources: resources.prefault({}).describe('How much may be used at a time.'),
    defaults: z
      .strictObject({
        timeout: wholeSeconds.optional().describe('How long a task may take; 15m unless said otherwise.'),
        retry: retry.optional().describe('What to do when a task fails.'),
        resources: stepResources.optional().describe('Memory and concurrency of a step.'),
      })
      .meta({ title: 'defaults', unsupported: NOT_YET.defaults })
      .prefault({})
      .describe('What holds for every step that does not say otherwise.'),
    concurrency: z
      .strictObject({
        max_parallel_steps: z.int().min(1).max(1000).optional().describe('Steps that may run at the same time.'),
        max_active_runs: z
          .int()
          .min(1)
          .max(1000)
          .optional()
          .describe('Runs of the pipeline at a time, when it is deployed; any number when absent.'),
      })
      .meta({ title: 'concurrency', unsupported: NOT_YET.concurrency })
      .prefault({})
      .describe('What may run at the same time.'),
    state: z
      .strictObject({
        store: z.literal('auto').optional().describe('Where it is kept; auto: in the store of the runs.'),
        backend: z.literal('auto').optional().describe('The same as `store`.'),
      })
      .meta({ title: 'state', unsupported: NOT_YET.state })
      .optional()
      .describe('What steps remember from one run of the pipeline to the next.'),
    timeout: wholeSeconds.optional().describe('How long a whole run may take.'),
    owner: tag.optional().describe('Who answers for the pipeline.'),
    tags: z.array(tag).max(40).default([]).describe('Words to find it by, and to tell costs apart.'),
    schedule: schedule.optional().describe('When runs start by themselves: a cron expression, or a mapping.'),
    triggers: triggers.default([]).describe('What starts runs when it happens: uploads, and events.'),
    monitoring: monitoring.prefault({}).describe('What is watched once the pipeline is deployed.'),
    notifications: notifications.prefault({}).describe('Who is told of what.'),
    steps: z.array(json).min(1).max(MAX_STEPS).describe('The steps, in order.'),
  })
  .meta({ title: 'definition', unsupported: NOT_YET.top })

export type Top = z.infer<typeof top>
export type StepFields = z.infer<typeof step>
export type RetryFields = z.infer<typeof retry>
export type OnErrorFields = z.infer<typeof onError>
export type LoopFields = z.infer<typeof loop>
