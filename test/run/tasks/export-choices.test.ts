/** What an export chooses, splits and checks by itself. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import type { Manifest } from '#io/publish/manifest.ts'
import { problemsOf, withSteps } from '../../language/definition/problems-of.ts'
import { parquetRows, runDefinition, workplace } from '../../kit/run-pipeline.ts'

const place = workplace()
afterAll(() => place.clear())

const SALES = `id,customer_id,region,ordered_at,amount
1,c1,East,2024-01-31,1.5
2,c2,West,2024-02-01,2
3,c1,East,2023-12-31,3
`
const source = place.write('sales.csv', SALES)
const UNDATED = place.write('undated.csv', 'id,region\n1,East\n2,West\n3,East\n')

let runs = 0
const out = (name: string) => join(place.folder, name)
const publish = (settings: string, from = source, more: Partial<Parameters<typeof runDefinition>[1]> = {}) =>
  runDefinition(
    `version: 1\nid: sales\nsteps:\n  - {id: find, type: discover, with: {source: "${from}"}}\n  - {id: publish, type: export, with: {${settings}}}\n`,
    { store: out(`store-${++runs}`), run: `r-${runs}`, ...more },
  )
const manifestOf = (to: string) => JSON.parse(readFileSync(join(to, '_manifest.json'), 'utf8')) as Manifest
const message = (run: { report: { steps: readonly { id: string; report: { message: string } }[] } }) =>
  run.report.steps.find(({ id }) => id === 'publish')?.report.message

describe('partition_by: auto', () => {
  it('takes the year and month of the first date', async () => {
    expect((await publish(`to: "${out('dated')}", partition_by: auto`)).status).toBe('SUCCEEDED')
    const { files, partition_by } = manifestOf(out('dated'))
    expect(partition_by?.map(({ name }) => name)).toEqual(['year', 'month'])
    expect(files.map(({ name, rows }) => [name.slice(0, name.lastIndexOf('/')), rows])).toEqual([
      ['year=2023/month=12', 1],
      ['year=2024/month=01', 1],
      ['year=2024/month=02', 1],
    ])
  })

  it('takes a text with a few values where there is no date, and none that is empty', async () => {
    await publish(`to: "${out('undated')}", partition_by: auto`, UNDATED)
    expect(manifestOf(out('undated')).files.map(({ name }) => name.split('/')[0])).toEqual(['region=East', 'region=West'])
  })

  it('makes no folders for a file, or without a column that suits', async () => {
    const numbers = place.write('numbers.csv', 'id,n\n1,2\n2,3\n')
    await publish(`to: "${out('plain')}", partition_by: auto`, numbers)
    expect(manifestOf(out('plain')).files.map(({ name }) => name.includes('/'))).toEqual([false])
    expect((await publish(`to: "${out('one.csv')}", partition_by: auto`)).status).toBe('SUCCEEDED')
  })
})

describe('max_file_bytes', () => {
  it('writes a file that is larger as several, with all rows in their order', async () => {
    const many = place.write(
      'many.csv',
      `id,text\n${Array.from({ length: 3000 }, (_, at) => `${at},${'x'.repeat(20)}${(at * 7919) % 3001}`).join('\n')}\n`,
    )
    await publish(`to: "${out('split')}", format: csv, max_file_bytes: 20KB`, many)
    const { files, rows } = manifestOf(out('split'))
    expect(files.length).toBeGreaterThan(3)
    for (const { name } of files) expect(statSync(join(out('split'), name)).size).toBeLessThanOrEqual(20_000)
    expect(rows).toBe(3000)
    const ids = files
      .flatMap(({ name }) =>
        readFileSync(join(out('split'), name), 'utf8')
          .trim()
          .split('\n')
          .slice(1),
      )
      .map((line) => Number(line.split(',')[0]))
    expect(ids).toEqual(Array.from({ length: 3000 }, (_, at) => at))
  })

  it('that is less than a row is an error, and not for a table or a file', async () => {
    const { status, cause } = await publish(`to: "${out('tiny')}", format: csv, max_file_bytes: 10B`)
    expect([status, cause]).toEqual(['FAILED', expect.stringContaining('a file with one row has')])
    const export_ = (settings: string) =>
      problemsOf(withSteps(`  - {id: publish, type: export, with: {${settings}}}\n`)).map(({ path }) => path)
    expect(export_('to: out.csv, max_file_bytes: 1MB')).toEqual(['steps.1.with.max_file_bytes'])
    expect(export_('to: "sqlite://a.db/t", max_file_bytes: 1MB')).toEqual(['steps.1.with.max_file_bytes'])
  })
})

describe('verify', () => {
  it('reads what was published again, and says so', async () => {
    const run = await publish(`to: "${out('checked')}", verify: [row_count, checksum]`)
    expect([run.status, message(run)]).toEqual(['SUCCEEDED', 'Exported to parquet, verified by row count and checksum'])
  })

  it('fails when the files are others by then', async () => {
    const changing = out('changing')
    const options = { afterTask: () => {} }
    const first = await publish(`to: "${changing}", format: csv`, source, options)
    expect(first.status).toBe('SUCCEEDED')
    // the files of a run that publishes the same again are there already: they were changed meanwhile
    for (const name of readdirSync(changing).filter((one) => one.startsWith('part-'))) writeFileSync(join(changing, name), 'id\n1\n')
    const again = await publish(`to: "${changing}", format: csv, verify: [checksum]`)
    // either they were written anew, and are right, or the difference is found
    if (again.status === 'SUCCEEDED')
      expect(readFileSync(join(changing, manifestOf(changing).files[0]?.name ?? ''), 'utf8')).toContain('customer_id')
    else expect(again.cause).toContain('after it was published')
  })

  it('compares the rows of a table before they become visible', async () => {
    const path = out('checked.db')
    const run = await publish(`to: "sqlite://${path}/sales", format: database, indexes: auto, verify: [row_count, checksum]`)
    expect(run.status).toBe('SUCCEEDED')
    const database = new DatabaseSync(path)
    const names = (
      database.prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND name LIKE 'siftstep%' ORDER BY name").all() as {
        name: string
      }[]
    ).map(({ name }) => name)
    expect(names).toEqual(['siftstep_sales_customer_id', 'siftstep_sales_id', 'siftstep_sales_ordered_at'])
    const plan = database.prepare('EXPLAIN QUERY PLAN SELECT * FROM sales WHERE customer_id = ?').all('c1') as { detail: string }[]
    expect(plan[0]?.detail).toContain('USING INDEX siftstep_sales_customer_id')
    database.exec('CREATE TRIGGER worse AFTER INSERT ON sales BEGIN UPDATE sales SET amount = 0; END')
    database.close()
    const { status, cause } = await publish(`to: "sqlite://${path}/sales", mode: append, verify: [checksum]`)
    expect([status, cause]).toEqual(['FAILED', expect.stringContaining('are not there')])
  })
})

describe('settings that a run makes impossible', () => {
  it('are no problem: a compression that the format of the run does not have', async () => {
    const run = await runDefinition(
      `version: 1\nid: sales\ninputs: {format: {type: string, default: csv}}\nsteps:\n  - {id: find, type: discover, with: {source: "${source}"}}\n  - {id: publish, type: export, with: {to: "${out('chosen')}", format: "{{ format }}", compression: snappy, mode: overwrite_run}}\n`,
      { store: out('store-chosen') },
    )
    expect(run.status).toBe('SUCCEEDED')
    expect(manifestOf(out('chosen')).files.map(({ name }) => name.endsWith('.csv'))).toEqual([true])
  })

  it('are one where the author wrote both', () => {
    const text = withSteps('  - {id: publish, type: export, with: {to: out, format: csv, compression: snappy}}\n')
    expect(problemsOf(text).map(({ path }) => path)).toEqual(['steps.1.with.compression'])
    const fallback = withSteps(
      '  - {id: publish, type: export, with: {to: out, compression: snappy}, on_error: {fallback: [{format: csv}, {max_file_bytes: 128MB}]}}\n',
    )
    expect(problemsOf(fallback)).toEqual([])
  })
})

describe('rows of a step with cache_results: false', () => {
  it('are gone when the run has succeeded', async () => {
    const text = (cache: string) => `version: 1
id: sales
steps:
  - {id: find, type: discover, with: {source: "${source}"}}
  - {id: tidy, type: clean${cache}, with: {rules: [{standardize: auto}]}}
  - {id: publish, type: export, fuse: false, with: {to: "${out('cached')}"}}
`
    const parts = async (cache: string) => {
      const store = out(`store-${++runs}`)
      await runDefinition(text(cache), { store, run: 'r-cache' })
      return readdirSync(join(store, 'runs/r-cache/data/tidy'), { recursive: true }).filter((name) => String(name).includes('parts/'))
    }
    expect(await parts('')).toHaveLength(1)
    expect(await parts(', cache_results: false')).toHaveLength(0)
    expect((await parquetRows(join(out('cached'), manifestOf(out('cached')).files[0]?.name ?? ''))).length).toBe(3)
  })
})

describe('last_run_timestamp', () => {
  it('is null in the first run, and then the start of the last one that ended well', async () => {
    const text = `version: 1\nid: again\nsteps:\n  - {id: find, type: discover, with: {source: "${source}"}}\n  - {id: publish, type: export, with: {to: "${out('again')}-{{ last_run_timestamp }}"}}\n`
    const one = await runDefinition(text, { store: out('store-again'), run: 'r-1' })
    const two = await runDefinition(text, { store: out('store-again'), run: 'r-2' })
    expect([one.status, two.status]).toEqual(['SUCCEEDED', 'SUCCEEDED'])
    expect(one.report.output?.to).toBe(`${out('again')}-null`)
    expect(two.report.output?.to).toBe(`${out('again')}-${one.report.run.started_at}`)
  })
})
