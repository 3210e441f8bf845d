/** Statements of sql steps on the command line: what is found before a run, where, and what a run that is stopped says. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ledger } from '#data/ledger/ledger.ts'
import { runCli, runsIn } from '../kit/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'siftstep-sql-'))
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}
beforeAll(() => {
  write('orders.csv', 'id,customer,amount\n1,a,10.50\n2,b,5.25\n3,a,7.00\n')
  write('customers.csv', 'id,name\na,Ann\na,Anna\nb,Bo\n')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const pipeline = (settings: string, before = '') => `version: 1
id: orders
steps:
  - {id: find, type: discover, with: {source: orders.csv}}
${before}  - id: pick
    type: sql
    with:
${settings.replace(/^/gm, '      ')}
  - {id: write, type: export, with: {to: out, format: csv}}
`
const siftstep = async (...args: readonly string[]) => {
  const { code, out, err } = await runCli(args, { cwd: folder })
  return { code, text: `${out}${err}` }
}

describe('a statement is checked before the run', () => {
  it('by every command that prepares one, with the place of the mistake in a text over several lines', async () => {
    write('bad.yaml', pipeline("sql: |\n  SELECT id,\n         now() AS at_once\n  FROM rows\n  JOIN '/etc/passwd' USING (id)\nkeys: [id]"))
    for (const args of [
      ['validate', 'bad.yaml'],
      ['run', 'bad.yaml'],
      ['compile', 'bad.yaml'],
      ['plan', 'bad.yaml'],
    ]) {
      const { code, text } = await siftstep(...args)
      expect(code).toBe(2)
      expect(text).toContain(
        'bad.yaml:10:16 invalid-expression steps.1.with.sql: now() is not allowed: its result depends on more than its arguments',
      )
      expect(text).toContain('bad.yaml:12:14 invalid-expression steps.1.with.sql: there is no table "/etc/passwd"')
    }
    expect(runsIn(folder)).toEqual([])
  })

  it('in a file, with the place in that file', async () => {
    write('queries/pick.sql', 'SELECT *\nFROM rows\nORDER BY id')
    write('file.yaml', pipeline('file: queries/pick.sql\nkeys: [id]'))
    const { code, text } = await siftstep('validate', 'file.yaml')
    expect([code, text]).toEqual([
      2,
      expect.stringMatching(/^file\.yaml:8:13 invalid-expression steps\.1\.with\.file: queries\/pick\.sql:3:10: ORDER BY has no effect/),
    ])
  })

  it('with its columns, where the definition says all of them', async () => {
    const before = '  - {id: totals, type: transform, with: {operations: [{aggregate: {by: [customer], columns: {total: sum(amount)}}}]}}\n'
    write('columns.yaml', pipeline('sql: "SELECT customer, totl * $x AS more FROM rows"\nparameters: {x: 2}\nkeys: [customer]', before))
    const { code, text } = await siftstep('validate', 'columns.yaml')
    expect(code).toBe(2)
    expect(text).toBe(
      'columns.yaml:9:30 unknown-column steps.2.with.sql: there is no column "totl"\n  hint: did you mean total? the columns here are rows (customer, total)\n',
    )
    write('columns.yaml', readFileSync(join(folder, 'columns.yaml'), 'utf8').replace('totl', 'total'))
    expect(await siftstep('validate', 'columns.yaml')).toMatchObject({ code: 0 })
  })
})

describe('a run', () => {
  it('says the place of a column that the data does not have, and publishes nothing', async () => {
    write('unknown.yaml', pipeline('sql: |\n  SELECT o.id,\n    o.amuont\n  FROM rows AS o\nkeys: [id]'))
    const { code, text } = await siftstep('run', 'unknown.yaml')
    expect(code).toBe(2)
    expect(text).toContain('pick: there is no column "amuont"\n   at: unknown.yaml:10:11 steps.1.with.sql\n   hint: did you mean amount?')
  })

  it('stops where a join repeats a row, with an example and the fix', async () => {
    write(
      'join.yaml',
      pipeline(
        'sql: SELECT o.*, c.name FROM rows AS o JOIN customers AS c ON c.id = o.customer\ninputs: {customers: customers.csv}\nkeys: [id]',
      ),
    )
    const { code, text } = await siftstep('run', 'join.yaml')
    expect(code).toBe(1)
    expect(text).toContain('pick: the statement returns 2 rows for the row with id = 1\n   hint: a join with several matches repeats rows')
    expect(text).toContain('Nothing was published.')
  })

  it('takes parameters from the inputs of the run, and balances', async () => {
    write(
      'good.yaml',
      pipeline(
        'sql: SELECT * FROM rows WHERE amount > $least AND customer <> $not\nparameters: {least: "{{ inputs.least }}", not: "{{ inputs.not }}"}\nkeys: [id]\nmay_filter: true',
      ).replace('steps:', 'inputs: {least: {type: number, default: 6}, not: {type: string, default: z}}\nsteps:'),
    )
    const { code, text } = await siftstep('run', 'good.yaml', '--input', `not=a' OR '1'='1`)
    expect([code, text]).toEqual([0, expect.stringContaining('⚖  Rows: 3 in = 2 out + 1 filtered   balanced ✓')])
    const run = runsIn(folder).at(-1)
    const ledger = JSON.parse(readFileSync(join(folder, `.siftstep/runs/${run}/ledger.json`), 'utf8')) as Ledger
    expect(ledger.steps.find(({ step }) => step === 'pick')).toMatchObject({ rows: { in: 3, out: 2, filtered: 1 }, balanced: true })
  })
})
