/** What the survey found in each source: figures and findings. */
import type { Json } from '#core/json.ts'
import { MEASURES } from '#relational/measures/index.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import type { Facts } from '#relational/measures/facts.ts'
import type { KeySet } from '#relational/operations/key-set.ts'
import type { Issue, Quality } from './quality.ts'
import type { Values } from './partial.ts'
import { trimmedText } from '#core/text/white-space.ts'
import { entryOf } from '#core/text/record.ts'

export interface SourceStates {
  readonly source: number
  readonly rows: number
  readonly columns: { readonly [column: string]: { readonly states: { readonly [measure: string]: Json }; readonly values: Values } }
}

/** Plain figures of a source, stored with the facts. */
export interface SourceFacts {
  readonly source: number
  readonly name: string
  readonly rows: number
  readonly bad: number
  readonly completeness: number
  readonly issues: readonly Issue[]
}

/** The result of a survey: the facts, with what later steps need besides. */
export interface FactsFile extends Facts {
  readonly sources: readonly SourceFacts[]
  readonly quality: Quality
  readonly uniqueness: number
  readonly key_sets: readonly KeySet[]
}

interface Counts {
  readonly missing: number
  readonly invalid: number
  readonly doubtful: number
  readonly effects: { readonly [rule: string]: { readonly cells: number } }
}

function countsOf(states: { readonly [measure: string]: Json }): Counts {
  const count = (name: 'missing' | 'doubtful' | 'invalid') => (states[name] as { count?: number } | undefined)?.count ?? 0
  return {
    missing: count('missing'),
    invalid: count('invalid'),
    doubtful: count('doubtful'),
    effects: (entryOf(states, MEASURES.effects.name) as Counts['effects'] | undefined) ?? {},
  }
}

export function sourceFacts(
  source: { readonly index: number; readonly name: string; readonly bad: number },
  states: SourceStates | undefined,
  plans: readonly ColumnPlan[],
  variants: ReadonlyMap<string, ReadonlySet<string>>,
  repeats: number,
): SourceFacts {
  const rows = states?.rows ?? 0
  const issues: Issue[] = []
  const found = (column: string, rule: string, count: number) => {
    if (count > 0) issues.push({ source: source.name, column, rule, count })
  }
  let missing = 0
  found('', 'record', source.bad)
  found('', 'deduplicate', repeats)
  for (const plan of plans) {
    const column = entryOf(states?.columns, plan.name)
    if (column === undefined) continue
    const counts = countsOf(column.states)
    missing += counts.missing
    found(plan.name, 'missing', counts.missing)
    found(plan.name, 'type', counts.invalid)
    found(plan.name, plan.semantic ?? (plan.probably === undefined ? 'meaning' : 'type'), counts.doubtful)
    for (const [rule, { cells }] of Object.entries(counts.effects)) found(plan.name, rule, cells)
    const variant = variants.get(plan.name)
    if (variant !== undefined) found(plan.name, 'case', countVariants(column.values, variant))
  }
  const cells = rows * plans.length
  return { source: source.index, name: source.name, rows, bad: source.bad, completeness: cells === 0 ? 1 : 1 - missing / cells, issues }
}

const countVariants = (values: Values, variants: ReadonlySet<string>) =>
  (values ?? []).reduce((sum, [value, count]) => (value !== null && variants.has(trimmedText(value)) ? sum + count : sum), 0)
