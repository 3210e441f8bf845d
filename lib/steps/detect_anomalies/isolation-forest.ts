/**
 * Isolation forest: the fewer random cuts separate a row from the others, the more unusual it is. Source: Liu, Ting and Zhou, Isolation Forest, ICDM 2008.
 */

/** A cut at a value of a column, or the number of rows that no cut separated. */
type Node = { readonly column: number; readonly at: number; readonly low: Node; readonly high: Node } | { readonly size: number }

interface Forest {
  /** 0 to 1: about 0.5 for a row like the others, near 1 for one that is separated at once. */
  score(row: readonly number[]): number
}

/** `rows` are what the trees are made of, each of `sample` of them. `chance` gives numbers from 0 to below 1. */
export function isolationForest(
  rows: readonly (readonly number[])[],
  { trees, sample, chance }: { readonly trees: number; readonly sample: number; readonly chance: () => number },
): Forest {
  const size = Math.min(sample, rows.length)
  const limit = Math.ceil(Math.log2(Math.max(2, size)))
  const forest = Array.from({ length: trees }, () => grow(drawn(rows, size, chance), 0, limit, chance))
  const usual = averagePath(size)
  return {
    score: (row) => {
      const mean = forest.reduce((sum, tree) => sum + depthOf(tree, row, 0), 0) / forest.length
      return usual === 0 ? 0.5 : 2 ** (-mean / usual)
    },
  }
}

/** So many of the rows, none twice. */
function drawn(rows: readonly (readonly number[])[], size: number, chance: () => number): readonly (readonly number[])[] {
  if (size === rows.length) return rows
  const chosen = new Set<number>()
  while (chosen.size < size) chosen.add(Math.floor(chance() * rows.length))
  return [...chosen].map((at) => rows[at] ?? [])
}

function grow(rows: readonly (readonly number[])[], depth: number, limit: number, chance: () => number): Node {
  if (rows.length <= 1 || depth >= limit) return { size: rows.length }
  const width = rows[0]?.length ?? 0
  // only columns with different values can be cut
  const ranges = Array.from({ length: width }, (_, column) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (const row of rows) {
      const value = row[column] ?? 0
      if (value < low) low = value
      if (value > high) high = value
    }
    return { column, low, high }
  }).filter(({ low, high }) => high > low)
  const chosen = ranges[Math.floor(chance() * ranges.length)]
  if (chosen === undefined) return { size: rows.length }
  const at = chosen.low + chance() * (chosen.high - chosen.low)
  const { column } = chosen
  const low = rows.filter((row) => (row[column] ?? 0) <= at)
  const high = rows.filter((row) => (row[column] ?? 0) > at)
  if (low.length === 0 || high.length === 0) return { size: rows.length }
  return { column, at, low: grow(low, depth + 1, limit, chance), high: grow(high, depth + 1, limit, chance) }
}

function depthOf(node: Node, row: readonly number[], depth: number): number {
  if ('size' in node) return depth + averagePath(node.size)
  return depthOf((row[node.column] ?? 0) <= node.at ? node.low : node.high, row, depth + 1)
}

/** The mean number of cuts that separate one of `size` rows: c(n) of the paper. */
function averagePath(size: number): number {
  if (size <= 1) return 0
  if (size === 2) return 1
  const EULER = 0.5772156649
  return 2 * (Math.log(size - 1) + EULER) - (2 * (size - 1)) / size
}
