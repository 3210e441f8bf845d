/**
 * Counts the rows of a batch as they stream by: which flags were raised, and the fate of each row. Every row is seen once, in order. The
 * first flag about single rows that removes a row decides its fate; later operations do not count. Only a row that no such flag removes can
 * be a repeat: a quarantined row is not a duplicate, and no row is a duplicate of it.
 */
import type { Tally } from '#io/duckdb/session.ts'
import type { Flag } from '#relational/operations/lowered-pass.ts'
import { LEFT, type MemberFates, type Members, removedBy, WRITTEN } from './members.ts'

export interface TallyInput {
  readonly flags: readonly Flag[]
  /** For each flag without SQL, the rows whose key occurs more than once. */
  readonly members: ReadonlyMap<number, Members>
  /** First row of each source in the batch, and of each chunk. */
  readonly source_starts: readonly number[]
  readonly chunk_starts: readonly number[]
  /** Rows to expect, for the hashes of those that stay. */
  readonly rows: number
  /** How many rows to remember per flag that keeps its row. */
  readonly remember: number
}

export interface Account {
  rows: number
  kept: number
  /** For each flag, by source of the batch. */
  readonly counts: readonly Float64Array[]
  /** For each rule that raises several flags on rows it keeps: the rows for which it raised any. */
  readonly found: readonly { readonly origin: Flag['origin']; rows: number }[]
  /** For each chunk of the batch: rows that stayed, and removed rows by fate. */
  readonly chunks: readonly ChunkAccount[]
  /** Quarantined rows, each with all flags that would quarantine it, in order. */
  readonly quarantined: (readonly [row: number, flags: readonly number[]])[]
  /** The first rows for which a flag that keeps its row was raised. */
  readonly remembered: readonly number[][]
  /** The fates of the members of each flag without SQL, in the order of the flags. */
  readonly fates: readonly MemberFates[]
  /** Missing cells in the rows that stayed; and those in columns with a type or meaning. */
  missing: number
  missing_typed: number
  /** The rows that did not stay, in order. */
  readonly removed: number[]
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

/**
 * Words of a row's mask: 32 flags per word, and one word that counts missing cells: all in its low half, those of typed columns in its high
 * half.
 */
export const maskWords = (flags: number) => Math.ceil(flags / 32) + 1

/** The flags about repeats, whose rows are listed. */
export const listedFlags = (flags: readonly Flag[]) => flags.flatMap(({ key_set }, at) => (key_set === null ? [] : [at]))

/** A flag about repeats with its members in the batch. */
interface Listed {
  readonly flag: number
  readonly word: number
  readonly bit: number
  readonly members: Members
  readonly found: MemberFates
  /** The next member, and whether the current row is one. */
  next: number
  here: boolean
}

const NO_MEMBERS: Members = { rows: new Uint32Array(), repeats: new Uint8Array() }

export function startTally(input: TallyInput): { readonly tally: Tally; readonly account: Account } {
  const { flags, members, source_starts, chunk_starts, remember } = input
  const flagWords = maskWords(flags.length) - 1
  const numbered = listedFlags(flags)
  const lists = numbered.map((flag): Listed => {
    const own = members.get(flag) ?? NO_MEMBERS
    const found = { rows: own.rows, fates: new Uint32Array(own.rows.length), proofs: new BigUint64Array(own.rows.length) }
    return { flag, word: flag >> 5, bit: 1 << (flag & 31), members: own, found, next: 0, here: false }
  })
  const manifold = manifoldRules(flags)
  const ruleOf = flags.map((_, at) => manifold.findIndex((rule) => rule.flags.includes(at)))
  const lastFound = manifold.map(() => -1)
  const account: Account = {
    rows: 0,
    kept: 0,
    counts: flags.map(() => new Float64Array(source_starts.length)),
    found: manifold.map(({ origin }) => ({ origin, rows: 0 })),
    chunks: chunk_starts.map(() => ({ out: 0, quarantined: 0, deduplicated: 0, filtered: 0 })),
    quarantined: [],
    remembered: flags.map(() => []),
    fates: lists.map(({ found }) => found),
    missing: 0,
    missing_typed: 0,
    removed: [],
    hashes: new BigUint64Array(input.rows),
  }
  const present = lists.filter(({ members: own }) => own.rows.length > 0)
  const raised = new Int32Array(flagWords)
  const byRow = masksOf(flags, ({ fate, key_set }) => fate !== 'keep' && key_set === null)
  const byKey = masksOf(flags, ({ fate, key_set }) => fate !== 'keep' && key_set !== null)
  const aboutKeys = masksOf(flags, ({ key_set }) => key_set !== null)
  const quarantining = masksOf(flags, ({ fate }) => fate === 'quarantine')
  const keptHalves = new Uint32Array(account.hashes.buffer)
  let [source, chunk] = [0, 0]

  /** The first raised flag of a mask, or -1. */
  function firstOf(masks: Int32Array): number {
    for (let word = 0; word < flagWords; word++) {
      const bits = (raised[word] as number) & (masks[word] as number)
      if (bits !== 0) return word * 32 + lowestOf(bits)
    }
    return -1
  }

  /** All raised flags of a mask. */
  function allOf(masks: Int32Array): number[] {
    const found: number[] = []
    for (let word = 0; word < flagWords; word++)
      for (let bits = (raised[word] as number) & (masks[word] as number); bits !== 0; bits &= bits - 1)
        found.push(word * 32 + lowestOf(bits))
    return found
  }

  /** Counts the flags of a row up to the one that removes it; returns the fate of the row. */
  function settle(row: number): number {
    let removing = firstOf(byRow)
    const left = removing >= 0
    if (left) for (let word = 0; word < flagWords; word++) raised[word] = (raised[word] as number) & ~(aboutKeys[word] as number)
    else removing = firstOf(byKey)
    for (let word = 0; word < flagWords; word++) {
      for (let bits = raised[word] as number; bits !== 0; bits &= bits - 1) {
        const at = word * 32 + lowestOf(bits)
        if (removing >= 0 && at > removing) break
        const counts = account.counts[at] as Float64Array
        counts[source] = (counts[source] as number) + 1
        if (at === removing) break
        const rows = account.remembered[at] as number[]
        if (rows.length < remember) rows.push(row)
        const rule = ruleOf[at] as number
        if (rule < 0 || lastFound[rule] === row) continue
        lastFound[rule] = row
        const found = account.found[rule] as Account['found'][number]
        found.rows++
      }
    }
    if (removing < 0) return WRITTEN
    const { fate } = flags[removing] as Flag
    const chunkAccount = account.chunks[chunk] as ChunkAccount
    chunkAccount[FATE_FIELD[fate as keyof typeof FATE_FIELD]]++
    if (fate === 'quarantine') account.quarantined.push([row, allOf(quarantining)])
    return left ? LEFT : removedBy(numbered.indexOf(removing))
  }

  const tally: Tally = (rows, words, hash, proofs, keep) => {
    const first = account.rows
    const missing = words[flagWords] as Uint32Array
    // as halves, because a 64-bit number would be an object for each row
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
      let isMember = false
      for (const list of present) {
        list.here = list.members.rows[list.next] === row
        if (!list.here) continue
        isMember = true
        if (list.members.repeats[list.next] === 0) continue
        raised[list.word] = (raised[list.word] as number) | list.bit
        any = 1
      }
      const fate = any === 0 ? WRITTEN : settle(row)
      if (isMember) {
        for (const [number, list] of present.entries()) {
          if (!list.here) continue
          list.found.fates[list.next] = fate
          list.found.proofs[list.next] = (proofs[number] as BigUint64Array)[at] as bigint
          list.next++
        }
      }
      keep[at] = fate === WRITTEN ? 1 : 0
      if (fate !== WRITTEN) {
        account.removed.push(row)
        continue
      }
      account.missing += (missing[at] as number) & 0xffff
      account.missing_typed += (missing[at] as number) >>> 16
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

/** Rules with several columns: a row that breaks one in two columns breaks it once. */
function manifoldRules(flags: readonly Flag[]): readonly { readonly origin: Flag['origin']; readonly flags: readonly number[] }[] {
  const rules = new Map<string, { origin: Flag['origin']; flags: number[] }>()
  for (const [at, { origin, fate, counts }] of flags.entries()) {
    if (fate !== 'keep' || counts !== 'rows') continue
    const name = JSON.stringify([origin.step, origin.rule])
    const rule = rules.get(name) ?? { origin, flags: [] }
    rule.flags.push(at)
    rules.set(name, rule)
  }
  return [...rules.values()].filter((rule) => rule.flags.length > 1)
}

const lowestOf = (bits: number) => 31 - Math.clz32(bits & -bits)

function masksOf(flags: readonly Flag[], isMeant: (flag: Flag) => boolean): Int32Array {
  const masks = new Int32Array(maskWords(flags.length) - 1)
  for (const [at, flag] of flags.entries()) if (isMeant(flag)) masks[at >> 5] = (masks[at >> 5] as number) | (1 << (at & 31))
  return masks
}

/** Marks the rows of the batch that are members of a flag, for a pass that hashes the keys of these rows only. */
export function markMembers({ rows: own }: Members): (rows: number, marks: Uint8Array) => void {
  let [first, next] = [0, 0]
  return (rows, marks) => {
    marks.fill(0, 0, rows)
    for (; next < own.length && (own[next] as number) < first + rows; next++) marks[(own[next] as number) - first] = 1
    first += rows
  }
}
