/** transform: adds columns, filters rows, reshapes data. */
import { theOne } from '#steps/kind/one-key.ts'
import { ANY_COLUMNS, namedByExpressions, withColumns } from '#steps/kind/known-columns.ts'
import { defineStep } from '#steps/kind/step.ts'
import { usesOf } from './operation.ts'
import { castSettings } from './operations/columns.ts'
import { OPERATIONS } from './operations/index.ts'
import { config } from './config.ts'
import type { ExpressionUse } from '#steps/kind/expression-use.ts'

export const transform = defineStep({
  kind: 'transform',
  shape: 'rows',
  summary: 'Add columns, filter rows, reshape data.',
  description: `Operations row by row: \`filter\`, \`add_column\`, \`rename\`, \`cast\`, \`drop\`, \`select\`. Operations across rows: \`sort\`, \`aggregate\`, \`pivot\`, \`join\`, \`window\`; these
see the whole dataset, independent of chunks. Rows that a filter removes are counted as filtered; an operation that changes the number of rows reports the difference.
Expressions are SQL scalar expressions; a cell that cannot be computed becomes missing and never stops the run.`,
  config,
  result: { columns: 'Number of columns added.', rows: 'Rows in the output.', filtered: 'Rows removed by filters.' },
  shapeOf: (settings) => (settings.operations.some((operation) => OPERATIONS.of(theOne(operation)[0]).across) ? 'exchange' : 'rows'),
  check: ({ operations }) => {
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
    ...settings.operations.map((operation, at) => {
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
    operations.flatMap((operation, at) => {
      const [name, setting] = theOne(operation)
      return (OPERATIONS.of(name).reads?.(setting) ?? []).map(() => ({ path: ['operations', at, name, 'source'], use: 'read' as const }))
    }),
  expressions: (settings) => [
    ...settings.operations.flatMap((operation, at) => {
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
