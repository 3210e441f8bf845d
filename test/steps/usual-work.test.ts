/** What steps do by themselves: usual operations, anomalies of a profile, relationships, drift of types, the catalogue, alerts against earlier runs. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Manifest } from '#io/publish/manifest.ts'
import { problemsOf, withSteps } from '../language/definition/problems-of.ts'
import { publishedRows, runDefinition, type TestRunOptions, workplace } from '../kit/run-pipeline.ts'

const place = workplace()
afterAll(() => place.clear())
const out = (name: string) => join(place.folder, name)

let runs = 0
const run = (steps: string, source: string, more: Partial<TestRunOptions> = {}, head = '') =>
  runDefinition(`version: 1\nid: work\n${head}steps:\n  - {id: find, type: discover, with: {source: "${source}"}}\n${steps}`, {
    store: out(`store-${++runs}`),
    run: `r-${runs}`,
    ...more,
  })
type Run = Awaited<ReturnType<typeof run>>
const reportOf = (ran: Run, step: string) => ran.report.steps.find(({ id }) => id === step)?.report

const SALES = `id,ordered_at,region,product,quantity,price,e_mail,phone
1,2026-01-03,East,Cap,2,5,  ANA@X.EXAMPLE,+49 30 1234567
2,2026-01-20,West,Cap,1,5,ben@x.example,030 1234567
3,2026-02-01,East,Hat,4,7,caf\u00c3\u00a9@x.example,+1 (555) 010-9999
`
const sales = place.write('sales.csv', SALES)

describe('usual operations', () => {
  const transformed = async (operations: string, name: string) => {
    const ran = await run(
      `  - {id: change, type: transform, with: {operations: "{{ names }}"}}\n  - {id: publish, type: export, with: {to: "${out(name)}", format: csv}}\n`,
      sales,
      { inputs: { names: operations } },
      'inputs: {names: {type: string, default: ""}}\n',
    )
    return { ran, rows: ran.status === 'SUCCEEDED' ? await publishedRows(out(name)) : [] }
  }

  it('standardize texts, e-mail addresses and phone numbers', async () => {
    const { rows } = await transformed('standardize', 'standardized')
    expect(rows.map(({ e_mail, phone }) => [e_mail, phone])).toEqual([
      ['ana@x.example', '+49301234567'],
      ['ben@x.example', '030 1234567'],
      ['café@x.example', '+15550109999'],
    ])
  })

  it('aggregate by month and categories', async () => {
    const { rows, ran } = await transformed('aggregate', 'aggregated')
    expect(
      rows.map(({ month, region, product, rows: count, quantity_sum }) => [month, region, product, count, quantity_sum].map(String)),
    ).toEqual([
      ['2026-01', 'East', 'Cap', '1', '2'],
      ['2026-01', 'West', 'Cap', '1', '1'],
      ['2026-02', 'East', 'Hat', '1', '4'],
    ])
    expect(ran.object('ledger.json')).toMatchObject({ balanced: true })
  })

  it('pivot the first category, also behind the others', async () => {
    const { rows } = await transformed('standardize, aggregate, pivot', 'pivoted')
    expect(
      rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)]))),
    ).toEqual([
      { month: '2026-01', East: '2', West: '1' },
      { month: '2026-02', East: '4', West: null },
    ])
  })

  it('that do not exist end the run before it reads anything, and a literal name is a problem of the definition', async () => {
    const { ran } = await transformed('standardise,aggregate', 'wrong')
    expect([ran.status, ran.cause, ran.hint]).toEqual([
      'FAILED',
      'unknown operation `standardise`',
      'did you mean `standardize`? allowed: standardize, aggregate, pivot, separated by commas',
    ])
    expect(ran.results.map(({ event }) => event.task)).not.toContain('inspect')
    const literal = withSteps('  - {id: a, type: transform, with: {operations: "pivit"}}\n')
    expect(problemsOf(literal).map(({ path }) => path)).toEqual(['steps.1.with.operations'])
  })
})

describe('a profile with anomalies', () => {
  it('names a planted outlier and a rare category, and spellings are none', async () => {
    const rows = Array.from(
      { length: 60 },
      (_, at) => `${at},${at === 30 ? 99999 : 10 + (at % 9)},${at === 7 ? 'moon' : at % 2 === 0 ? 'earth' : ' Earth'}`,
    )
    const ran = await run(
      '  - {id: look, type: profile, with: {metrics: [completeness, anomalies]}}\n',
      place.write('planted.csv', `id,amount,planet\n${rows.join('\n')}\n`),
    )
    expect(
      reportOf(ran, 'look')
        ?.lines.map(({ text }) => text)
        .filter((text) => text.startsWith('unusual')),
    ).toEqual([
      expect.stringMatching(/^unusual: amount 99999 is [\d.]+ robust deviations above the median 14$/),
      "unusual: planet has 'moon' in 1 row of 60, among 2 values",
    ])
    expect(reportOf(ran, 'look')?.message).toContain('completeness 100%, 2 anomalies')
  })
})

describe('a schema step', () => {
  const orders = place.write('shop/orders.csv', 'order_id,customer_id,region,amount\no1,c1,x,5\no2,c9,x,6\no3,c2,y,7\no4,,y,8\n')
  place.write('shop/customers.csv', 'customer_id,region,name\nc1,x,Ana\nc2,y,Ben\n')
  const folder = orders.slice(0, orders.lastIndexOf('/'))

  it('names an order whose customer is in no file, with file and line', async () => {
    const ran = await run('  - {id: check, type: schema, with: {checks: [types, required, relationships]}}\n', `${folder}/*.csv`)
    expect(reportOf(ran, 'check')).toMatchObject({ level: 'warning' })
    expect(reportOf(ran, 'check')?.lines[0]?.text).toBe('customer_id: 1 row refers to no row of customers.csv: c9 (orders.csv line 3)')
  })

  it('finds nothing where every key is there, and where there is none', async () => {
    place.write('whole/orders.csv', 'order_id,customer_id,region\no1,c1,x\n')
    place.write('whole/customers.csv', 'customer_id,region,name\nc1,x,Ana\nc2,y,Ben\n')
    const ran = await run('  - {id: check, type: schema, with: {checks: [relationships]}}\n', `${out('whole')}/*.csv`)
    expect(reportOf(ran, 'check')?.level).toBe('ok')
    const single = await run('  - {id: check, type: schema, with: {checks: [relationships]}}\n', sales)
    expect(reportOf(single, 'check')?.message).toBe('All schemas validated successfully')
  })

  it('quarantines the rows that do not have the type of most rows', async () => {
    place.write('drift/a.csv', 'id,amount\n1,10\n2,11\n3,12\n')
    place.write('drift/b.csv', 'id,amount\n4,many\n5,13\n')
    const ran = await run(
      `  - {id: check, type: schema, with: {on_drift: {type_change: quarantine}}}\n  - {id: publish, type: export, with: {to: "${out('drifted')}", format: csv}, on_error: {max_bad_rows: 50%}}\n`,
      `${out('drift')}/*.csv`,
    )
    expect(ran.object('ledger.json')).toMatchObject({ balanced: true, rows: { in: 5, out: 4, quarantined: 1 } })
    expect(ran.text('quarantine/quarantine.csv')).toContain('many')
    expect((await publishedRows(out('drifted'))).map(({ id, amount }) => [String(id), String(amount)])).toEqual([
      ['1', '10'],
      ['2', '11'],
      ['3', '12'],
      ['5', '13'],
    ])
  })
})

describe('a discover step', () => {
  it('writes what it knows of each source', async () => {
    const ran = await run('', `${out('shop')}/*.csv`)
    const catalogue =
      ran.object<
        readonly {
          name: string
          encoding: string
          delimiter: string
          schema: { column: string; type: string }[]
          statistics: { records: number }
        }[]
      >('sources-find.json')
    expect(catalogue.map(({ name, delimiter, statistics }) => [name, delimiter, statistics.records])).toEqual([
      ['customers.csv', ',', 2],
      ['orders.csv', ',', 4],
    ])
    expect(catalogue[1]?.schema.map(({ column }) => column)).toEqual(['customer_id', 'region', 'order_id', 'amount'])
    const few = await runDefinition(
      `version: 1\nid: work\nsteps:\n  - {id: find, type: discover, with: {source: "${sales}", metadata: [encoding]}}\n`,
      { store: out('store-few') },
    )
    expect(Object.keys(few.object<readonly object[]>('sources-find.json')[0] ?? {}).sort()).toEqual([
      'bytes',
      'encoding',
      'format',
      'name',
      'uri',
      'version',
    ])
  })
})

describe('standardize: encoding', () => {
  it('restores what was read in another encoding, counts it, and leaves what is right', async () => {
    const mac = '\u201a\u00fa\u00ec done \u201a\u00dc\u00ed \uf8ff\u00fc\u00ec\u00e4'
    const source = place.write('garbled.csv', `id,text\n1,M\u00c3\u00bcller\n2,Müller\n3,${mac}\n4,plain\n5,na\u00efve \u00c3\n`)
    const ran = await run(
      `  - {id: tidy, type: clean, with: {rules: [{standardize: [encoding]}]}}\n  - {id: publish, type: export, with: {to: "${out('repaired')}", format: csv}}\n`,
      source,
    )
    expect((await publishedRows(out('repaired'))).map(({ text }) => text)).toEqual([
      'Müller',
      'Müller',
      '\u2713 done \u2192 \u{1F4CA}',
      'plain',
      'na\u00efve \u00c3',
    ])
    expect(ran.report.steps.find(({ id }) => id === 'tidy')?.counts).toMatchObject([{ rule: 'encoding', cells: 2 }])
  })
})

describe('a monitor', () => {
  const watched = (rows: number, store: string) =>
    run(
      `  - {id: publish, type: export, with: {to: "${out(`${store}-out`)}", format: csv}}\n  - id: watch\n    type: monitor\n    with:\n      metrics: [memory, record_count, value_distribution]\n      alerts:\n        - {name: Unusual, when: row_count outside 3 sigma of last 30 runs}\n        - {name: Memory, when: "memory_used > 0.0001%", severity: error}\n        - {name: Never, when: "error_rate > 50% or memory_used > 9000%"}\n`,
      place.write(`${store}-${rows}.csv`, `id,n\n${Array.from({ length: rows }, (_, at) => `${at},${at % 5}`).join('\n')}\n`),
      { store: out(store), run: `r-${++runs}` },
    )

  it('compares with the last runs, and says so while there are too few', async () => {
    const first = await watched(100, 'history')
    expect(reportOf(first, 'watch')?.lines.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^Memory \(memory_used > 0\.0001%; memory_used is [\d.]+\)$/),
      'Unusual: not compared: 0 earlier runs, and it takes 3',
    ])
    await watched(102, 'history')
    await watched(98, 'history')
    const usual = await watched(101, 'history')
    expect(reportOf(usual, 'watch')?.lines.map(({ text }) => text.split(' ')[0])).toEqual(['Memory'])
    const many = await watched(1000, 'history')
    expect(reportOf(many, 'watch')?.lines[0]?.text).toMatch(
      /^Unusual \(row_count outside 3 sigma of last 30 runs; rows_out is 1,000, and the last 4 runs had [\d.]+ to 10\d\.\d+\)$/,
    )
    const { metrics, distributions } = many.object<{ metrics: object; distributions: readonly object[] }>('metrics.json')
    expect(Object.keys(metrics)).toContain('memory_used')
    expect(Object.keys(metrics)).not.toContain('quality_score')
    expect(distributions).toEqual([])
  })

  it('refuses what it cannot compare', () => {
    const problems = (when: string) =>
      problemsOf(withSteps(`  - {id: watch, type: monitor, with: {alerts: [{name: A, when: "${when}"}]}}\n`)).map(({ what }) => what)
    expect(problems('row_count outside 3 sigma of last 30 runs and rows_in > 0')).toEqual([])
    expect(problems('rowcount outside 3 sigma of last 30 runs')).toEqual(['unknown metric rowcount in the alert "A"'])
    expect(problems('row_count outside 3 sigma of last 2 runs')).toEqual(['the alert "A" compares with 2 runs'])
    expect(problems('memory_used > 90%')).toEqual([])
  })
})

describe('detect_changes', () => {
  it('passes of several changes of a record the last, and reads again what since says', async () => {
    const source = place.write(
      'events.csv',
      'event_id,updated_at,n\na,2025-01-01 08:00:00,1\nb,2025-01-02 08:00:00,2\na,2025-01-03 08:00:00,3\n',
    )
    const text = (since: string) =>
      `version: 1\nid: events\nstate: {high_water_mark: {column: updated_at}}\nsteps:\n  - {id: find, type: discover, with: {source: "${source}"}}\n  - {id: fresh, type: detect_changes, with: {keys: [event_id]${since}}}\n  - {id: publish, type: export, condition: "{{ fresh.result.count }} > 0", with: {to: "${out('events')}", mode: merge, keys: [event_id]}}\n`
    const count = (ran: Run) => reportOf(ran, 'fresh')?.message
    const store = out('store-events')
    const first = await runDefinition(text(', since: "{{ last_run_timestamp }}"'), { store, run: 'r-1' })
    expect(count(first)).toBe('Found 2 new rows in the first run (1 changed again later)')
    expect(first.object('ledger.json')).toMatchObject({ balanced: true, rows: { in: 3, out: 2, deduplicated: 1 } })
    const rows = await publishedRows(out('events'))
    expect(rows.map(({ event_id, n }) => `${event_id} ${n}`).sort()).toEqual(['a 3', 'b 2'])
    const again = await runDefinition(text(', since: "{{ last_run_timestamp }}"'), { store, run: 'r-2' })
    expect(count(again)).toContain('Found 0 new rows')
    const back = await runDefinition(text(', since: "2025-01-01 12:00:00"'), { store, run: 'r-3' })
    expect(count(back)).toContain('Found 2 new rows')
    const manifest = JSON.parse(readFileSync(join(out('events'), '_manifest.json'), 'utf8')) as Manifest
    expect(manifest.rows).toBe(2)
  })

  it('finds its source itself, and process steps bring what is new into a folder and into another', async () => {
    const source = place.write('stream/events.csv', 'event_id,updated_at,n\na,2025-01-01 08:00:00,1\nb,2025-01-02 08:00:00,2\n')
    const text = `version: 1
id: events
inputs: {source: {type: string, required: true}, mode: {type: string, default: incremental, enum: [batch, incremental, streaming]}}
state: {high_water_mark: {column: updated_at, lookback: 1h}, store: auto}
steps:
  - {id: changes, type: detect_changes, with: {source: "{{ inputs.source }}", since: "{{ last_run_timestamp }}", keys: [event_id]}}
  - id: upsert
    type: process
    depends_on: [changes]
    condition: "{{ changes.result.count }} > 0"
    with: {merge: {keys: [event_id], mode: upsert}, to: "${out('upserted')}", format: parquet}
  - id: copy
    type: process
    depends_on: [upsert]
    loop: {foreach: "{{ file_chunks }}", max_iterations: 1000}
    cache_results: false
    with: {to: "${out('copied')}/large/"}
stream: {batch_interval: 60s, on_late: quarantine}
`
    const store = out('store-stream')
    const first = await runDefinition(text, { store, run: 'r-1', inputs: { source } })
    expect([first.status, first.cause]).toEqual(['SUCCEEDED', undefined])
    place.write('stream/events.csv', 'event_id,updated_at,n\na,2025-01-01 08:00:00,1\nb,2025-01-03 08:00:00,20\nc,2025-01-04 08:00:00,3\n')
    const second = await runDefinition(text, { store, run: 'r-2', inputs: { source } })
    expect(second.object('ledger.json')).toMatchObject({ balanced: true })
    expect(reportOf(second, 'upsert')?.message).toBe('Exported to parquet: 1 inserted, 1 updated, 0 unchanged')
    const rows = await publishedRows(out('upserted'))
    expect(rows.map(({ event_id, n }) => `${event_id} ${n}`).sort()).toEqual(['a 1', 'b 20', 'c 3'])
  })
})
