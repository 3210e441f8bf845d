/** What a source must hold, and what an export says of what it read. */
import { afterAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '#core/json.ts'
import { runDefinition, workplace } from '../kit/run-pipeline.ts'

const place = workplace()
afterAll(() => place.clear())
const source = (name: string, content: string) => place.write(name, content)

describe('require', () => {
  const definition = (path: string, required: string) =>
    `version: 1\nid: shop\nsteps:\n  - {id: sales, type: process, with: {source: ${JSON.stringify(path)}, require: ${required}, to: ${JSON.stringify(`${place.folder}/out-${required.length}.csv`)}}}\n`

  it('fails with the message of the author where a file has a header and no rows', async () => {
    const path = source('empty.csv', 'id,quantity\n')
    const run = await runDefinition(definition(path, '{min_rows: 1, message: No sales today}'), { store: `${place.folder}/s1` })
    expect([run.status, run.error, run.cause, run.step]).toEqual(['FAILED', 'Data.NoRows', 'No sales today', 'sales_find'])
    expect(run.hint).toBe('0 rows in 1 source, at least 1 required')
  })

  it('counts rows that can be read, and says how many there are', async () => {
    const path = source('two.csv', 'id,quantity\n1,2\n2,3\n')
    const few = await runDefinition(definition(path, '{min_rows: 3}'), { store: `${place.folder}/s2` })
    expect([few.status, few.cause]).toEqual(['FAILED', '2 rows in 1 source, at least 3 required'])
    const enough = await runDefinition(definition(path, '{min_rows: 2}'), { store: `${place.folder}/s3` })
    expect(enough.status).toBe('SUCCEEDED')
  })
})

describe('drop_missing', () => {
  it('quarantines rows with a missing cell, by the name of the column', async () => {
    const path = source('holes.csv', 'id,quantity,price\n1,2,3\n2,,4\n3,5,\n')
    const definition = `version: 1
id: shop
steps:
  - id: sales
    type: process
    with:
      source: ${JSON.stringify(path)}
      clean: [{drop_missing: {columns: "*", to: quarantine}}]
      to: ${JSON.stringify(`${place.folder}/full.csv`)}
  - {id: some, type: process, with: {source: ${JSON.stringify(path)}, clean: [{drop_missing: {columns: [price]}}], to: ${JSON.stringify(`${place.folder}/some.csv`)}}}
`
    const run = await runDefinition(definition, { store: `${place.folder}/s4` })
    expect(run.status).toBe('SUCCEEDED')
    const rows = run.results.flatMap(({ event, result }) =>
      event.task === 'commit' ? [(result as unknown as { steps: JsonObject }).steps] : [],
    )
    expect(
      rows.map((steps) =>
        Object.entries(steps).flatMap(([id, result]) =>
          (result as JsonObject)['rows'] === undefined ? [] : [`${id} ${(result as JsonObject)['rows']}`],
        ),
      ),
    ).toEqual(expect.arrayContaining([expect.arrayContaining(['sales 1']), expect.arrayContaining(['some 2'])]))
    const quarantined = run.text('quarantine/quarantine.csv')
    expect(quarantined).toContain('quantity is missing')
    expect(quarantined).toContain('price is missing')
  })

  it('gives later steps the files that were read, and how good the rows are', async () => {
    const path = source('three.csv', 'id,quantity\n1,2\n')
    const definition = `version: 1
id: shop
steps:
  - {id: sales, type: process, with: {source: ${JSON.stringify(path)}, to: ${JSON.stringify(`${place.folder}/three-out.csv`)}}}
  - {id: again, type: ingest, condition: "{{ sales.result.quality_score }} > 0.5", with: {source: "{{ sales.result.inputs.0.uri }}"}}
`
    const run = await runDefinition(definition, { store: `${place.folder}/s5` })
    expect(run.status).toBe('SUCCEEDED')
    const [committed] = run.results.flatMap(({ event, result }) =>
      event.task === 'commit' ? [result as unknown as { steps: { sales: JsonObject } }] : [],
    )
    expect(committed?.steps.sales).toMatchObject({
      rows: 1,
      inputs: [{ uri: path, name: 'three.csv', bytes: 16, version: expect.any(String) }],
      quality_score: expect.any(Number),
    })
    expect(run.results.some(({ event }) => event.task === 'plan' && event.step === 'again')).toBe(true)
  })
})
