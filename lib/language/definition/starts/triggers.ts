/** Checks the triggers of a definition: their inputs and patterns, with defaults. */
import type { JsonObject } from '#core/json.ts'
import { toSeconds } from '#steps/kind/fields.ts'
import type { CheckContext } from '../check-shape.ts'
import { checkPlain } from '../compile-value.ts'
import type { EventTrigger, S3Trigger, Trigger } from '../definition.ts'
import { type Path, report } from '../parse-context.ts'
import type { TriggerFields } from '../starts-schema.ts'
import { checkPattern } from './event-pattern.ts'
import { type Output, reportOwnOutput } from './own-output.ts'
import { OF_EVENT, OF_UPLOAD } from './readable.ts'
import { warnOfRunKeys } from './run-keys.ts'
import { type Declared, readStartInputs } from './start-inputs.ts'

/** What triggers are checked against. */
export interface TriggerWorld extends Declared {
  /** The targets of the pipeline. */
  readonly outputs: readonly Output[]
}

export const readTriggers = (given: readonly TriggerFields[], world: TriggerWorld, context: CheckContext): Trigger[] =>
  given.map((trigger, at) => READ[trigger.type](trigger as never, ['triggers', at], world, context))

type Read<Type extends Trigger['type']> = (
  given: Extract<TriggerFields, { type: Type }>,
  path: Path,
  world: TriggerWorld,
  context: CheckContext,
) => Extract<Trigger, { type: Type }>

/** One function per type of trigger. */
const READ: { readonly [Type in Trigger['type']]: Read<Type> } = { s3: readS3, event: readEvent }

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
  const place = { path: inputsPath(given, path), subject: 'the trigger', readable: OF_UPLOAD, collecting: true }
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
  const place = { path: inputsPath(given, path, name), subject: 'the trigger', readable: OF_EVENT, collecting: false }
  if (filter_criteria !== undefined) checkPattern(filter_criteria as JsonObject, [...path, 'filter_criteria'], context)
  return {
    type: 'event',
    event_type: [event_type].flat(),
    ...(source === undefined ? {} : { source: [source].flat() }),
    ...(filter_criteria === undefined ? {} : { filter_criteria: filter_criteria as JsonObject }),
    inputs: readStartInputs(given, place, world, context).inputs,
  }
}

/** The path of the inputs, or of the trigger if it has none. */
const inputsPath = (given: object, path: Path, name = 'inputs'): Path => (Object.keys(given).length === 0 ? path : [...path, name])
