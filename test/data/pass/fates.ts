/** Rows as the tally sees them, without an engine: what rules say of each, and its keys; and what must become of them, worked out row by row. */
import type { Flag } from '#relational/operations/lowered-pass.ts'
import { type MemberFates, membersOf } from '#data/pass/members.ts'
import { type RepeatFlag, settle, unprovenRepeats } from '#data/pass/settle.ts'
import { type Account, startTally, maskWords } from '#data/pass/tally.ts'
import { findRepeats, type Repeat, withKept } from '#data/survey/repeats.ts'

export interface SomeRow {
  /** For each flag about the row alone, whether it is raised. */
  readonly raised: readonly boolean[]
  /** For each flag about keys, the key; null: the row has none. */
  readonly keys: readonly (number | null)[]
}

/** A flag about the row alone, or about a key. */
export interface SomeFlag {
  readonly fate: Flag['fate']
  readonly about: 'row' | 'key'
  readonly keep: 'first' | 'last'
}

/** A flag of a rule `r<number>` of the step `s`. */
export const flagOf = ({ fate, about }: Pick<SomeFlag, 'fate' | 'about'>, at: number, rule = `r${at}`): Flag => ({
  origin: { step: 's', rule },
  column: '',
  fate,
  counts: 'rows',
  reason: `reason ${at}`,
  key_set: about === 'key' ? { survey: 'x', set: at, after: 0 } : null,
})

/** What became of the rows: of each its place in `out`, or the number of the flag that removed it; and of each flag how often it was raised. */
export interface Fates {
  readonly removed: readonly (number | null)[]
  readonly counts: readonly number[]
}

/** Row by row: rules on single rows first, then for each key in turn the first or last row that is still there stays. */
export function plainly(rows: readonly SomeRow[], flags: readonly SomeFlag[]): Fates {
  const ownOf = flags.map(({ about }, at) => flags.slice(0, at).filter((flag) => flag.about === about).length)
  const removed = rows.map((row): number | null => {
    const at = flags.findIndex(({ about, fate }, flag) => about === 'row' && fate !== 'keep' && row.raised[ownOf[flag] as number])
    return at < 0 ? null : at
  })
  const left = removed.map((flag) => flag !== null)
  const found = rows.map(() => new Set<number>())
  for (const [at, { about, fate, keep }] of flags.entries()) {
    if (about === 'row') continue
    const seen = new Set<number>()
    const order = keep === 'first' ? [...rows.keys()] : [...rows.keys()].reverse()
    for (const row of order) {
      const key = rows[row]?.keys[ownOf[at] as number] ?? null
      if (key === null || removed[row] !== null) continue
      if (!seen.has(key)) seen.add(key)
      else {
        found[row]?.add(at)
        if (fate !== 'keep') removed[row] = at
      }
    }
  }
  const counts = flags.map(({ about }, at) => {
    return rows.filter((row, index) => {
      const end = removed[index] ?? flags.length
      if (at > end) return false
      return about === 'key' ? found[index]?.has(at) : row.raised[ownOf[at] as number] && (at <= end || left[index])
    }).length
  })
  return { removed, counts }
}

/** The same by survey, pass, and where it must be a second pass. `collide` makes different keys share the hash that finds repeats. */
export function passed(
  batches: readonly (readonly SomeRow[])[],
  flags: readonly SomeFlag[],
  collide: number | null,
): Fates & { readonly rounds: number; readonly affected: number; readonly accounts: readonly Account[] } {
  const keyed = flags.flatMap((flag, at) => (flag.about === 'key' ? [at] : []))
  const surveys = keyed.map((at, set) => {
    const hashes = batches.map((rows) => {
      const halves = new Uint32Array(rows.length * 2)
      for (const [row, { keys }] of rows.entries()) {
        const key = keys[set] ?? null
        halves[2 * row] = key === null ? 0 : 1 + (collide === null ? key : key % collide)
      }
      return { halves, rows: Uint32Array.from(rows.keys()) }
    })
    return withKept(findRepeats(hashes, (flags[at] as SomeFlag).keep).batches)
  })
  let repeats: readonly (readonly (readonly Repeat[])[])[] = surveys.map((survey) => survey.map((own) => own.repeats))
  let accounts = batches.map((rows, batch) => onePass(rows, flags, batch, surveys, repeats))
  const repeatFlags = () =>
    keyed.map((at, set): RepeatFlag => {
      const { keep, fate } = flags[at] as SomeFlag
      const fates = accounts.map((account) => account.fates[set] as MemberFates)
      return { keep, removes: fate !== 'keep', repeats: repeats[set] ?? [], fates }
    })
  let [rounds, affected] = [1, 0]
  if (unprovenRepeats(repeatFlags()) > 0) {
    const settled = settle(repeatFlags())
    repeats = settled.repeats
    accounts = batches.map((rows, batch) =>
      settled.affected.includes(batch) ? onePass(rows, flags, batch, surveys, repeats) : (accounts[batch] as Account),
    )
    ;[rounds, affected] = [2, settled.affected.length]
  }
  if (unprovenRepeats(repeatFlags()) > 0) throw new Error('a duplicate repeats no row that was written')
  const removed = accounts.flatMap((account, batch) => removedIn(account, batches[batch] ?? [], flags))
  const counts = flags.map((_, at) => accounts.reduce((sum, account) => sum + (account.counts[at]?.[0] ?? 0), 0))
  return { removed, counts, rounds, affected, accounts }
}

function onePass(
  rows: readonly SomeRow[],
  flags: readonly SomeFlag[],
  batch: number,
  surveys: readonly ReturnType<typeof withKept>[],
  repeats: readonly (readonly (readonly Repeat[])[])[],
): Account {
  const keyed = flags.flatMap((flag, at) => (flag.about === 'key' ? [at] : []))
  const single = flags.flatMap((flag, at) => (flag.about === 'row' ? [at] : []))
  const members = new Map(
    keyed.map((at, set) => {
      const survey = surveys[set]?.[batch] ?? { repeats: [], kept: [] }
      return [
        at,
        membersOf(
          survey,
          (repeats[set]?.[batch] ?? []).map(([row]) => row),
        ),
      ] as const
    }),
  )
  const { tally, account } = startTally({
    flags: flags.map((flag, at) => flagOf(flag, at)),
    members,
    source_starts: [0],
    chunk_starts: [0],
    rows: rows.length,
    remember: 3,
  })
  const words = Array.from({ length: maskWords(flags.length) }, () => new Uint32Array(rows.length))
  for (const [row, { raised }] of rows.entries())
    for (const [own, at] of single.entries())
      if (raised[own]) (words[at >> 5] as Uint32Array)[row] = ((words[at >> 5] as Uint32Array)[row] as number) | (1 << (at & 31))
  const proven = keyed.flatMap((at, set) => ((members.get(at)?.rows.length ?? 0) > 0 ? [set] : []))
  const proofs = proven.map((set) => BigUint64Array.from(rows, ({ keys }) => BigInt(keys[set] ?? -1) + 1n))
  // in two calls, as vectors of rows come
  const half = rows.length >> 1
  const keep = new Uint8Array(rows.length)
  for (const [from, to] of [
    [0, half],
    [half, rows.length],
  ] as const) {
    if (from === to) continue
    const part = <FlagWords extends Uint32Array | BigUint64Array>(all: FlagWords) => all.slice(from, to) as FlagWords
    tally(to - from, words.map(part), new BigUint64Array(to - from), proofs.map(part), keep.subarray(from, to))
  }
  return account
}

/** Which flag removed each row: from the members and the quarantined rows; for others the first raised. */
function removedIn(account: Account, rows: readonly SomeRow[], flags: readonly SomeFlag[]): (number | null)[] {
  const keyed = flags.flatMap((flag, at) => (flag.about === 'key' ? [at] : []))
  const single = flags.flatMap((flag, at) => (flag.about === 'row' ? [at] : []))
  return rows.map(({ raised }, row) => {
    const own = single.find((at, index) => raised[index] && flags[at]?.fate !== 'keep')
    if (own !== undefined) return own
    for (const { rows: members, fates } of account.fates) {
      const fate = fates[members.indexOf(row)] ?? 0
      if (fate >= 2) return keyed[fate - 2] ?? null
    }
    return null
  })
}
