/** not_null: no cell is missing. */
import * as z from 'zod'
import { percent } from '#core/text/numbers.ts'
import { nameInExpression } from '#relational/operations/expressions.ts'
import { chosenColumns } from '#relational/types/choose-columns.ts'
import { columnChoice } from '#steps/kind/fields.ts'
import { defineRowRule, rowCommon } from '../rule.ts'

/** A column that may miss more than this share is optional, and no rule about it is suggested. */
const MAX_MISSING = 0.5

/**
 * The upper end of the 95 % confidence interval of the share of missing cells, rounded up to a whole percent. Source: the rule "retain
 * completeness" of Deequ (Schelter et al., Automating Large-Scale Data Quality Verification, VLDB 2018, section 3.3).
 */
function toleratedShare(missing: number, rows: number): number {
  const share = missing / rows
  return Math.min(1, Math.ceil(100 * (share + 1.96 * Math.sqrt((share * (1 - share)) / rows))) / 100)
}

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
  suggest: ({ facts: { rows, missing } }) => {
    if (rows === 0) return null
    if (missing === 0) return { settings: {}, because: `all ${rows.toLocaleString('en')} rows have a value` }
    const tolerance = toleratedShare(missing, rows)
    return tolerance > MAX_MISSING
      ? null
      : {
          settings: { tolerance, severity: 'warning' },
          because: `${percent(missing / rows)} of ${rows.toLocaleString('en')} cells are missing`,
        }
  },
  examples: ['column: user_id', 'columns: [user_id, email]', 'column: "*"'],
})
