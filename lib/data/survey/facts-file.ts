/** What a survey leaves behind. */
import type { Facts } from '#relational/measures/facts.ts'
import type { KeySet } from '#relational/operations/key-set.ts'
import type { Quality } from './quality.ts'
import type { SourceFacts } from './sources.ts'

/** The facts with what else the steps after them need. */
export interface FactsFile extends Facts {
  readonly sources: readonly SourceFacts[]
  readonly quality: Quality
  readonly uniqueness: number
  readonly key_sets: readonly KeySet[]
}
