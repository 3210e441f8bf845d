/**
 * The same data in every form it can have when it is measured: CSV text, Parquet, what a step computed, what an exchange wrote, what
 * a clean step left. The figures of every measure and the work of every cleaner are the same.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ColumnFacts } from '#relational/measures/facts.ts'
import { text } from '#relational/types/sql.ts'
import { CLEANERS } from '#steps/clean/cleaners/index.ts'
import { asCsv } from '../kit/as-csv.ts'
import { type TestDatabase, testDatabase } from '../kit/database.ts'
import { runTable, type TableRun } from '../kit/run-table.ts'
import { type Workplace, workplace } from '../kit/run-pipeline.ts'

let place: Workplace
let database: TestDatabase
let parquet: Uint8Array
beforeAll(async () => {
  place = workplace()
  database = await testDatabase()
  parquet = await asParquet()
})
afterAll(() => {
  place.clear()
  database.close()
})

const TYPES = {
  seq: 'BIGINT',
  id: 'BIGINT',
  tiny: 'DOUBLE',
  big: 'DOUBLE',
  clock: 'BIGINT',
  money: 'DECIMAL(15,2)',
  steady: 'DOUBLE',
  gap: 'DOUBLE',
  country: 'VARCHAR',
  word: 'VARCHAR',
  kind: 'VARCHAR',
  free: 'VARCHAR',
  day: 'DATE',
  year: 'BIGINT',
  rank: 'BIGINT',
  weight: 'VARCHAR',
} as const

/** Numbers of every size, one in fifty far out; spellings and cases of few words; some cells missing. */
const ROWS = Array.from({ length: 400 }, (_, at) => {
  const far = at % 50 === 7 ? 1000 : 0
  const id = at < 390 ? at : at - 10
  return [
    at,
    id,
    `${((at * 37) % 100) + far}e-9`,
    `${1e11 + ((at * 31) % 343) + 100 * far}.25`,
    1_700_000_000 + ((at * 31) % 343) + 100 * far,
    (((at * 7919) % 100_000) / 100 + 10 * far).toFixed(2),
    '5.5',
    at % 9 === 4 ? '' : ((at * 13) % 40) + 0.25,
    ['USA', 'USA', 'U.S.A.', 'usa', 'Italy', 'Côte', 'Cote'][at % 7],
    ['Alpha', 'Alpha', 'alpha', 'Beta', 'beta', ' Beta'][at % 6],
    at % 11 === 3 ? '' : ['north', 'south', 'east'][at % 3],
    `note ${(at * 17) % 389}`,
    `2024-0${(at % 9) + 1}-1${at % 8}`,
    at % 13 === 2 ? '' : 2000 + (at % 20) + far / 2,
    (at % 30) + far,
    at % 17 === 5 ? '' : at === 20 ? 'heavy' : `${at % 30}.5 ${at % 4 === 1 ? 'KG' : 'kg'}`,
  ]
})
const CSV = `${Object.keys(TYPES).join(',')}\n${ROWS.map((row) => row.join(',')).join('\n')}\n`

async function asParquet(): Promise<Uint8Array> {
  const [from, to] = [join(database.folder, 'in.csv'), join(database.folder, 'in.parquet')]
  writeFileSync(from, CSV)
  const columns = Object.entries(TYPES).map(([name, type]) => `${name}: ${text(type)}`)
  await database.session.run(
    `COPY (SELECT * FROM read_csv(${text(from)}, header = true, auto_detect = false, delim = ',', quote = '"', columns = {${columns.join(', ')}})) TO ${text(to)}`,
  )
  return readFileSync(to)
}

interface Form {
  readonly title: string
  readonly input: () => Record<string, string | Uint8Array>
  readonly before: readonly string[]
}

const csv = () => ({ 'in.csv': CSV })
const FORMS: readonly Form[] = [
  { title: 'Parquet', input: () => ({ 'in.parquet': parquet }), before: [] },
  { title: 'after a sort', input: csv, before: ['{id: order, type: transform, with: {operations: [{sort: [seq]}]}}'] },
  {
    title: 'in a second clean step',
    input: csv,
    before: ['{id: first, type: clean, with: {rules: [{map: {column: free, values: {nothing: none}}}]}}'],
  },
  {
    title: 'after a transform, in two chunks',
    input: csv,
    before: ['{id: more, type: transform, with: {columns: {extra: id + 1}}}'],
  },
]

const run = (form: Form, step: string) =>
  runTable(place, {
    input: form.input(),
    steps: [...form.before, step],
    ...(form.title.includes('chunks') ? { task_bytes: 1, chunk_rows: 200 } : {}),
  })

/** What became of the rows and cells, but for columns that the form adds. */
function outcome({ rows, columns, quarantined, duplicates, report, cause }: TableRun) {
  const own = columns.filter((column) => !column.startsWith('extra '))
  const tidy = report.steps.find(({ id }) => id === 'tidy')
  return {
    cause,
    rows: asCsv(own, rows),
    counts: tidy?.counts.map(({ rule, column, cells, rows: count }) => `${rule} ${column}: ${cells + count}`).sort(),
    decisions: report.decisions
      .filter(({ step, column }) => step === 'tidy' && column !== 'extra')
      .map(({ step: _, ...decision }) => decision),
    quarantined: quarantined.length,
    duplicates: duplicates.length,
  }
}

/** Rules of every cleaner, in few steps because each is run in every form; all do something. */
const STEPS: readonly (readonly string[])[] = [
  [
    '{standardize: auto}',
    '{consistency: auto}',
    '{missing: auto}',
    '{outliers: {method: iqr, action: cap}}',
    '{map: {column: kind, values: {north: up}}}',
    '{drop: [free]}',
  ],
  [
    '{standardize: {rules: [case], columns: [word]}}',
    '{consistency: {columns: [country]}}',
    '{missing: {columns: [gap], strategy: mean}}',
    '{missing: {columns: [kind], strategy: mode}}',
    '{amounts: {columns: [weight]}}',
    '{outliers: {columns: [tiny, big, clock, money], method: zscore, action: quarantine}}',
  ],
  [
    '{standardize: [whitespace]}',
    '{normalize: {columns: [country], as: country_name}}',
    '{missing: {columns: [gap], strategy: median}}',
    '{deduplicate: {keys: [id], keep: last}}',
    '{outliers: {columns: [tiny, big, clock, money], method: mad}}',
    '{drop_missing: {columns: [year]}}',
  ],
]
const stepOf = (rules: readonly string[]) => `{id: tidy, type: clean, with: {rules: [${rules.join(', ')}]}}`

describe.each(STEPS.map((rules) => ({ rules, names: rules.map((rule) => /\w+/.exec(rule)?.[0]).join(', ') })))('$names', ({ rules }) => {
  let plain: ReturnType<typeof outcome>
  beforeAll(async () => {
    plain = outcome(await run({ title: 'CSV', input: csv, before: [] }, stepOf(rules)))
  })

  it('work on CSV text', () => {
    expect(plain.cause).toBeUndefined()
    const worked = new Set([...(plain.counts ?? []), ...plain.decisions.map(({ rule }) => rule)].map((count) => count.split(' ')[0]))
    for (const rule of ['amounts', 'case', 'consistency', 'missing', 'outliers'])
      if (rules.join().includes(rule)) expect([...worked]).toContain(rule)
  })

  it.each(FORMS)('do the same $title', async (form) => {
    expect(outcome(await run(form, stepOf(rules)))).toEqual(plain)
  })
})

describe('the figures', () => {
  const profile = '{id: look, type: profile}'
  const figures = async (form: Form) => {
    const { run: found, cause } = await run(form, profile)
    expect(cause).toBeUndefined()
    const { columns } = found.object<{ columns: readonly ColumnFacts[] }>('profile.json')
    return Object.fromEntries(
      columns.flatMap(
        ({ name, type, semantic, missing, invalid, distinct, minimum, maximum, mean, deviation, sum, values, effects, sampled }) =>
          name === 'extra'
            ? []
            : [
                [
                  name,
                  {
                    ...{ type, missing, invalid, distinct, minimum, maximum, mean, deviation, sum },
                    // the meaning of text columns is determined by their cells only for text sources
                    semantic: type === 'text' ? null : semantic,
                    // numbers and dates are listed where they come as text only
                    values: type === 'text' ? values : null,
                    padded: effects['whitespace']?.cells ?? 0,
                    ...{ quantiles: sampled.quantiles, mad: sampled.mad, histogram: sampled.histogram, top: sampled.top },
                  },
                ],
              ],
      ),
    )
  }
  let plain: Awaited<ReturnType<typeof figures>>
  beforeAll(async () => {
    plain = await figures({ title: 'CSV', input: csv, before: [] })
  })

  it.each(FORMS)('are the same $title', async (form) => {
    expect(plain['tiny']?.mean).toBeGreaterThan(0)
    expect(plain['tiny']?.deviation).toBeGreaterThan(0)
    expect(await figures(form)).toEqual(plain)
  })
})

it('there are rules of every cleaner', () => {
  const named = new Set(STEPS.flat().map((rule) => /\w+/.exec(rule)?.[0]))
  expect([...named].sort()).toEqual(CLEANERS.all.map(({ name }) => name).sort())
})
