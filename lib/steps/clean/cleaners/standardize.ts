/** standardize: writes equal values in one way. */
import * as z from 'zod'
import type { ColumnFacts } from '#relational/measures/facts.ts'
import type { CellOp } from '#relational/operations/ops.ts'
import type { Column } from '#relational/types/types.ts'
import { columnChoice } from '#steps/kind/fields.ts'
import type { LowerContext } from '#steps/kind/lower-context.ts'
import { defineCleaner } from '../cleaner.ts'
import { chosenColumns } from '#relational/types/choose-columns.ts'
import { numberingPlan, phoneRegion } from '#steps/kind/numbering-plan.ts'
import { caseVariants, notCompared } from '#relational/measures/variants.ts'
import { entryOf } from '#core/text/record.ts'
import { named } from '#core/text/lookup.ts'

const RULES = ['whitespace', 'null_values', 'case', 'dates', 'numbers', 'currency', 'phones', 'emails', 'booleans'] as const
/** Rules that `auto` does not include: they guess what a text was before it reached the source. */
const ON_REQUEST = ['encoding'] as const
const ALL = [...ON_REQUEST, ...RULES] as const
type RuleName = (typeof ALL)[number]

const detailed = z.strictObject({
  rules: z
    .array(z.enum(ALL))
    .min(1)
    .default([...RULES])
    .describe('What to standardise.'),
  columns: columnChoice.optional().describe('The columns (default: all).'),
  phone_region: phoneRegion
    .optional()
    .describe('Two-letter code of the country whose numbering plan applies to phone numbers without a country code.'),
})

/** Rules about columns with another type than text: reading already applied them, and the facts hold the counts. */
const DONE_BY_READING: readonly RuleName[] = ['dates', 'numbers', 'currency', 'booleans', 'whitespace', 'null_values']

interface Settings {
  readonly rules: readonly RuleName[]
  readonly phone_region?: string | undefined
  /** Whether the author named the columns: the rule then applies whatever the facts say about them. */
  readonly named: boolean
}

/** The operation of each rule on a text column; null if there is nothing to do. */
const ON_TEXT: Partial<
  Record<RuleName, (facts: ColumnFacts, settings: Settings, context: LowerContext) => Omit<CellOp, 'origin' | 'op' | 'column'> | null>
> = {
  encoding: () => ({ cell: 'repair_encoding', options: {}, counted: true }),
  whitespace: (facts) => (cells(facts, 'whitespace') > 0 ? { cell: 'trim', options: {}, counted: false } : null),
  null_values: (facts, { rules }) => {
    if (cells(facts, 'null_values') === 0) return null
    const padded = cells(facts, 'whitespace') > 0 && !rules.includes('whitespace')
    return { cell: 'null_values', options: { tokens: facts.null_values, padded }, counted: false }
  },
  case: (facts, _settings, context) => {
    const { values, count } = caseVariants(facts)
    if (count === 0) return null
    context.claim('case', facts.name, count)
    return { cell: 'replace_values', options: { values }, counted: false }
  },
  emails: (facts, { named }) => (named || facts.semantic === 'email' ? { cell: 'lower', options: {}, counted: true } : null),
  phones: (facts, { named, phone_region }) =>
    named || facts.semantic === 'phone' ? { cell: 'e164', options: { plan: numberingPlan(phone_region) }, counted: true } : null,
}

const cells = (facts: ColumnFacts, rule: string) => entryOf(facts.effects, rule)?.cells ?? 0

function lowerColumn(column: Column, rules: readonly RuleName[], settings: Settings, context: LowerContext): CellOp[] {
  const facts = named(context.facts?.columns, column.name)
  if (facts === undefined) return []
  return rules.flatMap((rule) => {
    if (DONE_BY_READING.includes(rule)) {
      const count = cells(facts, rule)
      if (count > 0) context.claim(rule, column.name, count)
    }
    const why = rule === 'case' && settings.named ? notCompared(facts) : null
    if (why !== null) context.decide({ rule, column: column.name, choice: 'leave', why, unmet: true })
    if (column.type !== 'text') return []
    const operation = ON_TEXT[rule]?.(facts, settings, context)
    return operation == null ? [] : [{ op: 'cell', origin: { step: context.step, rule }, column: column.name, ...operation }]
  })
}

export const standardize = defineCleaner({
  name: 'standardize',
  summary:
    'Write the same thing the same way: white space, null values, case, dates, numbers, currency, phones, e-mails, booleans; on request text whose encoding was read wrongly (`cafÃ©`).',
  config: z
    .union([z.literal('auto'), z.array(z.enum(ALL)).min(1), detailed])
    .describe('`auto` for all rules except encoding, a list of rules, or `{rules, columns, phone_region}`.'),
  needs: () => ({ facts: true, key_sets: [] }),
  trims: (config) => {
    if (config === 'auto') return true
    if (Array.isArray(config)) return config.includes('whitespace') ? true : []
    if (!config.rules.includes('whitespace')) return []
    return Array.isArray(config.columns) ? config.columns : true
  },
  moves: (_config, of) => of === 'all',
  changes: (config) => !(Array.isArray(config) && config.every((rule) => DONE_BY_READING.includes(rule))),
  lower: (config, context) => {
    const settings = config === 'auto' ? detailed.parse({}) : Array.isArray(config) ? detailed.parse({ rules: config }) : config
    // in the order of RULES, whatever order was written: null values are compared after trimming
    const rules = ALL.filter((rule) => settings.rules.includes(rule))
    // with all rules, each column gets what it needs; naming columns only applies to a rule if rules are named as well
    const named = Array.isArray(settings.columns) && settings.rules.length < RULES.length
    return chosenColumns(settings.columns, context).flatMap((column) => lowerColumn(column, rules, { ...settings, named }, context))
  },
  examples: ['auto', '[whitespace, case, dates]', '[encoding, whitespace]', '{rules: [phones], columns: [phone], phone_region: US}'],
})
