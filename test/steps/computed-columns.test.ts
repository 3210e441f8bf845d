/** The quality report names the expression of each column that a pipeline computes. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runDefinition, type Workplace, workplace } from '../kit/run-pipeline.ts'

let place: Workplace
beforeEach(() => {
  place = workplace()
  place.write('in/sales.csv', 'shop,sold_on,quantity,price\na,2024-01-05,2,2.5\na,2024-02-01,1,10\nb,2024-02-03,4,1\n')
})
afterEach(() => place.clear())

const run = (steps: string) =>
  runDefinition(
    `version: 1
id: sales
steps:
  - {id: find, type: discover, with: {source: "${place.folder}/in/*.csv"}}
${steps}
  - {id: publish, type: export, with: {to: "${place.folder}/out", format: csv}}
`,
    { store: `${place.folder}/store` },
  )

const published = async (steps: string) => {
  const { report, text } = await run(steps)
  return { columns: new Map(report.published.map((column) => [column.name, column])), page: text('quality-report.md') }
}

it('lists each added field with its expression and the columns that it reads', async () => {
  const { columns, page } = await published('  - {id: enrich, type: transform, with: {columns: {total: "quantity*price"}, derive: auto}}')
  expect(columns.get('total')).toMatchObject({ expression: 'quantity * price', from: ['quantity', 'price'] })
  expect(columns.get('sold_on_month')).toMatchObject({ expression: 'month(sold_on)', from: ['sold_on'] })
  expect(columns.get('shop')).not.toHaveProperty('expression')
  expect(page).toMatch(/^\| total \| \S+ \| quantity \\\* price, from quantity, price \| 0 \|$/m)
})

it('keeps the expression of a column that is renamed, cleaned or passed on by later steps', async () => {
  const { columns } = await published(`  - {id: enrich, type: transform, with: {columns: {total: quantity * price, label: "upper(shop)"}}}
  - {id: order, type: transform, with: {operations: [{sort: [total]}, {rename: {total: amount}}]}}
  - {id: tidy, type: clean, with: {rules: [{missing: {columns: [amount], strategy: constant, value: 0}}]}}`)
  expect(columns.get('amount')).toMatchObject({ expression: 'quantity * price', from: ['quantity', 'price'] })
  expect(columns.get('label')).toMatchObject({ expression: 'upper(shop)', from: ['shop'] })
})

it('names the last expression of a column, and the columns read behind all of them', async () => {
  const { columns } = await published(`  - {id: enrich, type: transform, with: {columns: {total: quantity * price}}}
  - {id: totals, type: transform, with: {operations: [{aggregate: {by: [shop], columns: {revenue: sum(total), orders: count(*)}}}]}}`)
  expect(columns.get('revenue')).toMatchObject({ expression: 'sum(total)', from: ['quantity', 'price'] })
  expect(columns.get('orders')).toMatchObject({ expression: 'count(*)', from: [] })
})
