/** Every function over a window against a model in plain JavaScript: ties, missing keys, partitions, with an order and without one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AGGREGATES } from '#relational/expression/aggregates.ts'
import { expressionOf } from '#relational/operations/expressions.ts'
import type { SortKey } from '#relational/operations/ops.ts'
import { untouched } from '#relational/operations/traced.ts'
import { literal } from '#relational/types/sql.ts'
import type { Column } from '#relational/types/types.ts'
import { applyAcross, ROW, type Table } from '#data/pass/across.ts'
import { seeded } from '../kit/chance.ts'
import { type TestDatabase, testDatabase } from '../kit/database.ts'

interface Row {
  readonly id: number
  readonly part: string | null
  readonly key: number | null
  readonly other: string
  readonly value: number | null
  readonly word: string | null
}

const COLUMNS: readonly Column[] = [
  { name: 'id', type: 'integer' },
  { name: 'part', type: 'text' },
  { name: 'key', type: 'integer' },
  { name: 'other', type: 'text' },
  { name: 'value', type: 'integer' },
  { name: 'word', type: 'text' },
]

/** Few values, so that there are ties in everything, and missing ones. */
const random = seeded(3)
const pick = <Item>(items: readonly [Item, ...Item[]]): Item => items[Math.floor(random() * items.length)] ?? items[0]
const ROWS: readonly Row[] = Array.from({ length: 40 }, (_, id) => ({
  id,
  part: pick(['a', 'b', null]),
  key: pick([1, 2, 3, null]),
  other: pick(['x', 'y']),
  value: pick([10, 20, 20, 35, null]),
  word: pick(['p', 'q', null]),
}))

/** What a function sees: the rows of the frame and of the partition in order, and where its own row stands in them. */
interface Sight {
  readonly frame: readonly Row[]
  readonly partition: readonly Row[]
  readonly at: number
  /** For each row of the partition the number of its group of peers, from 0. */
  readonly peers: readonly number[]
}

type Model = (sight: Sight) => string | number | null

const values = (rows: readonly Row[]) => rows.flatMap(({ value }) => value ?? [])
const sorted = (rows: readonly Row[]) => values(rows).sort((a, b) => a - b)
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
const orNull = (numbers: readonly number[], of: (numbers: readonly number[]) => number) => (numbers.length === 0 ? null : of(numbers))

function quantile(numbers: readonly number[], share: number): number {
  const place = share * (numbers.length - 1)
  const [low, high] = [numbers[Math.floor(place)] ?? 0, numbers[Math.ceil(place)] ?? 0]
  return low + (high - low) * (place - Math.floor(place))
}

function variance(numbers: readonly number[]): number | null {
  if (numbers.length < 2) return null
  const mean = sum(numbers) / numbers.length
  return sum(numbers.map((number) => (number - mean) ** 2)) / (numbers.length - 1)
}

/** By name of the function: expressions and what each of them is. */
const MODELS: Readonly<Record<string, readonly (readonly [expression: string, model: Model])[]>> = {
  count: [
    ['count(*)', ({ frame }) => frame.length],
    ['count(value)', ({ frame }) => values(frame).length],
    ['count(DISTINCT value)', ({ frame }) => new Set(values(frame)).size],
    ["count(*) FILTER (WHERE other = 'x')", ({ frame }) => frame.filter(({ other }) => other === 'x').length],
  ],
  sum: [
    ['sum(value)', ({ frame }) => orNull(values(frame), sum)],
    ['sum(value / 4)', ({ frame }) => orNull(values(frame), (numbers) => sum(numbers) / 4)],
  ],
  avg: [['avg(value)', ({ frame }) => orNull(values(frame), (numbers) => sum(numbers) / numbers.length)]],
  min: [['min(value)', ({ frame }) => sorted(frame)[0] ?? null]],
  max: [['max(value)', ({ frame }) => sorted(frame).at(-1) ?? null]],
  median: [['median(value)', ({ frame }) => orNull(sorted(frame), (numbers) => quantile(numbers, 0.5))]],
  quantile: [['quantile(value, 0.25)', ({ frame }) => orNull(sorted(frame), (numbers) => quantile(numbers, 0.25))]],
  stddev: [
    [
      'stddev(value)',
      ({ frame }) => {
        const found = variance(values(frame))
        return found === null ? null : Math.sqrt(found)
      },
    ],
  ],
  variance: [['variance(value)', ({ frame }) => variance(values(frame))]],
  first: [['first(value)', ({ frame }) => frame[0]?.value ?? null]],
  last: [['last(id)', ({ frame }) => frame.at(-1)?.id ?? null]],
  any_value: [['any_value(word)', ({ frame }) => frame.find(({ word }) => word !== null)?.word ?? null]],
  string_agg: [
    [
      "string_agg(word || CAST(id AS text), ' ')",
      ({ frame }) => {
        const words = frame.flatMap(({ word, id }) => (word === null ? [] : [`${word}${id}`]))
        return words.length === 0 ? null : words.join(' ')
      },
    ],
  ],
  row_number: [['row_number()', ({ at }) => at + 1]],
  rank: [['rank()', ({ peers, at }) => peers.indexOf(peers[at] ?? 0) + 1]],
  dense_rank: [['dense_rank()', ({ peers, at }) => (peers[at] ?? 0) + 1]],
  lag: [
    ['lag(id)', ({ partition, at }) => partition[at - 1]?.id ?? null],
    ['lag(value, 2, -1)', ({ partition, at }) => (at < 2 ? -1 : (partition[at - 2]?.value ?? null))],
  ],
  lead: [['lead(id, 2, -1)', ({ partition, at }) => partition[at + 2]?.id ?? -1]],
  first_value: [['first_value(id)', ({ frame }) => frame[0]?.id ?? null]],
  last_value: [['last_value(id)', ({ frame }) => frame.at(-1)?.id ?? null]],
}

function compare(a: Row, b: Row, { column, order }: SortKey): number {
  const [one, other] = [a[column as keyof Row], b[column as keyof Row]]
  if (one === other) return 0
  if (one === null || other === null) return one === null ? 1 : -1
  return (one < other ? -1 : 1) * (order === 'asc' ? 1 : -1)
}

function sightOf(row: Row, partition_by: readonly string[], order_by: readonly SortKey[]): Sight {
  const mine = ROWS.filter((other) => partition_by.every((name) => other[name as keyof Row] === row[name as keyof Row]))
  const byKeys = (a: Row, b: Row) => order_by.map((key) => compare(a, b, key)).find((difference) => difference !== 0) ?? 0
  const partition = [...mine].sort((a, b) => byKeys(a, b) || a.id - b.id)
  const peers: number[] = []
  partition.forEach((one, at) => {
    const before = partition[at - 1]
    peers.push(before === undefined ? 0 : (peers[at - 1] ?? 0) + (byKeys(before, one) === 0 ? 0 : 1))
  })
  const at = partition.indexOf(row)
  return { partition, at, peers, frame: partition.slice(0, peers.lastIndexOf(peers[at] ?? 0) + 1) }
}

/** A value as it is compared: numbers, which the database may give as text, to nine digits after the point. */
const shown = (value: unknown) => (value === null || Number.isNaN(Number(value)) ? value : Number(Number(value).toFixed(9)))

const ORDERS: readonly (readonly [title: string, keys: readonly SortKey[]])[] = [
  ['without an order', []],
  ['by a key with ties', [{ column: 'key', order: 'asc' }]],
  ['by a key downwards', [{ column: 'key', order: 'desc' }]],
  [
    'by two keys',
    [
      { column: 'other', order: 'desc' },
      { column: 'key', order: 'asc' },
    ],
  ],
  ['by a key without ties', [{ column: 'id', order: 'desc' }]],
]

let database: TestDatabase
let table: Table
beforeAll(async () => {
  database = await testDatabase()
  // the rows lie in another order than they have
  const rows = [...ROWS].reverse().map((row) => `(${row.id}, ${COLUMNS.map(({ name }) => literal(row[name as keyof Row])).join(', ')})`)
  const types = ['BIGINT', 'VARCHAR', 'BIGINT', 'VARCHAR', 'BIGINT', 'VARCHAR']
  const selected = COLUMNS.map(({ name }, at) => `CAST("${name}" AS ${types[at]}) AS "${name}"`)
  const names = COLUMNS.map(({ name }) => `"${name}"`).join(', ')
  await database.session.run(
    `CREATE TEMP TABLE source AS SELECT number AS ${ROW}, ${selected.join(', ')} FROM (VALUES ${rows.join(', ')}) AS t(number, ${names})`,
  )
  table = { name: 'source', columns: untouched(COLUMNS) }
})
afterAll(() => database.close())

describe('functions over a window', () => {
  it('have a model each', () => {
    expect(Object.keys(MODELS).sort()).toEqual(AGGREGATES.map(({ name }) => name).sort())
  })

  describe.each(ORDERS)('%s', (_title, order_by) => {
    it.each([
      ['in one partition', []],
      ['in partitions', ['part']],
      ['in partitions of two columns', ['part', 'other']],
    ])('%s are what the model says', async (_what, partition_by) => {
      const asked = Object.values(MODELS).flat()
      const columns = asked.map(([text], at) => ({ name: `w${at}`, expression: expressionOf(text, 'window'), parameters: {} }))
      const operation = { op: 'window', origin: { step: 's', rule: 'window' }, partition_by, order_by, columns } as const
      const { table: made } = await applyAcross(database.session, table, operation, 'made', () => undefined)
      const found = await database.session.rows(`SELECT * EXCLUDE (${ROW}) FROM made ORDER BY ${ROW}`)
      await database.session.run('DROP TABLE made')
      expect(made.columns).toHaveLength(COLUMNS.length + asked.length)
      expect(found.map(({ id }) => Number(id))).toEqual(ROWS.map(({ id }) => id))
      const sights = ROWS.map((row) => sightOf(row, partition_by, order_by))
      for (const [at, [text, model]] of asked.entries()) {
        const values = found.map((row) => shown(row[`w${at}`] ?? null))
        expect(values, text).toEqual(sights.map((sight) => shown(model(sight))))
      }
    })
  })
})
