/** Estimates how many rows are equal by chance. */
import type { ColumnFacts, Facts } from '#relational/measures/facts.ts'

/**
 * The probability that the cells of two different rows are equal: Σ c (c − 1) / n (n − 1) over the counts c of the values; missing cells
 * are equal.
 */
function chanceOf({ rows, missing, distinct, values, sampled }: ColumnFacts): number {
  const present = rows - missing
  const scale = values === null ? present / Math.max(1, sampled.cells) : 1
  const counts = (values ?? sampled.top).map(([, count]) => count * scale)
  const others = Math.max(0, present - counts.reduce((sum, count) => sum + count, 0))
  const each = values === null ? others / Math.max(1, distinct.value - counts.length) : 0
  // a list of values includes the null values, but not the empty cells
  const empty = values === null ? missing : rows - counts.reduce((sum, count) => sum + count, 0)
  const pairs = [...counts, empty].reduce((sum, count) => sum + count * Math.max(0, count - 1), 0) + others * Math.max(0, each - 1)
  return Math.min(1, pairs / (rows * (rows - 1)))
}

/**
 * Pairs of equal rows to expect if the columns were independent: n (n − 1) / 2 times the probability that two rows agree in every column.
 * Columns that depend on each other produce more, so this is a lower bound.
 */
export function expectedCoincidences({ rows, columns }: Pick<Facts, 'rows' | 'columns'>): number {
  if (rows < 2) return 0
  return columns.reduce((chance, column) => chance * chanceOf(column), (rows * (rows - 1)) / 2)
}
