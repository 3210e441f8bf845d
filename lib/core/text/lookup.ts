/**
 * Looks up items of a list by a text, such as columns by name. The list is indexed once: calling `find` for each column of a wide table
 * takes quadratic time.
 */

/** A function that returns the position of the first item with a key, or -1. Items of the list must not be changed in place. */
export function positionBy<Item>(keyOf: (item: Item) => string): (items: readonly Item[], key: string) => number {
  const known = new WeakMap<readonly Item[], { readonly length: number; readonly positions: ReadonlyMap<string, number> }>()
  return (items, key) => {
    let found = known.get(items)
    // a list that still grows is indexed again
    if (found === undefined || found.length !== items.length) {
      const positions = new Map<string, number>()
      for (const [at, item] of items.entries()) {
        const own = keyOf(item)
        if (!positions.has(own)) positions.set(own, at)
      }
      found = { length: items.length, positions }
      known.set(items, found)
    }
    return found.positions.get(key) ?? -1
  }
}

/** The position of the first item with this name, or -1. */
export const positionOf = positionBy(({ name }: { readonly name: string }) => name)
/** The position of a text in a list, or -1. */
export const positionIn = positionBy((text: string) => text)

/** The first item with this name. */
export const named = <Item extends { readonly name: string }>(items: readonly Item[] | undefined, name: string): Item | undefined =>
  items?.[positionOf(items, name)]

/** Whether a list contains a text. */
export const isAmong = (texts: readonly string[], text: string): boolean => positionIn(texts, text) >= 0

/** Caches a value per object. */
export function madeOnce<Of extends object, Value>(make: (of: Of) => Value): (of: Of) => Value {
  const known = new WeakMap<Of, { readonly value: Value }>()
  return (of) => {
    const found = known.get(of) ?? { value: make(of) }
    known.set(of, found)
    return found.value
  }
}
