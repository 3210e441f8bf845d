/**
 * The same data gives the same result: in one chunk or in many, in one pass or step by step, in the execution itself or in executions
 * of their own, for the first time or again. The law of chunking is tested on random data elsewhere; here is everything there is to
 * say in a definition.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLEANERS } from '#steps/clean/cleaners/index.ts'
import { OPERATIONS } from '#steps/transform/operations/index.ts'
import { RULES } from '#steps/validate/rules/index.ts'
import { filesIn, publishedRows, runDefinition, type TestRun, type Workplace, workplace } from '../kit/run-pipeline.ts'

let place: Workplace
beforeAll(() => {
  place = workplace()
  place.write('in/a.csv', HEADER + rows(0, 23).join(''))
  place.write('in/b.csv', HEADER + rows(17, 40).join(''))
  place.write('cities.csv', 'city,country\nBern,CH\nBasel,CH\nParis,FR\nParis,TX\n')
})
afterAll(() => place.clear())

const HEADER = 'id,when,amount,city,mail,note,weight\n'

/** Rows with everything that the steps fix, rows 17 to 22 twice, and in row 35 a comma too many. */
const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => {
    const n = from + at
    const when =
      n % 7 === 3
        ? ''
        : n % 5 === 0
          ? `${n === 35 ? '' : '"'}Feb ${(n % 28) + 1}, 2024${n === 35 ? '' : '"'}`
          : `2024-02-${String((n % 28) + 1).padStart(2, '0')}`
    const amount = n === 11 ? '99999' : n % 9 === 4 ? 'n/a' : n === 30 ? 'oops' : n % 6 === 1 ? `$1,0${n % 10}0.50` : `${n}.25`
    const city = ['Bern', 'bern', ' Basel', 'Paris', 'BERN', '', 'Ville-neuve', 'Ville neuve'][n % 8]
    const note = n % 10 === 2 ? '"two\nlines"' : n % 10 === 7 ? '"say ""hi"""' : `note ${n % 3}`
    const weight = n === 27 ? 'heavy' : n % 31 === 2 ? '' : `${n}.5 ${n % 3 === 0 ? 'KG' : 'kg'}`
    return `${n},${when},"${amount}",${city},${n % 4 === 0 ? `USER${n}@X.ORG` : `user${n}@x.org`},${note},${weight}\n`
  })

interface Variant {
  readonly chunk_rows?: number
  readonly task_bytes?: number
  readonly workers?: number
  readonly distributed?: boolean
  readonly fuse?: boolean
}

const ROWS_STEPS = [
  `id: tidy, type: clean, with: {rules: [
      {standardize: auto}, {consistency: auto}, {deduplicate: {keys: [id], keep: last}}, {map: {column: note, values: {note 1: first}}}, {outliers: {columns: [amount], method: mad, action: cap}},
      {missing: {columns: [amount], strategy: median}}, {missing: {columns: [city], strategy: quarantine}}, {normalize: {columns: [mail], as: url}}, {amounts: {columns: [weight]}}, {drop_missing: {columns: [weight]}}, {drop: [mail]}]}`,
  `id: more, type: transform, with: {operations: [{filter: "id <> 8"}, {rename: {note: remark}}, {cast: {id: text}}, {add_column: {double: amount * 2, shout: upper(city)}}], derive: auto}`,
  `id: probe, type: validate, with: {rules: [
      {rule_type: range, column: amount, max: 1004, on_fail: quarantine}, {rule_type: unique, column: when, severity: warning}, {rule_type: in_set, column: city, values: [Bern, Basel, Paris], severity: warning},
      {rule_type: not_null, column: "*", severity: warning}, {rule_type: length, column: remark, max: 7, severity: info}, {rule_type: pattern, column: shout, pattern: "[A-Z ]+", severity: info},
      {rule_type: type, column: id, type: integer, severity: info}, {rule_type: date, column: when, severity: info}, {rule_type: email, column: remark, severity: info}, {rule_type: phone, column: remark, severity: info},
      {rule_type: expression, expression: double > amount, severity: info}, {rule_type: references, column: city, source: CITIES, severity: warning},
      {rule_type: row_count, min: 1}, {rule_type: quality_score, min: 0.1}, {rule_type: freshness, column: when, max_age: 1000d}]}`,
]

const ACROSS_STEPS = [
  `id: tidy, type: clean, with: {rules: [{standardize: auto}, {missing: {columns: [amount], strategy: mean}}]}`,
  `id: meet, type: transform, with: {operations: [
      {join: {source: CITIES, on: [city]}}, {window: {partition_by: [city], order_by: [{column: when, order: desc}], columns: {nth: row_number(), running: sum(amount)}}}, {sort: [country, {column: amount, order: desc}]}, {select: [id, city, country, amount, nth, running, when]}]}`,
  `id: sums, type: transform, with: {operations: [{aggregate: {by: [country, city], columns: {total: sum(amount), mean: avg(amount), n: count(*), first: 'min("when")'}}}, {pivot: {rows: [city], column: country, value: sum(total)}}]}`,
]

function definition(
  steps: readonly string[],
  out: string,
  { chunk_rows = 10_000, task_bytes = 1e9, workers = 1, distributed = false, fuse = true }: Variant,
): string {
  const separate = fuse ? '' : ', fuse: false'
  return `version: 1
id: splits
resources: {tiers: [{workers: ${workers}${distributed ? ', distributed: true' : ''}}], task_bytes: ${task_bytes}}
steps:
  - {id: find, type: discover, with: {source: ${join(place.folder, 'in', '*.csv')}, chunk_rows: ${chunk_rows}, types: {amount: float}}}
  - {id: look, type: profile}
${steps.map((step) => `  - {${step.replace('CITIES', join(place.folder, 'cities.csv'))}${separate}}\n`).join('')}  - {id: write, type: export, with: {to: ${out}}${separate}}
`
}

interface Seen {
  readonly run: TestRun
  readonly rows: readonly unknown[]
  readonly out: string
  readonly store: string
}

async function ran(name: string, steps: readonly string[], variant: Variant, store = join(place.folder, `${name}-store`)): Promise<Seen> {
  const out = join(place.folder, `${name}-out`)
  const run = await runDefinition(definition(steps, out, variant), { store })
  expect(run.cause).toBeUndefined()
  expect(run.ledger.balanced).toBe(true)
  return { run, rows: await publishedRows(out), out, store }
}

/** What must not depend on how the work was split. */
const reported = ({ run, rows: published }: Seen) => ({
  rows: published,
  account: run.ledger.rows,
  sources: run.ledger.sources,
  steps: run.ledger.steps,
  profile: run.object('profile.json'),
  quarantine: run.text('quarantine/quarantine.csv'),
  duplicates: run.text('duplicates.csv'),
  quality: [run.report.before, run.report.after, run.report.issues],
  decisions: run.report.decisions,
  counts: run.report.steps.map(({ id, counts, report }) => [id, counts, report.message, report.lines]),
})

const VARIANTS: readonly (readonly [string, Variant])[] = [
  ['chunks of one row', { chunk_rows: 1, task_bytes: 250 }],
  ['chunks of seven rows, three tasks at a time', { chunk_rows: 7, task_bytes: 200, workers: 3 }],
  ['executions of their own', { chunk_rows: 16, task_bytes: 1, workers: 2, distributed: true }],
]

describe.each([
  ['rows steps', ROWS_STEPS],
  ['steps across rows', ACROSS_STEPS],
])('%s', (name, steps) => {
  let whole: Seen
  beforeAll(async () => {
    whole = await ran(`${name}-whole`, steps, {})
  })

  it('do something to see', () => {
    const { account, rows: published, duplicates } = reported(whole)
    expect(account.in).toBe(46)
    expect(published.length).toBe(account.out)
    if (steps === ROWS_STEPS) {
      expect(account).toMatchObject({ deduplicated: 5, filtered: 1 })
      expect(account.quarantined).toBeGreaterThan(3)
      // a line break within quotes ends no line
      expect(duplicates.match(/(?:"[^"]*"|[^"\n])+/g)).toHaveLength(6)
    } else expect(account.fan).toBeLessThan(0)
  })

  it.each(VARIANTS)('give the same in %s', async (variant, settings) => {
    const split = await ran(`${name}-${variant.replaceAll(',', '')}`, steps, settings)
    expect(reported(split)).toEqual(reported(whole))
    const entered = split.run.history.flatMap((event) => event.stateEnteredEventDetails?.name ?? [])
    expect(entered.some((state) => state.endsWith('.distributed'))).toBe(settings.distributed === true)
  })

  it('give the same rows and accounts step by step', async () => {
    const apart = await ran(`${name}-apart`, steps, { fuse: false, chunk_rows: 7, task_bytes: 200 })
    expect(apart.rows).toEqual(whole.rows)
    expect(apart.run.ledger.rows).toEqual(whole.run.ledger.rows)
    expect(apart.run.ledger.sources.map(({ source }) => source)).toEqual(['a.csv', 'b.csv'])
    const counted = ({ run }: Seen) =>
      run.report.steps.flatMap(({ id, counts }) =>
        counts.map(({ rule, column, cells, rows: found, fate }) => [id, rule, column, cells, found, fate]),
      )
    expect(counted(apart)).toEqual(counted(whole))
    const segments = ({ run }: Seen) => run.results.filter(({ event }) => event.task === 'commit').length
    if (steps === ROWS_STEPS) expect([segments(whole), segments(apart)]).toEqual([1, 4])
  })

  it('do nothing again, and change not a byte, when the same run is run again', async () => {
    const before = bytesOf(whole)
    const again = await ran(`${name}-whole`, steps, {}, whole.store)
    expect(bytesOf(again)).toEqual(before)
  })

  it('give the same bytes on another day', async () => {
    const other = await ran(`${name}-other`, steps, {})
    const timeless = (all: Record<string, string>) =>
      Object.fromEntries(Object.entries(all).filter(([file]) => !/tasks\/|quality-report|logs\/|segment\.json|\/_runs\//.test(file)))
    // the definitions differ in where they write to
    expect(timeless(bytesOf(other))).toEqual(timeless(bytesOf(whole)))
  })
})

/** Hashes of all files of a run and of its output. */
function bytesOf({ store, out }: Seen): Record<string, string> {
  const files = (folder: string) =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
    )
  const hash = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')
  return Object.fromEntries([
    ...files(store).map((path) => [relative(store, path), hash(path)] as const),
    ...filesIn(out).map((name) => [`out/${name}`, hash(join(out, name))] as const),
  ])
}

it('leaves out no cleaner, no rule and no operation', () => {
  const text = [...ROWS_STEPS, ...ACROSS_STEPS].join('\n')
  expect(CLEANERS.all.map(({ name }) => name).filter((name) => !text.includes(`{${name}:`))).toEqual([])
  expect(RULES.all.map(({ name }) => name).filter((name) => !text.includes(`rule_type: ${name},`))).toEqual([])
  expect(OPERATIONS.all.map(({ name }) => name).filter((name) => !text.includes(`{${name}:`) && name !== 'drop')).toEqual([])
})
