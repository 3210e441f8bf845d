/** Hostile expressions are refused, or are nothing but values: no text of a user becomes text of SQL. */
import type { DuckDBConnection } from '@duckdb/node-api'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from '#relational/expression/parse.ts'
import { toSql } from '#relational/expression/to-sql.ts'
import { name as identifier } from '#relational/types/sql.ts'
import { column, connect } from './database.ts'

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await connect()
  await connection.run("CREATE TABLE secret AS SELECT 42 AS x, 'token' AS token")
})

describe('refused', () => {
  it.each([
    // statements
    '1; DROP TABLE secret',
    ';',
    '1;',
    "COPY secret TO 'x.csv'",
    "ATTACH 'x.db'",
    'PRAGMA database_list',
    'SET threads = 1',
    'INSTALL httpfs',
    "EXPORT DATABASE 'x'",
    'CALL pragma_version()',
    // queries
    'SELECT 1',
    '(SELECT x FROM secret)',
    '(SELECT max(x) FROM secret) + 1',
    'x IN (SELECT x FROM secret)',
    'x = ANY (SELECT 1)',
    'EXISTS (SELECT 1)',
    'ARRAY(SELECT 1)',
    'x FROM secret',
    '1 UNION SELECT 2',
    '1 WHERE TRUE',
    'WITH a AS (SELECT 1) SELECT 1',
    "(FROM read_text('/etc/hostname'))",
    // functions with a reach beyond the row
    "read_csv('x.csv')",
    "read_text('/etc/hostname')",
    "read_blob('/etc/hostname')",
    "glob('/*')",
    "getenv('HOME')",
    "pg_read_file('/etc/hostname')",
    "getvariable('x')",
    "current_setting('threads')",
    "query('SELECT 1')",
    "nextval('s')",
    'duckdb_settings()',
    'now()',
    'current_date()',
    'random()',
    'uuid()',
    'version()',
    "system('x')",
    // other forms
    '*',
    'secret.*',
    'secret.token',
    'COLUMNS(*)',
    "COLUMNS('x')",
    'x -> x + 1',
    'lambda x: x',
    'list_transform([1], lambda x: x)',
    '[1, 2]',
    "{'a': 1}",
    'x AS y',
    'x[1]',
    '$1',
    '?',
    ':x',
    '@x',
    '#1',
    'sum(x) OVER ()',
    'sum(x)',
    "E'\\x41'",
    "U&'\\0041'",
    "x'41'",
    '$$text$$',
    '1 -- x',
    '1 /* x */',
    '"x" . "y"',
    'ROW(1, 2)',
    '(1, 2)',
    'TRY(1 / 0)',
    "error('x')",
    // characters that look like others or are not seen
    'a\u200bb = 1',
    'a\u202eb',
    '‘x’ = 1',
    '＇x＇',
    'a \u0000',
    "'\u0000'",
    "'\ud800'",
    'x ＝ 1',
    '\ufeffx \u2060',
    'ａ\u0000',
  ])('%j', (text) => {
    const parsed = parse(text)
    expect(parsed.ok).toBe(false)
    if (parsed.ok) return
    for (const problem of parsed.problems) {
      expect(problem.offset).toBeGreaterThanOrEqual(0)
      expect(problem.offset + problem.length).toBeLessThanOrEqual(text.length)
    }
  })
})

/** A string as text in an expression. */
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`

describe('harmless', () => {
  const nasty = fc.oneof(
    fc.constantFrom(
      "'",
      "''",
      '"',
      '\\',
      "\\'",
      "'; DROP TABLE secret; --",
      '" || (SELECT token FROM secret) || "',
      '/*',
      '--',
      '%',
      '$1',
      '?',
      '\u2028',
      '🤷',
      "'||'",
      'E\\x27',
      '\u02bc',
    ),
    fc.string({ unit: 'binary', maxLength: 30 }),
  )
  const text = fc
    .array(nasty, { maxLength: 4 })
    .map((parts) => parts.join(''))
    .filter((value) => !value.includes('\0') && !value.includes('{{'))

  it('text stays the text it is', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        const parsed = parse(literal(value))
        if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
        expect((await column(connection, `SELECT ${toSql(parsed.expression, identifier, () => undefined)}`)).values).toEqual([value])
      }),
      { numRuns: 300 },
    )
  })

  it('a parameter stays the value it is', async () => {
    const parsed = parse("{{ value }} || '{{ value }}'")
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        expect((await column(connection, `SELECT ${toSql(parsed.expression, identifier, () => value)}`)).values).toEqual([value + value])
      }),
      { numRuns: 300 },
    )
  })

  it('a path of a parameter never reaches the SQL', () => {
    const parsed = parse("{{ x'); DROP TABLE secret; -- }} + 1")
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    expect(toSql(parsed.expression, identifier, () => 5)).not.toMatch(/DROP/)
  })

  it('a name of a column is only ever handed to whoever knows the columns', () => {
    const parsed = parse('"x"" FROM secret; --" = 1')
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    const asked: string[] = []
    const sql = toSql(
      parsed.expression,
      (name) => {
        asked.push(name)
        return 'c1'
      },
      () => undefined,
    )
    expect(asked).toEqual(expect.arrayContaining(['x" FROM secret; --']))
    expect(sql).not.toMatch(/secret/)
  })

  it('names the functions themselves use do not reach other tables', async () => {
    const parsed = parse('token')
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    await expect(connection.run(`SELECT ${toSql(parsed.expression, identifier, () => undefined)} FROM (SELECT 1 AS x)`)).rejects.toThrow(
      /not found/,
    )
  })
})

describe('any text at all', () => {
  const word = fc.constantFrom(
    'SELECT',
    'FROM',
    'secret',
    'x',
    '(',
    ')',
    "'",
    '"',
    ',',
    ';',
    '--',
    '/*',
    '*/',
    '{{',
    '}}',
    '::',
    'CASE',
    'WHEN',
    'END',
    'CAST',
    'AS',
    'INTERVAL',
    'DATE',
    "'1'",
    '1',
    '.',
    '||',
    'IN',
    'NOT',
    'upper',
    'read_text',
    '\\',
    '[',
    ']',
    '\n',
    'é',
    '🤷',
    '\ud800',
  )
  it('is parsed or refused with places inside it, and never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 60 }),
          fc.array(word, { maxLength: 25 }).map((words) => words.join(' ')),
          fc.array(word, { maxLength: 25 }).map((words) => words.join('')),
        ),
        (text) => {
          const parsed = parse(text)
          if (parsed.ok) return
          expect(parsed.problems.length).toBeGreaterThan(0)
          for (const { offset, length, what, hint } of parsed.problems) {
            expect(offset >= 0 && length >= 0 && offset + length <= text.length).toBe(true)
            expect(what.length > 0 && hint.length > 0).toBe(true)
          }
        },
      ),
      { numRuns: 5000 },
    )
  })
})
