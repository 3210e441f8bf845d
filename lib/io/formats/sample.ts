/** A uniform sample of records that depends only on the source: not on chunks, blocks or the order of work. */
import type { Sample } from './source.ts'

/** The limits of a sample. */
export interface SampleLimits {
  readonly records: number
  readonly bytes: number
}

const ALL = 2 ** 32

/** The finaliser of MurmurHash3 (Appleby, public domain) over the two halves of a record's number; assembly/scan.ts has the same. */
export function sampleHash(record: number): number {
  let h = record ^ Math.imul(Math.floor(record / ALL), 0x9e3779b1)
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

export interface Sampler {
  /** Records with a lower hash are currently sampled. */
  threshold(): number
  /** Adds a good record with its newline, in the order of the source; copies what it keeps. */
  add(record: number, text: Uint8Array): void
  /** The sample; `newLine` is appended to a last record without one. */
  sample(newLine: string): Sample
}

/** Keeps every record whose hash is below a threshold, and halves the threshold when the sample exceeds its limits. */
export function startSampler(limits: SampleLimits): Sampler {
  let threshold = ALL
  let kept: { readonly record: number; readonly hash: number; readonly start: number; readonly end: number }[] = []
  // one buffer for all records, because one per record costs more than reading the source
  let memory = new Uint8Array(1 << 16)
  let used = 0

  function keepBelow(): void {
    const before = kept
    kept = []
    used = 0
    for (const { record, hash, start, end } of before) {
      if (hash >= threshold) continue
      memory.copyWithin(used, start, end)
      kept.push({ record, hash, start: used, end: used + end - start })
      used += end - start
    }
  }

  return {
    threshold: () => threshold,
    add(record, text) {
      const hash = sampleHash(record)
      if (hash >= threshold) return
      if (used + text.length > memory.length) {
        const larger = new Uint8Array(Math.max(memory.length * 2, used + text.length))
        larger.set(memory.subarray(0, used))
        memory = larger
      }
      memory.set(text, used)
      kept.push({ record, hash, start: used, end: used + text.length })
      used += text.length
      while (kept.length > limits.records || used > limits.bytes) {
        threshold = Math.floor(threshold / 2)
        keepBelow()
      }
    },
    sample(newLine) {
      const isEnded = used === 0 || memory[used - 1] === newLine.charCodeAt(newLine.length - 1)
      const text = Buffer.concat([memory.subarray(0, used), Buffer.from(isEnded ? '' : newLine)])
      const ends = kept.map(({ end }, at) => (at === kept.length - 1 ? text.length : end))
      return { threshold, numbers: kept.map(({ record }) => record), ends, text }
    },
  }
}
