/** not_null: no cell is missing. */
import * as z from 'zod'
import { nameInExpression } from '#relational/operations/expressions.ts'
import { chosenColumns } from '#relational/types/choose-columns.ts'
import { columnChoice } from '#steps/kind/fields.ts'
import { defineRowRule, rowCommon } from '../rule.ts'

export const notNull = defineRowRule({
  name: 'not_null',
  summary: 'No cell is missing.',
  config: z.strictObject({
    ...rowCommon,
    rule_type: z.literal('not_null'),
    column: z.string().min(1).optional().describe('The column, or "*" for all.'),
    columns: columnChoice.optional().describe('Several columns, or "*" for all.'),
  }),
  violations: (config, context) => {
    const choice = config.columns ?? (config.column === '*' || config.column === undefined ? '*' : [config.column])
    return chosenColumns(choice, context).map((column) => ({
      column: column.name,
      test: { expression: `${nameInExpression(column.name)} IS NULL`, parameters: {} },
      reason: `${column.name} is missing`,
    }))
  },
  examples: ['column: user_id', 'columns: [user_id, email]', 'column: "*"'],
})
