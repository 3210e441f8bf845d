/** consistency: merges values that differ only in case, punctuation or accents. */
import { preview } from '#core/text/preview.ts'
import * as z from 'zod'
import type { Op } from '#relational/operations/ops.ts'
import { columnChoice } from '#steps/kind/fields.ts'
import { defineCleaner } from '../cleaner.ts'
import { chosenColumns } from '#relational/types/choose-columns.ts'
import { notCompared, spellingVariants } from '#relational/measures/variants.ts'
import { named } from '#core/text/lookup.ts'

export const consistency = defineCleaner({
  name: 'consistency',
  summary: 'Merge values that differ only in case, spaces, punctuation or accents (U.S.A., USA) into the most frequent spelling.',
  config: z
    .union([z.literal('auto'), z.strictObject({ columns: columnChoice.describe('The columns.') })])
    .describe('`auto` for every text column with few values, or `{columns}`.'),
  needs: () => ({ facts: true, key_sets: [] }),
  changes: () => true,
  moves: (_config, of) => of === 'all',
  lower: (config, context) =>
    chosenColumns(config === 'auto' ? undefined : config.columns, context).flatMap((column): Op[] => {
      const facts = named(context.facts?.columns, column.name)
      if (facts === undefined) return []
      const why = config !== 'auto' && Array.isArray(config.columns) ? notCompared(facts) : null
      if (why !== null) context.decide({ rule: 'consistency', column: column.name, choice: 'leave', why, unmet: true })
      if (column.type !== 'text') return []
      const { values, count } = spellingVariants(facts)
      if (count === 0) return []
      context.decide({
        rule: 'consistency',
        column: column.name,
        choice: examplesOf(values),
        why: 'the spellings differ only in case, spaces, punctuation or accents',
      })
      return [
        {
          op: 'cell',
          origin: { step: context.step, rule: 'consistency' },
          column: column.name,
          cell: 'replace_values',
          options: { values },
          counted: true,
        },
      ]
    }),
  examples: ['auto', '{columns: [country]}'],
})

const examplesOf = (values: { readonly [from: string]: string }) => {
  const pairs = Object.entries(values).map(([from, to]) => `${from} → ${to}`)
  return preview(pairs, 4)
}
