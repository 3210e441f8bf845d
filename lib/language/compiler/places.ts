/**
 * The S3 locations that a pipeline reads and publishes to, as far as its definition shows: literal settings, defaults of inputs, and inputs
 * of scheduled and triggered runs. Locations given only when a run is started by hand must be granted separately.
 */
import { stepsOf } from './plan.ts'
import type { Compiled } from './compile.ts'
import type { Definition, Step } from '#language/definition/definition.ts'
import type { Json } from '#core/json.ts'
import { kindOf } from '#steps/index.ts'

/** All objects of `bucket` whose key starts with `prefix`. */
export interface S3Location {
  readonly bucket: string
  readonly prefix: string
}

export interface Places {
  readonly sources: readonly S3Location[]
  readonly outputs: readonly S3Location[]
}

export function placesOf({ definition, plan }: Pick<Compiled, 'definition' | 'plan'>): Places {
  const steps = plan.stages.flat().flatMap(stepsOf)
  const isSink = (type: string) => kindOf(type)?.shape === 'sink'
  const given = givenInputs(definition)
  const inputsOf = ({ references: { settings, fallback } }: Step): readonly string[] =>
    [settings, ...fallback].flatMap(({ inputs }) => (inputs === 'all' ? [...given.keys()] : inputs))
  /** The texts in the settings of a step and its fallbacks, and the values of the inputs they read. */
  const textsOf = (step: Step): readonly string[] => [
    ...[step.with, ...step.on_error.fallback].flatMap(textsIn),
    ...inputsOf(step).flatMap((name) => given.get(name) ?? []),
  ]
  const sinkTexts = steps.filter(({ type }) => isSink(type)).flatMap(textsOf)
  const otherTexts = steps.filter(({ type }) => !isSink(type)).flatMap(textsOf)
  const watched = definition.triggers.flatMap((trigger) =>
    trigger.type === 's3' ? [{ bucket: trigger.bucket, prefix: trigger.prefix ?? '' }] : [],
  )
  return {
    sources: distinct([...watched, ...otherTexts.flatMap(placeIn)]),
    outputs: distinct(sinkTexts.flatMap(placeIn)),
  }
}

/** Parses `s3://bucket/prefix`; a key is cut off at its first wildcard or reference. */
export function placeIn(uri: string): S3Location[] {
  const [, bucket, key = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]+)(?:\/(.*))?$/s.exec(uri) ?? []
  if (bucket === undefined) return []
  const variable = key.search(/[*?[{]/)
  return [{ bucket, prefix: variable < 0 ? key : key.slice(0, variable) }]
}

/** Texts that inputs can have without being given by hand. */
function givenInputs({ inputs, schedule, triggers }: Definition): ReadonlyMap<string, readonly string[]> {
  const given = new Map<string, readonly string[]>()
  const add = (name: string, value: Json | undefined) => {
    if (value !== undefined) given.set(name, [...(given.get(name) ?? []), ...textsIn(value)])
  }
  for (const [name, { default: value }] of Object.entries(inputs)) add(name, value)
  for (const start of [schedule, ...triggers]) for (const [name, value] of Object.entries(start?.inputs ?? {})) add(name, value)
  return given
}

function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value]
  if (value === null || typeof value !== 'object') return []
  return Object.values(value).flatMap((inner) => textsIn(inner as Json))
}

const distinct = (places: readonly S3Location[]) => [...new Map(places.map((place) => [`${place.bucket}/${place.prefix}`, place])).values()]
