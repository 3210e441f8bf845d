/** A batch as a relation: its rows in the order of the sources and records, and where each came from. */
import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkRows, openBatch } from '#data/pass/open-batch.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'
import { type Workplace, workplace } from '../../kit/run-pipeline.ts'
import { type PlannedDataset, plannedDataset } from './datasets.ts'

let place: Workplace
let database: TestDatabase
beforeAll(async () => {
  place = workplace()
  database = await testDatabase([place.folder])
})
afterAll(() => {
  place.clear()
  database.close()
})

/** Bad records (too many fields) first, in the middle and last in their chunks of three records. */
const INPUT = {
  'a.csv': 'id,name\n1,x,bad\n2,b\n3,c\n4,d\n5,x,bad\n6,f\n7,g\n8,h\n9,x,bad\n',
  'b.csv': 'id,name\n10,j\n11,k\n',
  'c.csv': 'id,name,extra\n12,l,more\n',
}
const DISCOVER = 'chunk_rows: 3, types: {id: text, name: text, extra: text}'

/** All rows of a batch, each cell as text, by columns of the dataset. */
async function rowsOf({ dataset, context }: PlannedDataset, at: number) {
  const opened = await openBatch(dataset, dataset.batches[at] as (typeof dataset.batches)[number], context)
  const selected = opened.columns.map(({ plan, sql }) => `${sql} AS "${plan.name}"`)
  const rows = await database.session.rows(`SELECT ${selected.join(', ')} FROM (${opened.relation})`)
  return { opened, rows }
}

describe('a batch', () => {
  let planned: PlannedDataset
  beforeAll(async () => {
    planned = await plannedDataset(place, 'text', INPUT, { discover: DISCOVER })
  })

  it('has the rows of its sources in their order, without the records that cannot be read', async () => {
    const { opened, rows } = await rowsOf(planned, 0)
    expect(rows.map(({ id, name }) => `${id} ${name}`)).toEqual(['2 b', '3 c', '4 d', '6 f', '7 g', '8 h', '10 j', '11 k'])
    expect(opened.rows).toBe(8)
    expect(opened.files.map(({ source, first_row }) => [source, first_row])).toEqual([
      [0, 0],
      [1, 6],
    ])
    await opened.release()
  })

  it('counts the rows of each chunk without its bad records, wherever they stand in it', async () => {
    const { opened } = await rowsOf(planned, 0)
    expect(opened.files.map(({ chunk_rows }) => chunk_rows)).toEqual([[2, 2, 2], [2]])
    await opened.release()
  })

  it('knows the source and the record of each row', async () => {
    const { opened } = await rowsOf(planned, 0)
    const origins = Array.from({ length: 8 }, (_, row) => opened.origin(row)).map(({ source, record }) => `${source} ${record}`)
    expect(origins).toEqual(['0 2', '0 3', '0 4', '0 6', '0 7', '0 8', '1 1', '1 2'])
    expect(() => opened.origin(-1)).toThrow('row -1')
    await opened.release()
  })

  it('has nothing in the columns its sources lack', async () => {
    const [without, whole] = [await rowsOf(planned, 0), await rowsOf(planned, 1)]
    expect(without.rows[0]).toEqual({ id: '2', name: 'b', extra: null })
    expect(whole.rows).toEqual([{ id: '12', name: 'l', extra: 'more' }])
    for (const { opened } of [without, whole]) await opened.release()
  })

  it('leaves nothing in the scratch folder once it is released', async () => {
    const { opened } = await rowsOf(planned, 0)
    expect(readdirSync(planned.scratch)).not.toEqual([])
    await opened.release()
    expect(readdirSync(planned.scratch)).toEqual([])
  })

  it('has the rows of sources with and without a header, and with each line end, in one order', async () => {
    const input = {
      'a.csv': 'id,name\n1,a\n',
      'b.csv': 'id,name\r\n2,b\r\n',
      'c.csv': 'id,name\n3,x,bad\n4,d\n5,e\n6,f\n',
      'd.csv': 'id,name\n7,g\n',
    }
    const own = await plannedDataset(place, 'ends', input, { discover: 'types: {id: text, name: text}' })
    expect(own.dataset.batches).toHaveLength(1)
    const { opened, rows } = await rowsOf(own, 0)
    expect(rows.map(({ id, name }) => `${id} ${name}`)).toEqual(['1 a', '2 b', '4 d', '5 e', '6 f', '7 g'])
    await opened.release()
  })

  it('that has no layout of the dataset is refused', async () => {
    const batch = { ...(planned.dataset.batches[0] as PlannedDataset['dataset']['batches'][number]), layout: 9 }
    await expect(openBatch(planned.dataset, batch, planned.context)).rejects.toThrow('no layout 9')
  })
})

describe('a batch of which the parser read other rows than were counted', () => {
  it('is an imbalance that says both numbers, and what to do', () => {
    expect(() => checkRows(1234, 1234, 'sales.csv')).not.toThrow()
    for (const [read, expected] of [
      [1233, 1234],
      [1235, 1234],
    ] as const)
      expect(() => checkRows(read, expected, 'sales.csv')).toThrow(
        expect.objectContaining({
          name: 'Accounting.Imbalance',
          message: expect.stringMatching(/^sales\.csv: .*1,23[35] .*1,234/),
          hint: expect.stringContaining('report'),
        }),
      )
  })
})
