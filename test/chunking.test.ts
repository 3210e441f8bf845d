/** The law of chunking: the result does not depend on the chunks, nor on how many tasks work at a time. */
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '#core/json.ts'
import { publishedRows, runDefinition, type TestRun, type Workplace, workplace } from './kit/run-pipeline.ts'
import { runs } from './kit/seed.ts'

let place: Workplace
beforeAll(() => {
  place = workplace()
})
afterAll(() => place.clear())

/** Every step on rows, with rules that change, drop, quarantine, filter and check. */
const pipeline = (taskBytes: number) => `version: 1
id: chunks
inputs:
  source: {type: string, required: true}
  output_path: {type: string, required: true}
  chunk_size: {type: integer, default: 10000}
  workers: {type: integer, default: 1}
resources: {workers: "{{ inputs.workers }}", task_bytes: ${taskBytes}}
steps:
  - {id: find, type: discover, with: {source: "{{ inputs.source }}", chunk_rows: "{{ inputs.chunk_size }}"}}
  - {id: look, type: profile}
  - id: tidy
    type: clean
    with:
      rules:
        - {standardize: auto}
        - {consistency: auto}
        - {deduplicate: {keys: auto}}
        - {missing: auto}
        - {outliers: {method: mad, action: flag}}
  - {id: more, type: transform, with: {operations: [{filter: "amount is null or amount > -50"}], columns: {double: amount * 2, shout: upper(city)}}}
  - id: probe
    type: validate
    with:
      rules:
        - {rule_type: range, column: amount, max: 900, on_fail: quarantine}
        - {rule_type: unique, column: id, severity: warning}
        - {rule_type: length, column: note, max: 12, severity: warning}
        - {rule_type: row_count, min: 1, severity: warning}
  - {id: write, type: export, with: {to: "{{ inputs.output_path }}"}}
`

const cell = (value: string) => (/[",\r\n]/.test(value) || value === '' ? `"${value.replaceAll('"', '""')}"` : value)

const record = fc.record({
  id: fc.integer({ min: 1, max: 40 }).map(String),
  when: fc.constantFrom('2024-01-31', '2024-02-01', '31/01/2024', '28/02/2024', 'NA', ''),
  amount: fc.oneof(
    fc.integer({ min: -100, max: 1000 }).map(String),
    fc.constantFrom('$12.50', '1,000.25', '0.1', '0.2', 'n/a', '', 'oops'),
  ),
  city: fc.constantFrom('Bern', 'bern', ' Bern', 'BERN', 'Genève', '', 'null', 'Basel'),
  note: fc.oneof(
    fc.constantFrom('', 'plain', 'two\nlines', 'say "hi"', 'a,b', 'x\r\ny'),
    fc.string({ maxLength: 15, unit: fc.constantFrom('a', ' ', ',', '"', '\n', 'é', '💶') }),
  ),
})

/** One or two files, some of their lines broken or repeated. */
const file = fc
  .array(fc.tuple(record, fc.constantFrom('once', 'once', 'once', 'once', 'twice', 'short', 'long')), { minLength: 3, maxLength: 50 })
  .map((rows) => {
    const lines = rows.flatMap(([row, how]) => {
      const line = [row.id, row.when, row.amount, row.city, row.note].map(cell).join(',')
      return how === 'twice' ? [line, line] : how === 'short' ? ['1,2'] : how === 'long' ? [`${line},x`] : [line]
    })
    return `id,when,amount,city,note\n${lines.join('\n')}\n`
  })

interface Seen {
  readonly status: string
  readonly error: string | undefined
  readonly rows: readonly Json[]
  readonly ledger: unknown
  readonly profile: Json
  readonly quarantine: string
  readonly duplicates: string
  readonly quality: unknown
}

async function seen(run: TestRun, folder: string): Promise<Seen> {
  const failed = run.status !== 'SUCCEEDED'
  const { chunks: _, ...ledger } = run.ledger
  return {
    status: run.status,
    error: run.error,
    rows: failed ? [] : await publishedRows(folder),
    ledger,
    profile: failed ? null : run.object('profile.json'),
    quarantine: run.text('quarantine/quarantine.csv'),
    duplicates: run.text('duplicates.csv'),
    quality: [run.report.before, run.report.after, run.report.issues],
  }
}

describe('the law of chunking', () => {
  it('gives the same rows, ledgers, profile and score for any chunks, any tasks and any number of workers', async () => {
    let count = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(file, { minLength: 1, maxLength: 2 }),
        fc.record({ chunk: fc.integer({ min: 1, max: 20 }), bytes: fc.constantFrom(1, 60, 500), workers: fc.integer({ min: 1, max: 4 }) }),
        async (files, { chunk, bytes, workers }) => {
          const name = `case-${count++}`
          for (const [at, content] of files.entries()) place.write(`${name}/in/file-${at}.csv`, content)
          const source = join(place.folder, name, 'in', '*.csv')
          const runs: Seen[] = []
          for (const [variant, settings] of [
            ['whole', { chunk: 1_000_000, bytes: 1e9, workers: 1 }],
            ['parts', { chunk, bytes, workers }],
          ] as const) {
            const out = join(place.folder, name, `out-${variant}`)
            const inputs = { source, output_path: out, chunk_size: String(settings.chunk), workers: String(settings.workers) }
            const run = await runDefinition(pipeline(settings.bytes), { inputs, store: join(place.folder, name, variant) })
            runs.push(await seen(run, out))
            expect(run.error, run.cause).not.toBe('Engine.Bug')
            if (run.status === 'SUCCEEDED') {
              expect(run.ledger.balanced).toBe(true)
              expect(runs.at(-1)?.rows.length).toBe(run.ledger.rows.out)
              const chunks = run.ledger.chunks.reduce((sum, { rows }) => sum + rows.out, 0)
              expect(chunks).toBe(run.ledger.rows.out)
            }
          }
          expect(runs[1]).toEqual(runs[0])
        },
      ),
      { numRuns: runs(10) },
    )
  })
})
