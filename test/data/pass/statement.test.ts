/** Statements of authors: what is refused in them, and that a checked one becomes SQL again with the same meaning. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tracedColumns } from '#data/pass/statement-lineage.ts'
import { bind } from '#data/pass/statement-columns.ts'
import { indexIn, readStatement, type Statement, statementSql } from '#data/pass/statement.ts'
import type { Json } from '#core/json.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
  await database.session.run(`CREATE TEMP TABLE t0 AS SELECT 1 AS "_siftstep_row", 'x' AS a, 9007199254740993 AS b, 1.50 AS "c d"`)
  await database.session.run("CREATE TEMP TABLE t1 AS SELECT 'x' AS a, 'y' AS e")
})
afterAll(() => database.close())

const column = (name: string, type: 'text' | 'integer' | 'decimal(3,2)' = 'text') => ({ name, type })
const ROWS = { name: 'rows', table: 't0', columns: [column('a'), column('b', 'integer'), column('c d', 'decimal(3,2)')], source: null }
const OTHER = { name: 'other', table: 't1', columns: [column('a'), column('e')], source: 'other.csv' }
const names = { tables: ['rows', 'other'], parameters: ['p'] }

const read = (text: string) => readStatement(database.session, text, names)
async function problems(text: string): Promise<readonly string[]> {
  const found = await read(text)
  return 'problems' in found ? found.problems.map((one) => `${indexIn(text, one) ?? '?'} ${one.what}`) : []
}
async function checked(text: string): Promise<Statement> {
  const found = await read(text)
  if ('problems' in found) throw new Error(found.problems[0].what)
  return found.statement
}
/** The first row of a statement over the tables. */
async function firstRow(text: string, p: Json = null): Promise<readonly Json[]> {
  const sql = await statementSql(database.session, await checked(text), [ROWS, OTHER], { p })
  return Object.values((await database.session.rows(sql))[0] ?? {})
}

describe('a statement that reads or does anything else is refused', () => {
  it.each([
    ["SELECT * FROM read_csv('/etc/passwd')", /^14 read_csv\(…\) is not allowed as a table/],
    ["SELECT * FROM '/etc/passwd'", /there is no table "\/etc\/passwd"/],
    ['SELECT * FROM "data/*.parquet"', /there is no table "data\/\*\.parquet"/],
    ["SELECT * FROM glob('/*')", /^14 glob/],
    ["SELECT * FROM query('SELECT 1')", /^14 query/],
    ['SELECT * FROM duckdb_settings()', /^14 duckdb_settings/],
    ['SELECT * FROM duckdb_settings', /there is no table "duckdb_settings"/],
    ['SELECT * FROM t0', /^14 there is no table "t0"/],
    ['SELECT * FROM temp.main.t0', /^14 there is no table "temp\.main\.t0"/],
    ['SELECT * FROM information_schema.tables', /^14 there is no table "information_schema\.tables"/],
    // a name of an inner WITH is unknown outside of it
    ['SELECT (WITH t0 AS (SELECT 1 AS x) SELECT x FROM t0) AS v FROM t0', /^63 there is no table "t0"/],
    ["COPY (SELECT 1) TO 'x.csv'", /the statement is not a SELECT/],
    ["ATTACH 'x.db'", /the statement is not a SELECT/],
    ['PRAGMA database_list', /the statement is not a SELECT/],
    ["SET memory_limit = '1TB'", /the statement is not a SELECT/],
    ['INSTALL httpfs', /the statement is not a SELECT/],
    ['DROP TABLE t0', /the statement is not a SELECT/],
    ['CREATE TABLE x AS SELECT 1', /the statement is not a SELECT/],
    ['SELECT * FROM rows; SELECT 1', /there are several statements/],
    ['SELECT * FROM rows; DROP TABLE t0', /the statement is not a SELECT/],
    ['SELECT * FROM rows) ; DROP TABLE t0 --', /syntax error/],
    ['-- nothing', /there is no statement/],
    ['DESCRIBE rows', /DESCRIBE, SHOW and SUMMARIZE/],
    ['SUMMARIZE rows', /DESCRIBE, SHOW and SUMMARIZE/],
    ['WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT n FROM r', /WITH RECURSIVE is not allowed/],
    ["SELECT getenv('HOME') AS h FROM rows", /^7 there is no function getenv/],
    ["SELECT current_setting('threads') AS h FROM rows", /^7 current_setting\(\) is not allowed/],
    ["SELECT getvariable('x') AS h FROM rows", /^7 getvariable\(\) is not allowed/],
    ["SELECT read_text('x') AS h FROM rows", /^7 read_text\(\) is not allowed/],
    ["SELECT json_execute_serialized_sql('x') AS h FROM rows", /is not allowed/],
    ['SELECT version() AS v FROM rows', /^7 version\(\)/],
  ])('%s', async (text, problem) => {
    expect((await problems(text))[0]).toMatch(problem)
  })
})

describe('a statement whose result would not be the same again is refused', () => {
  it.each([
    ...['random()', 'uuid()', 'gen_random_uuid()', 'now()', 'today()', 'get_current_timestamp()', 'current_localtimestamp()', 'setseed(1)'],
    ...[
      'txid_current()',
      'nextval(a)',
      'age(a::TIMESTAMP)',
      'vector_type(a)',
      'reservoir_quantile(b, 0.5)',
      'user()',
      'current_schema()',
      'sleep_ms(1)',
    ],
  ])('%s', async (call) => {
    expect((await problems(`SELECT ${call} AS v FROM rows`))[0]).toMatch(/^7 \w+\(\) is not allowed: its result depends on more/)
  })

  it.each(['current_date', 'CURRENT_TIMESTAMP', 'localtime', 'session_user'])('%s', async (word) => {
    expect((await problems(`SELECT ${word} AS v FROM rows`))[0]).toMatch(/(differs from run to run|is not allowed)/)
  })

  it('with a sample, a LIMIT of any rows, or an order that nothing keeps', async () => {
    expect(await problems('SELECT * FROM rows USING SAMPLE 1')).toEqual([expect.stringContaining('a sample is taken by chance')])
    expect(await problems('SELECT * FROM (SELECT * FROM rows LIMIT 1)')).toEqual([expect.stringContaining('LIMIT without ORDER BY')])
    expect(await problems('SELECT * FROM rows ORDER BY b')).toEqual([
      '28 ORDER BY has no effect at the end of the statement: rows keep the order in which they, or the first of their group, came in',
    ])
    expect(await problems('SELECT * FROM rows ORDER BY b LIMIT 1')).toEqual([])
  })
})

describe('names', () => {
  it('of tables, parameters, functions and columns are known, or the nearest is suggested', async () => {
    const hint = async (text: string) => {
      const found = await read(text)
      return 'problems' in found ? found.problems[0].hint : ''
    }
    expect(await hint('SELECT * FROM otter')).toMatch(/^did you mean other\? the tables here are rows, other/)
    expect(await hint('SELECT $q AS v FROM rows')).toMatch(/^did you mean \$p\?/)
    expect(await hint('SELECT uper(a) AS v FROM rows')).toMatch(/^did you mean upper\?/)
    expect(await problems('SELECT a, b + 1 FROM rows')).toEqual(['12 an expression has no name as a column'])
    expect(await problems('WITH rows AS (SELECT 1 AS x) SELECT x FROM rows')).toEqual([expect.stringContaining('the name of an input')])
  })

  it('of missing columns have their place, counted in characters', async () => {
    const text = "SELECT 'é💶' AS t, o.nmae FROM rows AS o"
    const statement = await checked(text)
    const bound = await bind(database.session, await statementSql(database.session, statement, [ROWS], { p: null }), statement, [ROWS])
    if (!('problem' in bound)) throw new Error('it was bound')
    expect([bound.problem.missing, indexIn(text, bound.problem)]).toEqual(['nmae', text.indexOf('o.nmae')])
    expect(bound.problem.hint).toContain('rows (a text, b integer, c d decimal(3,2))')
  })
})

describe('a checked statement', () => {
  it.each([
    [
      'SELECT 9223372036854775807 AS a, 170141183460469231731687303715884105727 AS b',
      ['9223372036854775807', '170141183460469231731687303715884105727'],
    ],
    ['SELECT 0.1 + 0.2 AS a, 1e300 AS b, -0.5e-10::DOUBLE AS c', ['0.3', 1e300, -5e-11]],
    [`SELECT '#1' AS a, '"##9007199254740993"' AS b, '\\' AS c, 'it''s' AS d`, ['#1', '"##9007199254740993"', '\\', "it's"]],
    ['SELECT b AS x, "c d" AS y FROM rows; -- the end', ['9007199254740993', '1.50']],
    ['SELECT r.a, o.e, CASE WHEN b > 1 THEN 1 END AS n FROM rows r, other o WHERE r.a = o.a', ['x', 'y', 1]],
    [
      "SELECT list_transform([1, 2], q -> q + 1)[2] AS a, {k: 1}.k AS b, extract(year FROM DATE '2024-02-01') AS c, 'ab' LIKE 'a%' AS d, x IN (1) AS e FROM (SELECT 1 AS x)",
      [3, 1, '2024', true, true],
    ],
    ['WITH z AS (SELECT count(*) AS n FROM rows), y AS (SELECT n + 1 AS m FROM z) SELECT m FROM y', ['2']],
    ['SELECT unnest([1, 2]) AS u, * EXCLUDE (b) FROM rows QUALIFY row_number() OVER () = 1', [1, 'x', '1.50']],
    ['SELECT * FROM rows UNION ALL SELECT * FROM rows', ['x', '9007199254740993', '1.50']],
  ])('means the same: %s', async (text, row) => {
    expect(await firstRow(text)).toEqual(row)
  })

  it.each([
    null,
    true,
    -3,
    2.5,
    9007199254740991,
    "it's",
    '"; DROP TABLE t0 --',
    '#9007199254740993',
    '##{"x": 1}',
    '9007199254740993',
    'a\\"b',
    'a\0b',
  ])('has the value %j for a parameter, and no SQL of it', async (p) => {
    const [given] = await firstRow('SELECT $p AS p FROM rows WHERE $p IS NOT DISTINCT FROM $p', p)
    expect(String(given)).toBe(String(p))
    expect(await firstRow('SELECT b FROM rows')).toEqual(['9007199254740993'])
  })
})

describe('lineage', () => {
  const origin = { step: 's', rule: 'sql' }
  const from = async (text: string) => {
    const statement = await checked(text)
    const bound = await bind(database.session, await statementSql(database.session, statement, [ROWS, OTHER], { p: 1 }), statement, [
      ROWS,
      OTHER,
    ])
    if ('problem' in bound) throw new Error(bound.problem.what)
    return tracedColumns(statement.tree, bound.columns, [ROWS, OTHER], origin).map(
      ({ name, from: own, outside, derived }) =>
        `${name}${derived ? ' derived' : ''}: ${[...own, ...outside.map(({ source, column: of }) => `${source}:${of}`)].join(', ')}`,
    )
  }

  it('is that of the columns in each expression', async () => {
    expect(
      await from('SELECT r.a AS x, b + 1 AS y, upper(e) AS z, count(*) AS n, $p AS p FROM rows r JOIN other o ON o.a = r.a GROUP BY ALL'),
    ).toEqual([...['x: a', 'y derived: b', 'z derived: other.csv:e', 'n derived: ', 'p derived: ']])
    expect(await from('SELECT *, o.e AS more FROM rows r JOIN other o ON o.a = r.a'.replace('*', 'r.*'))).toEqual([
      'a: a',
      'b: b',
      'c d: c d',
      'more: other.csv:e',
    ])
  })

  it('is all columns where a column may come from more than its expression shows', async () => {
    const all = 'a, b, c d, other.csv:a, other.csv:e'
    for (const text of [
      'SELECT (SELECT max(e) FROM other) AS v FROM rows',
      'WITH w AS (SELECT e AS v FROM other) SELECT v FROM w',
      'SELECT a AS v FROM rows UNION ALL SELECT e FROM other',
      'SELECT v FROM (SELECT b AS v FROM rows)',
      'SELECT x AS v FROM rows AS r(x)',
    ])
      expect(await from(text)).toEqual([`v derived: ${all}`])
  })
})
