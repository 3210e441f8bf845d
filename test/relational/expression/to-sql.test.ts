import type { DuckDBConnection } from '@duckdb/node-api'
import { beforeAll, describe, expect, it } from 'vitest'
import { type ParseOptions, parse } from '#relational/expression/parse.ts'
import { type SqlOptions, toSql, toTypedSql } from '#relational/expression/to-sql.ts'
import type { Json } from '#core/json.ts'
import { name as identifier } from '#relational/types/sql.ts'
import type { ColumnType } from '#relational/types/types.ts'
import { TaskError } from '#core/errors/errors.ts'
import { column, connect } from './database.ts'

const TYPES = new Map<string, ColumnType>([
  ['id', 'integer'],
  ['quantity', 'integer'],
  ['price', 'float'],
  ['name', 'text'],
  ['raw', 'text'],
  ['active', 'boolean'],
  ['day', 'date'],
  ['at', 'timestamp'],
  ['none', 'integer'],
])
const ROW = `SELECT 7::BIGINT AS id, 3::BIGINT AS quantity, 0.1::DOUBLE AS price, 'Ann Lee' AS name, '12.5' AS raw, TRUE AS active, DATE '2024-01-31' AS "day", TIMESTAMP '2024-01-31 22:15:00' AS "at", NULL::BIGINT AS "none"`

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await connect()
})

function lowered(
  text: string,
  parameters: { [path: string]: Json } = {},
  options: SqlOptions = { types: TYPES },
  parsing: ParseOptions = {},
) {
  const parsed = parse(text, parsing)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return toTypedSql(parsed.expression, identifier, (path) => parameters[path], options)
}

const value = async (text: string, parameters: { [path: string]: Json } = {}, options: SqlOptions = { types: TYPES }) =>
  (await column(connection, `SELECT ${lowered(text, parameters, options).sql} FROM (${ROW})`)).values[0]

describe('values of a row', () => {
  it.each<[text: string, expected: Json]>([
    // arithmetic
    ['quantity * price', 0.3],
    ['0.1 + 0.2', 0.3],
    ['0.1 + 0.2 = 0.3', true],
    ['7 * 19.99', 139.93],
    ['1 / 3', 0.3333333333333333],
    ['7 / 2', 3.5],
    ['6 / 2', 3],
    ['7 % 4', 3],
    ['-7 % 4', -3],
    ['5.5 % 2', 1.5],
    ['id / 0', null],
    ['id % 0', null],
    ['price / 0', null],
    ['price % 0', null],
    ['1 / (price - price)', null],
    ['9223372036854775807 + id', null],
    ['9223372036854775807 * 1.0', 9223372036854776000],
    ['(9223372036854775807 + id) + 0.5', null],
    ['-9223372036854775808', '-9223372036854775808'],
    ['-(-9223372036854775808)', null],
    ['-9223372036854775808 % -1', null],
    ['(-9223372036854775807 - id) + (-9223372036854775807 - id)', null],
    ['(9223372036854775807 + id) - id', '9223372036854775807'],
    ['9223372036854775807 * id * 0', null],
    ['3037000500 * 3037000500 - 3037000500 * 3037000500 + id', 7],
    ['1e308 * 10', null],
    ['1e308 * 10 * 0', null],
    ['123456789012345678 + 1', '123456789012345679'],
    ['2 + 3 * 4', 14],
    ['-id', -7],
    ['- -id', 7],
    ['none + 1', null],
    // rounding by the digits a person sees
    ['round(1.005, 2)', 1.01],
    ['round(2.675, 2)', 2.68],
    ['round(-2.5)', -3],
    ['round(0.285, 2)', 0.29],
    ['round(123.456, 15)', 123.456],
    ['round(1234.5, -2)', 1200],
    ['round(1250, -2)', 1300],
    ['round(9007199254740993, 2)', '9007199254740993'],
    ['round(1e300, 2)', 1e300],
    ['round(1e-300, 2)', 0],
    // text
    ["upper(substr('Electronics', 1, 3)) || lpad(1, 3, '0')", 'ELE001'],
    ["name || ' no. ' || id", 'Ann Lee no. 7'],
    ['name || NULL', null],
    ['concat(name, NULL, id)', 'Ann Lee7'],
    ["concat_ws('-', none, id)", '7'],
    ["lpad('abc', 2)", 'ab'],
    ["lpad('abc', -1)", ''],
    ["lpad('abc', 5, '')", null],
    ["lpad('abc', 1000001)", null],
    ["length(lpad('abc', 1000000))", 1000000],
    ["repeat('ab', 500001)", null],
    ["length(repeat('ab', 500000))", 1000000],
    ["repeat('ab', -1)", ''],
    ["repeat('', 1000000)", ''],
    ["substr('héllo', -3)", 'llo'],
    ["substr('hello', 2, 3)", 'ell'],
    ["substr('hello', 2, -1)", null],
    ["substr('hello', 9223372036854775807)", null],
    ["left('hello', -2)", 'hel'],
    ["split_part('a,b,c', ',', -1)", 'c'],
    ["split_part('a,b,c', ',', 4)", null],
    ["replace('aaa', 'a', 'bb')", 'bbbbbb'],
    ["replace(repeat('a', 1000000), 'a', 'bb')", null],
    ["length(replace(repeat('a', 1000000), 'b', 'cc'))", 1000000],
    ["length(replace(repeat('a', 1000000), 'a', 'b'))", 1000000],
    ["replace('abc', '', 'x')", 'abc'],
    ["regexp_replace('a1b22', '\\d+', '#')", 'a#b22'],
    ["regexp_replace('a1b22', '\\d+', '#', 'g')", 'a#b#'],
    ["regexp_replace('ab', '(a)(b)', '\\2\\1')", 'ba'],
    ["regexp_replace(repeat('a', 1000000), 'a', 'bb', 'g')", null],
    ["length(regexp_replace(repeat('a', 100000), 'b', 'long text', 'g'))", 100000],
    ["regexp_extract('abc', 'x')", null],
    ["regexp_extract('abc', '(b)(c)', 2)", 'c'],
    ["regexp_matches('ABC', 'b', 'i')", true],
    ["regexp_matches(name, name || '(')", null],
    ["regexp_matches('a', '\\' || substr(name, 1, 0))", null],
    ["initcap('')", ''],
    ["contains(name, '')", true],
    ["hash('a', NULL) = hash('a')", false],
    ["hash('ab', 'c') = hash('a', 'bc')", false],
    ['hash(id) = hash(7)', true],
    // comparisons
    ['id = 7', true],
    ['id == 7.0', true],
    ['none = 1', null],
    ['none IS NULL', true],
    ['none IS DISTINCT FROM 1', true],
    ['none IS NOT DISTINCT FROM NULL', true],
    ['id BETWEEN 1 AND 7', true],
    ['id NOT BETWEEN 1 AND 7', false],
    ['none BETWEEN 1 AND 7', null],
    ['id BETWEEN 8 AND none', false],
    ['id IN (1, 7.0)', true],
    ['id NOT IN (1, 2)', true],
    ['none IN (1, 2)', null],
    ['id IN (1, none)', null],
    ['id IN (7, none)', true],
    [`id IN (${Array.from({ length: 100 }, (_, i) => i).join(', ')})`, true],
    [`none IN (${Array.from({ length: 100 }, (_, i) => i).join(', ')})`, null],
    [`id NOT IN (${Array.from({ length: 100 }, (_, i) => i + 10).join(', ')})`, true],
    ["name LIKE 'Ann%'", true],
    ["name LIKE 'ann%'", false],
    ["name ILIKE 'ann%'", true],
    ["name NOT LIKE '_nn%'", false],
    ["'50%' LIKE '50!%' ESCAPE '!'", true],
    ["'500' LIKE '50!%' ESCAPE '!'", false],
    ["'a\\b' LIKE 'a\\b'", true],
    ['active AND none IS NULL', true],
    ['NOT active OR none = 1', null],
    // dates
    ["day >= '2024-01-31'", true],
    ["day < '2024-01-31 12:00:00'", true],
    ['at > day', true],
    ['day + 1', '2024-02-01'],
    ['1 + day', '2024-02-01'],
    ["day + INTERVAL '1 month'", '2024-02-29'],
    ["day + INTERVAL '1 quarter' - INTERVAL '2 weeks'", '2024-04-16'],
    ["day + INTERVAL '90 minutes'", '2024-01-31 01:30:00'],
    ["at - INTERVAL '1 day 2 hours'", '2024-01-30 20:15:00'],
    ["DATE '2024-03-01' - DATE '2024-02-01'", 29],
    ["DATE '9999-12-31' + INTERVAL '1000000 years'", null],
    ['day + 9223372036854775807', null],
    ['day + 1 - 2 + (3 + day - day)', '2024-02-02'],
    ['day + (id + none)', null],
    ['at - 1', '2024-01-30 22:15:00'],
    ["date_add('month', 1, day)", '2024-02-29'],
    ["date_add('second', -1, day)", '2024-01-30 23:59:59'],
    ["date_add('month', 99999999999, day)", null],
    ["date_diff('month', day, '2024-03-01')", 2],
    ["date_diff('week', DATE '2024-01-07', DATE '2024-01-08')", 1],
    ["date_diff('hour', day, at)", 22],
    ["age_years('2000-02-29', '2024-02-28')", 23],
    ["date_trunc('week', day)", '2024-01-29'],
    ["date_trunc('hour', at)", '2024-01-31 22:00:00'],
    ['date(at)', '2024-01-31'],
    ["weekday(DATE '2024-01-07')", 7],
    ['CAST(at AS date)', '2024-01-31'],
    ['CAST(day AS text)', '2024-01-31'],
    ["timestamp('2024-01-31T10:00:00+05:30')", '2024-01-31 04:30:00'],
    ["timestamp('2024-01-31T10:00:00.5Z')", '2024-01-31 10:00:00.5'],
    ['from_epoch(epoch(at)) = at', true],
    ["epoch(TIMESTAMP '1969-12-31 23:59:59.5')", -1],
    ["to_date('31.01.2024', '%d.%m.%Y')", '2024-01-31'],
    ["to_date('31.02.2024', '%d.%m.%Y')", null],
    ["is_date('31.01.2024', '%d.%m.%Y')", true],
    ["is_date('2024-02-30')", false],
    // casts
    ['CAST(raw AS float)', 12.5],
    ['CAST(raw AS integer)', null],
    ['CAST(12.5 AS integer)', 13],
    ["CAST(' 12 ' AS integer)", 12],
    ["CAST('12.0' AS integer)", 12],
    ["CAST('9007199254740993' AS integer)", '9007199254740993'],
    ["CAST('abc' AS float)", null],
    ["CAST('nan' AS float)", null],
    ["CAST('inf' AS float)", null],
    ["CAST('yes' AS boolean)", true],
    ["CAST('maybe' AS boolean)", null],
    ['CAST(active AS integer)', 1],
    ["CAST('2024-02-30' AS date)", null],
    ["CAST('2024-01-31 junk' AS date)", null],
    ["CAST('24-1-1' AS date)", null],
    ["CAST('infinity' AS date)", null],
    ["CAST('2024-01-31T23:00:00-05:00' AS date)", '2024-01-31'],
    ["CAST('2024-1-5 9:05' AS timestamp)", '2024-01-05 09:05:00'],
    ["CAST('2024-01-05T25:00:00' AS timestamp)", null],
    ["timestamp('2024-05-17T10:30Z')", '2024-05-17 10:30:00'],
    ["timestamp('2024-05-17T10:30+02:00')", '2024-05-17 08:30:00'],
    ['CAST(id AS boolean)', null],
    ['CAST(quantity > 1 AS integer) = 1 AND CAST(1 AS boolean) AND NOT CAST(0 AS boolean)', true],
    ['CAST(-2 AS boolean)', null],
    ['CAST(price * 10 AS boolean)', true],
    ["CAST('1_000' AS float)", null],
    ["is_number('1_000')", false],
    ["CAST('\u00a07\u3000' AS integer)", 7],
    ["trim('\u00a0\u200b a b\t\u202f')", 'a b'],
    ["ltrim('\u3000a ') || rtrim(' b\n')", 'a  b'],
    ["trim('xxaxx', 'x')", 'a'],
    // choices
    ["CASE WHEN price < 25 THEN 'Low' WHEN price < 35 THEN 'Medium' ELSE 'High' END", 'Low'],
    ['CASE id WHEN 1 THEN 2 WHEN 7 THEN 8 END', 8],
    ['CASE id WHEN 1 THEN 2 END', null],
    ['CASE WHEN none > 1 THEN 1 ELSE 0.5 END', 0.5],
    ['coalesce(none, 3)', 3],
    ['nullif(id, 7)', null],
    ["if(none > 1, 'a', 'b')", 'b'],
    ['greatest(1, none, 2.5)', 2.5],
    ['clamp(id, 0, 5)', 5],
    ['clamp(none, 0, 5)', null],
    ['clamp(id, none, 5)', 5],
    ['sqrt(-1)', null],
    ['ln(0)', null],
    ['power(10, 400)', null],
    ['exp(1000)', null],
  ])('%s = %j', async (text, expected) => {
    expect(await value(text)).toEqual(expected)
  })

  it('calculates the columns of the examples', async () => {
    const rows = [29.99, 19.99, 39.99].map(
      (price, position) => `(${position + 1}::BIGINT, ${price}::DOUBLE, '${['Electronics', 'Books', 'Clothing'][position]}')`,
    )
    const types = new Map<string, ColumnType>([
      ['id', 'integer'],
      ['price', 'float'],
      ['category', 'text'],
    ])
    const sqls = [
      "CASE WHEN price < 25 THEN 'Low' WHEN price < 35 THEN 'Medium' ELSE 'High' END",
      "upper(substr(category, 1, 3)) || lpad(id, 3, '0')",
    ].map((text) => lowered(text, {}, { types }).sql)
    const result = await connection.runAndReadAll(
      `SELECT ${sqls.join(', ')} FROM (VALUES ${rows.join(', ')}) t(id, price, category) ORDER BY id`,
    )
    expect(result.getRowsJson()).toEqual([
      ['Medium', 'ELE001'],
      ['Low', 'BOO002'],
      ['High', 'CLO003'],
    ])
  })
})

describe('columns', () => {
  it('are text, whatever they are in the database, when their type is not said', async () => {
    expect(await value("id || 'x'", {}, {})).toBe('7x')
    expect(await value('raw + 1', {}, {})).toBe(13.5)
    expect(await value('name > 5', {}, {})).toBe(null)
    expect(await value('raw > 5', {}, {})).toBe(true)
    expect(await value('raw < 5 OR id > 6', {}, {})).toBe(true)
  })

  it('may have another type in the database than is said', async () => {
    const types = new Map<string, ColumnType>([['x', 'integer']])
    const { sql } = lowered('x + 1', {}, { types })
    const result = await connection.runAndReadAll(`SELECT ${sql} FROM (VALUES ('1'), ('a'), (NULL)) t(x)`)
    expect(result.getRowsJson()).toEqual([['2'], [null], [null]])
    expect(
      (await connection.runAndReadAll(`SELECT ${sql} FROM (SELECT 170141183460469231731687303715884105727::HUGEINT AS x)`)).getRowsJson(),
    ).toEqual([[null]])
  })

  it('are asked for by their names in the data', () => {
    const asked: string[] = []
    const parsed = parse('AGE + "AGE"')
    if (!parsed.ok) throw new Error('not parsed')
    toSql(
      parsed.expression,
      (name) => `t.${asked.push(name)}`,
      () => undefined,
      { types: new Map([['Age', 'integer']]) },
    )
    expect(new Set(asked)).toEqual(new Set(['Age']))
  })

  it('cost no cast when they have their type', async () => {
    await connection.run(`CREATE OR REPLACE TABLE typed AS ${ROW}`)
    const plan = await connection.runAndReadAll(`EXPLAIN SELECT * FROM typed WHERE ${lowered('id > 5').sql}`)
    expect(String(plan.getRowsJson()[0]?.[1])).not.toMatch(/CAST/)
  })

  it('keep their names apart from the names the SQL makes up', async () => {
    const types = new Map<string, ColumnType>([['_v1', 'float']])
    const text = `clamp(${'('.repeat(20)}_v1${' + 1)'.repeat(20)}, _v1, _v1 + 5)`
    const { sql } = lowered(text, {}, { types })
    expect(sql).toMatch(/lambda __v\d/)
    expect((await connection.runAndReadAll(`SELECT ${sql} FROM (SELECT 2::DOUBLE AS _v1)`)).getRowsJson()).toEqual([[7]])
  })
})

describe('parameters', () => {
  it.each<[text: string, parameters: { [path: string]: Json }, expected: Json]>([
    ['id + {{ n }}', { n: 5 }, 12],
    ['id + {{ n }}', { n: '5' }, 12],
    ['price + {{ n }}', { n: 0.2 }, 0.3],
    ['id > {{ n }}', { n: '6.5' }, true],
    ['id > {{ n }}', { n: null }, null],
    ['name = {{ s }}', { s: 'Ann Lee' }, true],
    ["'{{ a }}-{{ b }}'", { a: 1, b: true }, '1-true'],
    ["'{{ a }}-{{ b }}'", { a: 1, b: null }, null],
    ['active = {{ on }}', { on: 'true' }, true],
    ['active AND {{ on }}', { on: true }, true],
    ["date('{{ ds }}')", { ds: '2024-05-17' }, '2024-05-17'],
    ["timestamp('{{ run.started_at }}')", { 'run.started_at': '2024-05-17T08:00:00.123Z' }, '2024-05-17 08:00:00.123'],
    ['day < {{ ds }}', { ds: '2024-05-17' }, true],
    ["DATE '{{ ds }}' - day", { ds: '2024-02-02' }, 2],
    ['id IN ({{ list }})', { list: [1, 7, '8'] }, true],
    ['id NOT IN ({{ list }}, 7)', { list: [1] }, false],
    ['id IN ({{ list }})', { list: [] }, false],
    ['id NOT IN ({{ list }})', { list: [] }, true],
    ['name IN ({{ list }})', { list: ['a', null] }, null],
    ['id IN ({{ list }})', { list: [...Array(50).keys(), null] }, true],
    ['none IN ({{ list }})', { list: [...Array(50).keys()] }, null],
    ['none NOT IN ({{ list }})', { list: [...Array(50).keys(), null] }, null],
    ['regexp_matches(name, {{ p }})', { p: '^A' }, true],
    ['strftime(day, {{ f }})', { f: '%d.%m.' }, '31.01.'],
    ["name LIKE {{ p }} ESCAPE '!'", { p: 'Ann%' }, true],
    ["{{ s }} || 'x'", { s: "'; DROP TABLE t; --" }, "'; DROP TABLE t; --x"],
    ['coalesce(none, {{ n }})', { n: '4' }, 4],
  ])('%s with %j = %j', async (text, parameters, expected) => {
    expect(await value(text, parameters)).toEqual(expected)
  })

  it.each<[text: string, parameters: { [path: string]: Json }, what: RegExp]>([
    ['id + {{ n }}', {}, /\{\{ n \}\} is nothing, expected a value/],
    ['id + {{ n }}', { n: 'many' }, /"many", expected a number/],
    ['id > {{ n }}', { n: 'many' }, /expected a whole number/],
    ['id > {{ n }}', { n: [1] }, /expected a single value/],
    ['day > {{ d }}', { d: '17.05.2024' }, /expected a date such as 2024-01-31/],
    ["date('{{ ds }}')", { ds: 'today' }, /expected a date/],
    ['active = {{ on }}', { on: 'perhaps' }, /expected true or false/],
    ['regexp_matches(name, {{ p }})', { p: '(' }, /pattern of regexp_matches/],
    ['strftime(day, {{ f }})', { f: '%Q' }, /format of strftime/],
    ['strftime(day, {{ f }})', { f: null }, /format of strftime/],
    ["name LIKE {{ p }} ESCAPE '!'", { p: 'a!' }, /a pattern in which !/],
    ['{{ s }}', { s: 'a\0b' }, /NUL/],
    ["'{{ s }}'", { s: { a: 1 } }, /single value/],
  ])('%s with %j is refused', (text, parameters, what) => {
    const attempt = () => lowered(text, parameters)
    expect(attempt).toThrow(what)
    expect(attempt).toThrow(TaskError)
    expect(attempt).toThrow(expect.objectContaining({ name: 'Definition.InvalidSetting' }))
  })
})

describe('aggregates', () => {
  const rows = `(VALUES ('a', 1, 0.1, 3), ('a', 2, 0.2, NULL), ('b', 3, NULL, 9223372036854775807), ('b', 4, 1e308, 1)) t(g, n, d, i)`
  const types = new Map<string, ColumnType>([
    ['g', 'text'],
    ['n', 'integer'],
    ['d', 'float'],
    ['i', 'integer'],
  ])
  const grouped = async (text: string, options: SqlOptions = {}) => {
    const { sql } = lowered(text, {}, { types, ...options }, { aggregates: true })
    return (await column(connection, `SELECT ${sql} FROM ${rows} GROUP BY g ORDER BY g`)).values
  }

  it.each<[text: string, expected: Json[]]>([
    ['count(*)', [2, 2]],
    ['count(d)', [2, 1]],
    ['count(DISTINCT n % 2)', [2, 2]],
    ['count(*) FILTER (WHERE n > 3)', [0, 1]],
    ['sum(d)', [0.3, 1e308]],
    ['sum(i)', [3, null]],
    ['sum(n) / count(*)', [1.5, 3.5]],
    ["g || ': ' || sum(n)", ['a: 3', 'b: 7']],
    ['CASE WHEN sum(n) > 5 THEN max(n) END', [null, 4]],
    ['avg(n + 1) * 2', [5, 9]],
    ['stddev(d * 30)', [2.12132034355964, null]],
    ['variance(n)', [0.5, 0.5]],
    ['sum(n) + sum(i)', [6, null]],
    ['round(quantile(n, 0.9), 1)', [1.9, 3.9]],
    ['abs(min(n) - max(n)) = 1', [true, true]],
    ["string_agg(n, '/')", ['1/2', '3/4']],
  ])('%s = %j', async (text, expected) => {
    expect(await grouped(text, { order: 'n' })).toEqual(expected)
  })

  it('take the rows in the order given where it matters', async () => {
    expect(await grouped('first(n)', { order: 'n DESC' })).toEqual([2, 4])
    expect(await grouped("string_agg(n, '')", { order: 'n DESC' })).toEqual(['21', '43'])
  })

  it('stand over the window given', async () => {
    const { sql } = lowered('n - lag(n, 1, 0) + sum(n)', {}, { types, over: '(ORDER BY n)' }, { windows: true })
    expect((await connection.runAndReadAll(`SELECT ${sql} FROM ${rows} ORDER BY n`)).getRowsJson()).toEqual([['2'], ['4'], ['7'], ['11']])
    expect(() => lowered('rank()', {}, { types }, { windows: true })).toThrow(/window/)
  })

  it('add up decimals to the same sum in any order', async () => {
    const { sql } = lowered('sum(x)', {}, { types: new Map([['x', 'float']]) }, { aggregates: true })
    const values = Array.from({ length: 1000 }, (_, position) => `(${position}, ${(position * 7919) % 1000} / 100.0)`)
    const sums = await Promise.all(
      ['i', '-i', 'hash(i)'].map((order) =>
        connection.runAndReadAll(`SELECT ${sql} FROM (FROM (VALUES ${values.join(', ')}) t(i, x) ORDER BY ${order})`),
      ),
    )
    expect(sums.map((sum) => sum.getRowsJson()[0]?.[0])).toEqual([4995, 4995, 4995])
  })
})

describe('settings of the database', () => {
  it('do not change a value: time zone, arithmetic of infinities, locked configuration', async () => {
    const texts = [
      "timestamp('2024-03-31T02:30:00+02:00')",
      "timestamp('2024-03-31 02:30:00')",
      "CAST(timestamp('2024-03-10 02:30:00') AS text)",
      "date(raw || '')",
      "strftime(at, '%Y-%m-%d %H:%M')",
      'epoch(at)',
      'price / 0',
      '1e308 * 10',
      'hash(at, day, price)',
      "lower(name) LIKE 'ann%'",
    ]
    const before = await Promise.all(texts.map((text) => value(text)))
    const other = await connect()
    for (const setting of [
      "TimeZone = 'America/New_York'",
      'ieee_floating_point_ops = false',
      'enable_external_access = false',
      'lock_configuration = true',
    ])
      await other.run(`SET ${setting}`)
    const after = await Promise.all(texts.map(async (text) => (await column(other, `SELECT ${lowered(text).sql} FROM (${ROW})`)).values[0]))
    expect(after).toEqual(before)
    expect(before).toEqual([
      '2024-03-31 00:30:00',
      '2024-03-31 02:30:00',
      '2024-03-10 02:30:00',
      null,
      '2024-01-31 22:15',
      1706739300,
      null,
      null,
      expect.any(Number),
      true,
    ])
  })
})

describe('the size of the SQL', () => {
  it.each([
    'clamp(@, 0, @@)',
    'nullif(@, 1)',
    'round(@, id)',
    'round(@, 2)',
    '(1 / @)',
    '(price + @)',
    '(CASE @ WHEN 1 THEN 2.5 END)',
    'if(@ BETWEEN 1 AND 3, 1.5, 2)',
    'if(@ IN (1, id), 1.5, 2)',
    'CAST(CAST(CAST(@ AS text) AS date) - day AS float)',
  ])('grows with the text of %s, not with its nesting', (form) => {
    const nested = (levels: number): string => (levels === 0 ? 'price' : form.replace('@@', '1').replace('@', nested(levels - 1)))
    const [ten, twenty] = [10, 20].map((levels) => lowered(nested(levels)).sql.length)
    expect(twenty).toBeLessThan((ten ?? 0) * 2.5)
  })
})
