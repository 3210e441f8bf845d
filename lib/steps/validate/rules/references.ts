/** references: every value exists in another file. */
import * as z from 'zod'
import { existingColumn } from '#relational/types/choose-columns.ts'
import { column, text } from '#steps/kind/fields.ts'
import { keyMatch, keyMatchFields } from '#steps/kind/key-match.ts'
import { defineRowRule, rowCommon } from '../rule.ts'

export const references = defineRowRule({
  name: 'references',
  summary: 'Every value exists in a column of another file.',
  config: z.strictObject({
    ...rowCommon,
    rule_type: z.literal('references'),
    column: column.describe('The column.'),
    source: text.min(1).describe('The file that holds the allowed values.'),
    source_column: column.optional().describe('The column of that file (default: the same name).'),
    ...keyMatchFields,
  }),
  violations: ({ column: name, source, source_column, ...match }, context) => {
    const found = existingColumn(name, context)
    return [
      {
        column: found.name,
        test: { source, source_column: source_column ?? found.name, ...keyMatch(match) },
        reason: `${found.name} is not found in ${source}`,
      },
    ]
  },
  examples: ['column: customer_id, source: data/customers.csv, source_column: id'],
})
