/** The tally of a batch: whose row is whose, which flag decides, what is remembered. */
import { describe, expect, it } from 'vitest'
import type { Flag } from '#relational/operations/lowered-pass.ts'
import { membersOf } from '#data/pass/members.ts'
import { markMembers, startTally, maskWords } from '#data/pass/tally.ts'
import { flagOf } from './fates.ts'

interface Setting {
  readonly flags: readonly Flag[]
  /** The flags raised for each row. */
  readonly rows: readonly (readonly number[])[]
  readonly source_starts?: readonly number[]
  readonly chunk_starts?: readonly number[]
  readonly remember?: number
}

function tallied({ flags, rows, source_starts = [0], chunk_starts = [0], remember = 2 }: Setting) {
  const { tally, account } = startTally({ flags, members: new Map(), source_starts, chunk_starts, rows: rows.length, remember })
  const words = Array.from({ length: maskWords(flags.length) }, () => new Uint32Array(rows.length))
  for (const [row, raised] of rows.entries())
    for (const at of raised) (words[at >> 5] as Uint32Array)[row] = ((words[at >> 5] as Uint32Array)[row] as number) | (1 << (at & 31))
  const keep = new Uint8Array(rows.length)
  tally(rows.length, words, new BigUint64Array(rows.length), [], keep)
  return { account, keep: [...keep], counts: account.counts.map((counts) => [...counts]) }
}

const keep = (at = 0, rule?: string) => flagOf({ fate: 'keep', about: 'row' }, at, rule)
const quarantine = (at = 0) => flagOf({ fate: 'quarantine', about: 'row' }, at)

describe('the account of a batch', () => {
  it('counts a row for the source and the chunk it is of, from their first row to their last', () => {
    const { account, counts } = tallied({
      flags: [keep(0), quarantine(1)],
      rows: [[0], [0], [0, 1], [1], [0], []],
      source_starts: [0, 2, 2, 5],
      chunk_starts: [0, 2, 4],
    })
    // the second source has no rows
    expect(counts).toEqual([
      [2, 0, 2, 0],
      [0, 0, 2, 0],
    ])
    expect(account.chunks).toEqual([
      { out: 2, quarantined: 0, deduplicated: 0, filtered: 0 },
      { out: 0, quarantined: 2, deduplicated: 0, filtered: 0 },
      { out: 2, quarantined: 0, deduplicated: 0, filtered: 0 },
    ])
  })

  it('counts the first row of a source for it, and not for the source before', () => {
    expect(tallied({ flags: [keep()], rows: [[], [0]], source_starts: [0, 1] }).counts).toEqual([[0, 1]])
  })

  it('remembers the number of rows it is set to, and no more', () => {
    const rows = [[], [0], [0], [0], [0]]
    expect(tallied({ flags: [keep()], rows, remember: 2 }).account.remembered).toEqual([[1, 2]])
    expect(tallied({ flags: [keep()], rows, remember: 0 }).account.remembered).toEqual([[]])
    expect(tallied({ flags: [keep()], rows, remember: 9 }).account.remembered).toEqual([[1, 2, 3, 4]])
  })

  it('lets the first flag that removes a row decide, and counts none behind it', () => {
    const flags = [keep(0), flagOf({ fate: 'filter', about: 'row' }, 1), keep(2), quarantine(3)]
    const {
      counts,
      keep: stays,
      account,
    } = tallied({
      flags,
      rows: [
        [0, 1, 2, 3],
        [2, 3],
        [0, 2],
      ],
    })
    expect(stays).toEqual([0, 0, 1])
    expect(counts).toEqual([[2], [1], [2], [1]])
    expect(account.chunks).toEqual([{ out: 1, quarantined: 1, deduplicated: 0, filtered: 1 }])
  })

  it('sets a row aside with every flag that would have done it', () => {
    const flags = Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? quarantine(at) : keep(at)))
    const { account } = tallied({ flags, rows: [[1, 2, 38], [3], [0]] })
    expect(account.quarantined).toEqual([
      [0, [2, 38]],
      [2, [0]],
    ])
  })

  it('counts a row once for a rule that looks at several columns', () => {
    const flags = [keep(0, 'filled'), keep(1, 'filled'), keep(2, 'alone'), keep(3, 'filled')]
    const { account, counts } = tallied({ flags, rows: [[0, 1, 2, 3], [3], [2], []] })
    expect(counts).toEqual([[1], [1], [2], [2]])
    expect(account.found).toEqual([{ origin: { step: 's', rule: 'filled' }, rows: 2 }])
  })

  it('counts no rows for rules that remove them, or that count cells', () => {
    const cells = (at: number): Flag => ({ ...keep(at, 'cells'), counts: 'cells' })
    const flags = [keep(0, 'filled'), keep(1, 'filled'), { ...quarantine(2), origin: keep(0, 'filled').origin }, cells(3), cells(4)]
    const aside = [quarantine(5), quarantine(6)].map((flag) => ({ ...flag, origin: { step: 's', rule: 'aside' } }))
    const { account } = tallied({ flags: [...flags, ...aside], rows: [[0, 3, 4], [2], [5, 6], [1, 4]] })
    expect(account.found).toEqual([{ origin: { step: 's', rule: 'filled' }, rows: 2 }])
  })
})

describe('the rows that stay', () => {
  it('are counted with their hashes in order and their missing cells, over all vectors of rows', () => {
    const { tally, account } = startTally({
      ...{ flags: [quarantine()], members: new Map(), source_starts: [0], chunk_starts: [0], remember: 0, rows: 5 },
    })
    // missing cells of typed columns are in the high half
    const missing = [0x10003, 0x20005, 0, 0x10001, 7]
    const hashes = [1n, 2n ** 63n + 2n, 3n, 2n ** 40n, 2n ** 64n - 1n]
    const kept: number[] = []
    for (const [from, to] of [
      [0, 3],
      [3, 5],
    ] as const) {
      const keep = new Uint8Array(to - from)
      const raised = Uint32Array.from([0, 1, 0, 0, 0].slice(from, to))
      tally(to - from, [raised, Uint32Array.from(missing.slice(from, to))], BigUint64Array.from(hashes.slice(from, to)), [], keep)
      kept.push(...keep)
    }
    expect(kept).toEqual([1, 0, 1, 1, 1])
    expect([account.rows, account.kept, account.missing, account.missing_typed]).toEqual([5, 4, 11, 2])
    expect([...account.hashes.subarray(0, 4)]).toEqual([1n, 3n, 2n ** 40n, 2n ** 64n - 1n])
  })
})

describe('the rows whose keys are hashed again', () => {
  it('are marked vector by vector', () => {
    const mark = markMembers(membersOf({ repeats: [[5, 0, 1]], kept: [1, 6] }))
    const marked = [3, 2, 4].map((rows) => {
      const marks = new Uint8Array(rows).fill(9)
      mark(rows, marks)
      return [...marks]
    })
    expect(marked).toEqual([
      [0, 1, 0],
      [0, 0],
      [1, 1, 0, 0],
    ])
  })
})
