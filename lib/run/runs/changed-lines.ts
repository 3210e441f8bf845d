/** The lines in which two texts differ, by their longest common subsequence. Pure. */

export interface LineChange {
  readonly sign: '+' | '-'
  /** In the text that has the line: the second for `+`, the first for `-`. */
  readonly line: number
  readonly text: string
}

/** Longer texts are compared line by line: the table of the others has the product of their lengths. */
const MAX_LINES = 3000

export function changedLines(before: string, after: string): readonly LineChange[] {
  if (before === after) return []
  const [a, b] = [before.split('\n'), after.split('\n')]
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let [endA, endB] = [a.length, b.length]
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--
    endB--
  }
  return middle(a.slice(start, endA), b.slice(start, endB)).map((change) => ({ ...change, line: change.line + start }))
}

function middle(a: readonly string[], b: readonly string[]): readonly LineChange[] {
  if (a.length > MAX_LINES || b.length > MAX_LINES) return [...a.map(removed), ...b.map(added)]
  // common[i][j]: lines that a from i and b from j have in common, in order
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1))
  const at = (i: number, j: number) => common[i]?.[j] ?? 0
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) {
      const row = common[i]
      if (row !== undefined) row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  const changes: LineChange[] = []
  for (let [i, j] = [0, 0]; i < a.length || j < b.length; ) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i++
      j++
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      changes.push(removed(a[i] ?? '', i))
      i++
    } else {
      changes.push(added(b[j] ?? '', j))
      j++
    }
  }
  return changes
}

const removed = (text: string, at: number): LineChange => ({ sign: '-', line: at + 1, text })
const added = (text: string, at: number): LineChange => ({ sign: '+', line: at + 1, text })
