/** The law of the lowering: whatever the expression and whatever the data, the SQL gives one value a row, of the type promised. */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Expression, hasAggregate } from '#relational/expression/ast.ts'
import { check, typeOf } from '#relational/expression/check.ts'
import { name as identifier, type Once, sqlType } from '#relational/types/sql.ts'
import { parse } from '#relational/expression/parse.ts'
import { toTypedSql } from '#relational/expression/to-sql.ts'
import { aggregateExpression, NASTY_TABLE, NASTY_TYPES, scalarExpression, typedExpression } from './arbitrary.ts'
import { runs } from '../../kit/seed.ts'

let connection: DuckDBConnection
beforeAll(async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  connection = await instance.connect()
  await connection.run(NASTY_TABLE)
})

/** Runs an expression over the nasty table; says how often it passed the checker, so that a test cannot be about nothing. */
async function run(text: string, mode: 'row' | 'group' | 'window', seen: { checked: number; ran: number }): Promise<void> {
  const parsed = parse(text, { aggregates: mode === 'group', windows: mode === 'window' })
  if (!parsed.ok) return
  const { expression } = parsed
  const grouped = mode === 'group' ? check(expression, NASTY_TYPES, { grouped: ['b'] }) : check(expression, NASTY_TYPES)
  if (grouped.length === 0) seen.checked++
  if (mode === 'group' && (grouped.some(({ what }) => what.includes('within a group')) || !hasAggregate(expression))) return
  const { sql, type } = toTypedSql(expression, identifier, () => undefined, {
    types: NASTY_TYPES,
    over: '(PARTITION BY b ORDER BY i, j)',
    order: 'i, j',
  })
  if (grouped.length === 0) expect(type).toBe(typeOf(expression, NASTY_TYPES))
  const result = await connection.runAndReadAll(`SELECT ${sql} AS v FROM nasty ${mode === 'group' ? 'GROUP BY b' : ''}`)
  seen.ran++
  expect(String(result.columnType(0))).toBe(sqlType(type))
  expect(result.currentRowCount).toBe(mode === 'group' ? 3 : 60)
  if (mode !== 'row') return
  // DuckDB rewrites `1 = TRY_CAST(x AS BIGINT)` to `x = 1`, which is false where the cast is NULL; a name in place of the 1 it leaves alone
  await connection.run("SET disabled_optimizers = 'expression_rewriter'")
  const [[different] = []] = (await connection.runAndReadAll(countDifferent(expression, sql))).getRowsJson()
  await connection.run("SET disabled_optimizers = ''")
  expect({ text, different }).toEqual({ text, different: '0' })
}

/** How many rows have another value when what is used more than once is named in layers of the query and not by lambdas. */
function countDifferent(expression: Expression, sql: string): string {
  const layers: string[] = []
  const once: Once = (value, build) => {
    layers.push(`${value} AS named${layers.length}`)
    return build(`named${layers.length - 1}`)
  }
  const layered = toTypedSql(expression, identifier, () => undefined, { types: NASTY_TYPES, once })
  const source = layers.reduce((inner, layer) => `SELECT *, ${layer} FROM (${inner})`, 'FROM nasty')
  return `SELECT count(*) FROM (${source}) WHERE ${layered.sql} IS DISTINCT FROM ${sql}`
}

const law = async (arbitrary: fc.Arbitrary<string>, mode: 'row' | 'group' | 'window', numRuns: number, leastChecked = 0.01) => {
  const seen = { checked: 0, ran: 0 }
  await fc.assert(
    fc.asyncProperty(arbitrary, (text) => run(text, mode, seen)),
    { numRuns: runs(numRuns) },
  )
  expect(seen.ran).toBeGreaterThan(numRuns / 4)
  expect(seen.checked).toBeGreaterThan(numRuns * leastChecked)
}

describe('SQL of random expressions', () => {
  it('never fails on a row', () => law(scalarExpression, 'row', 400))
  it.each(['number', 'text', 'boolean', 'moment', 'integer'] as const)('never fails on a row when it is well typed: %s', (kind) =>
    law(typedExpression[kind], 'row', 150, 0.5),
  )
  it('never fails over a group', () => law(aggregateExpression(false), 'group', 200))
  it('never fails over a window', () => law(aggregateExpression(true), 'window', 200))
})
