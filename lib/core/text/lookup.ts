/**
 * Looks items of a list up by a text, such as columns by name. The list is gone through once, however often it is asked: a `find` for each
 * column of a wide table takes time that grows with the square of the number of columns.
 */

/** A function that gives the position of the first item with a key; -1 where there is none. The list must not change its items in place. */
export function positionBy<Item>(keyOf: (item: Item) => string): (items: readonly Item[], key: string) => number {
  const known = new WeakMap<readonly Item[], { readonly length: number; readonly positions: ReadonlyMap<string, number> }>()
  return (items, key) => {
    let found = known.get(items)
    // a list that is still growing is read again
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

/** The position of the first item of a name; -1 where there is none. */
export const positionOf = positionBy(({ name }: { readonly name: string }) => name)
/** The position of a text in a list; -1 where it is not there. */
export const positionIn = positionBy((text: string) => text)

/** The first item of this name. */
export const named = <Item extends { readonly name: string }>(items: readonly Item[] | undefined, name: string): Item | undefined =>
  items?.[positionOf(items, name)]

/** Whether a list of texts holds one. */
export const isAmong = (texts: readonly string[], text: string): boolean => positionIn(texts, text) >= 0

/** A function that makes a value of each object once. */
export function madeOnce<Of extends object, Value>(make: (of: Of) => Value): (of: Of) => Value {
  const known = new WeakMap<Of, { readonly value: Value }>()
  return (of) => {
    const found = known.get(of) ?? { value: make(of) }
    known.set(of, found)
    return found.value
  }
}
