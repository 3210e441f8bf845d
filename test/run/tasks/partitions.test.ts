/** Outputs in folders by value: what is in them, for other readers too, and what is refused. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Manifest } from '#io/publish/manifest.ts'
import { text } from '#relational/types/sql.ts'
import { problemsOf } from '../../language/definition/problems-of.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { runDefinition, workplace } from '../../kit/run-pipeline.ts'

const place = workplace()
let reader: TestDatabase
beforeAll(async () => {
  reader = await testDatabase([place.folder])
})
afterAll(() => {
  reader.close()
  place.clear()
})

const SALES = `id,region,ordered_at,amount
1,East,2024-01-31,1.5
2,a/b=c%d: "é",2024-02-01,2
3,,2024-01-02,3
4,East,2023-12-31,4
5,007,2024-01-30,5
6,East,2024-01-01,6
7,__HIVE_DEFAULT_PARTITION__,2024-03-01,7
`
const source = place.write('sales.csv', SALES)

interface Settings {
  readonly to: string
  readonly by: string
  readonly more?: string
  readonly from?: string
  readonly chunk_rows?: number
  readonly step?: string
}
let runs = 0
const run = ({ to, by, more = '', from = source, chunk_rows = 10_000, step = '' }: Settings) =>
  runDefinition(
    `version: 1
id: sales
resources: {workers: 1, task_bytes: ${chunk_rows === 10_000 ? 1e9 : 1}}
steps:
  - {id: find, type: discover, with: {source: "${from}", chunk_rows: ${chunk_rows}, types: {region: text}}}
${step}  - {id: publish, type: export, with: {to: "${to}", partition_by: ${by}${more}}}
`,
    { store: join(place.folder, `store-${++runs}`), run: `r-${runs}` },
  )
const manifestOf = (to: string) => JSON.parse(readFileSync(join(to, '_manifest.json'), 'utf8')) as Manifest
const out = (name: string) => join(place.folder, name)

/** As DuckDB reads Hive folders. */
const readHive = (to: string) =>
  reader.session.rows(
    `SELECT CAST(id AS INTEGER) AS id, region, CAST(ordered_at AS VARCHAR) AS at, CAST(amount AS DOUBLE) AS amount, year, month
       FROM read_parquet(${text(`${to}/**/*.parquet`)}, hive_partitioning = true, hive_types_autocast = false) ORDER BY 1`,
  )

describe('an output in folders by value', () => {
  const by = '[region, {column: ordered_at, part: year}, {column: ordered_at, part: month}]'

  it('has a folder for each combination, which other readers read as columns', async () => {
    const to = out('hive')
    const done = await run({ to, by })
    expect(done.cause).toBeUndefined()
    expect(manifestOf(to).files.map(({ name, rows }) => [name.replace(/part-00001-\w{12}/, 'part'), rows])).toEqual([
      ['region=007/year=2024/month=01/part.parquet', 1],
      ['region=East/year=2023/month=12/part.parquet', 1],
      ['region=East/year=2024/month=01/part.parquet', 2],
      ['region=%5F_HIVE_DEFAULT_PARTITION__/year=2024/month=03/part.parquet', 1],
      ['region=a%2Fb%3Dc%25d%3A %22é%22/year=2024/month=02/part.parquet', 1],
      ['region=__HIVE_DEFAULT_PARTITION__/year=2024/month=01/part.parquet', 1],
    ])
    expect(manifestOf(to)).toMatchObject({
      rows: 7,
      columns: [{ name: 'id' }, { name: 'ordered_at', type: 'date' }, { name: 'amount' }],
      partition_by: [
        { name: 'region', type: 'text' },
        { name: 'year', type: 'integer' },
        { name: 'month', type: 'integer' },
      ],
    })
    expect(await readHive(to)).toEqual([
      { id: 1, region: 'East', at: '2024-01-31', amount: 1.5, year: '2024', month: '01' },
      { id: 2, region: 'a/b=c%d: "é"', at: '2024-02-01', amount: 2, year: '2024', month: '02' },
      { id: 3, region: null, at: '2024-01-02', amount: 3, year: '2024', month: '01' },
      { id: 4, region: 'East', at: '2023-12-31', amount: 4, year: '2023', month: '12' },
      { id: 5, region: '007', at: '2024-01-30', amount: 5, year: '2024', month: '01' },
      { id: 6, region: 'East', at: '2024-01-01', amount: 6, year: '2024', month: '01' },
      { id: 7, region: '__HIVE_DEFAULT_PARTITION__', at: '2024-03-01', amount: 7, year: '2024', month: '03' },
    ])
    expect(done.report.output).toMatchObject({ to, rows: 7, files: 6 })
    expect(done.ledger.rows).toMatchObject({ in: 7, out: 7 })
  })

  it.each(['parquet', 'csv'])('has the same bytes whatever the chunks: %s', async (format) => {
    for (const [name, chunk_rows] of [
      [`one-${format}`, 10_000],
      [`many-${format}`, 1],
    ] as const) {
      const done = await run({ to: out(name), by, chunk_rows, more: `, format: ${format}` })
      expect(done.cause).toBeUndefined()
    }
    // files are named by their content
    expect(manifestOf(out(`many-${format}`))).toEqual(manifestOf(out(`one-${format}`)))
  })

  it('keeps the order of the rows, and replaces what was published before', async () => {
    const to = out('again')
    await run({ to, by: '[region]', more: ', format: csv' })
    const step = `  - {id: some, type: transform, with: {operations: [{filter: "region = 'East'"}]}}\n`
    const done = await run({ to, by: '[{column: region, as: area}]', more: ', format: csv', step })
    expect(done.cause).toBeUndefined()
    expect(readdirSync(to).sort()).toEqual(['_manifest.json', 'area=East'])
    const [file = ''] = readdirSync(join(to, 'area=East'))
    expect(readFileSync(join(to, 'area=East', file), 'utf8')).toBe(
      'id,ordered_at,amount\n1,2024-01-31,1.5\n4,2023-12-31,4.0\n6,2024-01-01,6.0\n',
    )
  })

  it('of no rows has no folder, and says which columns it would have', async () => {
    const to = out('none')
    const step = `  - {id: none, type: transform, with: {operations: [{filter: "id > 100"}]}}\n`
    const done = await run({ to, by: '[region]', step })
    expect(done.cause).toBeUndefined()
    expect(manifestOf(to)).toMatchObject({ rows: 0, files: [], partition_by: [{ name: 'region', type: 'text' }] })
    expect(readdirSync(to)).toEqual(['_manifest.json'])
  })

  it('is not read by the pipeline that published it, and touches no file of others', async () => {
    const folder = out('both')
    place.write('both/sales.csv', SALES)
    mkdirSync(join(folder, 'out'))
    const settings = { from: `${folder}/**`, to: `${folder}/out`, by: '[region]', more: ', format: csv' }
    for (let times = 0; times < 2; times++) {
      const done = await run(settings)
      expect(done.cause).toBeUndefined()
      expect(done.ledger.rows.in).toBe(7)
    }
    writeFileSync(join(folder, 'out', 'region=East', 'thesis.txt'), 'x')
    const refused = await run({ ...settings, from: source })
    expect(refused).toMatchObject({ error: 'Output.Conflict', cause: expect.stringContaining('region=East/thesis.txt') })
    expect(existsSync(join(folder, 'out', 'region=East', 'thesis.txt'))).toBe(true)
  })
})

describe('partition_by is refused', () => {
  it.each([
    ['a table', '"sqlite://out.db/sales", partition_by: [a]', '`partition_by` cannot be used with a table'],
    ['one file', 'out/sales.csv, partition_by: [a]', '`partition_by` cannot be used with one file, `out/sales.csv`'],
    ['a file for each source', '"out/{source.name}.csv", partition_by: [a]', 'its files are split by source'],
    ['a name that readers would not understand', 'out, partition_by: ["a/b"]', '`a/b` cannot be the name of a folder'],
    [
      'two folders of one name',
      'out, partition_by: [{column: a, part: year}, {column: b, part: year}]',
      'two folders have the name `year`',
    ],
  ])('for %s', (_what, to, message) => {
    const found = problemsOf(
      `version: 1\nid: x\nsteps:\n  - {id: find, type: discover, with: {source: a.csv}}\n  - {id: out, type: export, with: {to: ${to}}}\n`,
    )
    expect(found.map(({ what }) => what)).toEqual([expect.stringContaining(message)])
  })

  it.each([
    ['[regin]', 'Definition.UnknownColumn', 'the data has no column "regin"'],
    ['[{column: region, part: year}]', 'Definition.InvalidSetting', 'the year of the column region: it is text, not a date'],
    ['[{column: ordered_at, part: day, as: amount}]', 'Definition.InvalidSetting', 'a column of the files has this name, too'],
    ['[id, region, ordered_at, amount]', 'Definition.InvalidSetting', 'leaves no column for the files'],
  ])('by %s', async (by, error, message) => {
    expect(await run({ to: out('refused'), by })).toMatchObject({ error, cause: expect.stringContaining(message) })
    expect(existsSync(out('refused'))).toBe(false)
  })

  it.each([
    ["'' || lower('')", 'has an empty text'],
    ["repeat(region || 'x', 300)", 'too long for the name of a folder'],
  ])('where a value has no name: %s', async (value, message) => {
    const step = `  - {id: change, type: transform, with: {columns: {area: "${value}"}}}\n`
    const done = await run({ to: out('unnamed'), by: '[area]', step })
    expect(done).toMatchObject({ error: 'Definition.InvalidSetting', cause: expect.stringContaining(message) })
  })
})
