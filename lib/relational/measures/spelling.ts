/** Chooses one spelling among several of the same value: by form, by how the column is written, and by frequency. */

/** How a value uses capitals. */
type Capitals = 'lower' | 'upper' | 'title' | 'sentence'

type Counts = ReadonlyMap<string, number>

/** Words that stay small in a title. */
const SMALL = /^(?:a|an|and|at|by|da|de|del|den|der|des|di|do|du|e|el|et|for|in|la|le|of|on|or|the|to|und|van|von|y|&)$/

/** The ways in which a value follows them: `North` is a title and a sentence. None for `iPhone`, and where nothing has a case. */
function capitalsOf(value: string): readonly Capitals[] {
  const words = value.match(/\p{L}[\p{L}\p{M}'’]*/gu) ?? []
  if (words.length === 0 || value.toLowerCase() === value.toUpperCase()) return []
  if (value === value.toLowerCase()) return ['lower']
  if (value === value.toUpperCase()) return ['upper']
  const capitalised = words.map((word) => /^\p{Lu}[^\p{Lu}]*$/u.test(word))
  const small = words.map((word) => word === word.toLowerCase())
  if (!capitalised[0]) return []
  return [
    ...(words.every((word, at) => capitalised[at] || SMALL.test(word)) ? (['title'] as const) : []),
    ...(small.slice(1).every(Boolean) ? (['sentence'] as const) : []),
  ]
}

/** The share of its values that a column must be able to write in one way for that way to be its convention. */
const CONVENTION = 2 / 3

/** How a column uses capitals: the way in which most of its values are written somewhere; of two, that of more cells. Null if there is none. */
export function conventionOf(groups: readonly (readonly string[])[], counts: Counts): Capitals | null {
  const found = new Map<Capitals, { groups: number; cells: number }>()
  let cased = 0
  for (const group of groups) {
    const here = new Set<Capitals>()
    for (const value of group)
      for (const way of capitalsOf(value)) {
        const own = found.get(way) ?? { groups: 0, cells: 0 }
        found.set(way, own)
        if (!here.has(way)) own.groups++
        here.add(way)
        own.cells += counts.get(value) ?? 0
      }
    if (here.size > 0) cased++
  }
  const [best] = [...found].sort(([, a], [, b]) => b.groups - a.groups || b.cells - a.cells)
  return best !== undefined && best[1].groups >= cased * CONVENTION ? best[0] : null
}

/** Abbreviations, which a convention of words does not bind where hardly any cell spells them otherwise. */
const ABBREVIATION = /^\p{Lu}{2,4}$/u
const HARDLY = 0.1

/** Whether capitals are part of the most frequent spelling, whatever the column does: `iPhone`, `NASA`. */
function isOwnForm(value: string, group: readonly string[], counts: Counts): boolean {
  if (value !== value.toLowerCase() && capitalsOf(value).length === 0) return true
  const all = group.reduce((sum, one) => sum + (counts.get(one) ?? 0), 0)
  return ABBREVIATION.test(value) && (counts.get(value) ?? 0) >= all * (1 - HARDLY)
}

/** Whether nothing is left over in it: no gaps, no marks at the end, brackets in pairs, no replaced characters. */
const isWellFormed = (value: string) =>
  !/\s{2}|[,;:]$|\uFFFD/u.test(value) &&
  value === value.normalize('NFC') &&
  (value.match(/[([{]/g)?.length ?? 0) === (value.match(/[)\]}]/g)?.length ?? 0)

export function bestSpelling(group: readonly string[], counts: Counts, convention: Capitals | null): string {
  const count = (value: string) => counts.get(value) ?? 0
  const byFrequency = [...group].sort((a, b) => count(b) - count(a) || (a < b ? -1 : 1))
  const formed = byFrequency.filter(isWellFormed)
  const [first = '', ...others] = formed.length > 0 ? formed : byFrequency
  if (convention === null || isOwnForm(first, group, counts)) return first
  return [first, ...others].find((value) => capitalsOf(value).includes(convention)) ?? first
}
