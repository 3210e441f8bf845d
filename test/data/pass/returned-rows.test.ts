/** Rows that code of the author returned: typed, in their order, counted in the file, with the hash of each. */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { folderKey } from '#data/pass/pass.ts'
import { collectRows } from '#data/pass/returned-rows.ts'
import { text } from '#relational/types/sql.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const COLUMNS = [
  { name: 'id', type: 'integer' },
  { name: 'word', type: 'text' },
] as const
const ROWS = [
  ['3', 'c'],
  ['1', null],
  ['2', 'b'],
  ['1', null],
] as const

it('are written in their order, and rows that are equal have equal hashes', async () => {
  await database.session.run('DROP TABLE IF EXISTS returned')
  const rows = await collectRows(database.session, COLUMNS)
  await rows.append(ROWS.slice(0, 3))
  await rows.append(ROWS.slice(3))
  const path = join(database.folder, 'returned.parquet')
  const { part, missing, hashes } = await rows.write(path, 'parts/a', 4)
  expect(part).toMatchObject({ key: 'parts/a', rows: 4, bytes: expect.any(Number), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
  expect([...missing]).toEqual([0, 2])
  expect(await database.session.rows(`SELECT CAST(id AS VARCHAR) AS id, word FROM read_parquet(${text(path)})`)).toEqual(
    ROWS.map(([id, word]) => ({ id, word })),
  )
  expect(hashes).toHaveLength(4)
  expect(hashes[1]).toBe(hashes[3])
  expect(new Set(hashes).size).toBe(3)
  expect(hashes).not.toContain(0n)
})

it('are refused if the file holds another number of them', async () => {
  await database.session.run('DROP TABLE IF EXISTS returned')
  const rows = await collectRows(database.session, COLUMNS)
  await rows.append(ROWS)
  await expect(rows.write(join(database.folder, 'few.parquet'), 'parts/a', 5)).rejects.toMatchObject({
    name: 'Accounting.Imbalance',
    message: 'the part parts/a: 4 rows were read, but 5 records were counted',
  })
})

it('stand in folders named as said, else by the part of the day, else by the column', () => {
  const key = { column: 'day', part: 'month', as: 'monat' } as const
  expect(folderKey(key)).toBe('monat')
  expect(folderKey({ ...key, as: null })).toBe('month')
  expect(folderKey({ ...key, as: null, part: null })).toBe('day')
})
