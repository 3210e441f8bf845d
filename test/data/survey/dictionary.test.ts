/** Lists of values reach the engine whole, however long one of them is. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { relationOf } from '#data/survey/dictionary.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

it.each([
  ['letters', 'x', 17_000_000],
  ['signs that JSON escapes', '"', 9_000_000],
  ['letters of three bytes', '€', 5_700_000],
])('a value longer than DuckDB takes by itself: %s', async (_, sign, times) => {
  const values = [
    [sign.repeat(times), 1],
    ['b', 2],
    [null, 3],
  ] as const
  const relation = await relationOf([{ source: 4, values }], database.folder)
  expect(await database.session.rows(`SELECT source, CAST(strlen(r0) AS INTEGER) AS bytes, n FROM (${relation})`)).toEqual([
    { source: 4, bytes: Buffer.byteLength(sign) * times, n: '1' },
    { source: 4, bytes: 1, n: '2' },
    { source: 4, bytes: null, n: '3' },
  ])
})
