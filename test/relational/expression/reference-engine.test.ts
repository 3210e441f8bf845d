/** Every function and operator compared with the reference engine, value by value, over generated rows. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { check } from '#relational/expression/check.ts'
import type { FunctionParameter, RowFunction } from '#relational/expression/function.ts'
import { FUNCTION_FAMILIES } from '#relational/expression/functions.ts'
import { parse } from '#relational/expression/parse.ts'
import { toTypedSql } from '#relational/expression/to-sql.ts'
import type { ColumnType } from '#relational/types/types.ts'
import { name as quoted } from '#relational/types/sql.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'
import { runs } from '../../kit/seed.ts'
import { FUNCTIONS } from '../reference/call.ts'
import { evaluator } from '../reference/expression.ts'
import { fromSqlText, relationOf, rowsOf } from '../reference/rows.ts'
import { asText, type Cell } from '../reference/values.ts'
import { NASTY_TYPES, typedExpression } from './arbitrary.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

type Rows = readonly ReadonlyMap<string, Cell>[]
type Types = ReadonlyMap<string, ColumnType>

/** Equal as text; decimals may differ in their last bits, in which the libraries of C and JavaScript do. */
function isSame(found: string | null, wanted: Cell, type: ColumnType): boolean {
  if (found === asText(wanted, type)) return true
  if (type !== 'float' || found === null || wanted === null) return false
  const [a, b] = [fromSqlText(found, type) as number, wanted as number]
  return Object.is(a, b) || Math.abs(a - b) <= 1e-13 * Math.max(Math.abs(a), Math.abs(b))
}

/** Compares expressions over rows; returns how many values were compared. */
async function compare(expressions: readonly string[], types: Types, rows: Rows): Promise<number> {
  const known = expressions.flatMap((text) => {
    const parsed = parse(text)
    if (!parsed.ok || check(parsed.expression, types).length > 0) return []
    const { sql, type } = toTypedSql(parsed.expression, quoted, () => undefined, { types })
    const reference = evaluator(parsed.expression, { types, parameters: {} })
    expect({ text, type: reference.type }).toEqual({ text, type })
    return [{ text, sql, type, at: reference.at }]
  })
  if (known.length === 0) return 0
  const selected = known.map(({ sql }, at) => `CAST(${sql} AS VARCHAR) AS v${at}`)
  await database.session.run(`CREATE OR REPLACE TEMP TABLE given AS ${relationOf(types, rows)}`)
  const found = await database.session.rows(`SELECT ${selected.join(', ')} FROM given ORDER BY n`)
  const different = known.flatMap(({ text, type, at }, number) =>
    rows.flatMap((row, index) => {
      const [duckdb, wanted] = [(found[index]?.[`v${number}`] ?? null) as string | null, at(row)]
      return isSame(duckdb, wanted, type)
        ? []
        : [{ text, row: [...row].map(([name, cell]) => `${name} ${cell}`), duckdb, reference: asText(wanted, type) }]
    }),
  )
  expect(different.slice(0, 3)).toEqual([])
  return known.length * rows.length
}

/** Two or three columns of each type for the arguments of functions; `s` holds small integers. */
const TYPES: Types = new Map<string, ColumnType>([
  ...(['t', 'u', 'v'] as const).map((name) => [name, 'text'] as const),
  ...(['i', 'j', 's'] as const).map((name) => [name, 'integer'] as const),
  ...(['d', 'e'] as const).map((name) => [name, 'float'] as const),
  ...(['b', 'c'] as const).map((name) => [name, 'boolean'] as const),
  ...(['day', 'other'] as const).map((name) => [name, 'date'] as const),
  ...(['at', 'then'] as const).map((name) => [name, 'timestamp'] as const),
])
const rows = rowsOf(TYPES, 40).map((all) =>
  all.map((row) => new Map([...row, ['s', ((row.get('i') ?? null) as bigint | null) === null ? null : (row.get('i') as bigint) % 9n]])),
)

const FORMATS = [
  '%Y-%m-%d',
  '%d.%m.%Y',
  '%d.%m.%y %H:%M:%S.%f',
  '%-d %B %Y',
  '%B %d, %Y %-I:%M %p',
  '%A %j %%',
  '%m/%d/%y',
  '%Y%m%d',
  '%j %Y',
  '%I %p',
]
const PATTERNS = ['a', '(a)|b', '[^x]+', '\\d{2,3}', '^$', '\\pL+', '(x*)*', '.', '(\\w)(\\w)', '\\s+', '\\b', '\\PL', '[0-9]+$']
const SAME: readonly (readonly string[])[] = [
  ['i', 'j', 's'],
  ['d', 'i', 'e'],
  ['t', 'u', 'v'],
  ['day', 'at', 'other'],
  ['b', 'c', 'b'],
]

function argumentsFor({ kind, choices = [] }: FunctionParameter): readonly string[] {
  const texts = (values: readonly string[]) => values.map((value) => `'${value}'`)
  switch (kind) {
    case 'word':
      return texts(choices)
    case 'flags':
      return texts(['', ...choices, choices.join('')])
    case 'format':
      return texts(FORMATS)
    case 'pattern':
      return texts(PATTERNS)
    case 'text':
      return ['t', 'u', 'v', "'a'", "''", "' '", 'NULL']
    case 'integer':
      return ['i', 's', 's', '0', '1', '2', '-1', '5', 'NULL']
    case 'number':
    case 'float':
      return ['d', 'e', 'i', '0.5', '1.005', '2']
    case 'boolean':
      return ['b', 'c']
    case 'date':
      return ['day', 't']
    case 'timestamp':
      return ['at', 'day', 't']
    default:
      return ['day', 'at', 'other', 'then']
  }
}

/** Calls of a function with arguments of the types that it takes. */
const callsOf = ({ name, parameters }: RowFunction): fc.Arbitrary<string> =>
  fc.gen().map((draw) => {
    const required = parameters.filter(({ optional }) => optional !== true).length
    const chosen = parameters.slice(0, draw(fc.integer, { min: required, max: parameters.length }))
    const last = parameters.at(-1)
    const same = draw(fc.constantFrom, ...SAME)
    const all = last?.variadic === true ? [...chosen, last, last] : chosen
    const given = all.map((parameter, at) =>
      parameter.kind === 'same' ? (same[at % same.length] as string) : draw(fc.constantFrom, ...argumentsFor(parameter)),
    )
    return `${name}(${given.join(', ')})`
  })

const ALL = FUNCTION_FAMILIES.flatMap(({ functions }) => functions)

describe('the reference engine', () => {
  it('knows every function', () => {
    expect([...FUNCTIONS.keys()].sort()).toEqual(ALL.map(({ name }) => name).sort())
  })

  it.each(FUNCTION_FAMILIES.map(({ title, functions }) => [title, functions] as const))(
    'agrees on calls: %s',
    async (_title, functions) => {
      let compared = 0
      await fc.assert(
        fc.asyncProperty(fc.tuple(...functions.flatMap((entry) => [callsOf(entry), callsOf(entry)])), rows, async (calls, all) => {
          compared += await compare(calls, TYPES, all)
        }),
        { numRuns: runs(2) },
      )
      expect(compared).toBeGreaterThan(functions.length)
    },
  )

  it.each(['number', 'text', 'boolean', 'moment', 'integer'] as const)('agrees on expressions: %s', async (kind) => {
    let compared = 0
    await fc.assert(
      fc.asyncProperty(fc.array(typedExpression[kind], { minLength: 3, maxLength: 3 }), rowsOf(NASTY_TYPES, 25), async (texts, all) => {
        compared += await compare(texts, NASTY_TYPES, all)
      }),
      { numRuns: runs(6) },
    )
    expect(compared).toBeGreaterThan(0)
  })
})

describe('values that the reference promises', () => {
  it.each<[expression: string, result: string | null]>([
    // a double of microseconds would round this up
    ["epoch(TIMESTAMP '9999-12-31 23:59:59.999999')", '253402300799'],
    ["epoch(TIMESTAMP '1969-12-31 23:59:59.5')", '-1'],
    ["epoch(DATE '1970-01-02')", '86400'],
    // words that DuckDB reads as 1900-01-01
    ["to_date('epoch', '%Y-%m-%d')", null],
    ["to_timestamp(' -Infinity', '%Y')", null],
    ["is_date('infinity', '%d.%m.%Y')", 'false'],
    // no separator is known, so no part is
    ["split_part('a-b', NULL, 1)", null],
    ["split_part('a-b', t, 1)", null],
  ])('%s is %s', async (text, result) => {
    const parsed = parse(text)
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    const { sql } = toTypedSql(parsed.expression, quoted, () => undefined, { types: TYPES })
    const [row] = await database.session.rows(`SELECT CAST(${sql} AS VARCHAR) AS v FROM (SELECT CAST(NULL AS VARCHAR) AS t)`)
    expect(row?.['v']).toBe(result)
  })
})
