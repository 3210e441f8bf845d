/** Rows of parts are followed back, pass by pass, to the records of the sources. */
import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DatasetPlan } from '#data/dataset/plan.ts'
import type { FlaggedRows } from '#data/pass/flagged-rows.ts'
import { encodeMadeRows, type MadeRows, placedRows, placesOf } from '#data/pass/made-of.ts'
import type { FlaggedRow } from '#data/pass/outcome.ts'
import { type Workplace, workplace } from '../../kit/run-pipeline.ts'
import { type PlannedDataset, plannedDataset } from './datasets.ts'

let place: Workplace
let planned: PlannedDataset
// rows 0 to 7 of the batch are the records 2, 3, 4, 6, 7, 8 of a.csv and 1, 2 of b.csv
const INPUT = {
  'a.csv': 'id,name\n1,x,bad\n2,b\n3,c\n4,d\n5,x,bad\n6,f\n7,g\n8,h\n',
  'b.csv': 'id,name\n9,j\n10,k\n',
}
/** What stands in the second cell of each row. */
const NAMES = 'bcdfghjk'
const PLACES = ['a.csv:3', 'a.csv:4', 'a.csv:5', 'a.csv:7', 'a.csv:8', 'a.csv:9', 'b.csv:2', 'b.csv:3']

beforeAll(async () => {
  place = workplace()
  planned = await plannedDataset(place, 'traced', INPUT, { discover: 'types: {id: text, name: text}' })
})
afterAll(() => place.clear())

let parts = 0
/** The dataset of a part that was made of the first batch of another dataset, which `rows` says how. */
async function partOf(dataset: DatasetPlan, rows: MadeRows): Promise<DatasetPlan> {
  const made_of = { dataset: `parts/${parts}.json`, batch: 0, rows: `parts/${parts++}.rows` }
  await planned.store.write(made_of.dataset, Buffer.from(JSON.stringify(dataset)))
  await planned.store.write(made_of.rows, encodeMadeRows(rows))
  return {
    ...planned.dataset,
    sources: [{ name: 'the part', made_of }],
    batches: [{ layout: 0, spans: [{ source: 0, first_chunk: 0, last_chunk: 0 }] }],
  } as unknown as DatasetPlan
}

const opened = {
  origin: () => {
    throw new Error('rows of a part have their place in the sources')
  },
}
const places = async (dataset: DatasetPlan, rows: readonly number[]) => {
  const found = await placesOf(dataset, 0, opened, rows, planned.context)
  return rows.map((row) => found.get(row))
}

describe('the rows of a part', () => {
  it('are those of its batch but for the removed ones', async () => {
    const part = await partOf(planned.dataset, { removed: [0, 3, 4, 7] })
    expect(await places(part, [0, 1, 2, 3])).toEqual([1, 2, 5, 6].map((row) => PLACES[row]))
    expect(await places(await partOf(planned.dataset, { removed: [] }), [0, 7])).toEqual([PLACES[0], PLACES[7]])
  })

  it('are any of those of its batch, one by one', async () => {
    expect(await places(await partOf(planned.dataset, { each: [7, 2, 2, 0] }), [0, 1, 2, 3])).toEqual(
      [7, 2, 2, 0].map((row) => PLACES[row]),
    )
  })

  it('are followed through several passes, in their order', async () => {
    const first = await partOf(planned.dataset, { removed: [1, 2] })
    const second = await partOf(first, { each: [5, 1, 3] })
    expect(await places(await partOf(second, { removed: [1] }), [0, 1])).toEqual([PLACES[7], PLACES[5]])
  })

  it('are found whichever rows were removed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat({ max: 7 }), { maxLength: 7 }), async (chosen) => {
        const removed = chosen.sort((a, b) => a - b)
        const kept = PLACES.filter((_, row) => !removed.includes(row))
        const part = await partOf(planned.dataset, { removed })
        expect(
          await places(
            part,
            kept.map((_, at) => at),
          ),
        ).toEqual(kept)
      }),
      { numRuns: 15 },
    )
  })

  it('have the name of their source, their record and its text; nothing is left open', async () => {
    const part = await partOf(planned.dataset, { removed: [0] })
    const rows: readonly FlaggedRows[] = [{ row: 6, flags: [], fate: 'quarantine' }]
    const found: FlaggedRow[] = []
    for await (const row of placedRows(part, 0, opened, [], rows, planned.context)) found.push(row)
    expect(found).toMatchObject([{ name: 'b.csv', row: 6, source: 1, record: 2, line: 3, raw: `10,${NAMES[7]}` }])
    expect(readdirSync(planned.scratch)).toEqual([])
  })
})

describe('the rows of a batch of sources', () => {
  it('have the place that the batch says', async () => {
    const origin = (row: number) => ({ source: 1, record: row })
    const found = await placesOf(planned.dataset, 0, { origin }, [2, 1], planned.context)
    expect([...found].sort()).toEqual([
      [1, 'b.csv:2'],
      [2, 'b.csv:3'],
    ])
  })

  it('are not looked for where there are none', async () => {
    const part = await partOf(planned.dataset, { removed: [] })
    const nothing = { ...planned.context, store: undefined } as never
    expect(await placesOf(part, 0, opened, [], nothing)).toEqual(new Map())
  })
})
