/** An independent reader, PyIceberg, finds in a table of the catalog what a run published: by the Glue API, the metadata and the files. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGlue, type TestGlue } from '../../kit/glue-server.ts'
import { pyicebergPython, readByPyiceberg, withoutPyiceberg } from '../../kit/pyiceberg.ts'
import { runDefinition, workplace } from '../../kit/run-pipeline.ts'
import { openS3Place, type S3Place } from '../../kit/s3-place.ts'

describe.skipIf(pyicebergPython === undefined)(`PyIceberg${pyicebergPython === undefined ? ` (${withoutPyiceberg})` : ''}`, () => {
  const place = workplace()
  const before = process.env['AWS_ENDPOINT_URL_GLUE']
  let bucket: S3Place
  let glue: TestGlue
  beforeAll(async () => {
    bucket = await openS3Place({ own: true })
    glue = await startGlue()
    glue.databases.add('analytics')
    process.env['AWS_ENDPOINT_URL_GLUE'] = glue.url
  })
  afterAll(async () => {
    if (before === undefined) delete process.env['AWS_ENDPOINT_URL_GLUE']
    else process.env['AWS_ENDPOINT_URL_GLUE'] = before
    await glue.close()
    await bucket.close()
    place.clear()
  })

  const TYPES = 'id: integer, name: text, day: date, at: timestamp, price: "decimal(20,2)", share: float, paid: boolean'
  const csv = `id,name,day,at,price,share,paid
9007199254740993,"a, b/ü=%",2024-01-31,2024-01-31 10:20:30.123456,123456789012345678.91,0.5,true
2,,2023-12-01,1969-12-31 23:59:59,-2.25,,false
3,East,0044-03-15,,,,
`
  let runs = 0
  async function published(table: string, more: string) {
    const ran = await runDefinition(
      `version: 1
id: sales
steps:
  - {id: find, type: discover, with: {source: "${place.write('in.csv', csv)}", types: {${TYPES}}}}
  - {id: publish, type: export, with: {to: "s3://${bucket.bucket}/${table}/", catalog: {database: analytics, table: ${table}}${more}}}
`,
      { store: join(place.folder, 'store'), run: `r-${++runs}` },
    )
    expect([ran.status, ran.cause]).toEqual(['SUCCEEDED', undefined])
  }
  const read = (table: string, filter?: string) =>
    readByPyiceberg(`analytics.${table}`, { glue: glue.url, s3: bucket.server?.url ?? '' }, filter)

  const ROWS = [
    ['9007199254740993', 'a, b/ü=%', '2024-01-31', '2024-01-31 10:20:30.123456', '123456789012345678.91', '0.5', 'True'],
    ['2', null, '2023-12-01', '1969-12-31 23:59:59', '-2.25', null, 'False'],
    ['3', 'East', '0044-03-15', null, null, null, null],
  ]

  it('reads every type exactly', async () => {
    await published('flat', '')
    const { columns, rows } = await read('flat')
    expect(columns).toEqual(['id long', 'name string', 'day date', 'at timestamp', 'price decimal(20, 2)', 'share double', 'paid boolean'])
    expect(rows).toEqual(ROWS)
  }, 120_000)

  it.each([
    ['name', "name == 'East'", 1],
    ['day', "day == '2023-12-01'", 1],
    ['at', "at == '2024-01-31T10:20:30.123456'", 1],
    ['price', 'price == -2.25', 1],
    ['share', 'share == 0.5', 1],
    ['paid', 'paid == true', 1],
    ['id', 'id == 9007199254740993', 1],
    ['{column: day, part: year}', 'year == 2024', 1],
  ])(
    'reads folders by %s, and only those that a filter needs',
    async (by, filter, files) => {
      const table = `by_${by.replaceAll(/\W+/g, '_')}`
      await published(table, `, partition_by: [${by}]`)
      const all = await read(table)
      const order = all.columns.map((column) => column.split(' ')[0] ?? '')
      const names = ['id', 'name', 'day', 'at', 'price', 'share', 'paid']
      const plain = all.rows.map((row) => names.map((name) => row[order.indexOf(name)] ?? null))
      expect(plain.toSorted((a, b) => Number(b[0]) - Number(a[0]))).toEqual(ROWS.toSorted((a, b) => Number(b[0]) - Number(a[0])))
      const some = await read(table, filter)
      expect([some.planned, some.rows.length]).toEqual([files, 1])
    },
    120_000,
  )
})
