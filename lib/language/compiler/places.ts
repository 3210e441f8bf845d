/**
 * The S3 locations that a pipeline reads and publishes to, as far as its definition shows: addresses in the settings of its steps, defaults
 * of its inputs, and inputs of scheduled and triggered runs. Locations given only when a run is started by hand must be granted separately.
 */
import { stepsOf, unitsOf } from './plan.ts'
import type { Compiled } from './compile.ts'
import type { Definition, Step } from '#language/definition/definition.ts'
import { valueAt } from '#language/definition/check-shape.ts'
import type { Path } from '#language/definition/parse-context.ts'
import { referencesIn } from '#language/definition/references.ts'
import type { Json } from '#core/json.ts'
import { TaskError } from '#core/errors/errors.ts'
import { kindOf } from '#steps/index.ts'
import { type Access, accessTo, addressIn, type Use } from '#steps/kind/addresses.ts'

/** All objects of `bucket` whose key starts with `prefix`. */
export type S3Location = Pick<Access, 'bucket' | 'prefix'>

export interface Places {
  readonly sources: readonly S3Location[]
  readonly outputs: readonly S3Location[]
}

export function placesOf({ definition, plan }: Pick<Compiled, 'definition' | 'plan'>): Places {
  const steps = unitsOf(plan).flatMap(stepsOf)
  const given = givenInputs(definition)
  const of = (use: Use) => steps.flatMap((step) => addressesOf(step, use, given).flatMap((uri) => accessTo(uri, use)))
  const watched = definition.triggers.flatMap((trigger) =>
    trigger.type === 's3' ? [{ bucket: trigger.bucket, prefix: trigger.prefix ?? '' }] : [],
  )
  return { sources: distinct([...watched, ...of('read')]), outputs: distinct(of('write')) }
}

/** The addresses that a step and its fallbacks use in this way: literal ones, and those in the inputs they read. */
const addressesOf = (step: Step, use: Use, given: ReadonlyMap<string, readonly string[]>): readonly string[] =>
  addressSettings(step)
    .filter((address) => address.use === use)
    .flatMap(({ value }) => {
      const { inputs, any } = referencesIn(value, () => false)
      if (!any) return [addressIn(value)]
      return (inputs === 'all' ? [...given.keys()] : inputs).flatMap((name) => given.get(name) ?? [])
    })

/** A setting that is an address, by its path below the step. */
export interface AddressSetting {
  readonly path: Path
  readonly use: Use
  readonly value: Json
}

/** The addresses among the settings of a step and of its fallbacks. */
export function addressSettings({ type, with: settings, on_error }: Step): readonly AddressSetting[] {
  const places = [
    { own: settings, at: ['with'] as Path },
    ...on_error.fallback.map((own, at) => ({ own, at: ['on_error', 'fallback', at] })),
  ]
  return places.flatMap(({ own, at }) =>
    (kindOf(type)?.addresses?.(own) ?? []).flatMap(({ path, use }) => {
      const value = valueAt(own, path)
      return value === undefined ? [] : [{ path: [...at, ...path], use, value }]
    }),
  )
}

/** The location of an address given by hand; empty if it is not an S3 address. */
export function placeIn(uri: string): readonly S3Location[] {
  try {
    return accessTo(uri, 'read')
  } catch (error) {
    // the caller reports it
    if (error instanceof TaskError) return []
    throw error
  }
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

const distinct = (places: readonly S3Location[]): readonly S3Location[] => [
  ...new Map(places.map(({ bucket, prefix }) => [`${bucket}/${prefix}`, { bucket, prefix }])).values(),
]
