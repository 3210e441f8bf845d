/** Assembles facts from the merged states of a survey. */
import type { Json } from '#core/json.ts'
import type { ColumnFacts, Example, SampledFacts } from '#relational/measures/facts.ts'
import { MEASURES } from '#relational/measures/index.ts'
import { areFew } from '#relational/infer/variety.ts'
import { meaningByName } from '#relational/infer/semantics.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { FALSE_WORDS, TRUE_WORDS } from '#relational/cells/boolean-words.ts'
import { nullValuesOf } from '#relational/cells/reading.ts'
import type { Values } from './partial.ts'
import type { Finding } from './corrected-plan.ts'
import { trimmedText } from '#core/text/white-space.ts'
import { entryOf } from '#core/text/record.ts'

type States = { readonly [measure: string]: Json }

/** A measure's value from the states of a column; the neutral state if the measure does not apply. */
function measured<Name extends keyof typeof MEASURES>(
  name: Name,
  states: States,
  plan: ColumnPlan,
): ReturnType<(typeof MEASURES)[Name]['value']> {
  const measure = MEASURES[name]
  const state = entryOf(states, measure.name) ?? measure.create()
  return (measure.value as (state: unknown, plan: ColumnPlan) => ReturnType<(typeof MEASURES)[Name]['value']>)(state, plan)
}

export interface Measured {
  readonly plan: ColumnPlan
  readonly rows: number
  readonly states: States
  readonly values: Values
}

/** Exact facts of a column; facts of the sample and the examples after their rule come from elsewhere. */
export function exactFacts(
  { plan, rows, states, values }: Measured,
  after: (rule: string, before: string) => string | null,
): Omit<ColumnFacts, 'sampled' | 'absent'> {
  const effects = Object.entries(measured('effects', states, plan)).map(([rule, { cells, first }]) => {
    const example: Example | null = first === null ? null : { before: first, after: after(rule, first) }
    return [rule, { cells, example }] as const
  })
  const missing = measured('missing', states, plan)
  const { minimum, maximum } = measured('extremes', states, plan)
  const { sum, mean, deviation } = measured('moments', states, plan)
  return {
    name: plan.name,
    type: plan.type,
    semantic: plan.semantic ?? (plan.from_text || rows === missing ? null : meaningOf(plan, Number(minimum), Number(maximum))),
    rows,
    missing,
    invalid: measured('invalid', states, plan).count,
    ...(plan.probably === undefined ? {} : { probably: plan.probably }),
    doubtful: measured('doubtful', states, plan),
    effects: Object.fromEntries(effects),
    distinct: measured('distinct', states, plan),
    minimum,
    maximum,
    mean,
    deviation,
    sum,
    values: plan.dictionary || isFew(values, rows) ? listed(values) : null,
    null_values: nullValuesOf(plan),
  }
}

/** The meaning of a typed column: its numbers can also be identifiers. */
const meaningOf = ({ name, type }: ColumnPlan, smallest: number, largest: number) =>
  type === 'date' || type === 'timestamp' ? type : meaningByName(name, type, smallest, largest)

/** Whether typed text has few distinct values, by the same rule as for a sample. */
const isFew = (values: Values, rows: number) =>
  values !== null &&
  areFew(
    values.map(([, count]) => count),
    rows,
  )

/** Most frequent first; values of the same count in code point order. Cells without a value are not listed. */
function listed(values: Values): ColumnFacts['values'] {
  if (values === null) return null
  return values
    .flatMap(([value, count]) => (value === null ? [] : [[value, count] as const]))
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
}

/** What the survey shows about whether the column was read correctly. */
export function findingOf({ plan, rows, states, values }: Measured): Finding {
  const invalid = measured('invalid', states, plan)
  const present = rows - measured('missing', states, plan)
  const written = (plan.dictionary ? (values ?? []) : []).flatMap(([value]) => (value === null ? [] : [value]))
  const trimmed = written.map((value) => trimmedText(value))
  const nulls = new Set(nullValuesOf(plan))
  const distinctTexts = new Set(trimmed.filter((value) => !nulls.has(value)))
  return {
    invalid: invalid.count,
    wide: invalid.wide,
    coded: invalid.coded,
    repeated: plan.type === 'boolean' && hasRepeatedOther(values ?? [], nulls),
    first: invalid.first,
    present,
    overflow: plan.dictionary && values === null,
    padded: plan.dictionary && written.some((value, at) => value !== trimmed[at]),
    worded: plan.dictionary && trimmed.some((value) => nulls.has(value)),
    // texts are compared exactly
    folded: plan.dictionary && plan.type !== 'text' && measured('distinct', states, plan).value < distinctTexts.size,
  }
}

/** Whether a value that is neither true nor false occurs more than once. */
function hasRepeatedOther(values: Exclude<Values, null>, nulls: ReadonlySet<string>): boolean {
  const known = new Set<string>([...TRUE_WORDS, ...FALSE_WORDS])
  return values.some(
    ([value, count]) => count > 1 && value !== null && !nulls.has(trimmedText(value)) && !known.has(trimmedText(value).toLowerCase()),
  )
}

export const noSample: SampledFacts = { cells: 0, quantiles: null, mad: null, histogram: null, top: [], patterns: [], length: null }
