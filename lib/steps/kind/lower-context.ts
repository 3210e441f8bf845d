/** What a rows step has at hand when it lowers its settings to operations. */
import type { Json } from '#core/json.ts'
import type { Decision } from '#relational/operations/choices.ts'
import type { KeySet } from '#relational/operations/key-set.ts'
import type { Facts } from '#relational/measures/facts.ts'
import type { KeyReference, Op } from '#relational/operations/ops.ts'
import type { Column } from '#relational/types/types.ts'

export interface LowerContext {
  readonly step: string
  /** The columns at this point. */
  readonly columns: readonly Column[]
  /** Columns in which an earlier rule of the step can have emptied cells, which the facts do not include. */
  readonly emptied: ReadonlySet<string>
  /** Facts of the dataset at the start of the step; absent if the step asked for none. */
  readonly facts: Facts | undefined
  /** Of a kind that remembers: what the last run that published left; null in the first run. */
  readonly remembered?: Json | undefined
  /** Records an automatic choice and its reason, for the report. */
  decide(decision: Omit<Decision, 'step'>): void
  /** Records that the facts already count what a rule changes in a column, so that it is not counted again. */
  claim(rule: string, column: string, cells: number): void
  /** The reference to the repeats of a key set that the step listed in its needs. */
  keySet(set: KeySet): KeyReference
  /** The context of a rule of the step, by its number, after the operations of the rules before it. */
  at?(rule: number, before: readonly Op[]): LowerContext
}

/** What must be known about the whole dataset before a step can be lowered. */
export interface Needs {
  readonly facts: boolean
  readonly key_sets: readonly KeySet[]
  /** How detailed the sample must be, if more than by default. */
  readonly detail?: Detail
}

/** Values can be references, resolved when the pipeline runs. */
export interface Detail {
  readonly top_values: number | string
  readonly histogram_bins: number | string
}

/**
 * The figures a rule uses: those of the sample for numeric columns (quantiles, which need no pass over all rows), all figures of numeric
 * columns, or all figures of all columns.
 */
export type Figures = 'sample' | 'numbers' | 'all'

export const NO_NEEDS: Needs = { facts: false, key_sets: [] }

/** Merges the needs of several units. */
export function allNeeds(needs: readonly Needs[]): Needs {
  const sets = new Map(needs.flatMap((need) => need.key_sets).map((set) => [JSON.stringify(set), set]))
  const detail = needs.findLast((need) => need.detail !== undefined)?.detail
  return { facts: needs.some((need) => need.facts), key_sets: [...sets.values()], ...(detail === undefined ? {} : { detail }) }
}

export type Lowered = readonly Op[]
