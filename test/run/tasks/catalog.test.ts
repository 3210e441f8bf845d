/** `catalog`: a table of the Glue catalog shows exactly what was published, and never two runs at once. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { text } from '#relational/types/sql.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { startGlue, type TestGlue } from '../../kit/glue-server.ts'
import { bytesAt, icebergTable } from '../../kit/iceberg-table.ts'
import { runDefinition, type TestRunOptions, workplace } from '../../kit/run-pipeline.ts'
import { openS3Place, type S3Place } from '../../kit/s3-place.ts'

const place = workplace()
let reader: TestDatabase
let bucket: S3Place
let glue: TestGlue
const before = process.env['AWS_ENDPOINT_URL_GLUE']
const attemptsBefore = process.env['AWS_MAX_ATTEMPTS']
beforeAll(async () => {
  reader = await testDatabase([place.folder])
  bucket = await openS3Place({ own: true })
  glue = await startGlue()
  process.env['AWS_ENDPOINT_URL_GLUE'] = glue.url
  process.env['AWS_MAX_ATTEMPTS'] = '1'
  glue.databases.add('analytics')
})
afterAll(async () => {
  const set = (name: string, value: string | undefined) => {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  set('AWS_ENDPOINT_URL_GLUE', before)
  set('AWS_MAX_ATTEMPTS', attemptsBefore)
  reader.close()
  await glue.close()
  await bucket.close()
  place.clear()
})
afterEach(() => {
  glue.before = () => undefined
  bucket.server?.fix()
})

const TYPES = 'id: integer, name: text, day: date, at: timestamp, price: "decimal(9,2)", share: float, paid: boolean'
const HEAD = 'id,name,day,at,price,share,paid\n'
let files = 0
interface Settings extends Partial<TestRunOptions> {
  readonly csv: string
  readonly table: string
  readonly more?: string
  readonly id?: string
}
function run({ csv, table, more = '', id = 'sales', ...options }: Settings) {
  const source = place.write(`in/${++files}.csv`, csv)
  return runDefinition(
    `version: 1
id: ${id}
resources: {workers: 1}
defaults: {retry: {max_attempts: 0}}
steps:
  - {id: find, type: discover, with: {source: "${source}", allow_empty: true, types: {${TYPES}}}}
  - {id: publish, type: export, with: {to: "s3://${bucket.bucket}/${table}/", catalog: {database: analytics, table: ${table}}${more}}}
  - {id: origins, type: lineage}
`,
    { store: join(place.folder, 'store'), run: `r-${files}`, ...options },
  )
}

const tableOf = (name: string) => {
  const found = glue.tables.get(`analytics.${name}`)
  if (found === undefined) throw new Error(`no table ${name}`)
  return found
}
const metadataOf = (name: string) => tableOf(name).Parameters['metadata_location'] ?? ''

/** What whoever goes by the catalog reads: names of the first two columns, with the values of the folders. */
async function rowsBy(name: string): Promise<readonly string[]> {
  const rows: string[] = []
  for (const [at, { path, rows: count, bytes, partition }] of (await icebergTable(metadataOf(name))).files.entries()) {
    const content = await bytesAt(path)
    expect(BigInt(content.length)).toBe(bytes)
    const local = place.write(`read/${at}.parquet`, content)
    const found = await reader.session.rows(`SELECT * FROM read_parquet(${text(local)}, hive_partitioning = false)`)
    expect(BigInt(found.length)).toBe(count)
    rows.push(...found.map((row) => `${row['id']} ${row['name'] ?? partition['name'] ?? '~'}`))
  }
  return rows
}

const ROWS = `${HEAD}1,a,2024-01-31,2024-01-31 10:20:30.123456,1.50,0.5,true\n2,b,2023-12-01,1969-12-31 23:59:59,-2.25,,false\n`

describe('a table of the catalog', () => {
  it('is made with the columns of the files, and shows exactly what was published', async () => {
    const ran = await run({ csv: ROWS, table: 'made' })
    expect([ran.status, ran.cause]).toEqual(['SUCCEEDED', undefined])
    expect(await rowsBy('made')).toEqual(['1 a', '2 b'])
    const { TableType, Parameters, StorageDescriptor } = tableOf('made')
    expect(TableType).toBe('EXTERNAL_TABLE')
    expect(Parameters).toMatchObject({ table_type: 'ICEBERG', siftstep_pipeline: 'sales', siftstep_run: 'r-1' })
    expect(StorageDescriptor.Location).toBe(`s3://${bucket.bucket}/made`)
    expect(StorageDescriptor.Columns.map(({ Name, Type }) => `${Name} ${Type}`)).toEqual([
      'id bigint',
      'name string',
      'day date',
      'at timestamp',
      'price decimal(9,2)',
      'share double',
      'paid boolean',
    ])
    const { metadata } = await icebergTable(metadataOf('made'))
    expect(
      (metadata['schemas'] as [{ fields: { name: string; type: string }[] }])[0].fields.map(({ name, type }) => `${name} ${type}`),
    ).toEqual(['id long', 'name string', 'day date', 'at timestamp', 'price decimal(9, 2)', 'share double', 'paid boolean'])
  })

  it('is in the report, the result, the lineage and the message of the step, with the query', async () => {
    const ran = await run({ csv: ROWS, table: 'shown' })
    const query = 'SELECT * FROM "analytics"."shown" LIMIT 10'
    expect(ran.report.output?.catalog).toEqual({ database: 'analytics', table: 'shown', rows: 2, query })
    const steps = Object.assign({}, ...ran.results.filter(({ event }) => event.task === 'commit').map(({ result }) => result['steps'])) as {
      publish: { catalog_table: string; query: string }
    }
    expect(steps.publish).toMatchObject({ catalog_table: 'analytics.shown', query })
    expect(ran.report.steps.find(({ id }) => id === 'publish')?.report.lines).toEqual([
      { level: 'ok', text: `analytics.shown (2 rows): ${query}` },
    ])
    // Markdown escapes the asterisk
    expect(ran.text('quality-report.md')).toContain('FROM "analytics"."shown" LIMIT 10')
    expect(ran.text('lineage.openlineage.jsonl')).toContain('"name":"table/analytics/shown","type":"TABLE"')
  })

  it('moves to the next output, keeps what people said of it, and leaves no metadata behind', async () => {
    await run({ csv: ROWS, table: 'moved' })
    const first = tableOf('moved')
    const [id, ...others] = first.StorageDescriptor.Columns
    glue.tables.set('analytics.moved', {
      ...first,
      Description: 'All sales.',
      StorageDescriptor: { ...first.StorageDescriptor, Columns: [{ ...id, Comment: 'The number.' } as never, ...others] },
    })
    const ran = await run({ csv: `${HEAD}3,c,,,,,\n`, table: 'moved' })
    expect(ran.status).toBe('SUCCEEDED')
    expect(await rowsBy('moved')).toEqual(['3 c'])
    expect(tableOf('moved').Description).toBe('All sales.')
    expect(tableOf('moved').StorageDescriptor.Columns[0]?.Comment).toBe('The number.')
    const hidden = bucket.server?.objects.keys(bucket.bucket).filter((key) => key.startsWith('moved/.siftstep-catalog/'))
    expect(hidden).toHaveLength(3)
    expect(hidden?.every((key) => key.startsWith('moved/.siftstep-catalog/00002-'))).toBe(true)
  })

  it('stays as it is when the same is published again', async () => {
    await run({ csv: ROWS, table: 'same' })
    const first = tableOf('same')
    const ran = await run({ csv: ROWS, table: 'same' })
    expect(ran.status).toBe('SUCCEEDED')
    expect(tableOf('same')).toEqual(first)
    expect(ran.report.output?.catalog?.rows).toBe(2)
  })

  it('shows all rows of an output that grows or is merged', async () => {
    await run({ csv: `${HEAD}1,a,,,,,\n`, table: 'grows', more: ', mode: append' })
    const ran = await run({ csv: `${HEAD}2,b,,,,,\n`, table: 'grows', more: ', mode: append' })
    expect(await rowsBy('grows')).toEqual(['1 a', '2 b'])
    expect(ran.report.output?.catalog?.rows).toBe(2)
    await run({ csv: `${HEAD}1,a,,,,,\n2,b,,,,,\n`, table: 'merges', more: ', mode: merge, keys: [id]' })
    await run({ csv: `${HEAD}2,B,,,,,\n3,c,,,,,\n`, table: 'merges', more: ', mode: merge, keys: [id]' })
    expect(await rowsBy('merges')).toEqual(['1 a', '2 B', '3 c'])
  })

  it('has the values of folders exactly, a missing one as missing', async () => {
    const csv = `${HEAD}1,"a, b/ü=%",2024-01-31,,,,\n2,,2023-12-01,,,,\n3,__HIVE_DEFAULT_PARTITION__,0001-02-03,,,,\n`
    const ran = await run({ csv, table: 'folders', more: ', partition_by: [name, {column: day, part: year}]' })
    expect([ran.status, ran.cause]).toEqual(['SUCCEEDED', undefined])
    expect((await rowsBy('folders')).toSorted()).toEqual(['1 a, b/ü=%', '2 ~', '3 __HIVE_DEFAULT_PARTITION__'])
    const { files: found, metadata } = await icebergTable(metadataOf('folders'))
    expect(found.map(({ partition }) => partition['year']).toSorted()).toEqual([1n, 2023n, 2024n])
    expect(metadata['partition-specs']).toEqual([
      {
        'spec-id': 0,
        fields: [
          { name: 'name', transform: 'identity', 'source-id': 7, 'field-id': 1000 },
          { name: 'year', transform: 'identity', 'source-id': 8, 'field-id': 1001 },
        ],
      },
    ])
    expect(
      tableOf('folders')
        .StorageDescriptor.Columns.map(({ Name }) => Name)
        .slice(-2),
    ).toEqual(['name', 'year'])
  })

  it('of an output without rows has columns and no file', async () => {
    const ran = await run({ csv: HEAD, table: 'empty' })
    expect(ran.status).toBe('SUCCEEDED')
    expect((await icebergTable(metadataOf('empty'))).files).toEqual([])
    expect(tableOf('empty').StorageDescriptor.Columns).toHaveLength(7)
  })
})

describe('a run stops before any work', () => {
  it('when the database is missing', async () => {
    glue.databases.delete('analytics')
    try {
      const ran = await run({ csv: ROWS, table: 'none' })
      expect([ran.error, ran.step, ran.cause]).toEqual(['Output.Unwritable', 'publish', 'the Glue catalog has no database analytics'])
      expect(ran.hint).toBe(`create it: aws glue create-database --database-input '{"Name": "analytics"}'`)
      expect(ran.results.map(({ event }) => event.task)).toEqual(['finalize'])
    } finally {
      glue.databases.add('analytics')
    }
  })

  const table = { Name: 'theirs', StorageDescriptor: { Location: 's3://else/', Columns: [] }, VersionId: '4' }
  it.each([
    ['of others', {}, 'siftstep did not make it'],
    ['of another pipeline', { siftstep_pipeline: 'visits' }, 'the pipeline visits made it'],
    [
      'that another program changed',
      { siftstep_pipeline: 'sales', siftstep_metadata: 's3://a/1', metadata_location: 's3://a/2' },
      'another program has changed its rows or columns',
    ],
  ])('when the table is one %s', async (_what, Parameters, why) => {
    glue.tables.set('analytics.theirs', { ...table, Parameters })
    const ran = await run({ csv: ROWS, table: 'theirs' })
    expect([ran.error, ran.step, ran.cause]).toEqual([
      'Output.Conflict',
      'publish',
      `cannot publish to the table analytics.theirs of the Glue catalog: ${why}`,
    ])
    expect(ran.hint).toContain('aws glue delete-table --database-name analytics --name theirs; nothing was changed')
    expect(tableOf('theirs').VersionId).toBe('4')
  })

  it.each([
    ['AccessDeniedException', 400, 'Output.Unwritable', 'access denied: glue:GetDatabase on database/analytics is not allowed'],
    ['ThrottlingException', 400, 'Transient.Throttled', 'AWS Glue throttled the request'],
    ['ExpiredTokenException', 400, 'Output.Unwritable', 'the credentials have expired'],
    ['UnrecognizedClientException', 400, 'Output.Unwritable', 'AWS rejected the credentials'],
    ['InternalServiceException', 500, 'Transient.Unavailable', 'AWS Glue did not answer as it should'],
    ['InvalidInputException', 400, 'Output.Unwritable', 'AWS Glue rejected the request (InvalidInputException, status 400)'],
  ])('when AWS Glue says %s', async (type, status, error, message) => {
    glue.before = (action) => (action === 'GetDatabase' ? { type, status } : undefined)
    const ran = await run({ csv: ROWS, table: 'refused' })
    expect([ran.error, ran.cause]).toEqual([error, `reading the database analytics in the Glue catalog: ${message}`])
    expect(ran.results.map(({ event }) => event.task)).toEqual(['finalize'])
  })

  it('when two steps publish to one table', async () => {
    const source = place.write('in/twice.csv', ROWS)
    const step = (id: string) =>
      `  - {id: ${id}, type: export, with: {to: "s3://${bucket.bucket}/${id}/", catalog: {database: analytics, table: twice}}}\n`
    const ran = await runDefinition(
      `version: 1\nid: sales\ndefaults: {retry: {max_attempts: 0}}\nsteps:\n  - {id: find, type: discover, with: {source: "${source}"}}\n${step('one')}${step('two')}`,
      { store: join(place.folder, 'store'), run: 'r-twice' },
    )
    expect([ran.error, ran.cause]).toEqual([
      'Output.Conflict',
      'the steps one and two publish to the same table of the Glue catalog, analytics.twice',
    ])
  })
})

it('a table that others change at the same moment is read again, and nothing of theirs is lost', async () => {
  await run({ csv: ROWS, table: 'busy' })
  let changes = 0
  glue.before = (action) => {
    if (action !== 'UpdateTable' || changes++ > 1) return undefined
    const found = tableOf('busy')
    glue.tables.set('analytics.busy', {
      ...found,
      Description: `Change ${changes}.`,
      VersionId: String(Number(found.VersionId) + 1),
    })
    return undefined
  }
  const ran = await run({ csv: `${HEAD}3,c,,,,,\n`, table: 'busy' })
  expect(ran.status).toBe('SUCCEEDED')
  expect(changes).toBe(3)
  expect(tableOf('busy').Description).toBe('Change 2.')
  expect(await rowsBy('busy')).toEqual(['3 c'])
})

it('the example of the guide', async () => {
  const guide = readFileSync(join(import.meta.dirname, '../../../docs/aws.md'), 'utf8')
  const [, section = ''] = guide.split('## Tables in the Glue catalog\n')
  const [, definition = ''] = /```yaml\n(.*?)```/s.exec(section) ?? []
  const source = place.write('in/guide.csv', 'id,amount,ordered_at\n1,10.50,2024-03-01\n2,7,2025-01-31\n')
  const ran = await runDefinition(definition, {
    ...{ store: join(place.folder, 'store'), run: 'r-guide' },
    inputs: { source, lake: `s3://${bucket.bucket}/lake` },
  })
  expect([ran.status, ran.cause]).toEqual(['SUCCEEDED', undefined])
  expect(section).toContain(`\`${ran.report.output?.catalog?.query}\``)
  expect(tableOf('sales').StorageDescriptor.Columns.map(({ Name, Type }) => `${Name} ${Type}`)).toEqual([
    'id bigint',
    'amount decimal(12,2)',
    'ordered_at date',
    'year bigint',
  ])
  expect((await icebergTable(metadataOf('sales'))).files.map(({ partition }) => partition)).toEqual([{ year: 2024n }, { year: 2025n }])
})

describe('validate says with its place', () => {
  const problemsOf = (settings: string) => {
    const compiled = compile(
      `version: 1
id: sales
steps:
  - {id: find, type: discover, with: {source: "in/*.csv"}}
  - id: publish
    type: export
    with: {${settings}}
`,
      { file: 'sales.yaml' },
    )
    return compiled.ok ? [] : compiled.problems
  }
  const CATALOG = 'catalog: {database: analytics, table: sales}'
  it.each([
    [`to: out/, ${CATALOG}`, '`out/` cannot be shown in the Glue catalog: AWS does not see it'],
    [`to: "sqlite://shop.db/sales", ${CATALOG}`, '`sqlite://shop.db/sales` cannot be shown in the Glue catalog: AWS does not see it'],
    [`to: "s3://lake/sales.parquet", ${CATALOG}`, 'one file, `s3://lake/sales.parquet`, cannot be shown in the Glue catalog'],
    [`to: "s3://lake/sales/", format: csv, ${CATALOG}`, 'files of format csv cannot be shown in the Glue catalog'],
    [
      `to: "s3://lake/sales/", catalog: {database: Analytics, table: sales}`,
      '`Analytics` cannot be the name of a database in the Glue catalog',
    ],
    [
      `to: "s3://lake/sales/", catalog: {database: analytics, table: my-sales}`,
      '`my-sales` cannot be the name of a table in the Glue catalog',
    ],
  ])('%s', (settings, what) => {
    const problems = problemsOf(settings)
    expect(problems.map((one) => one.what)).toEqual([what])
    expect(problems[0]?.line).toBe(7)
  })

  it('nothing about a folder in S3', () => {
    expect(problemsOf(`to: "s3://lake/sales/", ${CATALOG}`)).toEqual([])
  })
})
