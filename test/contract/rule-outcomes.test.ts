/** What happens to a row and to a run when a rule is broken, and rules about the whole output. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runTable, type TableRun } from '../kit/run-table.ts'
import { filesIn, publishedRows, runDefinition, type Workplace, workplace } from '../kit/run-pipeline.ts'

let place: Workplace
beforeAll(() => {
  place = workplace()
})
afterAll(() => place.clear())

const INPUT = `id,age,when
1,17,2026-01-01
2,30,2026-01-02
3,,
4,200,2025-12-24
`

const check = (...rules: readonly string[]) =>
  `{id: check, type: validate, with: {rules: [${rules.map((rule) => `{${rule}}`).join(', ')}]}}`
const run = (...rules: readonly string[]) => runTable(place, { input: INPUT, steps: [check(...rules)] })

const ids = ({ rows }: TableRun) => rows.map(({ id }) => id)

describe('a broken rule', () => {
  const young = 'rule_type: range, column: age, min: 18'

  it('fails the run before anything is published, when it is an error', async () => {
    const { error, cause, rows, report, run: failed } = await run(young)
    expect(error).toBe('Quality.GateFailed')
    expect(cause).toContain('range_age: 1 row (error)')
    expect(rows).toEqual([])
    expect(report.failure?.error).toBe('Quality.GateFailed')
    expect(failed.ledger.balanced).toBe(true)
  })

  it.each(['warning', 'info'])('lets the row pass, when it is a %s', async (severity) => {
    const { status, rows, flagged, account } = await run(`${young}, severity: ${severity}`)
    expect(status).toBe('SUCCEEDED')
    expect(rows).toHaveLength(4)
    expect(flagged).toEqual(['2 range_age age'])
    expect(account).toMatchObject({ in: 4, out: 4, quarantined: 0 })
  })

  it.each(['error', 'warning', 'info'])('quarantines the row with on_fail: quarantine, whatever the severity (%s)', async (severity) => {
    const found = await run(`${young}, severity: ${severity}, on_fail: quarantine`)
    expect(ids(found)).toEqual(['2', '3', '4'])
    expect(found.quarantined).toEqual(['2 range_age age'])
    expect(found.account).toMatchObject({ in: 4, out: 3, quarantined: 1 })
  })

  it('fails a warning that says on_fail: fail, and lets an error pass that says warn', async () => {
    expect((await run(`${young}, severity: warning, on_fail: fail`)).error).toBe('Quality.GateFailed')
    expect(ids(await run(`${young}, on_fail: warn`))).toHaveLength(4)
  })

  it('is not broken by as many rows as the tolerance allows', async () => {
    expect((await run(`${young}, tolerance: 0.25`)).status).toBe('SUCCEEDED')
    expect((await run(`${young}, tolerance: 0.24`)).error).toBe('Quality.GateFailed')
  })

  it('is broken by rows, of which each counts once, however many of its cells are wrong', async () => {
    // rows 3 and 4 of 4, one of them in two columns
    const input = 'id,a,b\n1,5,6\n2,5,6\n3,,\n4,,6\n'
    const tolerated = (rule: string) => runTable(place, { input, steps: [check(rule)] })
    expect((await tolerated('rule_type: not_null, columns: [a, b], tolerance: 0.5')).status).toBe('SUCCEEDED')
    const broken = await tolerated('rule_type: not_null, columns: "*", tolerance: 0.49')
    expect(broken.cause).toContain('not_null: 2 rows (error)')
    // each cell is reported
    expect(broken.counts).toEqual(['not_null a: 2', 'not_null b: 1'])
    const aside = await tolerated('rule_type: not_null, columns: [a, b], tolerance: 0.5, on_fail: quarantine')
    expect(aside.quarantined).toEqual(['4 not_null a', '5 not_null a'])
    expect(aside.run.text('quarantine/quarantine.csv')).toContain('a is missing; b is missing')
    expect(aside.account).toMatchObject({ out: 2, quarantined: 2 })
  })

  it('takes the row away from the rules after it', async () => {
    const found = await run(
      `${young}, on_fail: quarantine`,
      'rule_type: range, column: age, min: 18, max: 100, rule_id: both, on_fail: quarantine',
      'rule_type: not_null, column: age, on_fail: quarantine',
    )
    expect(ids(found)).toEqual(['2'])
    expect(found.quarantined).toEqual(['2 range_age age', '4 not_null_age age', '5 both age'])
    expect(found.counts).toEqual(['range_age age: 1', 'both age: 1', 'not_null_age age: 1'])
  })

  it('counts two unnamed rules of one type and column apart', async () => {
    const found = await run(`${young}, severity: warning`, 'rule_type: range, column: age, max: 100, tolerance: 0.25')
    expect(found.status).toBe('SUCCEEDED')
    expect(found.counts.map((count) => Number(count.split(': ')[1]))).toEqual([1, 1])
    expect((await run(`${young}, severity: warning`, 'rule_type: range, column: age, max: 100')).error).toBe('Quality.GateFailed')
  })
})

describe('range', () => {
  const over = (input: string, ...rules: readonly string[]) =>
    runTable(place, { input, steps: [`{id: probe, type: validate, with: {rules: [${rules.map((rule) => `{${rule}}`).join(', ')}]}}`] })

  it.each(['amount', 'gift'])('is refused for a column without an order: %s', async (column) => {
    const found = await over('id,amount,gift\n1,10,yes\n2,much,no\n3,much,no\n', `rule_type: range, column: ${column}, min: 5`)
    expect(found.error).toBe('Definition.InvalidSetting')
    expect(found.cause).toContain(`column "${column}" has type`)
    expect(found.hint).toContain(`types: {${column}: float}`)
  })

  it('is kept by a column without values', async () => {
    expect((await over('id,amount\n1,\n2,\n', 'rule_type: range, column: amount, min: 5')).status).toBe('SUCCEEDED')
  })
})

describe('references', () => {
  it('finds the values another file does not hold, as text and as numbers, and looks at nothing but rows it is about', async () => {
    const other = place.write('other/ages.csv', 'key,n\n17,a\n30,b\n200.0,c\n')
    const source = JSON.stringify(other)
    const found = await run(
      `rule_type: references, column: age, source: ${source}, source_column: key, on_fail: warn`,
      `rule_type: references, column: id, source: ${source}, source_column: key, rule_id: ids, on_fail: warn`,
      `rule_type: references, column: id, source: ${source}, source_column: key, rule_id: some, when: id > 3, on_fail: warn`,
    )
    expect(found.cause).toBeUndefined()
    expect(found.counts).toEqual(['ids id: 4', 'some id: 1'])
  })

  it('names the nearest column when the other file has no such column', async () => {
    const other = place.write('other/keys.csv', 'key\n1\n')
    const { error, hint } = await run(`rule_type: references, column: id, source: ${JSON.stringify(other)}, source_column: keys`)
    expect(error).toBe('Definition.UnknownColumn')
    expect(hint).toContain('did you mean "key"?')
  })
})

describe('rules about the whole output', () => {
  const failed = async (rule: string) => (await run(rule)).error
  it.each([
    ['rule_type: row_count, min: 4', undefined],
    ['rule_type: row_count, max: 4', undefined],
    ['rule_type: row_count, min: 5', 'Quality.GateFailed'],
    ['rule_type: row_count, max: 3', 'Quality.GateFailed'],
    ['rule_type: row_count, min: 0, max: 0', 'Quality.GateFailed'],
    ['rule_type: row_count, min: 5, severity: warning', undefined],
    // 2 of 12 cells are missing
    ['rule_type: quality_score, metric: completeness, min: 0.83', undefined],
    ['rule_type: quality_score, metric: completeness, min: 0.84', 'Quality.GateFailed'],
    ['rule_type: quality_score, metric: uniqueness, min: 1', undefined],
    ['rule_type: quality_score, min: 0.95', undefined],
    ['rule_type: quality_score, min: 0.99', 'Quality.GateFailed'],
    // the run starts at 2026-01-02T03:04:05Z, the latest date is midnight of that day
    ['rule_type: freshness, column: when, max_age: 4h', undefined],
    ['rule_type: freshness, column: when, max_age: 3h', 'Quality.GateFailed'],
    ['rule_type: freshness, column: WHEN, max_age: 4h', undefined],
    ['rule_type: freshness, column: whem, max_age: 4h', 'Definition.UnknownColumn'],
    ['rule_type: freshness, column: id, max_age: 4h', 'Definition.InvalidSetting'],
  ] as const)('%s', async (rule, error) => {
    expect(await failed(rule)).toBe(error)
  })

  it('evaluate the output rows, not the input rows', async () => {
    expect(
      await (await run('rule_type: range, column: age, min: 18, on_fail: quarantine', 'rule_type: row_count, max: 3')).error,
    ).toBeUndefined()
  })
})

describe('a rule that names a column the data does not have', () => {
  it.each([
    'not_null',
    'range, min: 1',
    'length, min: 1',
    'pattern, pattern: x',
    'in_set, values: [1]',
    'type, type: integer',
    'date',
    'email',
    'phone',
    'unique',
  ])('%s: names the nearest one', async (rule) => {
    const { error, hint } = await run(`rule_type: ${rule}, column: agee`)
    expect(error).toBe('Definition.UnknownColumn')
    expect(hint).toContain('did you mean "age"?')
  })
})

describe('a rule that does not fit the type of its column', () => {
  it.each([
    ['range, column: when, min: 5', 'range'],
    ['range, column: age, min: 2024-01-01', 'range'],
    ['email, column: age', 'email'],
    ['phone, column: when', 'phone'],
    ['pattern, column: when, pattern: "2026-.*"', 'pattern'],
    ['length, column: when, max: 10', 'length'],
    ['in_set, column: when, values: [2026-01-01]', 'in_set'],
    ['in_set, column: age, values: ["17", thirty]', 'in_set'],
    ['type, column: age, type: date', 'type'],
  ])('%s: is evaluated or refused with a message, but never a defect', async (rule) => {
    const { error } = await run(`rule_type: ${rule}, on_fail: warn`)
    expect(error === undefined || error === 'Definition.InvalidSetting', error).toBe(true)
  })
})

describe('the folder for quarantined rows', () => {
  const steps = (folder: string) => [
    `{id: tidy, type: clean, with: {rules: [{missing: {columns: [when], strategy: quarantine}}]}}`,
    `{id: check, type: validate, with: {quarantine: ${JSON.stringify(folder)}, rules: [{rule_type: range, column: age, min: 18, max: 99, on_fail: quarantine}]}}`,
  ]

  it('holds the rows its step quarantined, and not those of other steps', async () => {
    const folder = join(place.folder, 'aside')
    const { status, account } = await runTable(place, { input: INPUT, steps: steps(folder) })
    expect(status).toBe('SUCCEEDED')
    expect(account.quarantined).toBe(3)
    const rows = await publishedRows(folder)
    expect(rows.map(({ _line, _step, _rule, _raw }) => [_line, _step, _rule, _raw])).toEqual([
      ['2', 'check', 'range_age', '1,17,2026-01-01'],
      ['5', 'check', 'range_age', '4,200,2025-12-24'],
    ])
  })

  it('may lie in the output folder, run after run', async () => {
    const out = join(place.folder, 'with-quarantine')
    const definition = (rules: readonly string[]) =>
      `version: 1\nid: again\nsteps:\n${[`{id: find, type: discover, with: {source: ${JSON.stringify(place.write('again.csv', INPUT))}}}`, ...rules, `{id: write, type: export, with: {to: ${JSON.stringify(out)}}}`].map((step) => `  - ${step}\n`).join('')}`
    for (const run of ['one', 'two']) {
      const { status, cause } = await runDefinition(definition(steps(join(out, '_quarantine'))), {
        store: join(place.folder, 'again'),
        run,
      })
      expect(cause).toBeUndefined()
      expect(status).toBe('SUCCEEDED')
    }
    expect(filesIn(out).filter((name) => !name.startsWith('part-'))).toEqual(['_manifest.json', '_quarantine'])
    expect(filesIn(join(out, '_quarantine'))).toHaveLength(2)
  })

  it('that holds files of others is refused before any work is done', async () => {
    const folder = join(place.folder, 'foreign')
    place.write('foreign/mine.txt', 'mine')
    const { error, run: failed } = await runTable(place, { input: INPUT, steps: steps(folder) })
    expect(error).toBe('Output.Conflict')
    expect(failed.results.map(({ event }) => event.task)).toEqual(['finalize'])
  })
})

describe('rules after other steps', () => {
  const input = 'id,x\n1,1\n1,2\n2,3\n2,4\n3,5\n'
  const unique = '{id: check, type: validate, with: {rules: [{rule_type: unique, column: id, severity: warning}]}}'

  it('do not compare rows with those an earlier step removed', async () => {
    const filtered = await runTable(place, {
      input,
      steps: ['{id: some, type: transform, with: {operations: [{filter: x <> 1}]}}', unique],
    })
    expect(filtered.flagged).toEqual(['5 unique_id id'])
    const deduplicated = await runTable(place, {
      input,
      steps: ['{id: some, type: clean, with: {rules: [{deduplicate: {keys: [id], keep: last}}]}}', unique],
    })
    expect(deduplicated.flagged).toEqual([])
    expect(deduplicated.account).toMatchObject({ in: 5, out: 3, deduplicated: 2 })
  })
})
