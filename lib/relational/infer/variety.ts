/** Estimates the number of distinct cells in a sample: a theta sketch over 32-bit hashes, small enough to travel in JSON. */

export interface Variety {
  /** Hashes below this value are kept. */
  threshold: number
  kept: number[]
}

const LIMIT = 1024
const SPACE = 2 ** 32

export const noVariety = (): Variety => ({ threshold: SPACE, kept: [] })

/** FNV-1a over UTF-16 units, then mixed (murmur3's finaliser), because FNV's high bits are weak for short texts. */
function hash(text: string): number {
  let h = 0x811c9dc5
  for (let at = 0; at < text.length; at++) h = Math.imul(h ^ text.charCodeAt(at), 0x01000193)
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** A set beside the sketch makes adding cheap; it is rebuilt when the sketch shrinks. */
export function varietyCounter(): { add(text: string): void; result(): Variety } {
  let threshold = SPACE
  let kept = new Set<number>()
  return {
    add(text) {
      const value = hash(text)
      if (value >= threshold) return
      kept.add(value)
      while (kept.size > LIMIT) {
        threshold /= 2
        kept = new Set([...kept].filter((other) => other < threshold))
      }
    },
    result: () => ({ threshold, kept: [...kept].sort((a, b) => a - b) }),
  }
}

export function mergeVariety(a: Variety, b: Variety): Variety {
  let threshold = Math.min(a.threshold, b.threshold)
  let kept = [...new Set([...a.kept, ...b.kept])].filter((value) => value < threshold)
  while (kept.length > LIMIT) {
    threshold /= 2
    const limit = threshold
    kept = kept.filter((value) => value < limit)
  }
  return { threshold, kept: kept.sort((x, y) => x - y) }
}

export const estimateVariety = ({ threshold, kept }: Variety) => Math.round((kept.length * SPACE) / threshold)

/** The maximum number of distinct values of a column with few values. */
const MAX_LISTED = 1000

/**
 * Whether a column has few values; if so, they are listed and compared with each other. `counts` are the counts of the distinct values among `cells` cells. Few values means that hardly any occurs only once, so that new values
 * will be rare in other cells (Good–Turing).
 */
export function areFew(counts: readonly number[], cells: number): boolean {
  const once = counts.filter((count) => count === 1).length
  return counts.length <= MAX_LISTED && (cells < 200 ? counts.length <= 100 : once <= 0.01 * cells)
}
