/** transform: adds columns, filters rows, reshapes data. */
import { theOne } from '#steps/kind/one-key.ts'
import { ANY_COLUMNS, namedByExpressions, withColumns } from '#steps/kind/known-columns.ts'
import { defineStep } from '#steps/kind/step.ts'
import { usesOf } from './operation.ts'
import { castSettings } from './operations/columns.ts'
import { OPERATIONS } from './operations/index.ts'
import { config } from './config.ts'
import { listedOperations } from './listed-operations.ts'
import { usualProblem } from './usual.ts'
import type { ExpressionUse } from '#steps/kind/expression-use.ts'

export const transform = defineStep({
  kind: 'transform',
  shape: 'rows',
  summary: 'Add columns, filter rows, reshape data.',
  description: `Operations row by row: \`filter\`, \`add_column\`, \`rename\`, \`cast\`, \`drop\`, \`select\`. Operations across rows: \`sort\`, \`aggregate\`, \`pivot\`, \`join\`, \`window\`; these
see the whole dataset, independent of chunks. Rows that a filter removes are counted as filtered; an operation that changes the number of rows reports the difference.
Expressions are SQL scalar expressions; a cell that cannot be computed becomes missing and never stops the run.

\`operations\` can also be a text with the names of usual operations, which a run can give: \`operations: "{{ inputs.transformations }}"\`. They choose columns by their types and names.

- \`standardize\`: texts lose white space at either end and get their encoding repaired; columns named as e-mail addresses become lower case, and those named as phone
  numbers + and digits where a number says its country.
- \`aggregate\`: a row for each month of the first date and each combination of categories (columns named region, country, city, category, product, status, type and
  the like, and booleans), with the number of \`rows\` and \`<column>_sum\` of each amount: numbers that are no ids, codes, prices, rates or ages.
- \`pivot\`: a row for each month, or date, or value of the second category, and a column for each value of the first category, with the sum of the first amount, or the number of rows.

What they chose is in the decisions of the report. With a name that is none of these the run ends before it reads anything.`,
  config,
  result: { columns: 'Number of columns added.', rows: 'Rows in the output.', filtered: 'Rows removed by filters.' },
  // the names of operations may be known only in a run, and some of them work across rows
  shapeOf: ({ operations }) =>
    typeof operations === 'string' || operations.some((operation) => OPERATIONS.of(theOne(operation)[0]).across) ? 'exchange' : 'rows',
  check: ({ operations: given }) => {
    if (typeof given === 'string') {
      const problem = /\{[{%]/.test(given) ? null : usualProblem(given)
      return problem === null ? [] : [{ path: ['operations'], ...problem }]
    }
    const operations = listedOperations(given)
    const across = operations.map((operation) => theOne(operation)[0]).find((name) => OPERATIONS.of(name).across)
    if (across === undefined) return []
    return operations.flatMap((operation, at) => {
      const [name, setting] = theOne(operation)
      const on_fail = name === 'cast' ? castSettings(setting as never).on_fail : 'warn'
      if (on_fail === 'warn') return []
      const what = `\`on_fail: ${on_fail}\` cannot be used in the same step as ${across}, which works across rows`
      return [
        {
          path: ['operations', at, 'cast', 'on_fail'],
          what,
          hint: `move the cast to a separate transform step before the step with ${across}`,
        },
      ]
    })
  },
  columns: (settings) => [
    ...(typeof settings.operations === 'string' ? [{ reads: [], after: () => ANY_COLUMNS }] : []),
    ...listedOperations(settings.operations).map((operation, at) => {
      const [name, setting] = theOne(operation)
      const path = ['operations', at, name]
      const below = <Named extends { readonly path: readonly (string | number)[] }>(one: Named) => ({
        ...one,
        path: [...path, ...one.path],
      })
      const { columns, expressions } = OPERATIONS.of(name)
      const { reads, after } = columns?.(setting) ?? { reads: [] }
      return { reads: [...reads.map(below), ...namedByExpressions(expressions(setting).map(below))], after }
    }),
    {
      reads: namedByExpressions(usesOf(settings.columns, 'row', ['columns'])),
      after: (known) => withColumns(known, Object.keys(settings.columns)),
    },
    // the derived fields depend on the types of the columns
    ...(settings.derive === 'auto' ? [{ reads: [], after: () => ANY_COLUMNS }] : []),
  ],
  addresses: ({ operations }) =>
    listedOperations(operations).flatMap((operation, at) => {
      const [name, setting] = theOne(operation)
      return (OPERATIONS.of(name).reads?.(setting) ?? []).map(() => ({ path: ['operations', at, name, 'source'], use: 'read' as const }))
    }),
  expressions: (settings) => [
    ...listedOperations(settings.operations).flatMap((operation, at) => {
      const [name, setting] = theOne(operation)
      return OPERATIONS.of(name)
        .expressions(setting)
        .map((use) => ({ ...use, path: ['operations', at, name, ...use.path] }))
    }),
    ...Object.entries(settings.columns).map(([name, text]): ExpressionUse => ({ path: ['columns', name], text, mode: 'row' })),
  ],
  examples: [
    {
      title: 'Calculated fields',
      yaml: "id: enrich\ntype: transform\nwith:\n  columns:\n    total: quantity * price\n    size: CASE WHEN quantity >= 10 THEN 'bulk' ELSE 'single' END\n",
    },
    {
      title: 'Totals by month',
      yaml: 'id: monthly\ntype: transform\nwith:\n  operations:\n    - {filter: amount > 0}\n    - {aggregate: {by: [region], columns: {total: sum(amount), orders: count(*)}}}\n    - {sort: [{column: total, order: desc}]}\n',
    },
  ],
  load: async () => (await import('./behaviour.ts')).transformBehaviour,
})
