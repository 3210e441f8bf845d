import { describe, expect, it } from 'vitest'
import type { Expression } from '#relational/expression/ast.ts'
import { type CheckOptions, type ColumnTypes, check, typeOf } from '#relational/expression/check.ts'
import { columnNamed, columnsOf, parametersOf } from '#relational/expression/columns.ts'
import { type ParseOptions, parse } from '#relational/expression/parse.ts'

const COLUMNS: ColumnTypes = new Map([
  ['id', 'integer'],
  ['age', 'integer'],
  ['price', 'float'],
  ['name', 'text'],
  ['active', 'boolean'],
  ['signup', 'date'],
  ['seen_at', 'timestamp'],
  ['Unit Price', 'float'],
  ['Code', 'text'],
  ['code', 'text'],
  ['later', 'unknown'],
])

function tree(text: string, options?: ParseOptions): Expression {
  const parsed = parse(text, options)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.expression
}

const problemsOf = (text: string, options?: CheckOptions, parsing?: ParseOptions) =>
  check(tree(text, parsing), COLUMNS, options).map(({ offset, length, what, hint }) => ({
    at: offset,
    on: text.slice(offset, offset + length),
    what,
    hint,
  }))

describe('what fits', () => {
  it.each([
    ['age >= 18', 'boolean'],
    ['age + 1', 'integer'],
    ['age / 2', 'float'],
    ['age % 2', 'integer'],
    ['-price', 'float'],
    ['age * price', 'float'],
    ['9223372036854775807', 'integer'],
    ['9223372036854775808', 'float'],
    ['-9223372036854775808', 'integer'],
    ["lpad(id, 3, '0')", 'text'],
    ["name || ' ' || id", 'text'],
    ['signup + 3', 'date'],
    ['signup - signup', 'integer'],
    ["signup + INTERVAL '1 month'", 'date'],
    ["signup + INTERVAL '1 hour'", 'timestamp'],
    ["seen_at - INTERVAL '1 day'", 'timestamp'],
    ["signup >= '2024-01-31'", 'boolean'],
    ["signup >= '2024-01-31 12:00:00'", 'boolean'],
    ["seen_at BETWEEN '2024-01-31' AND DATE '2024-02-01'", 'boolean'],
    ['signup < seen_at', 'boolean'],
    ['CASE WHEN active THEN 1 WHEN NOT active THEN 2.5 END', 'float'],
    ['CASE age WHEN 1 THEN NULL END', 'text'],
    ["coalesce(signup, '2024-01-31')", 'date'],
    ["if(age > 3, 'a', NULL)", 'text'],
    ['NULL', 'text'],
    ['NAME', 'text'],
    ['"unit price" * 2', 'float'],
    ['greatest(age, price)', 'float'],
    ["date_add('day', 1, signup)", 'date'],
    ["date_add('hour', 1, signup)", 'timestamp'],
    ["date_trunc('month', seen_at)", 'timestamp'],
    ["date('{{ ds }}')", 'date'],
    ['{{ limit }} + 1', 'unknown'],
    ['age > {{ limit }}', 'boolean'],
    ["age > '{{ limit }}'", 'boolean'],
    ['{{ limit }} / 2', 'float'],
    ['age IN ({{ list }})', 'boolean'],
    ['later + 1', 'unknown'],
    ['later = name AND later > 3', 'boolean'],
    ['upper(later)', 'text'],
    ['CAST(name AS float) > 5', 'boolean'],
    ['round(price, 2)', 'float'],
    ['round(age)', 'integer'],
    ['hash(name, age, signup)', 'integer'],
  ])('%s is %s', (text, type) => {
    expect(problemsOf(text)).toEqual([])
    expect(typeOf(tree(text), COLUMNS)).toBe(type)
  })

  it.each([
    ['count(*)', 'integer'],
    ['sum(age)', 'integer'],
    ['sum(price)', 'float'],
    ['sum(price) / count(*) > 5', 'boolean'],
    ['max(signup)', 'date'],
    ['avg(age)', 'float'],
  ])('%s over a group is %s', (text, type) => {
    expect(problemsOf(text, { grouped: [] }, { aggregates: true })).toEqual([])
    expect(typeOf(tree(text, { aggregates: true }), COLUMNS)).toBe(type)
  })

  it('takes the type of lag from its value and its default', () => {
    expect(typeOf(tree('lag(age, 1, 0.5)', { windows: true }), COLUMNS)).toBe('float')
  })
})

describe('problems', () => {
  it.each<[text: string, at: number, on: string, what: RegExp, hint: RegExp]>([
    ['agee > 1', 0, 'agee', /no column agee/, /Did you mean age\?.*The columns are id, age/],
    ['qqq > 1', 0, 'qqq', /no column qqq/, /^The columns are id/],
    ['name = "Bob"', 7, '"Bob"', /no column Bob/, /single quotes: 'Bob'/],
    ['CODE = 1', 0, 'CODE', /ambiguous: Code or code/, /exactly/],
    ['name > 5', 7, '5', /name is text and 5 is an integer/, /CAST\(name AS float\).*'5' in quotes/],
    ["age = '5'", 6, "'5'", /they cannot be compared/, /without quotes/],
    ["age = 'x'", 6, "'x'", /they cannot be compared/, /CAST/],
    ['name = age', 7, 'age', /cannot be compared/, /CAST\(name AS float\)/],
    ['name + 1', 0, 'name', /name is text, expected a number/, /CAST\(name AS float\)/],
    ["'5' * age", 0, "'5'", /expected a number/, /without quotes/],
    ['active + 1', 0, 'active', /true or false, expected a number/, /function/],
    ['-name', 1, 'name', /expected a number/, /CAST/],
    ['active = 1', 9, '1', /cannot be compared/, /condition itself, active/],
    ['age AND active', 0, 'age', /expected a condition/, /age <> 0/],
    ['NOT name', 4, 'name', /expected a condition/, /CAST\(name AS boolean\)/],
    ['active OR signup', 10, 'signup', /expected a condition/, /IS NOT NULL/],
    ['active || ACTIVE', 0, 'active || ACTIVE', /joins texts/, /OR/],
    ['CASE WHEN age THEN 1 END', 10, 'age', /expected a condition/, /<> 0/],
    ["CASE WHEN active THEN 1 ELSE 'x' END", 29, "'x'", /only one type/, /CAST\(1 AS text\)/],
    ['CASE age WHEN name THEN 1 END', 14, 'name', /cannot be compared/, /CAST\(name AS float\)/],
    ["signup = '2024-02-30'", 9, "'2024-02-30'", /not a valid date/, /2024-01-31/],
    ["seen_at = 'x'", 10, "'x'", /not a valid timestamp/, /10:00:00/],
    ['signup = name', 9, 'name', /cannot be compared/, /CAST\(name AS date\)/],
    ['signup = age', 9, 'age', /cannot be compared/, /CAST/],
    ['signup + 1.5', 0, 'signup + 1.5', /has no meaning/, /INTERVAL/],
    ['seen_at - seen_at', 0, 'seen_at - seen_at', /has no meaning/, /date_diff/],
    ['seen_at + 1', 0, 'seen_at + 1', /has no meaning/, /INTERVAL/],
    ["INTERVAL '1 day' - signup", 0, "INTERVAL '1 day' - signup", /has no meaning/, /INTERVAL/],
    ["INTERVAL '1 day'", 0, "INTERVAL '1 day'", /cannot be the value of a column/, /date_diff/],
    ["name || INTERVAL '1 day'", 8, "INTERVAL '1 day'", /only be added/, /date_diff/],
    ["signup > INTERVAL '1 day'", 9, "INTERVAL '1 day'", /only be added/, /date_diff/],
    ['age LIKE name', 0, 'age', /LIKE compares texts/, /CAST\(age AS text\)/],
    ['round(name)', 6, 'name', /expected a number/, /CAST\(name AS float\)/],
    ["abs('-5')", 4, "'-5'", /expected a number/, /without quotes/],
    ['lpad(name, 2.5)', 11, '2.5', /but length must be a whole number/, /CAST\(2\.5 AS integer\)/],
    ['year(name)', 5, 'name', /must be a date or timestamp/, /date\(name\)/],
    ["year('2024-13-01')", 5, "'2024-13-01'", /a valid date or timestamp/, /to_date/],
    ['year(age)', 5, 'age', /must be a date or timestamp/, /from_epoch/],
    ['date(age)', 5, 'age', /must be a date or timestamp/, /make_date/],
    ['if(age, 1, 2)', 3, 'age', /expected a condition/, /<> 0/],
    ['coalesce(age, name)', 14, 'name', /only one type/, /CAST\(age AS text\)/],
    ['CAST(signup AS integer)', 0, 'CAST(signup AS integer)', /cannot be cast/, /epoch/],
    ['CAST(age AS date)', 0, 'CAST(age AS date)', /cannot be cast/, /from_epoch/],
    ['age IN (1, name)', 11, 'name', /cannot be compared/, /CAST/],
    ['age BETWEEN 1 AND name', 18, 'name', /cannot be compared/, /CAST/],
  ])('%s', (text, at, on, what, hint) => {
    const [first, ...others] = problemsOf(text)
    expect(others).toEqual([])
    expect(first).toMatchObject({ at, on })
    expect(first?.what).toMatch(what)
    expect(first?.hint).toMatch(hint)
  })

  it('requires a condition when asked', () => {
    expect(problemsOf('age > 3', { condition: true })).toEqual([])
    expect(problemsOf('{{ on }}', { condition: true })).toEqual([])
    expect(problemsOf('age + 3', { condition: true })[0]).toMatchObject({
      at: 0,
      on: 'age + 3',
      what: expect.stringContaining('condition'),
    })
    expect(problemsOf('name', { condition: true })[0]?.hint).toMatch(/CAST\(name AS boolean\)/)
  })

  it('requires that columns outside aggregates are grouped by', () => {
    const found = problemsOf('sum(price) / age + id', { grouped: ['AGE'] }, { aggregates: true })
    expect(found).toEqual([
      {
        at: 19,
        on: 'id',
        what: 'id has different values within a group.',
        hint: 'Put it into an aggregate, such as max(id), or group by it.',
      },
    ])
  })

  it('finds several, in the order of their places', () => {
    expect(problemsOf('agee > 1 AND name + 1 = nam').map(({ on }) => on)).toEqual(['agee', 'name', 'nam'])
  })

  it('says so when there are no columns at all', () => {
    expect(check(tree('a'), new Map())[0]?.hint).toBe('There are no columns.')
  })
})

describe('what an expression reads', () => {
  const text = 'coalesce(b, a) + b * {{ inputs.x }} || \'{{ ds }} {{ inputs.x }}\' IN (c, "C d")'

  it('lists columns and parameters, each once, in the order they appear', () => {
    expect(columnsOf(tree(text))).toEqual(['b', 'a', 'c', 'C d'])
    expect(parametersOf(tree(text))).toEqual(['inputs.x', 'ds'])
    expect(columnsOf(tree('sum(a) FILTER (WHERE b) / CASE c WHEN d THEN e ELSE f END', { aggregates: true }))).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
      'f',
    ])
  })

  it('finds the column a name means', () => {
    expect(columnNamed('Age', new Set(['age', 'id']))).toBe('age')
    expect(columnNamed('code', new Set(['Code', 'code']))).toBe('code')
    expect(columnNamed('CODE', new Set(['Code', 'code']))).toBeUndefined()
    expect(columnNamed('cafe\u0301', new Set(['caf\u00e9']))).toBe('caf\u00e9')
    expect(columnNamed('x', new Set(['age']))).toBeUndefined()
  })
})
