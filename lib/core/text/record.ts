/**
 * Maps keyed by text that comes from data or from an author: names of columns, inputs, sources, values. On a plain object such a key can meet
 * a member that every object inherits: `constructor`, `toString`, `__proto__`. A record inherits nothing, and writes as JSON like any object.
 */

declare const INHERITS_NOTHING: unique symbol

/** A map as `record` makes it, and nothing else does: `{}` is not one for the compiler. */
export type TextRecord<Value> = { [name: string]: Value } & { readonly [INHERITS_NOTHING]: true }

/** An object that inherits nothing, with these entries. `record[name]` is undefined for every name that was not put in. */
export function record<Value>(entries: Iterable<readonly [string, Value]> = []): TextRecord<Value> {
  const made = Object.create(null) as { [name: string]: Value }
  for (const [name, value] of entries) made[name] = value
  return made as TextRecord<Value>
}

/** The value an object itself holds under a name; undefined for a member it only inherits. For objects that come from JSON, or are written as literals. */
export function entryOf<Value>(map: { readonly [name: string]: Value } | undefined, name: string): Value | undefined {
  return map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined
}
