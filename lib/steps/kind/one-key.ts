/** A setting that is one choice of several, written as a mapping with exactly one key: `{missing: auto}`. */
import * as z from 'zod'

/** A strict object with exactly one of its keys. */
export function oneKey<Shape extends Record<string, z.ZodType>>(shape: Shape) {
  const optional = Object.fromEntries(Object.entries(shape).map(([key, type]) => [key, type.optional()])) as {
    [Key in keyof Shape]: z.ZodOptional<Shape[Key]>
  }
  const names = Object.keys(shape)
  return z
    .strictObject(optional)
    .refine((value) => Object.values(value).filter((entry) => entry !== undefined).length === 1, {
      error: `exactly one of ${names.join(', ')} is required here`,
    })
    .meta({ minProperties: 1, maxProperties: 1 })
}

/** The key of such a mapping and its value. */
export function theOne<Value extends object>(value: Value): [name: keyof Value & string, setting: unknown] {
  const entry = Object.entries(value).find(([, setting]) => setting !== undefined)
  if (entry === undefined) throw new Error('the mapping has no key')
  return entry as [keyof Value & string, unknown]
}
