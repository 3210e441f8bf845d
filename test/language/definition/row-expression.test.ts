/** Row expressions whose types never fit each other: reported in the definition, at their characters. */
import { describe, expect, it } from 'vitest'
import { problemsOf, withSteps } from './problems-of.ts'

const step = (settings: string, type = 'transform') => withSteps(`  - {id: s, type: ${type}, with: {${settings}}}\n`)
const rule = (settings: string) => step(`rules: [{${settings}}]`, 'validate')

describe('a row expression that can have no value is reported', () => {
  it.each([
    [
      'a filter that is no condition',
      step('operations: [{filter: upper(name)}]'),
      'upper(name)',
      'upper(name) is text, expected a condition',
    ],
    ['a rule that is no condition', rule('rule_type: expression, expression: lower(name)'), 'lower(name)', 'expected a condition'],
    ['a `when` that is no condition', rule('rule_type: not_null, column: a, when: length(b)'), 'length(b)', 'expected a condition'],
    ['a number in quotes', step(`columns: {x: "a + '1'"}`), "'1'", "'1' is text, expected a number"],
    ['a date that does not exist', step(`columns: {x: "date(a) > '2024-02-30'"}`), "'2024-02-30'", 'is not a valid date'],
    ['two moments subtracted', step('columns: {x: timestamp(a) - timestamp(b)}'), 'timestamp(a) -', 'has no meaning'],
    [
      'a column beside its group',
      step('operations: [{aggregate: {by: [region], columns: {x: amount}}}]'),
      'amount}',
      'amount has different values within a group',
    ],
    [
      'a column beside an aggregate',
      step('operations: [{aggregate: {columns: {x: sum(amount) + fee}}}]'),
      'fee}',
      'fee has different values within a group',
    ],
    [
      'a pivot of single rows',
      step('operations: [{pivot: {rows: [a], column: b, value: c}}]'),
      'c}}',
      'c has different values within a group',
    ],
  ])('%s', (_what, text, where, words) => {
    const problems = problemsOf(text)
    expect(problems.map(({ code }) => code)).toEqual(['invalid-expression'])
    const [{ line = 0, column = 0, what = '' } = {}] = problems
    expect(text.split('\n')[line - 1]?.slice(column - 1)).toMatch(new RegExp(`^${where.replace(/[()+'}-]/g, '\\$&')}`))
    expect(what).toContain(words)
  })
})

describe('what only the data can show passes', () => {
  it.each([
    ['a column of any type as a condition', step('operations: [{filter: active}]')],
    ['columns of any types', step('columns: {x: a + b, y: "a > b", z: "zip = \'01234\'"}')],
    ['what the rows are grouped by', step('operations: [{aggregate: {by: [region], columns: {x: upper(region), y: sum(a) / count(*)}}}]')],
    ['the group in another spelling', step('operations: [{aggregate: {by: [Region], columns: {x: region}}}]')],
    ['a value of the run', withSteps('  - {id: s, type: transform, with: {operations: [{filter: "a > {{ find.result.count }}"}]}}\n')],
    ['columns in a window', step('operations: [{window: {order_by: [a], columns: {x: a - lag(a), y: row_number()}}}]')],
  ])('%s', (_what, text) => {
    expect(problemsOf(text)).toEqual([])
  })
})
