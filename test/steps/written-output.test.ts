/** Steps that look at what a run has written: verify, report, gate and stats. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { runDefinition, type Workplace, workplace } from '../kit/run-pipeline.ts'

let here: Workplace
beforeEach(() => {
  here = workplace()
  here.write('in/a.csv', 'id,name,amount,paid\n1,Ann,10.50,2024-01-01\n2,"B|<ob>",3.25,2024-01-02\n3,,1.00,2024-01-03\n')
  return () => here.clear()
})

const pipeline = (...steps: readonly string[]) => `version: 1
id: sales
inputs: {source: {type: string, required: true}, out: {type: string, required: true}}
defaults: {retry: {max_attempts: 0}}
steps:
  - {id: find, type: discover, with: {source: "{{ source }}"}}
${steps.map((step) => `  - ${step}\n`).join('')}`

const run = (...steps: readonly string[]) =>
  runDefinition(pipeline(...steps), {
    inputs: { source: join(here.folder, 'in/*.csv'), out: join(here.folder, 'out') },
    store: join(here.folder, 'store'),
  })
const file = (name: string) => readFileSync(join(here.folder, 'out', name), 'utf8')
const problemsOf = (...steps: readonly string[]) => {
  const compiled = compile(pipeline(...steps), { file: 'sales.yaml' })
  return compiled.ok
    ? []
    : compiled.problems.filter(({ code }) => code !== 'unused-input').map(({ code, path, what }) => `${code} ${path}: ${what}`)
}

const PUBLISH = '{id: publish, type: export, with: {to: "{{ out }}/sales.csv"}}'
const STATS = 'stats: {orders: count(*), total: sum(amount), buyers: count(distinct name), last: max(paid)}, sample_rows: 2'

describe('a report', () => {
  it.each([
    ['a file', '{to: "{{ out }}/sales.csv"}'],
    ['a folder of CSV files, whose parts were moved there', '{to: "{{ out }}/sales", format: csv}'],
    ['a folder of JSON files', '{to: "{{ out }}/sales", format: ndjson}'],
    ['a folder of Parquet files', '{to: "{{ out }}/sales"}'],
    ['folders by value', '{to: "{{ out }}/sales", partition_by: [name]}'],
  ])('is about the rows written to %s, exactly', async (_to, settings) => {
    const ran = await run(
      `{id: publish, type: export, with: ${settings}}`,
      `{id: summary, type: report, with: {from: publish, title: Sales, ${STATS}, to: "{{ out }}/summary.txt"}}`,
    )
    expect(ran.cause).toBeUndefined()
    expect(file('summary.txt').split('\n').slice(4)).toEqual([
      'Rows: 3 in = 3 out',
      'orders  3',
      'total   14.75',
      'buyers  2',
      'last    2024-01-03',
      '',
      'First 2 rows',
      'id  name    amount  paid',
      '1   Ann     10.50   2024-01-01',
      '2   B|<ob>  3.25    2024-01-02',
      '',
    ])
  })

  it('is about the rows of a step in the middle, of which some went to quarantine', async () => {
    const ran = await run(
      '{id: check, type: validate, with: {rules: [{rule_type: not_null, column: name, on_fail: quarantine}]}, on_error: {max_bad_rows: 50%}}',
      '{id: summary, type: report, with: {from: check, stats: {orders: count(*)}, to: "{{ out }}/summary.md"}}',
    )
    expect(ran.cause).toBeUndefined()
    expect(file('summary.md')).toContain('Rows: 3 in = 2 out + 1 quarantined\n\n| Figure | Value |\n| --- | --- |\n| orders | 2 |')
  })

  it('combines reports, with their texts escaped', async () => {
    const ran = await run(
      PUBLISH,
      `{id: one, type: report, with: {from: publish, title: "Sales & more", ${STATS}, to: "{{ out }}/one.html"}}`,
      '{id: two, type: report, with: {from: publish, sample_rows: 3, to: "{{ out }}/two.md"}}',
      '{id: all, type: report, with: {combine: [one, two], to: "{{ out }}/all.html"}}',
    )
    expect(ran.cause).toBeUndefined()
    expect(file('one.html')).toContain('<h1>Sales &amp; more</h1>')
    expect(file('two.md')).toContain('| 2 | B\\|\\<ob\\> | 3.25 | 2024-01-02 |\n| 3 | (missing) | 1.00 | 2024-01-03 |')
    expect(file('all.html')).toContain('<h2>Sales &amp; more</h2>')
    expect(file('all.html')).toContain('<td>B|&lt;ob&gt;</td>')
    expect(file('all.html')).toContain('<td><i>(missing)</i></td>')
    expect(file('all.html')).toContain('<h2>two</h2>')
  })

  it('says which step has written nothing', async () => {
    const ran = await run(
      '{id: publish, type: export, condition: "{{ find.result.count }} > 9", with: {to: "{{ out }}/sales.csv"}}',
      '{id: summary, type: report, with: {from: publish, stats: {orders: count(*)}, to: "{{ out }}/summary.txt"}}',
    )
    const step = ran.report.steps.find(({ id }) => id === 'summary')
    expect(step?.report).toMatchObject({
      level: 'warning',
      lines: [{ text: 'publish has written nothing, so the report has no part about it' }],
    })
  })

  it('fails with the name of a column that does not exist', async () => {
    const ran = await run(PUBLISH, '{id: summary, type: report, with: {from: publish, stats: {x: sum(amonut)}, to: "{{ out }}/s.txt"}}')
    expect(ran.error).toBe('Definition.UnknownColumn')
    expect(ran.cause).toContain('amonut')
  })

  it('refuses steps that do not exist or come later, and figures without rows', () => {
    expect(problemsOf('{id: a, type: report, with: {from: publihs, to: a.txt}}', PUBLISH)).toEqual([
      'unknown-step steps.1.with.from: unknown step `publihs`',
    ])
    expect(problemsOf('{id: a, type: report, with: {combine: [find, publish], to: a.txt}}', PUBLISH)).toEqual([
      'not-yet-run steps.1.with.combine.1: step `publish` has not ended before this step',
    ])
    expect(problemsOf('{id: a, type: report, with: {combine: [find], stats: {n: count(*)}, to: a.txt}}')).toEqual([
      'invalid-value steps.1.with.stats: a combined report has no rows of its own for `stats`',
    ])
    expect(problemsOf('{id: a, type: report, with: {from: find, to: a.pdf}}')).toEqual([
      "invalid-value steps.1.with.to: `to` is 'a.pdf', and its name says no format",
    ])
  })
})

describe('a verify step', () => {
  it('counts the files that are there and the rows of this run', async () => {
    const ran = await run(PUBLISH, '{id: check, type: verify, with: {files: "{{ out }}/*.csv"}}')
    expect(ran.cause).toBeUndefined()
    expect(ran.results.find(({ event }) => event.step === 'check')?.result['result']).toMatchObject({ files: 1, rows: 3, balanced: true })
  })

  it.each([
    ['too few files', '{files: "{{ out }}/*.csv", min_files: 2}', '1 file at', undefined],
    ['no file at all', '{files: "{{ out }}/none/*.csv"}', 'expected at least 1; found: none', undefined],
    ['an empty file', '{files: "{{ out }}/*"}', '1 file without any content', 'out/empty.txt'],
  ])('fails on %s', async (_title, settings, message, empty) => {
    if (empty !== undefined) here.write(empty, '')
    const ran = await run(PUBLISH, `{id: check, type: verify, with: ${settings}}`)
    expect(ran.error).toBe('Quality.GateFailed')
    expect(ran.cause).toContain(message)
  })

  it.each([
    ['one file', 'sales.csv', 'sales.csv'],
    ['a file named as its source', '{source.file}', 'a.csv'],
    ['a file that holds the name of its source', 'of_{source.name}.csv', 'of_a.csv'],
  ])('fails when something else has changed %s that the run wrote', async (_title, to, name) => {
    const ran = await runDefinition(
      pipeline(
        PUBLISH.replace('sales.csv', to),
        '{id: look, type: lineage}',
        '{id: check, type: verify, with: {files: "{{ out }}/*.csv"}}',
      ),
      {
        inputs: { source: join(here.folder, 'in/*.csv'), out: join(here.folder, 'out') },
        store: join(here.folder, 'store'),
        beforeTask: ({ step }) => {
          if (step === 'look') appendFileSync(join(here.folder, 'out', name), '4,Eve,1.00,2024-01-04\n')
        },
      },
    )
    expect(ran.error).toBe('Quality.GateFailed')
    expect(ran.cause).toContain('bytes, and publish wrote')
  })
})

describe('a gate', () => {
  const gate = (settings: string) => [
    PUBLISH,
    '{id: check, type: verify}',
    `{id: decide, type: gate, with: {${settings}}}`,
    '{id: late, type: report, with: {from: publish, to: "{{ out }}/late.txt"}}',
    '{id: again, type: export, with: {to: "{{ out }}/again.csv"}}',
  ]

  it('lets the run go on when its condition is true', async () => {
    const ran = await run(...gate('pass_when: "{{ check.result.quality_score }} > 0.5 && {{ find.result.count }} == 1"'))
    expect(ran.status).toBe('SUCCEEDED')
    expect(existsSync(join(here.folder, 'out/late.txt'))).toBe(true)
    expect(existsSync(join(here.folder, 'out/again.csv'))).toBe(true)
  })

  it('skips all later steps when it is false, and says what it compared', async () => {
    const ran = await run(...gate('pass_when: "{{ find.result.count }} > 5"'))
    expect(ran.status).toBe('SUCCEEDED')
    expect(existsSync(join(here.folder, 'out/sales.csv'))).toBe(true)
    expect(existsSync(join(here.folder, 'out/late.txt'))).toBe(false)
    expect(existsSync(join(here.folder, 'out/again.csv'))).toBe(false)
    const steps = new Map(ran.report.steps.map(({ id, report }) => [id, report]))
    expect(steps.get('decide')).toMatchObject({
      level: 'warning',
      message: 'Closed: not {{ find.result.count }} > 5 (find.result.count = 1)',
    })
    expect(steps.get('late')).toMatchObject({ level: 'skipped' })
    expect(ran.object('ledger.json')).toMatchObject({ balanced: true, rows: { in: 3, out: 3 } })
  })

  it('fails the run with its message where it says so', async () => {
    const ran = await run(...gate('pass_when: "{{ find.result.count }} > 5", else: fail, message: too few files were delivered'))
    expect(ran.error).toBe('Quality.GateFailed')
    expect(ran.cause).toContain('the gate is closed: too few files were delivered (find.result.count = 1)')
  })

  it('reports a condition that cannot be right before a run', () => {
    expect(problemsOf('{id: decide, type: gate, with: {pass_when: "{{ find.result.cuont }} > 1"}}')[0]).toContain('unknown-result')
    expect(problemsOf('{id: decide, type: gate, with: {pass_when: "{{ find.result.count }} >"}}')[0]).toContain('steps.1.with.pass_when')
  })
})

describe('a stats step', () => {
  it('shows the figures it is asked for, and passes all of them on', async () => {
    const ran = await run(PUBLISH, '{id: figures, type: stats, with: {show: [rows, disk_usage]}}')
    expect(ran.cause).toBeUndefined()
    const { result, report } = (ran.results.find(({ event }) => event.step === 'figures') as { result: unknown }).result as {
      result: { bytes_out: number }
      report: { lines: { text: string }[] }
    }
    expect(result).toMatchObject({ rows_in: 3, rows_out: 3, rows_quarantined: 0 })
    expect(result.bytes_out).toBe(file('sales.csv').length)
    expect(report.lines.map(({ text }) => text)).toEqual([
      'Rows: 3 read, 3 written, 0 quarantined, 0 duplicates removed, 0 filtered',
      expect.stringMatching(/^Disk usage: /),
    ])
  })
})
