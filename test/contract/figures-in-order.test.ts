/** Fill values and bounds are computed from the rows and cells that earlier rules left. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Workplace, workplace } from '../kit/run-pipeline.ts'
import { runTable } from '../kit/run-table.ts'

let place: Workplace
beforeAll(() => {
  place = workplace()
})
afterAll(() => place.clear())

const AMOUNTS = [10, 10, 12, 14, 14, 14, 1000, 1000]
/** The last two rows are the same but for their numbers; the first two have one id. */
const input = `nr,id,amount,city\n${AMOUNTS.map((amount, at) => `${at + 1},${at < 2 ? 1 : at},${amount},${at < 4 ? 'Rome' : 'Oslo'}\n`).join('')}9,50,,\n`

const MEAN = 'missing: {columns: [amount], strategy: mean}'
const MEDIAN = 'missing: {columns: [amount], strategy: median}'
const MODE = 'missing: {columns: [city], strategy: mode}'

async function filled(rules: readonly string[], column: string, chunks: { chunk_rows: number; task_bytes: number }) {
  const steps = [`{id: tidy, type: clean, with: {rules: [${rules.map((rule) => `{${rule}}`).join(', ')}]}}`]
  const { rows, cause } = await runTable(place, {
    input,
    steps,
    discover: 'types: {nr: integer, id: integer, amount: integer, city: text}',
    ...chunks,
  })
  expect(cause).toBeUndefined()
  return rows.find(({ nr }) => nr === '9')?.[column]
}

describe('a filling', () => {
  it.each([
    ['all rows, where nothing stands before it', [MEAN], 'amount', '259'],
    ['values without those made missing', ['map: {column: amount, values: {"1000": null}}', MEAN], 'amount', '12'],
    ['mapped values', ['map: {column: amount, values: {"1000": "14"}}', MEDIAN], 'amount', '14'],
    ['rows without duplicates', ['deduplicate: {keys: [id]}', 'map: {column: amount, values: {"1000": "32"}}', MEAN], 'amount', '18'],
    [
      'rows that are not quarantined',
      ['outliers: {columns: [amount], method: zscore, threshold: 1, action: quarantine}', MEAN],
      'amount',
      '12',
    ],
    ['capped values', ['outliers: {columns: [amount], method: zscore, threshold: 1, action: "null"}', MEDIAN], 'amount', '13'],
    ['the most frequent value as mapped', ['map: {column: city, values: {Rome: Bern, Oslo: Bern}}', MODE], 'city', 'Bern'],
  ] as const)('goes by %s', async (_, rules, column, expected) => {
    for (const chunks of [
      { chunk_rows: 10_000, task_bytes: 1e9 },
      { chunk_rows: 4, task_bytes: 1 },
    ])
      expect(await filled(rules, column, chunks)).toBe(expected)
  })
})
