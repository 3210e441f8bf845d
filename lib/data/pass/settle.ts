/**
 * Settles which row of each key stays. The survey chose among all rows, before any rule was applied; the pass found which of them leave for
 * another reason. This proves that every duplicate repeats a row that was written, or one that a later rule about keys removed as a repeat
 * of another, and that both have the same key by a second hash. Where that is not so, it chooses again among the rows that stay, and the
 * affected batches go through the pass once more.
 */
import type { Repeat } from '#data/survey/repeats.ts'
import { LEFT, type MemberFates, removedBy, WRITTEN } from './members.ts'

/** A flag about repeats, by batch. Flags are in the order of the operations. */
export interface RepeatFlag {
  readonly keep: 'first' | 'last'
  /** Whether it removes repeated rows, or only flags them. */
  readonly removes: boolean
  readonly repeats: readonly (readonly Repeat[])[]
  readonly fates: readonly MemberFates[]
}

interface Member {
  readonly batch: number
  readonly row: number
  readonly fate: number
  readonly proof: bigint
}

function memberOf({ fates }: RepeatFlag, batch: number, row: number): Member {
  const found = fates[batch]
  const at = found === undefined ? -1 : position(found.rows, row)
  if (found === undefined || at < 0)
    throw new Error(`the pass did not look at row ${row} of batch ${batch}, whose key occurs more than once`)
  return { batch, row, fate: found.fates[at] as number, proof: found.proofs[at] as bigint }
}

/** The index of a number in an ascending list; -1 if it is not there. */
function position(numbers: Uint32Array, wanted: number): number {
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((numbers[middle] as number) < wanted) low = middle + 1
    else high = middle
  }
  return numbers[low] === wanted ? low : -1
}

/** Whether a row was still there for the flag of this number. */
const isThere = (fate: number, number: number) => fate === WRITTEN || fate >= removedBy(number)

/** The repeats for which a flag was raised: those not removed by a rule on single rows or by an earlier flag about repeats. */
export function raisedRepeats(flag: RepeatFlag, number: number, batch: number): readonly Repeat[] {
  return (flag.repeats[batch] ?? []).filter(([row]) => {
    const { fate } = memberOf(flag, batch, row)
    return flag.removes ? fate === removedBy(number) : isThere(fate, number)
  })
}

/** How many rows were removed as repeats of a row that did not stay, or that has another key. 0: every duplicate is proven. */
export function unprovenRepeats(flags: readonly RepeatFlag[]): number {
  let count = 0
  for (const [number, flag] of flags.entries()) {
    for (const batch of flag.repeats.keys()) {
      for (const [row, keptBatch, keptRow] of raisedRepeats(flag, number, batch)) {
        const kept = memberOf(flag, keptBatch, keptRow)
        const stays = kept.fate === WRITTEN || kept.fate > removedBy(number)
        if (!stays || kept.proof !== memberOf(flag, batch, row).proof) count++
      }
    }
  }
  return count
}

export interface Settled {
  /** For each flag and batch, the rows that repeat a row that stays. */
  readonly repeats: readonly (readonly (readonly Repeat[])[])[]
  /** The batches in which other rows are flagged than before, ascending. */
  readonly affected: readonly number[]
}

/** Chooses again, flag by flag: a row removed by one flag is gone for the flags after it. */
export function settle(flags: readonly RepeatFlag[]): Settled {
  const batches = Math.max(0, ...flags.map(({ repeats }) => repeats.length))
  const gone = new Set<string>()
  const settled = flags.map((flag) => {
    const found = Array.from({ length: batches }, (): Repeat[] => [])
    for (const group of groupsOf(flag)) {
      for (const [kept, ...others] of sameKeys(group.filter((member) => member.fate !== LEFT && !gone.has(nameOf(member))))) {
        if (kept === undefined) continue
        for (const other of others) {
          found[other.batch]?.push([other.row, kept.batch, kept.row])
          if (flag.removes) gone.add(nameOf(other))
        }
      }
    }
    for (const repeats of found) repeats.sort(([a], [b]) => a - b)
    return found
  })
  const affected = Array.from({ length: batches }, (_, batch) => batch).filter((batch) =>
    flags.some((flag, number) => {
      const before = raisedRepeats(flag, number, batch)
      const after = (settled[number] as readonly (readonly Repeat[])[])[batch] as readonly Repeat[]
      return before.length !== after.length || before.some(([row], at) => row !== after[at]?.[0])
    }),
  )
  return { repeats: settled, affected }
}

const nameOf = ({ batch, row }: Member) => `${batch} ${row}`

/** The rows that the survey considered equal, in the order in which one stays. */
function groupsOf(flag: RepeatFlag): readonly (readonly Member[])[] {
  const groups = new Map<string, Member[]>()
  for (const [batch, repeats] of flag.repeats.entries()) {
    for (const [row, keptBatch, keptRow] of repeats) {
      const kept = memberOf(flag, keptBatch, keptRow)
      const group = groups.get(nameOf(kept)) ?? [kept]
      group.push(memberOf(flag, batch, row))
      groups.set(nameOf(kept), group)
    }
  }
  const turn = flag.keep === 'first' ? 1 : -1
  return [...groups.values()].map((group) => group.sort((a, b) => turn * (a.batch - b.batch || a.row - b.row)))
}

/** Splits a group by the second hash of the key. */
function sameKeys(group: readonly Member[]): readonly (readonly Member[])[] {
  const byProof = new Map<bigint, Member[]>()
  for (const member of group) {
    const known = byProof.get(member.proof)
    if (known === undefined) byProof.set(member.proof, [member])
    else known.push(member)
  }
  return [...byProof.values()]
}
