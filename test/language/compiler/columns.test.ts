/** Columns that operations leave out are missed before a run, at the place that names them. */
import { describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'

const FIND = '{id: find, type: discover, with: {source: data/*.csv}}'
const transform = (operations: string, more = '') => `{id: change, type: transform, with: {operations: [${operations}]}${more}}`
const validate = (rules: string) => `{id: check, type: validate, with: {rules: [${rules}]}}`
const clean = (rules: string) => `{id: tidy, type: clean, with: {rules: [${rules}]}}`
const SUMS = '{aggregate: {by: [Region], columns: {total: sum(amount), "n b": count(*)}}}'

/** What the problems point to, and the columns they list. */
function missed(...steps: string[]): string[] {
  const text = `version: 1\nid: columns\nsteps:\n${[FIND, ...steps, '{id: publish, type: export, with: {to: out}}'].map((one) => `  - ${one}\n`).join('')}`
  const result = compile(text, { file: 'p.yaml' })
  if (result.ok) return []
  expect(result.problems.map(({ code }) => code).filter((code) => code !== 'unknown-column')).toEqual([])
  const lines = text.split('\n')
  return result.problems.map(({ line = 0, column = 0 }) => /^[\w"]+|^./.exec(lines[line - 1]?.slice(column - 1) ?? '')?.[0] ?? '')
}

describe('a column that is named', () => {
  it('exists after an aggregate when the aggregate names it, in any case', () => {
    expect(
      missed(
        transform(`${SUMS}, {sort: [TOTAL]}, {filter: "region = 'x' AND \\"n b\\" > 1"}`),
        validate('{rule_type: range, column: total, min: 1}'),
      ),
    ).toEqual([])
    expect(missed(transform(`${SUMS}, {sort: [{column: amount}]}`))).toEqual(['amount'])
  })

  it.each([
    ['a rule', validate('{rule_type: range, column: amount, min: 1}'), ['amount']],
    ['several columns of a rule', validate('{rule_type: unique, columns: [region, day]}'), ['day']],
    [
      'the expression of a rule, and its condition',
      validate('{rule_type: expression, expression: totl > 1, when: amount > 1}'),
      ['amount', 'totl'],
    ],
    [
      'cleaning',
      clean(
        '{missing: {columns: [amount], strategy: median}}, {deduplicate: {keys: [day]}}, {drop: [total]}, {map: {column: total, values: {a: b}}}',
      ),
      ['amount', 'day', 'total'],
    ],
    [
      'a later operation',
      '{id: more, type: transform, with: {operations: [{cast: {day: date}}, {window: {partition_by: [amount], columns: {n: row_number()}}}]}}',
      ['date', 'amount'],
    ],
    ['new columns', '{id: more, type: transform, with: {columns: {x: amount * 2}}}', ['amount']],
  ])('is missed after an aggregate by %s', (_, step, expected) => {
    expect(missed(transform(SUMS), step).toSorted()).toEqual(expected.toSorted())
  })

  it('follows renames, swaps, new columns and those that are left out', () => {
    expect(
      missed(
        transform('{rename: {a: b, b: a}}, {filter: a > b}, {rename: {a: c}}, {filter: c > 1}, {add_column: {a: c}}, {filter: a > 1}'),
      ),
    ).toEqual([])
    expect(missed(transform('{rename: {a: c}}, {filter: a > 1}'))).toEqual(['a'])
    expect(missed(transform('{drop: [a]}, {select: [a, b]}'))).toEqual(['a'])
    expect(missed(transform('{select: [a, b]}, {window: {order_by: [z], columns: {n: row_number()}}}, {select: [n, q]}'))).toEqual([
      'z',
      'q',
    ])
  })

  it('can exist if only a run can show it', () => {
    expect(missed(validate('{rule_type: range, column: anything, min: 1}'))).toEqual([])
    expect(missed(transform(`${SUMS}, {pivot: {rows: [region], column: "n b", value: sum(total)}}, {filter: anything > 1}`))).toEqual([])
    expect(missed(transform(`${SUMS}, {join: {source: b.csv, on: [region]}}, {filter: anything > 1}`))).toEqual([])
    expect(missed(transform(`${SUMS}, {join: {source: b.csv, on: [day]}}`))).toEqual(['day'])
    expect(
      missed(transform('{drop: [a]}', ', condition: "{{ find.result.count }} > 1"'), validate('{rule_type: range, column: a, min: 1}')),
    ).toEqual([])
    expect(
      missed(transform('{drop: [a]}', ', on_error: {continue_on_error: true}'), validate('{rule_type: range, column: a, min: 1}')),
    ).toEqual([])
  })

  it('is looked for among the rows its step reads, in branches too', () => {
    const group = `{id: both, parallel: [{id: one, type: transform, with: {operations: [{drop: [a]}]}}, {id: two, type: transform, with: {operations: [{drop: [b]}]}}]}`
    const branch = (id: string, column: string) =>
      missed(
        group,
        `{id: ${id}_check, type: validate, depends_on: [${id}], with: {rules: [{rule_type: range, column: ${column}, min: 1}]}}`,
      )
    expect(branch('one', 'a')).toEqual(['a'])
    expect(branch('one', 'b')).toEqual([])
    expect(branch('two', 'b')).toEqual(['b'])
  })
})
