/** Every function and operator can be nested as deeply as the parser allows: the SQL stays below DuckDB's own limit, and small. */
import type { DuckDBConnection } from '@duckdb/node-api'
import { beforeAll, describe, expect, it } from 'vitest'
import { FUNCTION_FAMILIES } from '#relational/expression/functions.ts'
import { parse } from '#relational/expression/parse.ts'
import { toTypedSql } from '#relational/expression/to-sql.ts'
import { name as identifier } from '#relational/types/sql.ts'
import { NASTY_TABLE, NASTY_TYPES } from './arbitrary.ts'
import { connect } from './database.ts'

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await connect()
  await connection.run(NASTY_TABLE)
})

const SIMPLE: Readonly<Record<string, string>> = {
  text: "'a'",
  integer: '1',
  float: '0.5',
  number: 'i',
  boolean: 'b',
  date: 'day',
  timestamp: 'at',
  moment: 'day',
  any: 't',
  same: '1',
  flags: "''",
  format: "'%Y-%m-%d'",
  pattern: "'a'",
}

/** Calls with the nested part (`@`) in the place of one parameter after the other. */
const CALLS = FUNCTION_FAMILIES.flatMap(({ functions }) => functions).flatMap(({ name, parameters }) =>
  parameters.flatMap(({ kind }, place) => {
    if (kind === 'word' || kind === 'flags' || kind === 'format') return []
    const args = parameters.map((parameter, position) =>
      position === place ? '@' : parameter.kind === 'word' ? `'${parameter.choices?.[0]}'` : `${SIMPLE[parameter.kind]}`,
    )
    return [`${name}(${args.join(', ')})`]
  }),
)

const OPERATORS = [
  '(@ + e)',
  '(e + @)',
  '(i * @)',
  '(@ % j)',
  '(e / @)',
  '(@ / i)',
  '(- @)',
  '(NOT @)',
  '(@ IS NULL)',
  '(@ = TRUE)',
  '(@ IN (j, 2))',
  '(@ BETWEEN 1 AND j)',
  'CASE WHEN b THEN 1 ELSE @ END',
  'CASE WHEN @ THEN b END',
  'CASE @ WHEN 1 THEN 2 ELSE 3 END',
  "(upper(@) || 'a')",
  "(@ LIKE 'a')",
  'CAST(CAST(@ AS date) AS text)',
  'CAST(CAST(@ AS float) AS text)',
  '(day + @)',
  '(@ + 1)',
  "(@ + INTERVAL '1 day')",
  '(b AND (@ OR b))',
]

const nested = (form: string, depth: number): string => {
  let text = 'i'
  for (let level = 0; level < depth; level++) text = form.replace('@', text)
  return text
}

/** The form nested as deeply as the parser takes it: that depth is found by doubling, then by halving. */
function deepest(form: string): string {
  let [fits, fails] = [0, 1]
  while (parse(nested(form, fails)).ok) [fits, fails] = [fails, 2 * fails]
  while (fails - fits > 1) {
    const middle = (fits + fails) >> 1
    if (parse(nested(form, middle)).ok) fits = middle
    else fails = middle
  }
  return nested(form, fits)
}

describe('nesting', () => {
  it.each([...CALLS, ...OPERATORS])('%s', async (form) => {
    const text = deepest(form)
    const parsed = parse(text)
    if (!parsed.ok) throw new Error('this depth was parsed before')
    expect(text.split(form.slice(form.indexOf('@') + 1)).length).toBeGreaterThan(30)
    const { sql } = toTypedSql(parsed.expression, identifier, () => undefined, { types: NASTY_TYPES })
    expect(sql.length).toBeLessThan(200_000)
    await connection.run(`SELECT ${sql} FROM nasty LIMIT 5`)
  })

  it('takes long chains and lists', async () => {
    for (const text of [
      Array(2500).fill('b').join(' AND '),
      Array(2200).fill('i = 1').join(' OR '),
      Array(2500).fill('t').join(' || '),
      `i IN (${Array(4000).fill('77').join(', ')})`,
      `i IN (${Array(4000).fill('j').join(', ')})`,
      Array(199).fill('d').join(' + '),
      `CASE ${Array(800).fill("WHEN i = 1 THEN 'a'").join(' ')} END`,
      `concat(${Array(3000).fill('t').join(', ')})`,
    ]) {
      const parsed = parse(text)
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
      const { sql } = toTypedSql(parsed.expression, identifier, () => undefined, { types: NASTY_TYPES })
      await connection.run(`SELECT ${sql} FROM nasty LIMIT 5`)
    }
  })
})
