/**
 * Measures without a SQL aggregate: a function called for every vector of rows passes their values to collectors, one per column and group
 * of rows. It runs in the same pass as the aggregates.
 */
import type { Collectable, Session } from '#io/duckdb/session.ts'
import type { Json } from '#core/json.ts'
import { ALL_MEASURES } from '#relational/measures/index.ts'
import { hashSet } from '#relational/measures/hash-set.ts'
import type { Cells, Collected, Collector } from '#relational/measures/measure.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { MAX_VALUE_LENGTH, MAX_VALUES } from './partial.ts'

type States = { readonly [measure: string]: Json }

export interface Collection {
  /** Aggregates that pass a column to its collectors; `group` is a plain reference to a UBIGINT. */
  add(plan: ColumnPlan, cells: Cells, group: string): readonly string[]
  /** An aggregate that lists the values of a text column as written, with counts, as long as they are few and short. */
  addList(plan: ColumnPlan, raw: string, group: string): string
  /** After the query: whether the list of a column's values in a group is complete. */
  isListed(plan: ColumnPlan, group: string): boolean
  /** After the query: the states of a column in a group. */
  states(plan: ColumnPlan, group: string): States
}

interface Slot {
  readonly collector: (group: string) => Pick<Collector, 'add'>
  /** The result of the function for a row of the group. */
  readonly answer: (group: string) => number
}

const TYPES = { number: 'DOUBLE', hash: 'UBIGINT' } as const satisfies Record<Collected, keyof Collectable>

/** The value of a cell for a collector, and the number of cells it stands for. */
function givenOf(of: Collected, { value, present, hash, weight }: Cells): { readonly value: string; readonly count: string } {
  const cell = of === 'number' ? `CAST(${value} AS DOUBLE)` : hash
  const there = of === 'number' ? value : present
  return {
    value: `COALESCE(${cell}, 0::${TYPES[of]})`,
    count: `CASE WHEN ${there} IS NULL THEN 0 ELSE ${weight} END::DOUBLE`,
  }
}

export function openCollection(session: Session, records: number): Collection {
  const slots: Slot[] = []
  const measured = new Map<string, { readonly measure: string; readonly state: (group: string) => Json }[]>()
  const listings = new Map<string, (group: string) => Listing>()
  const seen = (
    column: number,
    rows: number,
    groups: BigUint64Array,
    values: Float64Array | BigUint64Array,
    counts: Float64Array,
    result: Uint8Array,
  ) => {
    const slot = slots[column]
    if (slot === undefined) throw new Error(`column ${column} is not collected`)
    const halves = new Uint32Array(groups.buffer, groups.byteOffset, groups.length * 2)
    for (let from = 0; from < rows; ) {
      let to = from + 1
      while (to < rows && halves[to * 2] === halves[from * 2] && halves[to * 2 + 1] === halves[from * 2 + 1]) to++
      const group = String(groups[from])
      slot.collector(group).add(values, counts, from, to)
      result.fill(slot.answer(group), from, to)
      from = to
    }
  }
  const functions: { [of in Collected]?: string } = {}
  const functionFor = (of: Collected) => {
    const name = functions[of] ?? session.registerCollect(TYPES[of], seen)
    functions[of] = name
    return name
  }

  return {
    add: (plan, cells, group) =>
      ALL_MEASURES.flatMap(({ name, collect, appliesTo }) => {
        if (collect === undefined || !appliesTo(plan)) return []
        const collector = byGroup(() => collect.create(plan, records))
        const at = slots.push({ collector, answer: () => 0 }) - 1
        measured.set(plan.name, [...(measured.get(plan.name) ?? []), { measure: name, state: (of) => collector(of).state() }])
        const { value, count } = givenOf(collect.of, cells)
        return [`max(${functionFor(collect.of)}(${at}, ${group}, ${value}, ${count}))`]
      }),
    addList(plan, raw, group) {
      const listing = byGroup(newListing)
      listings.set(plan.name, listing)
      const at = slots.push({ collector: listing, answer: (of) => (listing(of).isComplete() ? 1 : 0) }) - 1
      const count = `CASE WHEN ${raw} IS NULL THEN 0 WHEN strlen(${raw}) > ${MAX_VALUE_LENGTH} THEN ${TOO_LONG} ELSE 1 END::DOUBLE`
      return `histogram(CASE WHEN ${functionFor('hash')}(${at}, ${group}, COALESCE(hash(${raw}), 0::UBIGINT), ${count}) = 1 THEN ${raw} END)`
    },
    isListed: (plan, group) => listings.get(plan.name)?.(group).isComplete() ?? false,
    states: (plan, group) =>
      Object.fromEntries((measured.get(plan.name) ?? []).map(({ measure, state }) => [measure, state(group)] as const)),
  }
}

/** One object per group, created on first use. */
function byGroup<Of>(create: () => Of): (group: string) => Of {
  const known = new Map<string, Of>()
  return (group) => {
    const found = known.get(group) ?? create()
    known.set(group, found)
    return found
  }
}

type Listing = Pick<Collector, 'add'> & { isComplete(): boolean }

const TOO_LONG = -1

/** Checks whether values are few and short enough to be listed, so that the aggregate never holds many. */
function newListing(): Listing {
  const set = hashSet(MAX_VALUES, null)
  let isComplete = true
  return {
    add(hashes, counts, from, to) {
      if (!isComplete) return
      set.add(hashes as BigUint64Array, counts, from, to)
      isComplete = set.size() <= MAX_VALUES && !counts.subarray(from, to).includes(TOO_LONG)
    },
    isComplete: () => isComplete,
  }
}
