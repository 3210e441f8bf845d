/** Every example of the reference is run and compared; what the registries promise of themselves holds. */
import type { DuckDBConnection } from '@duckdb/node-api'
import { beforeAll, describe, expect, it } from 'vitest'
import { AGGREGATES, EXAMPLE_ROWS } from '#relational/expression/aggregates.ts'
import { check } from '#relational/expression/check.ts'
import { FUNCTION_FAMILIES, functionNamed } from '#relational/expression/functions.ts'
import { parse } from '#relational/expression/parse.ts'
import { toTypedSql } from '#relational/expression/to-sql.ts'
import { name as identifier, literal, sqlType } from '#relational/types/sql.ts'
import type { ColumnType } from '#relational/types/types.ts'
import { column, connect } from './database.ts'

let connection: DuckDBConnection
const TYPES = new Map<string, ColumnType>([
  ['day', 'date'],
  ['region', 'text'],
  ['amount', 'integer'],
])

beforeAll(async () => {
  connection = await connect()
  const rows = EXAMPLE_ROWS.map(
    (row) => `(${[...TYPES].map(([column, type]) => `CAST(${literal(row[column] ?? null)} AS ${sqlType(type)})`).join(', ')})`,
  )
  await connection.run(
    `CREATE TABLE example AS SELECT * FROM (VALUES ${rows.join(', ')}) rows(${[...TYPES.keys()].map(identifier).join(', ')})`,
  )
})

const FUNCTIONS = FUNCTION_FAMILIES.flatMap(({ functions }) => functions)

describe('scalar functions', () => {
  it.each(FUNCTIONS.map((entry) => [entry.example.expression, entry] as const))('%s', async (text, entry) => {
    const parsed = parse(text)
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    expect(text).toContain(entry.name)
    expect(check(parsed.expression, new Map())).toEqual([])
    const { sql, type } = toTypedSql(parsed.expression, identifier, () => undefined)
    expect(await column(connection, `SELECT ${sql}`)).toEqual({ values: [entry.example.result], type: sqlType(type) })
  })

  it.each(FUNCTIONS.map((entry) => [entry.name, entry] as const))(
    '%s gives NULL or a value, of its type, for NULL in every place',
    async (_name, entry) => {
      const least = entry.parameters.filter(({ optional }) => optional !== true)
      const args = least.map(({ kind, choices: words }) => (kind === 'word' ? `'${words?.[0]}'` : kind === 'format' ? "'%Y'" : 'NULL'))
      const parsed = parse(`${entry.name}(${args.join(', ')})`)
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
      const { sql, type } = toTypedSql(parsed.expression, identifier, () => undefined)
      const { values, type: found } = await column(connection, `SELECT ${sql}`)
      expect(found).toBe(sqlType(type))
      // these take a missing value for nothing, or for a value like any other
      const present: Readonly<Record<string, unknown>> = { concat: '', hash: expect.any(Number) }
      expect(values).toEqual([present[entry.name] ?? null])
    },
  )
})

describe('aggregates and window functions', () => {
  it.each(AGGREGATES.map((entry) => [entry.example.expression, entry] as const))('%s', async (text, entry) => {
    const parsed = parse(text, entry.group ? { aggregates: true } : { windows: true })
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    expect(check(parsed.expression, TYPES)).toEqual([])
    const { sql, type } = toTypedSql(parsed.expression, identifier, () => undefined, {
      types: TYPES,
      over: '(ORDER BY "day")',
      order: '"day"',
    })
    const { values, type: found } = await column(connection, `SELECT ${sql} AS value FROM example${entry.group ? '' : ' ORDER BY "day"'}`)
    expect(entry.group ? values[0] : values).toEqual(entry.example.result)
    expect(values).toHaveLength(entry.group ? 1 : EXAMPLE_ROWS.length)
    expect(found).toBe(sqlType(type))
  })

  it.each(AGGREGATES.filter(({ group }) => group).map((entry) => [entry.name, entry] as const))(
    '%s also stands over a window',
    async (_name, entry) => {
      const parsed = parse(entry.example.expression, { windows: true })
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
      const { sql } = toTypedSql(parsed.expression, identifier, () => undefined, {
        types: TYPES,
        over: '(PARTITION BY region ORDER BY "day" ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)',
      })
      const values = (await connection.runAndReadAll(`SELECT ${sql} AS value FROM example WHERE region = 'north'`)).getRowsJson()
      expect(values).toHaveLength(2)
      expect(values[0]).toEqual(values[1])
    },
  )
})

describe('the registries', () => {
  const all = [...FUNCTIONS, ...AGGREGATES]

  it('hold about seventy scalar functions, all names and aliases different', () => {
    expect(FUNCTIONS.length).toBeGreaterThanOrEqual(70)
    const names = all.flatMap(({ name, aliases }) => [name, ...aliases])
    expect(names.filter((name, position) => names.indexOf(name) !== position)).toEqual([])
    expect(names.every((name) => /^[a-z][a-z0-9_]*$/.test(name))).toBe(true)
  })

  it('find functions by alias and in any case', () => {
    expect(functionNamed('SUBSTRING')?.name).toBe('substr')
    expect(functionNamed('constructor')).toBeUndefined()
  })

  it.each(all.map((entry) => [entry.name, entry] as const))(
    '%s is documented in one sentence, its optional parameters last',
    (_name, { doc, parameters }) => {
      expect(doc).toMatch(/^[-A-Z0-9].*\.$/)
      const optional = parameters.map((parameter) => parameter.optional === true)
      expect(optional).toEqual([...optional].sort())
      expect(parameters.slice(0, -1).some(({ variadic }) => variadic === true)).toBe(false)
    },
  )
})
