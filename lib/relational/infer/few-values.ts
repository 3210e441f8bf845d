/** Whether a column has few values: then they are listed, and compared with each other. */

/** More different values than this are not few. */
const MOST = 1000

/** `counts` of the different values among so many cells: hardly any is seen only once, so new ones will be rare in other cells (Good–Turing). */
export function areFew(counts: readonly number[], cells: number): boolean {
  const once = counts.filter((count) => count === 1).length
  return counts.length <= MOST && (cells < 200 ? counts.length <= 100 : once <= 0.01 * cells)
}
