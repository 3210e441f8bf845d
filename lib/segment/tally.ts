/**
 * The account of a batch's rows while they stream by: which flags were raised, and what became of each row. Every row is seen once, in
 * order; the flags stand in the order of the operations, so the first one that removes a row decides, and what later operations would
 * have said of it does not count.
 */
import type { Tally } from '../duckdb/session.ts'
import type { Flag } from '../lowering/lower.ts'

export interface TallyInput {
  readonly flags: readonly Flag[]
  /** For each flag without SQL the rows it is raised for, ascending. */
  readonly listed: ReadonlyMap<number, readonly number[]>
  /** First row of each source in the batch, and of each chunk. */
  readonly source_starts: readonly number[]
  readonly chunk_starts: readonly number[]
  /** Rows to expect, for the hashes of those that stay. */
  readonly rows: number
  /** How many rows to remember for each flag that keeps its row. */
  readonly remember: number
}

export interface Account {
  rows: number
  kept: number
  /** For each flag, by source of the batch. */
  readonly counts: readonly Float64Array[]
  /** For each chunk of the batch: rows that stayed, and those removed by fate. */
  readonly chunks: readonly ChunkAccount[]
  /** Rows removed by quarantine, with the flag that did it. */
  readonly quarantined: (readonly [row: number, flag: number])[]
  /** The first rows for which a flag that keeps its row was raised. */
  readonly remembered: readonly number[][]
  /** Missing cells in the rows that stayed; and of these, those in columns that have a type or meaning. */
  missing: number
  missing_judged: number
  /** Hashes of the rows that stayed, in order. */
  readonly hashes: BigUint64Array
}

export interface ChunkAccount {
  out: number
  quarantined: number
  deduplicated: number
  filtered: number
}

const FATE_FIELD = { quarantine: 'quarantined', deduplicate: 'deduplicated', filter: 'filtered' } as const

/** 32 flags to a word; after them one word counts the missing cells: all in its low half, those of judged columns in its high half. */
export const wordsFor = (flags: number) => Math.ceil(flags / 32) + 1

export function startTally(input: TallyInput): { readonly tally: Tally; readonly account: Account } {
  const { flags, listed, source_starts, chunk_starts, remember } = input
  const flagWords = wordsFor(flags.length) - 1
  const account: Account = {
    rows: 0,
    kept: 0,
    counts: flags.map(() => new Float64Array(source_starts.length)),
    chunks: chunk_starts.map(() => ({ out: 0, quarantined: 0, deduplicated: 0, filtered: 0 })),
    quarantined: [],
    remembered: flags.map(() => []),
    missing: 0,
    missing_judged: 0,
    hashes: new BigUint64Array(input.rows),
  }
  const lists = [...listed].map(([flag, rows]) => ({ word: flag >> 5, bit: 1 << (flag & 31), rows, next: 0 }))
  const raised = new Int32Array(flagWords)
  const keptHalves = new Uint32Array(account.hashes.buffer)
  let [source, chunk] = [0, 0]

  /** Counts the flags of a row in order; whether the row stays. */
  function judge(row: number): boolean {
    for (let word = 0; word < flagWords; word++) {
      let bits = raised[word] as number
      while (bits !== 0) {
        const low = bits & -bits
        bits ^= low
        const at = word * 32 + (31 - Math.clz32(low))
        const flag = flags[at] as Flag
        const counts = account.counts[at] as Float64Array
        counts[source] = (counts[source] as number) + 1
        if (flag.fate === 'keep') {
          const rows = account.remembered[at] as number[]
          if (rows.length < remember) rows.push(row)
          continue
        }
        const chunkAccount = account.chunks[chunk] as ChunkAccount
        chunkAccount[FATE_FIELD[flag.fate]]++
        if (flag.fate === 'quarantine') account.quarantined.push([row, at])
        return false
      }
    }
    return true
  }

  const tally: Tally = (rows, words, hash, keep) => {
    const first = account.rows
    const missing = words[flagWords] as Uint32Array
    // in halves, because a 64-bit number would become an object for each row
    const halves = new Uint32Array(hash.buffer, hash.byteOffset, hash.length * 2)
    for (let at = 0; at < rows; at++) {
      const row = first + at
      while (source + 1 < source_starts.length && row >= (source_starts[source + 1] as number)) source++
      while (chunk + 1 < chunk_starts.length && row >= (chunk_starts[chunk + 1] as number)) chunk++
      let any = 0
      for (let word = 0; word < flagWords; word++) {
        raised[word] = (words[word] as Uint32Array)[at] as number
        any |= raised[word] as number
      }
      for (const list of lists) {
        if (list.rows[list.next] !== row) continue
        list.next++
        raised[list.word] = (raised[list.word] as number) | list.bit
        any = 1
      }
      const stays = any === 0 || judge(row)
      keep[at] = stays ? 1 : 0
      if (!stays) continue
      account.missing += (missing[at] as number) & 0xffff
      account.missing_judged += (missing[at] as number) >>> 16
      keptHalves[2 * account.kept] = halves[2 * at] as number
      keptHalves[2 * account.kept + 1] = halves[2 * at + 1] as number
      account.kept++
      const chunkAccount = account.chunks[chunk] as ChunkAccount
      chunkAccount.out++
    }
    account.rows += rows
  }
  return { tally, account }
}
