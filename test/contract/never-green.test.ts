/**
 * A run that lost too much publishes its output, but is no success: too many bad rows, a source without a row left, a column without most of
 * its values. It says why, with counts that add up and an example of each reason.
 */
import { afterAll, describe, expect, it } from 'vitest'
import type { RunWarning } from '#data/ledger/warnings.ts'
import { warningLines } from '#data/report/warning-lines.ts'
import { runTable, type TableRun } from '../kit/run-table.ts'
import { workplace } from '../kit/run-pipeline.ts'

const place = workplace()
afterAll(() => place.clear())

const lines = (head: string, count: number, line: (at: number) => string) =>
  `${[head, ...Array.from({ length: count }, (_, at) => line(at))].join('\n')}\n`
/** Two columns; the second is a number, except in every so many-th row. */
const numbers = (count: number, every: number) => lines('id,v', count, (at) => (at % every === 0 ? `${at},x${at}` : `${at},${at}`))
const PASS = '{id: pass, type: transform, with: {operations: [{filter: "id >= 0"}]}}'

/** What the last task of the run answered. */
function ended({ run }: TableRun) {
  const result = run.results.find(({ event }) => event.task === 'finalize')?.result
  const warnings = (result?.['warnings'] ?? []) as unknown as readonly RunWarning[]
  return { status: result?.['status'], warnings, lines: warningLines(warnings).flatMap(({ text, reasons }) => [text, ...reasons]) }
}

interface Case {
  readonly title: string
  readonly input: Parameters<typeof runTable>[1]['input']
  readonly discover?: string
  readonly steps?: readonly string[]
  readonly said: readonly string[]
}

const range = (limits: string) =>
  `{id: check, type: validate, on_error: {${limits}}, with: {rules: [{rule_type: range, column: id, min: 10, on_fail: quarantine}]}}`
const ids = lines('id', 100, (at) => `${at}`)

const IN_PART: readonly Case[] = [
  {
    title: 'half of the rows do not fit a declared type',
    input: numbers(100, 2),
    discover: 'types: {v: integer}',
    steps: [PASS],
    said: [
      'find: 50 of 100 rows quarantined (50.0%), more than max_bad_rows (5%)',
      '50 rows: v is not of type integer, e.g. in.csv:2 "x0"',
    ],
  },
  {
    title: 'records that cannot be read',
    input: lines('a,b', 100, (at) => (at % 10 === 0 ? `${at},x,too many` : `${at},x`)),
    said: [
      'find: 10 of 100 rows quarantined (10.0%), more than max_bad_rows (5%)',
      expect.stringMatching(/^10 rows: .+, e\.g\. in\.csv:2 "0,x,too many"$/),
    ],
  },
  {
    title: 'a rule quarantines more than the default',
    input: ids,
    steps: [range('max_bad_rows: 9%')],
    said: ['check: 10 of 100 rows quarantined (10.0%), more than max_bad_rows (9%)', '10 rows: id is not at least 10, e.g. in.csv:2 "0"'],
  },
  {
    title: 'steps that together quarantine more than any of them may',
    input: ids,
    steps: [4, 8].map(
      (min) => `{id: c${min}, type: validate, with: {rules: [{rule_type: range, column: id, min: ${min}, on_fail: quarantine}]}}`,
    ),
    said: [
      '8 of 100 rows quarantined (8.0%), more than max_bad_rows (5%), by c4, c8 together',
      '4 rows: id is not at least 4, e.g. in.csv:2 "0"',
      '4 rows: id is not at least 8, e.g. in.csv:6 "4"',
    ],
  },
  {
    title: 'one source of three has no row left',
    input: {
      'a.csv': numbers(200, 1000).replace('0,x0', '0,0'),
      'b.csv': numbers(5, 1),
      'c.csv': numbers(200, 1000).replace('0,x0', '0,0'),
    },
    discover: 'types: {v: integer}',
    steps: [PASS],
    said: ['b.csv: all 5 rows quarantined', '5 rows: v is not of type integer, e.g. b.csv:2 "x0"'],
  },
  {
    title: 'a cast empties a column',
    input: numbers(90, 1),
    steps: ['{id: convert, type: transform, with: {operations: [{cast: {v: integer}}]}}'],
    said: [
      'convert: v: 90 of 90 values became missing (100.0%), more than max_lost_values (50%)',
      '90 values: made missing by cast, e.g. in.csv:2 "x0"',
    ],
  },
  {
    title: 'a map empties most of a column, a step after rows were filtered',
    input: lines('id,v', 90, (at) => `${at},${at % 3 === 0 ? 'a' : 'b'}`),
    steps: [
      '{id: some, type: transform, with: {operations: [{filter: "id < 60"}]}}',
      '{id: tidy, type: clean, with: {rules: [{map: {column: v, values: {b: null}}}]}}',
    ],
    said: [
      'tidy: v: 40 of 60 values became missing (66.7%), more than max_lost_values (50%)',
      '40 values: made missing by map, e.g. in.csv:3 "b"',
    ],
  },
]

const SUCCEEDED: readonly Omit<Case, 'said'>[] = [
  { title: 'few rows do not fit a declared type', input: numbers(100, 20), discover: 'types: {v: integer}', steps: [PASS] },
  {
    title: 'a clean cast',
    input: numbers(90, 100).replace('0,x0', '0,0'),
    discover: 'types: {v: text}',
    steps: ['{id: convert, type: transform, with: {operations: [{cast: {v: integer}}]}}'],
  },
  { title: 'the step allows as many', input: ids, steps: [range('max_bad_rows: 10%')] },
  {
    title: 'the step allows a source to be quarantined as a whole',
    input: ids.replace(/\n\d\d(?=\n)/g, ''),
    steps: [range('max_bad_rows: 100%')],
  },
  {
    title: 'the step allows a column to be emptied',
    input: numbers(90, 1),
    steps: ['{id: convert, type: transform, on_error: {max_lost_values: 100%}, with: {operations: [{cast: {v: integer}}]}}'],
  },
]

const run = ({ input, discover, steps = [] }: Omit<Case, 'said'>) =>
  runTable(place, { input, steps, ...(discover === undefined ? {} : { discover }) })

describe('a run that publishes', () => {
  it.each(IN_PART)('completes in part: $title', async (one) => {
    const table = await run(one)
    expect(table.status).toBe('SUCCEEDED')
    const { status, lines: said } = ended(table)
    expect({ status, said }).toEqual({ status: 'partial', said: one.said })
    expect(table.report.run.status).toBe('partial')
    expect(table.report.warnings).toHaveLength(1)
    expect(table.run.ledger.balanced).toBe(true)
    expect(table.rows).toHaveLength(table.account.out)
  })

  it.each(SUCCEEDED)('succeeds: $title', async (one) => {
    expect(ended(await run(one))).toMatchObject({ status: 'succeeded', lines: [] })
  })

  it('fails instead where a step says so, and publishes nothing', async () => {
    const table = await run({ title: '', input: ids, steps: [range('max_bad_rows: 9%, too_many_bad_rows: fail')] })
    expect(table).toMatchObject({ status: 'FAILED', error: 'Data.TooManyBadRows', rows: [] })
    expect(table.cause).toContain('10 of 100 rows quarantined (10.0%), more than max_bad_rows (9%)')
  })

  it('has counts that add up: the reasons of a warning, and the rows of the run', async () => {
    const table = await run({ title: '', input: numbers(100, 4), discover: 'types: {v: integer}', steps: [range('')] })
    const { warnings } = ended(table)
    const { in: all, out, quarantined, deduplicated, filtered } = table.account
    expect(out + quarantined + deduplicated + filtered).toBe(all)
    expect(warnings.flatMap(({ reasons }) => reasons).reduce((sum, { rows }) => sum + rows, 0)).toBe(quarantined)
    expect(table.quarantined).toHaveLength(quarantined)
  })

  it('names the first row that breaks a gate, its value, and what is allowed', async () => {
    const gate = '{id: gate, type: validate, with: {rules: [{rule_type: range, column: id, min: 1}]}}'
    const table = await run({ title: '', input: ids, steps: [gate] })
    expect(table.error).toBe('Quality.GateFailed')
    expect(table.cause).toContain('range_id: 1 row (error), such as in.csv:2 "0": id is not at least 1')
  })
})
