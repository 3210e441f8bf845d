/** Kinds of cells: one name for each form of a cell, and whether it fits the plan of its column. */
import { describe, expect, it } from 'vitest'
import { decide } from '#relational/infer/decide.ts'
import { cellExaminer, evidenceOf } from '#relational/infer/evidence.ts'
import { cellClassifier } from '#relational/infer/kind-of-cell.ts'
import { NULL_VALUES } from '#relational/cells/null-values.ts'

const planOf = (cells: readonly string[]) => decide('c', evidenceOf(cells, new Set(NULL_VALUES)), { date_order: 'auto' })
const many = (make: (at: number) => string) => Array.from({ length: 30 }, (_, at) => make(at))

describe('the kind of a cell', () => {
  it.each([
    ['', 'missing'],
    ['n/a', 'missing'],
    ['12', 'a whole number'],
    ['007', 'digits in the form of a code'],
    ['1.5', 'a number with a decimal point'],
    ['1,5', 'a number with a decimal comma'],
    ['1.234,50', 'a number with a decimal comma, thousands by points'],
    ['$5.00', 'a number with a decimal point, $'],
    ['03/04/2024', 'a date like DD/MM/YYYY or MM/DD/YYYY'],
    ['2024-04-03', 'a date like YYYY-MM-DD'],
    ['yes', 'a word for yes or no'],
    ['ca. 12', 'text'],
  ])('%j is %s', (cell, kind) => {
    expect(cellClassifier(planOf(['a', 'b']))(cell).kind).toBe(kind)
  })

  it.each([
    [many((at) => `${at}`), '7', 'seven'],
    [many((at) => `${at}.5`), '7', 'seven'],
    [many((at) => `${at},5`), '7,25', '7.25.1'],
    [many((at) => `${(at % 28) + 1}/04/2024`), '31/12/2023', '12:30'],
    [many((at) => (at % 2 === 0 ? 'yes' : 'no')), 'no', 'perhaps'],
  ])('fits the column or not', (cells, fitting, other) => {
    const plan = planOf(cells)
    expect(plan.type).not.toBe('text')
    expect(cellClassifier(plan)(fitting).fits).toBe(true)
    expect(cellClassifier(plan)(other).fits).toBe(false)
    expect(cellClassifier(plan)('n/a').fits).toBe(true)
  })
})

it('examines one cell after another as if each were alone', () => {
  const nullValues = new Set<string>(NULL_VALUES)
  const examine = cellExaminer(nullValues)
  const cells = [
    ' n/a',
    '12',
    '$1,234.50',
    '2024-04-03',
    '1712102400',
    'AB1',
    'ca. 12',
    '#DIV/0!',
    '="007"',
    '1.50',
    'yes',
    'a@b.co',
    '12',
    '',
  ]
  for (const cell of [...cells, ...cells.toReversed()]) {
    const { values, listed, variety, ...found } = evidenceOf([cell], nullValues)
    expect({ ...examine(cell), values, listed, variety }).toEqual({ ...found, values, listed, variety })
  }
})
