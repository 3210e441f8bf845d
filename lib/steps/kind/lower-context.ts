/** What a rows step sees when it turns its settings into operations. */
import type { Json } from '#core/json.ts'
import type { Decision } from '#relational/operations/choices.ts'
import type { KeySet } from '#relational/operations/key-set.ts'
import type { Facts } from '#relational/measures/facts.ts'
import type { KeyReference, Op } from '#relational/operations/ops.ts'
import type { Column } from '#relational/types/types.ts'

export interface LowerContext {
  readonly step: string
  /** The columns as they stand at this point. */
  readonly columns: readonly Column[]
  /** Columns in which an earlier rule of the step may have left cells missing, which the facts do not know. */
  readonly emptied: ReadonlySet<string>
  /** Facts of the dataset at the step's beginning; absent when the step asked for none. */
  readonly facts: Facts | undefined
  /** Of a kind that remembers: what the last run that published left; null in the first run. */
  readonly remembered?: Json | undefined
  /** Writes down an automatic choice and its reason, for the report. */
  decide(decision: Omit<Decision, 'step'>): void
  /** Says that the facts have counted what a rule changes in a column, so that nobody counts it again. */
  claim(rule: string, column: string, cells: number): void
  /** Where the repeats are of a key set the step asked for in its needs. */
  keySet(set: KeySet): KeyReference
  /** The context of a rule of the step, by its number, behind the operations of those before it. */
  at?(rule: number, before: readonly Op[]): LowerContext
}

/** What must be found out about the whole dataset before a step can be lowered. */
export interface Needs {
  readonly facts: boolean
  readonly key_sets: readonly KeySet[]
  /** How finely the sample is to be looked at, where the usual is not enough. */
  readonly detail?: Detail
}

/** Values may be references, resolved when the pipeline runs. */
export interface Detail {
  readonly top_values: number | string
  readonly histogram_bins: number | string
}

/**
 * Which figures a rule goes by: those of the sample for columns of numbers (quantiles, which cost no pass over all rows), all figures of
 * columns of numbers, or all figures of all columns.
 */
export type Figures = 'sample' | 'numbers' | 'all'

export const NO_NEEDS: Needs = { facts: false, key_sets: [] }

/** The needs of several, as one. */
export function allNeeds(needs: readonly Needs[]): Needs {
  const sets = new Map(needs.flatMap((need) => need.key_sets).map((set) => [JSON.stringify(set), set]))
  const detail = needs.findLast((need) => need.detail !== undefined)?.detail
  return { facts: needs.some((need) => need.facts), key_sets: [...sets.values()], ...(detail === undefined ? {} : { detail }) }
}

export type Lowered = readonly Op[]
