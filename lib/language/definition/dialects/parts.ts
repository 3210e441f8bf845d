/** Parts of a file, and how a dialect arranges them anew: every part remembers where it is written. */
import type { Json } from '#core/json.ts'
import { isMapping } from '../build-values.ts'
import { type Path, pathText } from '../parse-context.ts'

/** A value as written, with everything below it. */
export interface Part {
  readonly path: Path
  readonly value: Json
}

/** A part as it is, or parts that become a mapping or a list; `path` is where problems of the whole are shown. */
export type Arranged =
  | Part
  | { readonly path: Path; readonly entries: readonly Entry[] }
  | { readonly path: Path; readonly items: readonly Arranged[] }

/** The key is a key of the canonical form, or the text of a part. */
type Entry = readonly [key: string | Part, value: Arranged]

/** The part under a key; undefined if there is none. */
export function partOf(part: Part | undefined, key: string): Part | undefined {
  if (part === undefined || !isMapping(part.value) || !Object.hasOwn(part.value, key)) return undefined
  return { path: [...part.path, key], value: part.value[key] ?? null }
}

/** The items of a list. */
export const itemsOf = (part: Part | undefined): readonly Part[] =>
  part === undefined || !Array.isArray(part.value)
    ? []
    : (part.value as readonly Json[]).map((value, at) => ({ path: [...part.path, at], value }))

/** The parts under these keys, as entries with the same keys. */
export const kept = (part: Part | undefined, keys: readonly string[]): readonly Entry[] =>
  keys.flatMap((key) => {
    const own = partOf(part, key)
    return own === undefined ? [] : [[key, own] as const]
  })

/** All parts of a mapping except those under these keys. */
export const others = (part: Part | undefined, keys: readonly string[]): readonly Entry[] =>
  part === undefined || !isMapping(part.value)
    ? []
    : kept(
        part,
        Object.keys(part.value).filter((key) => !keys.includes(key)),
      )

/** A value that the author did not write, at the place of a part. */
export const constant = (at: Part, value: string | number | boolean): Part => ({ path: at.path, value })

/** The same for any value. */
export const constants = (at: Part, value: Json): Arranged =>
  Array.isArray(value)
    ? { path: at.path, items: (value as readonly Json[]).map((item) => constants(at, item)) }
    : isMapping(value)
      ? { path: at.path, entries: Object.entries(value).map(([key, own]) => [key, constants(at, own)] as const) }
      : { path: at.path, value }

/** A mapping at the place of a part. Entries without a value, or whose key is no text, are left out. */
export const mapping = (at: Part, entries: readonly (readonly [key: string | Part, value: Arranged | undefined])[]): Arranged => ({
  path: at.path,
  entries: entries.flatMap(([key, value]) =>
    value === undefined || (typeof key !== 'string' && typeof key.value !== 'string') ? [] : [[key, value] as const],
  ),
})

/** The same, or nothing if no entry has a value. */
export function someOf(at: Part, entries: readonly (readonly [key: string | Part, value: Arranged | undefined])[]): Arranged | undefined {
  return entries.some(([, value]) => value !== undefined) ? mapping(at, entries) : undefined
}

export const list = (at: Part, items: readonly Arranged[]): Arranged => ({ path: at.path, items })

/** Where a value of the canonical form is written, and its key where that is another part. */
export interface Origin {
  readonly path: string
  readonly key?: string
}

/** The canonical value, and the origin of each path in it. */
export function arranged(root: Arranged): { readonly tree: Json; readonly origins: ReadonlyMap<string, Origin> } {
  const origins = new Map<string, Origin>()

  function settle(part: Arranged, at: Path, key: Part | undefined): Json {
    origins.set(pathText(at), { path: pathText(part.path), ...(key === undefined ? {} : { key: pathText(key.path) }) })
    if ('items' in part) return part.items.map((item, index) => settle(item, [...at, index], undefined))
    if ('entries' in part) {
      return Object.fromEntries(
        part.entries.map(([name, value]) => {
          const text = typeof name === 'string' ? name : String(name.value)
          return [text, settle(value, [...at, text], typeof name === 'string' ? undefined : name)]
        }),
      )
    }
    const { value, path } = part
    if (Array.isArray(value)) return itemsOf(part).map((item, index) => settle(item, [...at, index], undefined))
    if (!isMapping(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([name, own]) => [name, settle({ path: [...path, name], value: own }, [...at, name], undefined)]),
    )
  }

  return { tree: settle(root, [], undefined), origins }
}
