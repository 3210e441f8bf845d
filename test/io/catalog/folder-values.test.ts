/** The values of folders are those of the columns: compared with what the engine that wrote them says of each. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { folderValues, folderValue } from '#io/catalog/folder-values.ts'
import { bytesOf } from '#io/catalog/columns.ts'
import { hiveFolder } from '#io/publish/hive.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'

let reader: TestDatabase
beforeAll(async () => {
  reader = await testDatabase([])
})
afterAll(() => reader.close())

const said = async (sql: string) => Object.values((await reader.session.rows(`SELECT ${sql} AS found`))[0] ?? {})[0]

it.each([
  ['timestamp', "TIMESTAMP '2024-02-29 23:59:59.999999'"],
  ['timestamp', "TIMESTAMP '1969-12-31 23:59:59.5'"],
  ['timestamp', "TIMESTAMP '0044-03-15 (BC) 12:00:00'"],
  ['timestamp', "TIMESTAMP '12024-01-01 00:00:00'"],
] as const)('%s %s in microseconds', async (type, sql) => {
  expect(folderValue(String(await said(`CAST(${sql} AS VARCHAR)`)), type)).toBe(
    BigInt(String(await said(`CAST(epoch_us(${sql}) AS VARCHAR)`))),
  )
})

it.each(["DATE '2024-02-29'", "DATE '1969-12-31'", "DATE '0001-01-01'", "DATE '0001-12-31 (BC)'"])('%s in days', async (sql) => {
  expect(folderValue(String(await said(`CAST(${sql} AS VARCHAR)`)), 'date')).toBe(
    Number(await said(`CAST(${sql} - DATE '1970-01-01' AS VARCHAR)`)),
  )
})

it.each([
  ['decimal(9,2)', '-1.50', 'ffffff6a'],
  ['decimal(9,2)', '9999999.99', '3b9ac9ff'],
  ['decimal(2,0)', '-99', '9d'],
  ['decimal(38,10)', '-0.0000000001', 'f'.repeat(32)],
] as const)('%s %s as an integer', (type, text, hex) => {
  expect((folderValue(text, type) as Buffer).toString('hex')).toBe(hex)
})

it('decimals have as few bytes as the specification says', () => {
  // https://iceberg.apache.org/spec/#avro: minBytesRequired(P)
  expect([1, 2, 3, 4, 9, 10, 18, 19, 38].map(bytesOf)).toEqual([1, 1, 2, 2, 4, 5, 8, 9, 16])
})

it.each([
  ['float', 'inf', Number.POSITIVE_INFINITY],
  ['float', '-inf', Number.NEGATIVE_INFINITY],
  ['float', 'nan', Number.NaN],
  ['float', '1e-07', 1e-7],
  ['integer', '-9223372036854775808', -9223372036854775808n],
  ['boolean', 'true', true],
  ['boolean', 'false', false],
] as const)('%s %s', (type, text, value) => {
  expect(folderValue(text, type)).toBe(value)
})

it('texts come back from the names of folders', () => {
  for (const text of ['a/b=c', 'ü', '%2F', '__HIVE_DEFAULT_PARTITION__', 'a b', '\u0001"#', null]) {
    const columns = [{ name: 'region', type: 'text' }] as const
    expect(folderValues(`${hiveFolder('region', text)}/part-1.parquet`, columns)).toEqual([text])
  }
  expect(() => folderValues('region=a/part-1.parquet', [{ name: 'other', type: 'text' }])).toThrow('no folder for the column other')
})

it('a text that is no date is refused', () => {
  expect(() => folderValue('infinity', 'date')).toThrow('infinity is not a date that a catalog can hold')
})
