/** expression: any row expression. */
import * as z from 'zod'
import { asCompiled } from '#relational/operations/expressions.ts'
import { withPath } from '#core/errors/errors.ts'
import { boundExpression } from '#steps/kind/bound-expression.ts'
import { rowExpression } from '#steps/kind/fields.ts'
import { defineRowRule, rowCommon } from '../rule.ts'

export const expression = defineRowRule({
  name: 'expression',
  summary: 'An expression is true for every row. Rows where it is NULL because a cell is missing do not break the rule.',
  config: z.strictObject({
    ...rowCommon,
    rule_type: z.literal('expression'),
    expression: rowExpression.describe('The condition that must be true.'),
  }),
  expressions: (config) => [{ path: ['expression'], text: config.expression, mode: 'row', condition: true }],
  violations: (config, context) => {
    withPath(['expression'], () => boundExpression(config.expression, context, { condition: true }))
    const { expression: wanted, parameters } = asCompiled(config.expression)
    return [{ column: '', test: { expression: `NOT (${wanted})`, parameters }, reason: `not true: ${wanted}` }]
  },
  examples: ['expression: total_amount > 0', 'expression: shipped_at >= ordered_at, severity: warning'],
})
