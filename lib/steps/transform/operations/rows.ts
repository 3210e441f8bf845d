/** filter, add_column: rows kept and columns computed by expressions. */
import * as z from 'zod'
import { boundExpression } from '#steps/kind/bound-expression.ts'
import { withPath } from '#core/errors/errors.ts'
import { rowExpression } from '#steps/kind/fields.ts'
import { withColumns } from '#steps/kind/known-columns.ts'
import { defineRowOperation, usesOf } from '../operation.ts'

export const filter = defineRowOperation({
  name: 'filter',
  summary: 'Keep the rows for which an expression is true. The others are counted as filtered.',
  config: rowExpression.describe('The condition for keeping a row.'),
  expressions: (config) => [{ path: [], text: config, mode: 'row', condition: true }],
  lower: (config, context) => [
    { op: 'filter', origin: { step: context.step, rule: 'filter' }, ...boundExpression(config, context, { condition: true }) },
  ],
  examples: ['age >= 18', "status <> 'cancelled' AND amount > 0"],
})

export const addColumn = defineRowOperation({
  name: 'add_column',
  summary: 'Add or replace columns, each computed by an expression over the row.',
  config: z
    .record(z.string().min(1), rowExpression)
    .describe('Column names with their expressions. All expressions see the columns before the operation.'),
  expressions: (config) => usesOf(config, 'row'),
  columns: (config) => ({ reads: [], after: (known) => withColumns(known, Object.keys(config)) }),
  lower: (config, context) => {
    const columns = Object.entries(config).map(([name, text]) => ({ name, ...withPath([name], () => boundExpression(text, context)) }))
    return [{ op: 'derive', origin: { step: context.step, rule: 'add_column' }, columns }]
  },
  examples: ['{total: quantity * price}', "{age_group: CASE WHEN age < 30 THEN 'Young' ELSE 'Senior' END}"],
})
