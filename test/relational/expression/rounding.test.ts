/** Rounding looks at the digits a person sees, wherever the number lies between two halves. */
import type { DuckDBConnection } from '@duckdb/node-api'
import { beforeAll, expect, it } from 'vitest'
import { tidy } from '#relational/expression/decimals.ts'
import { parse } from '#relational/expression/parse.ts'
import { toSql } from '#relational/expression/to-sql.ts'
import { repeat } from '#relational/types/sql.ts'
import { column, connect } from './database.ts'

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await connect()
})

/** Numbers of every size, and beside each the halves next to it with a little noise, as sums and products leave it. */
const NUMBERS = `SELECT unnest([x, half, half * (1 + 4e-16), half * (1 - 4e-16), half + 1e-9, half - 1e-5, half + 2e-4, -half, NULL]) AS number
  FROM (SELECT x, (floor(x * 100) + 0.5) / 100 AS half
    FROM (SELECT (hash(i) % 1000003) * pow(10, (i % 24)::DOUBLE - 10) / 1000003 AS x FROM range(24000) t(i)))`

/** The same without looking where the number lies: every one loses what stands behind its fifteenth digit first. */
const EXACT = (places: number) =>
  `CASE WHEN abs(number) < 1e${15 - places} THEN round(${tidy(`(number * 1e${places})`, repeat)}) / 1e${places} WHEN isfinite(number) THEN number END`

it.each([0, 1, 2, 6])('round(number, %i) is what rounding fifteen digits gives', async (places) => {
  const parsed = parse(`round(number, ${places})`, {})
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const sql = toSql(
    parsed.expression,
    (name) => name,
    () => null,
    { types: new Map([['number', 'float']]) },
  )
  const differing = `SELECT [number, ${sql}, ${EXACT(places)}] FROM (${NUMBERS}) WHERE ${sql} IS DISTINCT FROM ${EXACT(places)} LIMIT 5`
  expect((await column(connection, differing)).values).toEqual([])
  expect(
    (await column(connection, `SELECT count(*) FROM (${NUMBERS}) WHERE ${sql} <> round(number * 1e${places}) / 1e${places}`)).values[0],
  ).not.toBe(0)
})
