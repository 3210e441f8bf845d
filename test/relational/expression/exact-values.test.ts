/** Values that are exact to a person, whatever a DOUBLE or a calendar makes of them: sums that cancel out, birthdays on 29 February. */
import type { DuckDBConnection } from '@duckdb/node-api'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from '#relational/expression/parse.ts'
import { toSql } from '#relational/expression/to-sql.ts'
import type { Json } from '#core/json.ts'
import { column, connect } from './database.ts'

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await connect()
})

async function value(text: string): Promise<Json | undefined> {
  const parsed = parse(text, {})
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const types = new Map([
    ['price', 'float'],
    ['name', 'text'],
    ['raw', 'text'],
  ] as const)
  const sql = toSql(
    parsed.expression,
    (name) => name,
    () => null,
    { types },
  )
  return (await column(connection, `SELECT ${sql} FROM (SELECT 0.1::DOUBLE AS price, 'Ann Lee' AS name, '12.5' AS raw)`)).values[0]
}

describe('sums', () => {
  it.each<[text: string, expected: Json]>([
    // what is left when terms cancel out is no noise, in whatever part of an expression
    ['0.1 * 3 - 0.3 = 0', true],
    ['price * 3 - 0.3', 0],
    ['0.1 + 0.2 - 0.3', 0],
    ['0.3 - (0.1 + 0.2)', 0],
    ['-(0.1 * 3 - 0.3)', 0],
    ['(price * 3 - 0.3) * 1e17', 0],
    ['1 / (price * 3 - 0.3)', null],
    ['0.1 * 3 % 0.3', 0],
    ['1000.1 - 1000', 0.1],
    ['price + price + price - 0.3 = 0', true],
    ['0.9 + 0.2', 1.1],
    ['1e-9 - 1e-9', 0],
    ['1e-12 + 2e-12 > 0', true],
    ['1e300 - 1', 1e300],
    [Array(40).fill('price').join(' + '), 4],
    [Array(9).fill("(price * 3 - CASE WHEN name = 'x' THEN 0.1 + length(raw) * 0.1 ELSE 0.3 END)").join(' + '), 0],
    ['CAST(price * 3 - 0.3 AS text)', '0.0'],
  ])('%s = %s', async (text, expected) => {
    expect(await value(text)).toEqual(expected)
  })
})

describe('full years', () => {
  // a birthday on 29 February is kept on 1 March in other years, in every one of them
  it.each<[text: string, expected: Json]>([
    ["age_years('2000-02-29', '2001-02-28')", 0],
    ["age_years('2000-02-29', '2001-03-01')", 1],
    ["age_years('2000-02-29', '2004-02-28')", 3],
    ["age_years('2000-02-29', '2004-02-29')", 4],
    ["age_years('2000-02-28', '2001-02-28')", 1],
    ["age_years('2000-03-01', '2001-02-28')", 0],
    ["age_years('2001-02-28', '2000-02-29')", 0],
    ["age_years('2001-02-28', '2000-02-28')", -1],
    ["age_years('2000-06-15 10:00:00', '2024-06-15 09:00:00')", 24],
    ["age_years('2000-06-15', NULL)", null],
  ])('%s = %s', async (text, expected) => {
    expect(await value(text)).toEqual(expected)
  })
})
