/** filter, add_column: rows kept and columns computed by expressions. */
import * as z from 'zod'
import { asCompiled, expressionOf } from '../../../lowering/expressions.ts'
import { rowExpression } from '../../fields.ts'
import { defineRowOperation, usesOf } from '../operation.ts'

export const filter = defineRowOperation({
  name: 'filter',
  summary: 'Keep the rows for which an expression is true; the others are counted as filtered.',
  config: rowExpression.describe('What must be true of a row for it to stay.'),
  expressions: (config) => [{ path: [], text: config, mode: 'row' }],
  lower: (config, { step }) => {
    const { expression, parameters } = asCompiled(config)
    return [{ op: 'filter', origin: { step, rule: 'filter' }, expression: expressionOf(expression), parameters }]
  },
  examples: ['age >= 18', "status <> 'cancelled' AND amount > 0"],
})

export const addColumn = defineRowOperation({
  name: 'add_column',
  summary: 'Add columns, or replace them, each by an expression over the row.',
  config: z
    .record(z.string().min(1), rowExpression)
    .describe('Column names with their expressions; all of them see the columns as they were before.'),
  expressions: (config) => usesOf(config, 'row'),
  lower: (config, { step }) => {
    const columns = Object.entries(config).map(([name, text]) => {
      const { expression, parameters } = asCompiled(text)
      return { name, expression: expressionOf(expression), parameters }
    })
    return [{ op: 'derive', origin: { step, rule: 'add_column' }, columns }]
  },
  examples: ['{total: quantity * price}', "{age_group: CASE WHEN age < 30 THEN 'Young' ELSE 'Senior' END}"],
})
