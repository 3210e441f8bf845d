/** Where columns come from, in the lineage of a run. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runDefinition, type Workplace, workplace } from '../kit/run-pipeline.ts'

let place: Workplace
beforeEach(() => {
  place = workplace()
})
afterEach(() => place.clear())

interface Field {
  readonly inputFields: readonly {
    readonly name: string
    readonly field: string
    readonly transformations: readonly { readonly description: string }[]
  }[]
}

interface LineageEvent {
  readonly outputs?: readonly { readonly facets: { readonly columnLineage?: { readonly fields: { readonly [column: string]: Field } } } }[]
}

it('names the columns of the sources behind a computed column, and the step that computed it', async () => {
  place.write('in/sales.csv', 'id,quantity,price\n1,2,2.5\n2,1,10\n')
  const { text } = await runDefinition(
    `version: 1
id: sales
steps:
  - {id: find, type: discover, with: {source: "${place.folder}/in/*.csv"}}
  - {id: enrich, type: transform, with: {columns: {total_amount: quantity * price}}}
  - {id: publish, type: export, with: {to: "${place.folder}/out", format: csv}}
  - {id: trace, type: lineage}
`,
    { store: `${place.folder}/store` },
  )
  const events = text('lineage.openlineage.jsonl')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LineageEvent)
  const fields = events
    .flatMap(({ outputs = [] }) => outputs.map(({ facets }) => facets.columnLineage?.fields))
    .find((one) => one !== undefined)
  const total = fields?.['total_amount']?.inputFields ?? []
  expect(total.map(({ field }) => field).sort()).toEqual(['price', 'quantity'])
  expect(total.map(({ name }) => name)).toEqual(total.map(() => `${place.folder}/in/sales.csv`))
  expect(total[0]?.transformations[0]?.description).toContain('enrich')
  expect(fields?.['id']?.inputFields.map(({ field }) => field)).toEqual(['id'])
})
