/** Unifies several sources into one dataset: which columns are the same, which sources do not belong together. */
/** The part of a source that unifying needs. */
export interface SourceColumns {
  readonly name: string
  readonly columns: readonly string[]
  /** Without a header, columns are known by number only. */
  readonly header: boolean
  /** Without a header: the shape of each column's values, null if unknown. */
  readonly shapes?: readonly (string | null)[]
}

export interface Unified {
  /** The dataset's columns, in order of first appearance. */
  readonly columns: readonly string[]
  /** For each source, the dataset's column of each of its columns. */
  readonly mapping: readonly (readonly string[])[]
  /** Names that were taken for the same column: `Country/Region → Country_Region (61 sources)`. */
  readonly renamed: readonly { readonly from: string; readonly to: string; readonly sources: number }[]
}

/** A column's name without case, accents and characters other than letters and digits: `Country/Region` equals `Country_Region`. */
function plainName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
  return plain === '' ? name : plain
}

/**
 * Two headers belong together if more than half of the shorter one is in the other; two sources without header, if more than half of their
 * columns have the same shape.
 */
const COMMON = 0.5

/**
 * Groups sources with columns in common, in the order of their first source. One group: they are one dataset. A source without columns fits
 * every group.
 */
export function groupSources(sources: readonly SourceColumns[]): readonly (readonly number[])[] {
  // sources with equal headers belong together, so only different headers are compared
  const headers = new Map<
    string,
    { keys: ReadonlySet<string>; members: number[]; header: boolean; shapes: SourceColumns['shapes']; count: number }
  >()
  sources.forEach(({ columns, header, shapes }, at) => {
    if (columns.length === 0) return
    const keys = new Set(columns.map((name) => plainName(name)))
    const id = JSON.stringify([header, [...keys].sort(), header ? 0 : columns.length, header ? null : shapes])
    const known = headers.get(id) ?? { keys, members: [], header, shapes, count: columns.length }
    known.members.push(at)
    headers.set(id, known)
  })
  const kinds = [...headers.values()]
  const group = kinds.map((_, at) => at)
  const root = (at: number): number => (group[at] === at ? at : root(group[at] as number))
  for (let a = 0; a < kinds.length; a++) for (let b = 0; b < a; b++) if (alike(kinds[a] as Kind, kinds[b] as Kind)) group[root(a)] = root(b)
  const groups = new Map<number, number[]>()
  kinds.forEach(({ members }, at) => {
    groups.set(root(at), [...(groups.get(root(at)) ?? []), ...members])
  })
  return [...groups.values()].map((members) => members.sort((a, b) => a - b)).sort(([a = 0], [b = 0]) => a - b)
}

type Kind = {
  readonly keys: ReadonlySet<string>
  readonly header: boolean
  readonly shapes: SourceColumns['shapes']
  readonly count: number
}

function alike(a: Kind, b: Kind): boolean {
  if (!a.header || !b.header) return a.header === b.header && a.count === b.count && haveSameShapes(a, b)
  const common = [...a.keys].filter((key) => b.keys.has(key)).length
  return common > COMMON * Math.min(a.keys.size, b.keys.size)
}

function haveSameShapes(a: Kind, b: Kind): boolean {
  const pairs = (a.shapes ?? []).flatMap((shape, at) => (shape === null || b.shapes?.[at] == null ? [] : [shape === b.shapes[at]]))
  return pairs.length === 0 || pairs.filter(Boolean).length > COMMON * pairs.length
}

/**
 * Columns of all sources by name. Names that differ only in case, spaces or punctuation are one column, named as in most sources, unless
 * one source has two of them.
 */
export function unify(sources: readonly SourceColumns[]): Unified {
  const clashing = new Set<string>()
  for (const { columns } of sources) {
    const own = new Set<string>()
    for (const key of columns.map((name) => plainName(name))) {
      if (own.has(key)) clashing.add(key)
      own.add(key)
    }
  }
  const keyOf = (name: string) => {
    const key = plainName(name)
    return clashing.has(key) ? `=${name}` : key
  }
  const spellings = new Map<string, Map<string, number>>()
  for (const { columns } of sources) {
    for (const name of columns) {
      const counts = spellings.get(keyOf(name)) ?? new Map<string, number>()
      counts.set(name, (counts.get(name) ?? 0) + 1)
      spellings.set(keyOf(name), counts)
    }
  }
  // on a tie the later spelling wins: the next file will most likely look like the newest
  const best = new Map([...spellings].map(([key, counts]) => [key, [...counts].reduce((a, b) => (b[1] >= a[1] ? b : a))[0]]))
  const renamed = [...spellings].flatMap(([key, counts]) =>
    [...counts].flatMap(([from, count]) => (from === best.get(key) ? [] : [{ from, to: best.get(key) ?? from, sources: count }])),
  )
  return {
    columns: [...best.values()],
    mapping: sources.map(({ columns }) => columns.map((name) => best.get(keyOf(name)) ?? name)),
    renamed,
  }
}
