/**
 * What becomes of each row, for any rules in any order and any chunks: against a model that goes through the rows one by one. Rules see
 * the cells as those before them left them; a row that a rule quarantines or filters is not a duplicate, and no row is the duplicate of one.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Workplace, workplace } from '../kit/run-pipeline.ts'
import { runTable } from '../kit/run-table.ts'
import { runs } from '../kit/seed.ts'

let place: Workplace
beforeAll(() => {
  place = workplace()
})
afterAll(() => place.clear())

interface Row {
  readonly id: string
  readonly city: string
  readonly amount: string
}

/** A row on its way: its cells as they stand, '' being missing, and what removed it. */
interface Travelling {
  readonly record: number
  readonly cells: Record<string, string>
  aside: boolean
  filtered: boolean
  duplicateOf: number | null
}

type Rule =
  | { readonly kind: 'cells'; readonly yaml: string; readonly column: string; change(cell: string): string }
  | { readonly kind: 'aside' | 'filter'; readonly yaml: string; isBad(cells: Record<string, string>): boolean }
  | {
      readonly kind: 'deduplicate' | 'unique' | 'remark'
      readonly yaml: string
      readonly keys: readonly string[]
      readonly keep: 'first' | 'last'
    }

const keys = fc.constantFrom(['id'], ['city'], ['id', 'city'])
const deduplicate = fc.record({ keys, keep: fc.constantFrom('first' as const, 'last' as const) }).map(
  ({ keys: own, keep }): Rule => ({
    kind: 'deduplicate',
    keys: own,
    keep,
    yaml: `deduplicate: {keys: [${own.join(', ')}], keep: ${keep}}`,
  }),
)

const CLEANING: readonly Rule[] = [
  { kind: 'cells', column: 'city', yaml: 'map: {column: city, values: {Rom: Roma}}', change: (cell) => (cell === 'Rom' ? 'Roma' : cell) },
  { kind: 'cells', column: 'city', yaml: 'map: {column: city, values: {Bern: null}}', change: (cell) => (cell === 'Bern' ? '' : cell) },
  { kind: 'cells', column: 'city', yaml: 'missing: {columns: [city], strategy: constant, value: Oslo}', change: (cell) => cell || 'Oslo' },
  { kind: 'aside', yaml: 'missing: {columns: [amount], strategy: quarantine}', isBad: ({ amount }) => amount === '' },
]

const inRange = (max: number): Rule => ({
  kind: 'aside',
  yaml: `rule_type: range, column: amount, max: ${max}, on_fail: quarantine, rule_id: max_${max}`,
  isBad: ({ amount = '' }) => amount !== '' && Number(amount) > max,
})
const small = (most: number): Rule => ({
  kind: 'filter',
  yaml: `filter: "id <> ${most}"`,
  isBad: ({ id = '' }) => id === '' || Number(id) === most,
})
const unique = fc.record({ keys, kind: fc.constantFrom('unique' as const, 'remark' as const) }).map(
  ({ keys: own, kind }): Rule => ({
    kind,
    keys: own,
    keep: 'first',
    yaml: `rule_type: unique, columns: [${own.join(', ')}], ${kind === 'unique' ? 'on_fail: quarantine' : 'severity: warning'}, rule_id: ${kind}_${own.join('_')}`,
  }),
)

const pipeline = fc.record({
  clean: fc.array(fc.oneof({ arbitrary: deduplicate, weight: 3 }, { arbitrary: fc.constantFrom(...CLEANING), weight: 4 }), {
    minLength: 1,
    maxLength: 5,
  }),
  filter: fc.option(fc.integer({ min: 1, max: 4 }).map(small)),
  validate: fc.uniqueArray(fc.oneof(fc.integer({ min: 4, max: 9 }).map(inRange), unique), { maxLength: 3, selector: ({ yaml }) => yaml }),
})
type Pipeline = typeof pipeline extends fc.Arbitrary<infer Made> ? Made : never

const row: fc.Arbitrary<Row> = fc.record({
  id: fc.constantFrom('1', '2', '3', '4', ''),
  city: fc.constantFrom('Rom', 'Roma', 'Bern', 'Oslo', ''),
  amount: fc.oneof({ arbitrary: fc.nat(9).map(String), weight: 8 }, { arbitrary: fc.constantFrom('', 'oops'), weight: 2 }),
})

/** Row by row. */
function model(rows: readonly Row[], { clean, filter, validate }: Pipeline) {
  const rules = [...clean, ...(filter === null ? [] : [filter]), ...validate]
  const all = rows.map(
    (cells, at): Travelling => ({
      record: at + 1,
      cells: { ...cells },
      aside: cells.amount === 'oops',
      filtered: false,
      duplicateOf: null,
    }),
  )
  const keysAt = new Map<Rule, readonly (string | null)[]>()
  for (const rule of rules) {
    if (rule.kind === 'cells') for (const one of all) one.cells[rule.column] = rule.change(one.cells[rule.column] ?? '')
    else if ('isBad' in rule) {
      for (const one of all) {
        if (one.aside || one.filtered || !rule.isBad(one.cells)) continue
        if (rule.kind === 'aside') one.aside = true
        else one.filtered = true
      }
    } else {
      const keyOf = ({ cells }: Travelling) =>
        rule.keys.some((key) => cells[key] === '') ? null : rule.keys.map((key) => cells[key]).join('|')
      keysAt.set(rule, all.map(keyOf))
    }
  }
  const flagged: number[] = []
  const repeated: number[] = []
  for (const [rule, own] of keysAt) {
    if (!('keys' in rule)) continue
    const kept = new Map<string, number>()
    const order = rule.keep === 'first' ? all : [...all].reverse()
    for (const one of order) {
      const key = own[one.record - 1] ?? null
      if (key === null || one.aside || one.filtered || one.duplicateOf !== null || repeated.includes(one.record)) continue
      const stays = kept.get(key)
      if (stays === undefined) kept.set(key, one.record)
      else if (rule.kind === 'deduplicate') one.duplicateOf = stays
      else if (rule.kind === 'unique') repeated.push(one.record)
      else flagged.push(one.record)
    }
  }
  const isOut = ({ aside, filtered, duplicateOf, record }: Travelling) =>
    !aside && !filtered && duplicateOf === null && !repeated.includes(record)
  return {
    out: all.filter(isOut).map(({ record }) => String(record)),
    quarantined: all.filter(({ aside, record }) => aside || repeated.includes(record)).map(({ record }) => String(record)),
    duplicates: all.flatMap(({ record, duplicateOf }) => (duplicateOf === null ? [] : [`${record} → ${duplicateOf}`])),
    flagged: flagged.map(String).sort(),
  }
}

async function ran(
  rows: readonly Row[],
  { clean, filter, validate }: Pipeline,
  chunks: { readonly chunk_rows: number; readonly task_bytes: number },
) {
  const step = (id: string, type: string, list: string, rules: readonly Rule[]) =>
    rules.length === 0 ? [] : [`{id: ${id}, type: ${type}, with: {${list}: [${rules.map(({ yaml }) => `{${yaml}}`).join(', ')}]}}`]
  const run = await runTable(place, {
    input: `nr,id,city,amount\n${rows.map(({ id, city, amount }, at) => `${at + 1},${id},${city},${amount}\n`).join('')}`,
    discover: 'types: {nr: integer, id: integer, city: text, amount: integer}',
    steps: [
      ...step('tidy', 'clean', 'rules', clean),
      ...step('some', 'transform', 'operations', filter === null ? [] : [filter]),
      ...step('probe', 'validate', 'rules', validate),
    ],
    ...chunks,
  })
  expect(run.cause).toBeUndefined()
  const { rows: out, quarantined, duplicates, flagged, account } = run
  const record = (line: string) => String(Number(line.split(' ')[0]) - 1)
  expect(account).toMatchObject({ in: rows.length, out: out.length, quarantined: quarantined.length, deduplicated: duplicates.length })
  return { out: out.map(({ nr }) => nr), quarantined: quarantined.map(record), duplicates, flagged: flagged.map(record).sort() }
}

const WHOLE = { chunk_rows: 10_000, task_bytes: 1e9 }

describe('what becomes of a row', () => {
  it('does not depend on the chunks, and is as if the rows were looked at one by one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 4, maxLength: 24 }),
        pipeline,
        fc.constantFrom(WHOLE, { chunk_rows: 7, task_bytes: 1 }, { chunk_rows: 3, task_bytes: 60 }),
        async (rows, own, chunks) => {
          expect(await ran(rows, own, chunks)).toEqual(model(rows, own))
        },
      ),
      { numRuns: runs(9), endOnFailure: true },
    )
  })

  const two = (amount: string, city = 'Oslo'): Row[] => [
    { id: '1', city, amount },
    { id: '2', city: 'Bern', amount: '1' },
    { id: '1', city: 'Oslo', amount: '5' },
    { id: '2', city: 'Bern', amount: '2' },
  ]
  const first: Rule = { kind: 'deduplicate', keys: ['id'], keep: 'first', yaml: 'deduplicate: {keys: [id]}' }
  const only = (clean: readonly Rule[], validate: readonly Rule[] = []): Pipeline => ({
    clean: [...clean],
    filter: null,
    validate: [...validate],
  })

  it.each<[string, Row[], Pipeline]>([
    ['is quarantined by an earlier rule', two(''), only([CLEANING[3] as Rule, first])],
    ['is quarantined by a later rule', two(''), only([first, CLEANING[3] as Rule])],
    ['is quarantined by a rule of a later step', two('9'), only([first], [inRange(8)])],
    ['cannot be read', two('oops'), only([first])],
    [
      'is no duplicate itself, but repeats another by a later rule',
      [{ id: '3', city: '', amount: '4' }, ...two('3').map((one) => ({ ...one, id: '3' }))],
      only(
        [{ ...first, keys: ['id', 'city'], yaml: 'deduplicate: {keys: [id, city]}' } as Rule],
        [{ kind: 'unique', keys: ['id'], keep: 'first', yaml: 'rule_type: unique, columns: [id], on_fail: quarantine' }],
      ),
    ],
    [
      'is filtered by a later step',
      two('3'),
      { ...only([{ ...first, keys: ['city'], yaml: 'deduplicate: {keys: [city]}' } as Rule]), filter: small(1) },
    ],
  ])('keeps no other from the output when it %s', async (_, rows, own) => {
    for (const chunks of [WHOLE, { chunk_rows: 1, task_bytes: 1 }]) expect(await ran(rows, own, chunks)).toEqual(model(rows, own))
  })
})
