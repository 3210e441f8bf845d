/** The shape of a task list: the keys that only it has. What it shares with the canonical form is checked there. */
import * as z from 'zod'
import type { Json } from '#core/json.ts'
import { config as discover, describedSource } from '#steps/discover/config.ts'
import { config as exportStep } from '#steps/export/config.ts'
import { STEP_KINDS } from '#steps/index.ts'
import { atConnection } from '#steps/kind/fields.ts'
import { config as transform } from '#steps/transform/config.ts'
import { config as validate } from '#steps/validate/config.ts'
import { OPERATIONS } from '#steps/transform/operations/index.ts'
import { activeRuns, id, wholeSeconds } from '../../atoms.ts'
import { MAX_STEPS, step, top } from '../../schema.ts'
import { json, shared } from '../shared-keys.ts'

/** Task types with a name of their own, by the kind of step they are. */
const TASK_TYPES: ReadonlyMap<string, string> = new Map([
  ['ingestion', 'discover'],
  ['validation', 'validate'],
  ['transformation', 'transform'],
  ['export', 'export'],
])

const OTHER_KINDS = STEP_KINDS.map(({ kind }) => kind as string).filter((kind) => ![...TASK_TYPES.values()].includes(kind))

const expression = z.string().min(1)

/** Operations whose settings have keys of their own in a task list. */
const operation = (type: string, settings: { [key: string]: z.ZodType }) => z.strictObject({ type: z.literal(type), ...settings })
const OWN_OPERATIONS = [
  operation('filter', { condition: expression.describe('The condition for keeping a row.') }),
  operation('add_column', {
    column: z.string().min(1).describe('The name of the column.'),
    expression: expression.describe('The row expression that computes it.'),
  }),
  operation('rename', { mapping: z.record(z.string(), json).describe('Old names with the new ones.') }),
  operation('cast_type', { type_mapping: z.record(z.string(), json).describe('Column names with their types.') }),
  operation('drop', { columns: z.array(json).min(1).describe('The columns to remove.') }),
  operation('select', { columns: z.array(json).min(1).describe('The columns to keep.') }),
  operation('sort', { columns: z.array(json).min(1).describe('The columns to sort by.') }),
] as const

/** Operations whose settings are those of the canonical form, beside `type`. */
const PLAIN_OPERATIONS = OPERATIONS.all
  .map(({ name }) => name as string)
  .filter((name) => ![...OWN_OPERATIONS.map(({ shape }) => shape.type.value), 'cast'].includes(name)) as [string, ...string[]]

const continue_on_error = z.boolean().optional().describe('Whether the pipeline continues if the task fails after all retries.')

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
/** Which server a table is on. */
const server = {
  connection: z.string().min(1).optional().describe('The name of a connection.'),
  connection_string: z
    .string()
    .min(1)
    .optional()
    .describe(
      'In place of `connection`: the address of the server, such as `postgresql://user:${secret.NAME}@host:5432/database` or `mysql://…`.',
    ),
}
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language

function oneServer(given: { readonly connection?: unknown; readonly connection_string?: unknown }, context: z.RefinementCtx): void {
  if ((given.connection === undefined) === (given.connection_string === undefined))
    context.addIssue({ code: 'custom', path: [], message: 'give either `connection` or `connection_string`' })
}

const source = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('file').describe('Files.'),
    file_path: z.union([z.string(), z.array(z.string()).min(1)]).describe('A file, a folder, a glob pattern, or a list of them.'),
    ...shared(describedSource, ['path']),
  }),
  z
    .strictObject({
      type: z.literal('database').describe('A table.'),
      ...server,
      ...shared(atConnection('source'), ['connection']),
    })
    .superRefine(oneServer),
])

const target = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('file').describe('A file or a folder.'),
    file_path: z.string().min(1).describe('The file or folder to publish to.'),
    ...shared(exportStep, ['to']),
  }),
  z
    .strictObject({
      type: z.literal('database').describe('A table.'),
      ...server,
      ...shared(atConnection('target'), ['connection']),
      ...shared(exportStep, ['to']),
    })
    .superRefine(oneServer),
])

/** A rule: its settings stand beside `rule_type` or in `parameters`. */
const rule = z
  .looseObject({ parameters: z.record(z.string(), json).optional().describe('Settings of the rule.') })
  .superRefine(({ parameters = {}, ...beside }, context) => {
    for (const key of Object.keys(parameters).filter((one) => Object.hasOwn(beside, one)))
      context.addIssue({ code: 'custom', path: ['parameters', key], message: `\`${key}\` is set twice in this rule: keep one of them` })
  })

const task = {
  task_id: id.describe('The id of the task, for other tasks and the reports.'),
  ...shared(step, ['id', 'type', 'with', 'retry', 'on_error']),
  retry_count: z.int().min(0).max(1000).optional().describe('Number of retries; 0: none.'),
  retry_delay: wholeSeconds.optional().describe('Wait before the first retry.'),
}

const taskOf = (types: readonly string[], parameters: z.ZodType, summary: string) =>
  z.strictObject({
    ...task,
    task_type: z.enum(types as [string, ...string[]]).describe(summary),
    parameters: parameters.describe('The settings.'),
  })

const ingestion = z.strictObject({
  source_config: source.describe('What to read.'),
  destination_config: target.optional().describe('Where to publish the rows as they were read.'),
  continue_on_error,
  ...shared(discover, ['source']),
})

const validation = z.strictObject({
  validation_rules: z.array(rule).min(1).describe('The rules.'),
  continue_on_error,
  ...shared(validate, ['rules']),
})

const operations = z.discriminatedUnion('type', [
  ...OWN_OPERATIONS,
  z.looseObject({ type: z.enum(PLAIN_OPERATIONS).describe('An operation across rows; its settings stand beside `type`.') }),
])

const transformation = z.strictObject({
  operations: z.array(operations).optional().describe('The operations, in order.'),
  continue_on_error,
  ...shared(transform, ['operations']),
})

const exported = z.strictObject({ destination_config: target.describe('What to publish to.'), continue_on_error })

/** The settings of another kind of step, and `continue_on_error`. */
const plain = z.looseObject({ continue_on_error })

const tasks = [
  taskOf(['ingestion'], ingestion, 'Find and read data.'),
  taskOf(['validation'], validation, 'Check rules.'),
  taskOf(['transformation'], transformation.optional(), 'Change rows and columns.'),
  taskOf(['export'], exported, 'Publish the rows.'),
  taskOf(OTHER_KINDS, plain.optional(), 'A kind of step with its own settings.'),
] as const

/** Keys of the top that mean the same in the canonical form. */
const TOP = shared(top, ['version', 'id', 'steps', 'concurrency'])

export const file = z.strictObject({
  version: z.literal(1).optional().describe('The version of the language: 1 (default: 1).'),
  pipeline_id: id.describe('The id of the pipeline.'),
  ...TOP,
  max_parallel_tasks: z.int().min(1).max(1000).optional().describe('Largest number of tasks that run in parallel.'),
  max_active_runs: activeRuns,
  tasks: z.array(z.discriminatedUnion('task_type', tasks)).min(1).max(MAX_STEPS).describe('The tasks, in order.'),
})

/** The settings of an export beside its target. */
export const PUBLISHING = Object.keys(shared(exportStep, ['to']))

/** The canonical kind of a task type; undefined if there is none. */
export const kindOfType = (type: Json | undefined): string | undefined =>
  typeof type !== 'string' ? undefined : (TASK_TYPES.get(type) ?? OTHER_KINDS.find((kind) => kind === type))

/** Keys that pass unchanged. */
export const SHARED = { top: Object.keys(TOP), task: Object.keys(shared(step, ['id', 'type', 'with', 'retry', 'on_error'])) }
