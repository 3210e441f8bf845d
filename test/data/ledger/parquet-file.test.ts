import { existsSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { writeParquet } from '#data/ledger/parquet-file.ts'
import { folderStore } from '#io/store/folder.ts'
import { parquetRows, workplace } from '../../kit/run-pipeline.ts'

const place = workplace()
afterAll(() => place.clear())

const SCHEMA = { name: { type: 'UTF8', optional: true }, cells: { type: 'INT64', optional: true } } as const
const rows = Array.from({ length: 25_000 }, (_, at) => ({ name: `n${at}`, cells: at }))

describe('a small table as Parquet', () => {
  it('holds its rows in their order, over several row groups', async () => {
    const store = folderStore(place.folder)
    await writeParquet(store, 'table.parquet', SCHEMA, rows)
    const read = await parquetRows((await store.openLocal('table.parquet')).path)
    expect(read).toHaveLength(rows.length)
    expect(read[24_999]).toMatchObject({ name: 'n24999' })
  })

  it.skipIf(!existsSync('/dev/full')).each([0, 25_000])('that finds no room fails its task and not the process: %d rows', async (count) => {
    const store = folderStore(place.folder)
    const full = { ...store, createLocal: async () => ({ path: '/dev/full', publish: async () => {}, discard: async () => {} }) }
    await expect(writeParquet(full, 'table.parquet', SCHEMA, rows.slice(0, count))).rejects.toMatchObject({ name: 'Output.NoSpace' })
  })
})
