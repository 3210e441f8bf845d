/** Sources that hold no table, or one in a form nobody reads: a clear error that names the file, never a defect of the engine. */
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { openSession } from '#io/duckdb/session.ts'
import { text } from '#relational/types/sql.ts'
import { runDefinition, workplace } from '../../kit/run-pipeline.ts'
import { sharedData, skipReason } from '../../kit/shared-data.ts'

const place = workplace()
afterAll(() => place.clear())

let runs = 0
const profile = (source: string, more = '') =>
  runDefinition(
    `version: 1
id: look
name: Look
steps:
  - {id: find, type: discover, with: {source: ${JSON.stringify(source)}, allow_empty: true${more}}}
  - {id: look, type: profile}
`,
    { store: join(place.folder, `store-${runs++}`) },
  )

describe('a source with lines above its table', () => {
  it('is read as it stands, and its step warns of them', async () => {
    const body = 'Date;Text;Amount\n02.01.2024;Rent;-800,00\n03.01.2024;Salary;2500,00\n04.01.2024;Food;-35,20\n'
    const run = await profile(place.write('statement.csv', `Account;DE12;\nPeriod;January;\n${body}`))
    const [found] = run.report.steps
    expect(found?.report).toMatchObject({
      level: 'warning',
      lines: [
        { level: 'warning', text: expect.stringMatching(/^statement\.csv: the table seems to begin in line 3 \(Date, Text, Amount\)/) },
        // the name of the column is a cell of it as it stands
        { level: 'warning', text: expect.stringMatching(/^"column_3" is probably a number: .* e\.g\. "Amount"/) },
      ],
    })
    expect(run.ledger.rows.in).toBe(6)
  })
})

describe('a header with wrong quotes', () => {
  // the parser, set to skip such a header, skips rows with it
  it.each([
    ['a quote behind a space', 'Ana, ""C""",v\n'],
    ['a quote within a name', 'id,na"me,v\n'],
    ['text behind a closing quote', 'id,"name"x,v\n'],
    ['a quote that is not closed', 'id,"name,v\n'],
    ['an escape that is none', 'id,name\\"x,v\n'],
  ])('takes no row with it: %s', async (name, header) => {
    const run = await profile(place.write(`${name}.csv`, `${header}4,x,1\n5,"a, b",2\n6,"c\nd",3\n`))
    expect(run.cause).toBeUndefined()
    expect(run.ledger.rows).toMatchObject({ in: 3, quarantined: 0 })
  })
})

describe('a source without a table', () => {
  it.each([
    { name: 'empty.csv', content: '', error: 'Data.NoRows', says: /empty\.csv is empty \(0 bytes\)/ },
    {
      name: 'lists.json',
      content: '[["id", "name"], 1]',
      error: 'Data.Unreadable',
      says: /lists\.json contains no table: none of its 2 values is a JSON object; the first is a list/,
    },
    { name: 'nothing.json', content: '[]', error: 'Data.NoRows', says: /nothing\.json/ },
    {
      name: 'broken.json',
      content: '{"a": ',
      error: 'Data.Unreadable',
      says: /broken\.json contains no table: its only value is not valid JSON/,
    },
  ])('$name: $error', async ({ name, content, error, says }) => {
    const run = await profile(place.write(name, content))
    expect({ status: run.status, error: run.error }).toEqual({ status: 'FAILED', error })
    expect(run.cause).toMatch(says)
  })

  it('beside others leaves its records in the quarantine', async () => {
    place.write('mixed/a.json', '[{"id": 1}, {"id": 2}]')
    place.write('mixed/b.json', '[[3], 4]')
    const run = await profile(join(place.folder, 'mixed/*.json'))
    expect(run).toMatchObject({ status: 'SUCCEEDED', error: undefined })
  })

  it('is not a list of lists, which is a table of its own', async () => {
    expect(await profile(place.write('rows.json', '[["id", "name"], [1, "a"], [2, "b"]]'))).toMatchObject({ status: 'SUCCEEDED' })
    place.write('tables/a.json', '[{"id": 1}, {"id": 2}]')
    place.write('tables/b.json', '[[3], [4]]')
    expect(await profile(join(place.folder, 'tables/*.json'))).toMatchObject({ status: 'FAILED', error: 'Data.SchemaMismatch' })
  })
})

it('rows that nearly all repeat another are listed, each of them', async () => {
  const rows = 200_000
  const source = place.write('again.csv', `id,name\n${'1,Ana\n'.repeat(rows)}2,Ben\n`)
  const run = await runDefinition(
    `version: 1
id: again
steps:
  - {id: find, type: discover, with: {source: ${JSON.stringify(source)}}}
  - {id: tidy, type: clean, with: {rules: [{deduplicate: {keys: [id]}}]}}
  - {id: publish, type: export, with: {to: ${JSON.stringify(join(place.folder, 'again'))}}}
`,
    { store: join(place.folder, 'store-again') },
  )
  expect(run).toMatchObject({ status: 'SUCCEEDED', error: undefined })
  expect(run.ledger).toMatchObject({ balanced: true, rows: { in: rows + 1, out: 2, deduplicated: rows - 1 } })
  expect(run.text('duplicates.csv').trim().split('\n')).toHaveLength(rows)
})

describe('numbers at the ends of their range', () => {
  it('have a histogram', async () => {
    const rows = [
      '-9223372036854775807,-2147483647,0.0819999999999,-1.0e308',
      '9223372036854775806,2147483647,218.192,1.0e308',
      '5,5,9.1,2',
    ]
    const run = await profile(place.write('wide.csv', `a,b,c,d\n${rows.join('\n')}\n`))
    expect(run).toMatchObject({ status: 'SUCCEEDED', error: undefined })
    const { columns } = run.object<{ columns: { sampled: { histogram: { counts: number[] } } }[] }>('profile.json')
    for (const { sampled } of columns) expect(sampled.histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(3)
  })
})

describe('Parquet', () => {
  async function written(name: string, query: string): Promise<string> {
    const path = join(place.folder, name)
    const session = await openSession({ memory: 200_000_000, scratch: place.folder, folders: [] })
    await session.run(`COPY (${query}) TO ${text(path)} (FORMAT parquet)`)
    session.close()
    return path
  }

  it('without rows is a table without rows', async () => {
    const run = await profile(await written('none.parquet', "SELECT 1 AS id, DATE '2024-01-02' AS day, 'a' AS name WHERE FALSE"))
    expect(run).toMatchObject({ status: 'SUCCEEDED', error: undefined })
  })

  it('keeps NA as the text it is', async () => {
    const run = await profile(await written('codes.parquet', "SELECT unnest(['NA', 'DE', NULL, 'N/A']) AS country"))
    const { columns } = run.object<{ columns: { missing: number }[] }>('profile.json')
    expect(columns).toMatchObject([{ missing: 2 }])
  })

  it.each([
    'parquet-testing/data/hadoop_lz4_compressed.parquet',
    'parquet-testing/data/byte_stream_split_extended.gzip.parquet',
    'parquet-testing/data/map_no_value.parquet',
  ])('%s is read', async (name) => {
    const path = sharedData(name)
    if (path === undefined) return expect(skipReason(name)).toMatch(/^skipped/)
    expect(await profile(path)).toMatchObject({ status: 'SUCCEEDED', error: undefined })
  })

  it('that is packed once more is read', async () => {
    const path = await written('packed.parquet', "SELECT unnest(['a', 'b']) AS name")
    const run = await profile(place.write('packed.parquet.gz', gzipSync(readFileSync(path))))
    expect(run).toMatchObject({ status: 'SUCCEEDED', error: undefined })
  })

  it.each([
    ['parquet-testing/data/datapage_v1-corrupt-checksum.parquet', 'Data.Unreadable', /the checksum of a page of column a/],
    ['parquet-testing/bad_data/ARROW-GH-41317.parquet', 'Data.Unreadable', /Geoparquet/],
  ] as const)('%s: %s', async (name, error, says) => {
    const path = sharedData(name)
    if (path === undefined) return expect(skipReason(name)).toMatch(/^skipped/)
    const run = await profile(path)
    expect({ status: run.status, error: run.error }).toEqual({ status: 'FAILED', error })
    expect(run.cause).toMatch(says)
  })
})

describe('what a run says of its sources', () => {
  const copied = (source: string, more = '') =>
    runDefinition(
      `version: 1
id: copy
steps:
  - {id: find, type: discover, with: {source: ${JSON.stringify(source)}}${more}}
  - {id: write, type: export, with: {to: ${JSON.stringify(join(place.folder, `out-${runs}`))}, format: ndjson}}
`,
      { store: join(place.folder, `store-${runs++}`) },
    )

  it.each([
    ['CSV', 'long.csv', (name: string) => `id,${name}\n1,a\n2,b\n`],
    ['JSON lines', 'long.ndjson', (name: string) => `{"id": 1, "${name}": "a"}\n{"id": 2, "${name}": "b"}\n`],
  ])('names a column of any length, of %s', async (_format, file, content) => {
    const run = await copied(place.write(file, content(`01/02/2024 ${'x'.repeat(65_000)}`)))
    expect(run.cause).toBeUndefined()
    expect(run.ledger).toMatchObject({ balanced: true, rows: { in: 2, out: 2 } })
  })

  it('is of the target of a link, also in another folder', async () => {
    place.write('elsewhere/real.csv', 'id,name\n1, a\n2,b\n')
    mkdirSync(join(place.folder, 'links'))
    symlinkSync('../elsewhere/real.csv', join(place.folder, 'links', 'link.csv'))
    const run = await copied(join(place.folder, 'links/*.csv'))
    expect(run.cause).toBeUndefined()
    expect(run.ledger).toMatchObject({ balanced: true, rows: { in: 2, out: 2 } })
  })

  it('names sources that cannot be read, the first of very many, and where the others are named', async () => {
    for (let at = 0; at < 500; at++) place.write(`many/delivery-number-${at}.csv.gz`, Buffer.from([0x1f, 0x8b, 0x62, 0x72]))
    place.write('many/good.csv', 'id,name\n1,a\n2,b\n')
    const run = await copied(join(place.folder, 'many/*'), ', on_error: {continue_on_error: true}')
    expect(run.cause).toBeUndefined()
    expect(run.ledger).toMatchObject({ balanced: true, rows: { in: 2, out: 2 } })
    const lines = run.report.steps.find(({ id }) => id === 'find')?.report?.lines ?? []
    expect(lines.at(-1)).toEqual({ level: 'error', text: expect.stringMatching(/^\d+ more lines, see runs\/.*\.log$/) })
    const log = readFileSync(join(place.folder, `store-${runs - 1}`, String(lines.at(-1)?.text).replace(/.*see /, '')), 'utf8')
    expect(log.split('\n').filter((one) => one.includes('delivery-number-'))).toHaveLength(500)
  })
})
