/**
 * Maps keyed by text from data or from an author: names of columns, inputs, sources; values. On a plain object such a key can hit an
 * inherited member: `constructor`, `toString`, `__proto__`. A record inherits nothing, and serializes to JSON like any object.
 */

declare const INHERITS_NOTHING: unique symbol

/** The type of what `record` returns. The compiler does not accept `{}` for it. */
export type TextRecord<Value> = { [name: string]: Value } & { readonly [INHERITS_NOTHING]: true }

/** An object without a prototype that holds these entries. `record[name]` is undefined for every other name. */
export function record<Value>(entries: Iterable<readonly [string, Value]> = []): TextRecord<Value> {
  const made = Object.create(null) as { [name: string]: Value }
  for (const [name, value] of entries) made[name] = value
  return made as TextRecord<Value>
}

/** The value an object itself holds under a name; undefined for inherited members. For objects parsed from JSON or written as literals. */
export function entryOf<Value>(map: { readonly [name: string]: Value } | undefined, name: string): Value | undefined {
  return map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined
}
