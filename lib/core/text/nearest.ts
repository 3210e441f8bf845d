/** Finds the nearest of several names, for "did you mean". */

/** The optimal string alignment distance: the number of inserts, deletes, replacements and swaps of neighbours between two texts. */
function distance(a: string, b: string): number {
  let [before, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (before[j - 2] ?? 0) + 1)
      row.push(best)
    }
    before = last
    last = row
  }
  return last[b.length] ?? 0
}

/**
 * The candidate nearest to `word` if it is near enough, else the only one that starts with it, else undefined. Case, `_`, `-` and spaces
 * count little.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const folded = fold(word)
  const scored = candidates
    .map((candidate) => ({ candidate, score: distance(folded, fold(candidate)) }))
    .filter(({ candidate, score }) => score <= Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3)))
    .sort((a, b) => a.score - b.score || distance(word, a.candidate) - distance(word, b.candidate))
  if (scored[0] !== undefined) return scored[0].candidate
  const longer = folded.length < 3 ? [] : candidates.filter((candidate) => fold(candidate).startsWith(folded))
  return longer.length === 1 ? longer[0] : undefined
}

const fold = (word: string) => word.toLowerCase().replace(/[-_\s]/g, '')
