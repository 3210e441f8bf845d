/** Checks the triggers of a definition: their inputs and patterns, with defaults. */
import type { JsonObject } from '#core/json.ts'
import { toSeconds } from '#steps/kind/fields.ts'
import type { CheckContext } from '../check-shape.ts'
import { checkPlain } from '../compile-value.ts'
import type { EventTrigger, PipelineTrigger, S3Trigger, Trigger } from '../definition.ts'
import { type Path, report } from '../parse-context.ts'
import type { TriggerFields } from '../starts-schema.ts'
import { checkPattern } from './event-pattern.ts'
import { type Output, reportOwnOutput } from './own-output.ts'
import { READABLE } from './readable.ts'
import { warnOfRunKeys } from './run-keys.ts'
import { type Declared, readStartInputs } from './start-inputs.ts'

/** What triggers are checked against. */
export interface TriggerWorld extends Declared {
  /** The id of the pipeline; undefined if it is invalid. */
  readonly id: string | undefined
  /** The targets of the pipeline. */
  readonly outputs: readonly Output[]
}

export function readTriggers(given: readonly TriggerFields[], world: TriggerWorld, context: CheckContext): Trigger[] {
  reportTwice(given, context)
  return given.map((trigger, at) => READ[trigger.type](trigger as never, ['triggers', at], world, context))
}

type Read<Type extends Trigger['type']> = (
  given: Extract<TriggerFields, { type: Type }>,
  path: Path,
  world: TriggerWorld,
  context: CheckContext,
) => Extract<Trigger, { type: Type }>

/** One function per type of trigger. */
const READ: { readonly [Type in Trigger['type']]: Read<Type> } = { s3: readS3, event: readEvent, pipeline: readPipelineEnd }

function readS3(
  { bucket, prefix, suffix, debounce, dedupe, inputs: given }: Extract<TriggerFields, { type: 's3' }>,
  path: Path,
  world: TriggerWorld,
  context: CheckContext,
): S3Trigger {
  if (prefix !== undefined) {
    checkPlain(prefix, [...path, 'prefix'], 'the prefix of a trigger', context)
    warnOfRunKeys(prefix, path, context)
  }
  if (suffix !== undefined) checkPlain(suffix, [...path, 'suffix'], 'the suffix of a trigger', context)
  // an input named `source` receives the uploaded object by default
  const all = world.inputs.has('source') && given['source'] === undefined ? { source: '{{ event.uri }}', ...given } : given
  const place = { path: inputsPath(given, path), subject: 'the trigger', readable: READABLE.s3, collecting: true }
  const { inputs, collects } = readStartInputs(all, place, world, context)
  reportOwnOutput({ bucket, prefix: prefix ?? '', inputs }, path, world.outputs, world.inputs, context)
  return {
    type: 's3',
    bucket,
    ...(prefix === undefined ? {} : { prefix }),
    ...(suffix === undefined ? {} : { suffix }),
    ...(debounce === undefined ? {} : { debounce: toSeconds(debounce) }),
    dedupe,
    inputs,
    collects,
  }
}

function readEvent(
  { event_type, source, filter_criteria, inputs, params }: Extract<TriggerFields, { type: 'event' }>,
  path: Path,
  world: TriggerWorld,
  context: CheckContext,
): EventTrigger {
  if (inputs !== undefined && params !== undefined) {
    report(
      context,
      'choose-one',
      [...path, 'params'],
      { what: '`inputs` and `params` mean the same', hint: 'write `inputs`, and remove `params`' },
      { at: 'key' },
    )
  }
  const [name, given] = inputs === undefined && params !== undefined ? (['params', params] as const) : (['inputs', inputs ?? {}] as const)
  const place = { path: inputsPath(given, path, name), subject: 'the trigger', readable: READABLE.event, collecting: false }
  if (filter_criteria !== undefined) checkPattern(filter_criteria as JsonObject, [...path, 'filter_criteria'], context)
  return {
    type: 'event',
    event_type: [event_type].flat(),
    ...(source === undefined ? {} : { source: [source].flat() }),
    ...(filter_criteria === undefined ? {} : { filter_criteria: filter_criteria as JsonObject }),
    inputs: readStartInputs(given, place, world, context).inputs,
  }
}

function readPipelineEnd(
  { pipeline, status, inputs: given }: Extract<TriggerFields, { type: 'pipeline' }>,
  path: Path,
  world: TriggerWorld,
  context: CheckContext,
): PipelineTrigger {
  if (pipeline === world.id)
    report(context, 'trigger-cycle', [...path, 'pipeline'], {
      what: `\`${pipeline}\` would start after itself: each of its runs would start the next one`,
      hint: 'name another pipeline, or set a `schedule`',
    })
  const place = { path: inputsPath(given, path), subject: 'the trigger', readable: READABLE.pipeline, collecting: false }
  return { type: 'pipeline', pipeline, status, inputs: readStartInputs(given, place, world, context).inputs }
}

/** Triggers on a pipeline differ in the status: two that are alike would start one run. */
function reportTwice(given: readonly TriggerFields[], context: CheckContext): void {
  const seen = new Set<string>()
  for (const [at, trigger] of given.entries()) {
    if (trigger.type !== 'pipeline') continue
    const { pipeline, status } = trigger
    if (seen.has(`${pipeline} ${status}`))
      report(context, 'invalid-value', ['triggers', at, 'pipeline'], {
        what: `a trigger before this one waits for \`${pipeline}\` with the status \`${status}\` too`,
        hint: 'keep one of them, or change the status of one',
      })
    seen.add(`${pipeline} ${status}`)
  }
}

/** The path of the inputs, or of the trigger if it has none. */
const inputsPath = (given: object, path: Path, name = 'inputs'): Path => (Object.keys(given).length === 0 ? path : [...path, name])
