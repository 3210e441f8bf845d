/** Mistakes of an author, and data that is not good enough: exit codes 2, 3 and 4. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { main } from '#cli/main.ts'
import { testTerminal } from '../cli/terminals.ts'
import { runCli } from '../kit/cli.ts'
import { at, expectFailed, PIPELINE, place, ROWS, resume, run, write } from './place.ts'

describe('a definition', () => {
  const FIND = 'version: 1\nid: t\nsteps:\n  - {id: find, type: discover, with: {source: a.csv}}\n'
  const EXPORT = '  - {id: e, type: export, with: {to: out}}\n'

  it.each([
    ['malformed YAML', `${FIND}  - {id: x, type: clean, with: {rules: [}\n`, '5:40 yaml-bracket', 'is not closed where it should be'],
    ['a tab', 'version: 1\nid: t\nsteps:\n\t- {id: find}\n', '4:1 yaml-tab', 'indent with spaces'],
    [
      'a cycle',
      `${FIND}  - {id: a, type: lineage, depends_on: [b]}\n  - {id: b, type: lineage, depends_on: [a]}\n`,
      '5:40 cycle',
      'a → b → a',
    ],
    [
      'an unknown step in a condition',
      `${FIND}  - {id: m, type: monitor, condition: "{{ fnid.result.count }} > 0"}\n`,
      '5:40 unknown-step',
      'did you mean `find`?',
    ],
    [
      'an unknown step in an expression',
      `${FIND}  - {id: m, type: lineage, with: {namespace: "{% $fnid.count > 1 ? 'a' : 'b' %}"}}\n`,
      '5:46 unknown-name',
      'did you mean `$find`?',
    ],
    [
      'an unknown step to wait for',
      `${FIND}  - {id: m, type: lineage, depends_on: [fnid]}\n`,
      '5:41 unknown-dependency',
      'did you mean `find`?',
    ],
    [
      'an unknown setting',
      `${FIND}  - {id: e, type: export, with: {to: out, compresion: gzip}}\n`,
      '5:43 unknown-setting',
      'did you mean `compression`?',
    ],
    ['a wrong type', `${FIND}  - {id: e, type: export, with: {to: [out]}}\n`, '5:38 wrong-type', '`to` is a list of 1'],
    [
      'a wrong value',
      `${FIND}  - {id: e, type: export, with: {to: out, format: xml}}\n`,
      '5:51 invalid-value',
      'one of parquet, csv, json, ndjson',
    ],
    [
      'an alert over a metric there is not',
      `${FIND}  - {id: m, type: monitor, with: {alerts: [{name: x, when: qualty_score < 0.9}]}}\n`,
      '5:60 invalid-value',
      'did you mean quality_score?',
    ],
    [
      'an alert that cannot be read',
      `${FIND}  - {id: m, type: monitor, with: {alerts: [{name: x, when: retries <}]}}\n`,
      '5:60 invalid-value',
      'compare metrics with numbers',
    ],
    [
      'no rules',
      `${FIND}  - {id: v, type: validate, with: {rules: []}}\n`,
      '5:43 invalid-value',
      'at least one item, each a mapping whose rule_type is one of not_null,',
    ],
    ['an unknown function', `${FIND}  - {id: x, type: transform, with: {columns: {y: uper(name)}}}\n`, '5:50', 'upper'],
  ])('with %s is reported with its place, and nothing is begun', async (_what, text, place_, fix) => {
    write('a.csv', ROWS)
    write('pipeline.yaml', text)
    // in this process: it ends before any work
    const terminal = testTerminal({ cwd: () => place })
    const code = await main(['run', 'pipeline.yaml'], terminal)
    expectFailed({ code, signal: null, ...terminal.written }, 2, `pipeline.yaml:${place_}`, fix)
    expect(existsSync(at('.siftstep'))).toBe(false)
  })

  it('that is not there, and inputs that do not fit, are reported', async () => {
    expectFailed(await runCli(['run', 'none.yaml'], { cwd: place }), 2, 'none.yaml')
    write('pipeline.yaml', PIPELINE)
    expectFailed(await runCli(['run', 'pipeline.yaml'], { cwd: place }), 2, 'source')
    expectFailed(await runCli(['run', 'pipeline.yaml', '--input', 'suorce=a.csv'], { cwd: place }), 2, 'did you mean', 'source')
    expect(existsSync(at('.siftstep'))).toBe(false)
  })

  it.each([
    ['a rule', '  - {id: v, type: validate, with: {rules: [{rule_type: not_null, column: nmae}]}}\n'],
    ['an expression', '  - {id: v, type: transform, with: {columns: {y: upper(nmae)}}}\n'],
    [
      'a step that shares its pass',
      '  - {id: c, type: clean, with: {rules: [{drop: [id]}]}}\n  - {id: v, type: transform, with: {columns: {y: upper(nmae)}}}\n',
    ],
    ['a key', '  - {id: v, type: clean, with: {rules: [{deduplicate: {keys: [nmae]}}]}}\n'],
    ['an order', '  - {id: v, type: transform, with: {operations: [{sort: [nmae]}]}}\n'],
  ])('with a column the data does not have in %s is reported with those it has', async (_what, step) => {
    write('a.csv', ROWS)
    write('pipeline.yaml', `${FIND}${step}${EXPORT}`)
    const ended = await runCli(['run', 'pipeline.yaml', '--quiet'], { cwd: place })
    expectFailed(ended, 2, /v: .*"nmae"/, /hint: did you mean "name"\? the columns here are (id, )?name/)
  })

  it.each([
    ['a transform step', '  - {id: v, type: transform, with: {columns: {y: seen - day}}}\n'],
    ['a window', '  - {id: v, type: transform, with: {operations: [{window: {order_by: [id], columns: {y: seen - lag(seen)}}}]}}\n'],
    ['a rule', '  - {id: v, type: validate, with: {rules: [{rule_type: expression, expression: seen - day > 5}]}}\n'],
    ['a filter', '  - {id: v, type: transform, with: {operations: [{filter: day}]}}\n'],
  ])('that does to dates what has no meaning in %s is reported, and no empty column comes out', async (_what, step) => {
    write('a.csv', 'id,day,seen\n1,2024-01-31,2024-02-01 10:00:00\n2,2024-01-30,2024-02-01 11:00:00\n')
    write('pipeline.yaml', `${FIND}${step}${EXPORT}`)
    const ended = await runCli(['run', 'pipeline.yaml', '--quiet'], { cwd: place })
    expectFailed(ended, 2, /v: in .*: .*(has no meaning|expected a condition)/, /hint: (Write date_diff|Compare it)/)
  })

  it.each([
    [
      'an operation',
      '  - id: v\n    type: transform\n    with:\n      operations:\n        - filter: name > 100\n',
      '9:19',
      'operations.0.filter',
    ],
    ['a column', '  - id: v\n    type: transform\n    with:\n      columns:\n        n: name + 1\n', '9:12', 'columns.n'],
    [
      'an operation across rows',
      '  - id: v\n    type: transform\n    with:\n      operations:\n        - sort: [id]\n        - aggregate: {columns: {n: sum(name)}}\n',
      '10:36',
      'operations.1.aggregate.columns.n',
    ],
    [
      'a rule',
      '  - id: v\n    type: validate\n    with:\n      rules:\n        - {rule_type: expression, expression: name > 100}\n',
      '9:47',
      'rules.0.expression',
    ],
    [
      'the condition of a rule',
      '  - id: v\n    type: validate\n    with:\n      rules:\n        - {rule_type: not_null, column: id, when: name > 100}\n',
      '9:51',
      'rules.0.when',
    ],
    ['a cleaner', '  - id: v\n    type: clean\n    with:\n      rules:\n        - drop: [nmae]\n', '9:17', 'rules.0.drop'],
  ])('that only the data shows to be wrong in %s is reported with its place, there and by show', async (_what, step, where, part) => {
    write('a.csv', ROWS)
    write('pipeline.yaml', `${FIND}${step}${EXPORT}`)
    const ended = await runCli(['run', 'pipeline.yaml', '--quiet'], { cwd: place })
    const reported = `at: pipeline.yaml:${where} steps.1.with.${part}`
    expectFailed(ended, 2, /v: .*na?me|nmae/, reported, 'hint: ')
    expect((await runCli(['show', 'last'], { cwd: place })).out).toContain(reported)
  })

  it('that only the data shows to be wrong in a step the run goes on without is reported with its place', async () => {
    write('a.csv', ROWS)
    write(
      'pipeline.yaml',
      `${FIND}  - {id: v, type: transform, on_error: {continue_on_error: true}, with: {columns: {n: name + 1}}}\n${EXPORT}`,
    )
    const { code, out } = await runCli(['run', 'pipeline.yaml'], { cwd: place })
    expect(code).toBe(4)
    expect(out).toContain('v: failed; continuing without it: in name + 1: name is text, expected a number')
    expect(out).toContain('at: pipeline.yaml:5:87 steps.1.with.columns.n')
    const report = readFileSync(at(`.siftstep/runs/${readdirSync(at('.siftstep/runs'))[0]}/quality-report.md`), 'utf8')
    expect(report).not.toContain('at: ')
  })

  it('whose inputs make a setting wrong is reported before any work', async () => {
    write('a.csv', ROWS)
    const pipeline = PIPELINE.replace('format: csv', 'format: "{{ out }}"').replace('chunk_rows: 20', 'chunk_rows: "{{ out }}"')
    expectFailed(await run('a.csv', { pipeline }), 2, "find: `chunk_rows` is 'out'", 'allowed: an integer of at least 1')
    expectFailed(
      await run('a.csv', { pipeline: PIPELINE.replace('format: csv', 'format: "{{ out }}"') }),
      2,
      "publish: `format` is 'out'",
      'one of parquet, csv, json, ndjson',
    )
  })

  it('whose quality gate is not passed ends with 3, publishes nothing, and says which rule failed', async () => {
    write('a.csv', ROWS)
    write(
      'pipeline.yaml',
      `${FIND}  - {id: v, type: validate, with: {rules: [{rule_id: many, rule_type: row_count, min: 10, severity: error}]}}\n${EXPORT}`,
    )
    const ended = await runCli(['run', 'pipeline.yaml', '--quiet'], { cwd: place })
    expectFailed(ended, 3, /v: .*many/, 'Nothing was published.', 'fix this, then siftstep run pipeline.yaml')
  })

  it('that is fixed can be run by the command that is printed, with all it was given', async () => {
    write('pipeline.yaml', PIPELINE)
    write('none yet.csv', 'id,name\n')
    const reported = "fix this, then siftstep run pipeline.yaml --input 'source=none yet.csv' --input out=out --workers 1"
    expectFailed(await run('none yet.csv'), 1, reported)
    expect((await runCli(['show', 'last'], { cwd: place })).out).toContain(reported)
  })

  it('that may go on without a source ends with 4, publishes the rest, and says what is missing', async () => {
    write('data/a.csv', ROWS)
    write('data/b.csv.gz', gzipSync(ROWS).subarray(0, 20))
    const ended = await run('data', {
      pipeline: PIPELINE.replace('chunk_rows: 20}}', 'chunk_rows: 20}, on_error: {continue_on_error: true}}'),
    })
    expect(ended.code, ended.err).toBe(4)
    expect(JSON.parse(readFileSync(at('out/_manifest.json'), 'utf8'))).toMatchObject({ rows: 2 })
    const { out } = await runCli(['show', 'last'], { cwd: place })
    expect(out).toMatch(/b.csv.gz.* is cut off/)
    expect(await resume()).toMatchObject({ code: 4, out: expect.stringContaining('completed in part') })
  })
})
