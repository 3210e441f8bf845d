/** Fills the input templates of a run: replaces each `{{ … }}` with its value. */
import type { StartInputs } from '#language/definition/definition.ts'
import { partsOf, soleReference } from '#language/definition/template.ts'
import type { Json } from '#core/json.ts'
import { StartError } from './start-error.ts'
import { entryOf } from '#core/text/record.ts'

/** Values by name, as a tree: `{ds: …, event: {uri: …}}`. */
export type Values = { readonly [name: string]: Json }

export const fillInputs = (inputs: StartInputs, values: Values): { [name: string]: Json } =>
  Object.fromEntries(Object.entries(inputs).map(([name, template]) => [name, fill(template, values)]))

/** A `{{ … }}` that is the whole text keeps the type of its value. Throws a StartError if the value is missing. */
function fill(template: Json, values: Values): Json {
  if (Array.isArray(template)) return template.map((one) => fill(one, values))
  if (template !== null && typeof template === 'object')
    return Object.fromEntries(Object.entries(template).map(([key, one]) => [key, fill(one, values)]))
  if (typeof template !== 'string') return template
  const parts = partsOf(template)
  const sole = soleReference(parts)
  if (sole !== undefined) return read(sole.inner, values)
  return parts.map((part) => ('text' in part ? part.text : asText(part.inner, read(part.inner, values)))).join('')
}

function read(name: string, values: Values): Json {
  let at: Json | undefined = values
  for (const step of name.split(/[.[\]]+/).filter((part) => part !== ''))
    at =
      at !== null && typeof at === 'object' && Object.hasOwn(at, step) ? entryOf(at as { readonly [key: string]: Json }, step) : undefined
  if (at === undefined) throw new StartError(`the event has no \`${name}\`, which an input of the run uses`)
  return at
}

function asText(name: string, value: Json): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new StartError(`\`${name}\` is ${JSON.stringify(value)}, which cannot be part of a text`)
}

/** The names for a time, the same for every kind of start. */
export const momentValues = (logical_date: string): Values => {
  const ds = logical_date.slice(0, 10)
  return { ts: logical_date, ds, ds_nodash: ds.replaceAll('-', '') }
}
