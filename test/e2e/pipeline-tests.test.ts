/** `siftstep test` of a definition: runs on given rows, what is printed of a difference, and that nothing is touched outside. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { runCli, startCli } from '../kit/cli.ts'
import { at, place, write } from './place.ts'

const HEAD = `version: 1
id: orders
inputs:
  source: {type: string, default: data/*.csv}
  to: {type: string, default: out/orders.csv}
steps:
  - {id: find, type: discover, with: {source: "{{ source }}"}}
  - id: tidy
    type: clean
    with: {rules: [{deduplicate: {keys: [id]}}]}
  - {id: sums, type: transform, with: {columns: {total: quantity * price, day: "'{{ ds }}'"}}}
  - id: check
    type: validate
    with: {rules: [{rule_type: range, column: quantity, min: 1, on_fail: quarantine}]}
    on_error: {max_bad_rows: 100%}
  - {id: publish, type: export, with: {to: "{{ to }}"}}
`

const test = async (tests: string, ...flags: string[]) => {
  write('pipeline.yaml', `${HEAD}tests:\n${tests}`)
  return runCli(['test', 'pipeline.yaml', ...flags], { cwd: place })
}

const GIVEN = `
    given:
      source:
        - {id: 1, name: Ann, quantity: 2, price: 1.5}
        - {id: 1, name: Ann, quantity: 2, price: 1.5}
        - {id: 2, name: null, quantity: 0, price: 4}
        - {id: 3, name: "", quantity: 1, price: 4}`

describe('a test of a definition', () => {
  it('passes when everything is as expected', async () => {
    const right = `
  - name: all that can be expected
    date: 2024-01-31${GIVEN}
    expect:
      status: success
      rows:
        - {id: 3, name: "", total: 4, day: 2024-01-31}
        - {id: 1, name: Ann, total: 3, day: 2024-01-31}
      columns: [id, name, quantity, price, total, day]
      quarantined: [{step: check, column: quantity, value: 0, line: 3, reason: not at least 1}]
      duplicates: 1
      ledger: {in: 4, out: 2, quarantined: 1, duplicates: 1, filtered: 0}
  - name: the text of a file
    given:
      source: |
        id,name,quantity,price
        1,Ann,2,1.50
    expect:
      rows: |
        id,name,total
        1,Ann,3.00
`
    expect(await test(right)).toMatchObject({
      code: 0,
      err: '',
      out: '✓ all that can be expected\n✓ the text of a file\npipeline.yaml: 2 tests passed\n',
    })
  })

  it('fails with what differs, row by row', async () => {
    const wrong = `
  - name: not as expected${GIVEN}
    expect:
      status: partial
      rows: [{id: 1, name: Bob, total: 3.5}, {id: 4, name: Eve, total: 9}]
      columns: [id]
      quarantined: 2
      duplicates: 0
      ledger: {out: 3, filtered: 0}
  - name: passes
    given: {source: [{id: 1, quantity: 2, price: 1}]}
    expect: {rows: [{id: 1, total: 2}]}
`
    const { code, out } = await test(wrong)
    expect(out).toBe(`✗ not as expected
    status: expected partial, found success
    columns: expected id, found id, name, quantity, price, total, day
    rows: expected 2, found 2, with these differences
      differs     row 1 (id=1): name expected Bob, found Ann; total expected 3.5, found 3.0
      missing     row 2: id=4, name=Eve, total=9
      unexpected  id=3, name="", total=4.0
    quarantined: expected 2, found 1
    duplicates: expected 0, found 1
    ledger: expected out=3, filtered=0, found out=2, filtered=0
✓ passes
pipeline.yaml: 1 test passed, 1 failed
`)
    expect(code).toBe(1)
    const chosen = await test(wrong, '--test', 'passes')
    expect(chosen).toMatchObject({ code: 0, out: '✓ passes\npipeline.yaml: 1 test passed\n' })
  })

  it('compares the order of rows where that is asked for', async () => {
    const tests = (ordered: string) => `
  - name: ordered is ${ordered}
    given: {source: [{id: 1, quantity: 2, price: 1}, {id: 2, quantity: 2, price: 1}]}
    expect: {rows: [{id: 2}, {id: 1}], ordered: ${ordered}}
`
    const { code, out } = await test(tests('false') + tests('true'))
    expect(code).toBe(1)
    expect(out).toContain('✓ ordered is false\n✗ ordered is true\n    rows: expected 2, found 2')
  })

  it('can expect a failure, by a part of its error', async () => {
    const tests = `
  - name: a column is missing
    given: {source: [{id: 1, price: 1}]}
    expect: {error: quantity}
  - name: for another reason
    given: {source: [{id: 1, price: 1}]}
    expect: {status: failed, error: no such words}
  - name: not at all
    given: {source: [{id: 1, price: 1}]}
    expect: {rows: [{id: 1}]}
`
    const { code, out } = await test(tests)
    expect(code).toBe(1)
    expect(out).toMatch(
      /^✓ a column is missing\n✗ for another reason\n {4}error: expected no such words, found \S+: .*quantity.*\n✗ not at all\n {4}status: expected success or partial, found failed, .*quantity.*\n {4}rows: expected 1, and nothing was published\n/,
    )
  })

  it('reads files beside the definition', async () => {
    write('tests/orders.csv', 'id,name,quantity,price\n1,,2,1.50\n')
    write('tests/expected.csv', 'id,name,total\n1,,3.00\n')
    const tests = `
  - name: files
    given: {source: {file: tests/orders.csv}}
    expect: {rows: {file: tests/expected.csv}}
`
    expect(await test(tests)).toMatchObject({ code: 0, out: '✓ files\npipeline.yaml: 1 test passed\n' })
    write('tests/expected.csv', 'id,name,total\n1,"",3.00\n')
    expect((await test(tests)).out).toContain('differs     row 1 (id=1, total=3.00): name expected "", found null')
    const gone = await test(tests.replace('tests/orders', 'tests/order').replace('expected.csv', '../../expected.json'))
    expect(gone).toMatchObject({ code: 2, out: '' })
    expect(gone.err).toMatch(/pipeline\.yaml:20:\d+ asset-file tests\.0\.given\.source\.file: the file tests\/order\.csv does not exist/)
    expect(gone.err).toMatch(/pipeline\.yaml:21:\d+ asset-file tests\.0\.expect\.rows\.file: .* is outside of the folder of the definition/)
    expect(await runCli(['validate', 'pipeline.yaml'], { cwd: place })).toMatchObject({ code: 2, err: gone.err })
  })

  it('touches nothing but a folder of its own, which it removes', async () => {
    const target = at('real/orders.csv')
    write('real/orders.csv', 'as it was\n')
    const tests = `
  - name: elsewhere
    inputs: {to: ${target}}
    given: {source: [{id: 1, quantity: 2, price: 1}]}
    expect: {rows: [{id: 1, total: 2}]}
`
    write('pipeline.yaml', `${HEAD}tests:\n${tests}`)
    mkdirSync(at('tmp'))
    expect(await runCli(['test', 'pipeline.yaml'], { cwd: place, env: { TMPDIR: at('tmp') } })).toMatchObject({ code: 0 })
    expect(readFileSync(target, 'utf8')).toBe('as it was\n')
    expect(readdirSync(place).sort()).toEqual(['pipeline.yaml', 'real', 'tmp'])
    expect(existsSync(join(place, '.siftstep'))).toBe(false)
    expect(readdirSync(at('tmp'))).toEqual([])
  })
})

/** Steps that wait, write beside the output, move files, send messages and call services. */
const REACHING = `version: 1
id: arrivals
inputs: {folder: {type: string, default: /srv/in}}
steps:
  - {id: wait, type: sensor, with: {for: "{{ folder }}/*.csv", min_count: 3, settle: 10s, timeout: 2h, poke_interval: 1m}}
  - {id: find, type: discover, with: {source: "{{ wait.result.files }}"}}
  - {id: tidy, type: clean, with: {rules: [{missing: quarantine}], quarantine: "{{ folder }}/_q/"}, on_error: {max_bad_rows: 100%}}
  - {id: publish, type: export, with: {to: "{{ folder }}/out/{{ ds }}", mode: append}}
  - {id: summary, type: report, with: {from: publish, to: "{{ folder }}/report-{{ ds }}.md"}}
  - {id: keep, type: archive, with: {files: "{{ publish.result.inputs }}", to: /srv/archive/}}
  - {id: tell, type: notify, with: {type: webhook, url: "https://example.com/x"}}
  - {id: proof, type: verify, with: {files: "/srv/in/out/*.parquet", min_files: 1}}
  - {id: trace, type: lineage, with: {endpoint: "https://example.com", api_key: "\${secret.NOPE}"}}
tests:
  - name: flows
    given: {wait: [{id: 1, name: a}, {id: 2, name: null}]}
    expect: {rows: [{id: 1, name: a}], quarantined: 1}
`

describe('a pipeline that reaches far', () => {
  it('is tested without reaching anything, whatever its addresses, messages and secrets are', async () => {
    write('far.yaml', REACHING)
    expect(await runCli(['test', 'far.yaml'], { cwd: place })).toMatchObject({
      code: 0,
      err: '',
      out: '✓ flows\nfar.yaml: 1 test passed\n',
    })
    expect(readdirSync(place)).toEqual(['far.yaml'])
    expect(existsSync('/srv/archive')).toBe(false)
  })
})

describe('the chapter about tests', () => {
  it('has tests that pass', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/language.md'), 'utf8')
    const [, definition = ''] = /```yaml\n(version: 1\nid: order_totals\n.*?)```/s.exec(page) ?? []
    write('order_totals.yaml', definition)
    expect(await runCli(['test', 'order_totals.yaml'], { cwd: place })).toMatchObject({
      code: 0,
      out: '✓ multiplies, and keeps each order once\n✓ fails without a price\norder_totals.yaml: 2 tests passed\n',
    })
  })
})

describe('siftstep test', () => {
  it('is stopped by Control-C, and leaves nothing', async () => {
    const one = (at: number) => `  - {name: t${at}, given: {source: [{id: 1, quantity: 2, price: 1}]}, expect: {duplicates: 0}}\n`
    write('pipeline.yaml', `${HEAD}tests:\n${Array.from({ length: 12 }, (_, at) => one(at)).join('')}`)
    mkdirSync(at('tmp'))
    const started = startCli(['test', 'pipeline.yaml'], { cwd: place, env: { TMPDIR: at('tmp') } })
    while (!started.written().includes('✓ t0')) await wait(20)
    process.kill(started.pid, 'SIGINT')
    const { code, out } = await started.ended
    expect(code).toBe(130)
    expect(out).not.toContain('✓ t11')
    expect(readdirSync(at('tmp'))).toEqual([])
  })

  it('alone reads the files of tests: a run needs none of them', async () => {
    write('data/a.csv', 'id,name,quantity,price\n1,Ann,2,1.50\n')
    const text = `${HEAD}tests:\n  - {name: one, given: {source: {file: gone.csv}}, expect: {rows: {file: gone.csv}}}\n`
    write('pipeline.yaml', text)
    expect(await runCli(['run', 'pipeline.yaml', '--quiet'], { cwd: place })).toMatchObject({ code: 0 })
    expect((await runCli(['test', 'pipeline.yaml'], { cwd: place })).err).toContain('the file gone.csv does not exist')
  })

  it('prints JSON', async () => {
    const { code, out } = await test(
      '  - {name: one, given: {source: [{id: 1, quantity: 2, price: 1}]}, expect: {rows: [{id: 2}], duplicates: 0}}\n',
      '--json',
    )
    expect(code).toBe(1)
    expect(JSON.parse(out)).toEqual([
      {
        file: 'pipeline.yaml',
        tests: [
          {
            name: 'one',
            passed: false,
            mismatches: [
              {
                check: 'rows',
                expected: 1,
                found: 1,
                rows: [
                  { kind: 'missing', row: 1, values: { id: 2 } },
                  { kind: 'unexpected', values: { id: '1' } },
                ],
              },
            ],
          },
        ],
      },
    ])
  })

  it('says which tests there are, and that there are none', async () => {
    const one = await test('  - {name: one, given: {source: [{id: 1}]}, expect: {duplicates: 0}}\n', '--test', 'on')
    expect(one).toMatchObject({ code: 2, out: '' })
    expect(one.err).toContain("pipeline.yaml has no test 'on'\n  hint: did you mean 'one'? its tests are: one")
    write('none.yaml', HEAD)
    const none = await runCli(['test', 'none.yaml'], { cwd: place })
    expect(none.code).toBe(2)
    expect(none.err).toContain('none.yaml has no tests')
  })

  it('refuses tests of a pipeline whose code calls services', async () => {
    write('steps/own.js', "export default { name: 'own', needs: ['http'], rows: (batch) => batch }\n")
    const steps = HEAD.replace('  - {id: publish', '  - {id: own, uses: ./steps/own.js}\n  - {id: publish')
    write(
      'pipeline.yaml',
      `${steps}tests:\n  - {name: one, given: {source: [{id: 1, quantity: 1, price: 1}]}, expect: {rows: [{id: 1}]}}\n`,
    )
    const refused = await runCli(['test', 'pipeline.yaml'], { cwd: place })
    expect(refused).toMatchObject({ code: 2, out: '' })
    expect(refused.err).toMatch(/pipeline\.yaml:16:\d+ not-testable steps\.4: a test cannot run the step `own`: its code calls services/)
    write('steps/own.js', "export default { name: 'own', rows: (batch) => batch }\n")
    expect(await runCli(['test', 'pipeline.yaml'], { cwd: place })).toMatchObject({ code: 0 })
  })
})
