/** Comparing expected rows with published ones: which values are equal, which rows belong together, what is said of the others. */
import { describe, expect, it } from 'vitest'
import { quarantineDiffers } from '#run/runs/compare-quarantine.ts'
import { compareRows, isSame } from '#run/runs/compare-rows.ts'

describe('a published cell', () => {
  it.each([
    ['Ann', 'Ann', true],
    ['Ann', 'ann', false],
    ['12.50', '12.50', true],
    ['12.5', '12.50', false],
    [12.5, '12.50', true],
    [12.5, '12.51', false],
    [3, '3.0', true],
    [0.1, '0.1', true],
    [0.3, '0.30000000000000004', false],
    [0.1, '0.1000000000000000000001', false],
    [1e-7, '1e-07', true],
    [1e21, '1000000000000000000000', true],
    [-5, '-5', true],
    [-5, '5', false],
    [0, '-0.0', true],
    [7, '007', true],
    [7, 'seven', false],
    [1, '', false],
    [true, 'true', true],
    [true, '1', false],
    [null, null, true],
    [null, '', false],
    ['', null, false],
    ['', '', true],
    ['null', null, false],
  ] as const)('%j and %j: %s', (expected, found, same) => {
    expect(isSame(expected, found)).toBe(same)
  })
})

const COLUMNS = ['id', 'name', 'total']
const found = (...rows: (string | null)[][]) => ({ columns: COLUMNS, rows })

describe('rows', () => {
  it('are equal in any order, unless the order counts', () => {
    const rows = found(['2', 'Ben', '4'], ['1', 'Ann', '3'])
    const expected = [
      { id: 1, name: 'Ann', total: 3 },
      { id: 2, name: 'Ben', total: 4 },
    ]
    expect(compareRows(expected, rows, false)).toEqual([])
    expect(compareRows(expected, rows, true).map(({ kind }) => kind)).toEqual(['differs', 'differs'])
    expect(compareRows(expected.toReversed(), rows, true)).toEqual([])
  })

  it('are compared in the columns that the expected rows name; one that a row leaves out is missing', () => {
    expect(compareRows([{ id: 1 }], found(['1', 'Ann', '3']), false)).toEqual([])
    expect(compareRows([{ id: 1, name: 'Ann' }, { id: 2 }], found(['1', 'Ann', '3'], ['2', null, '4']), false)).toEqual([])
  })

  it('are each there as often as they are expected', () => {
    expect(compareRows([{ id: 1 }, { id: 1 }], found(['1', 'Ann', '3']), false)).toEqual([{ kind: 'missing', row: 2, values: { id: 1 } }])
    expect(compareRows([{ id: 1 }], found(['1', 'a', '3'], ['1', 'b', '4']), false)).toEqual([{ kind: 'unexpected', values: { id: '1' } }])
    expect(compareRows([], found(['1', 'Ann', null]), false)).toEqual([
      { kind: 'unexpected', values: { id: '1', name: 'Ann', total: null } },
    ])
  })

  it('that differ in a column are shown with what they share; those that share nothing are missing and unexpected', () => {
    const rows = found(['1', 'Ann', '3.00'], ['3', null, null])
    expect(
      compareRows(
        [
          { id: 1, name: 'Ann', total: 3.01 },
          { id: 2, name: 'Ben', total: 4 },
        ],
        rows,
        false,
      ),
    ).toEqual([
      { kind: 'differs', row: 1, same: { id: '1', name: 'Ann' }, cells: [{ column: 'total', expected: 3.01, found: '3.00' }] },
      { kind: 'missing', row: 2, values: { id: 2, name: 'Ben', total: 4 } },
      { kind: 'unexpected', values: { id: '3', name: null, total: null } },
    ])
  })

  it('are paired with the row that is most like them', () => {
    const rows = found(['1', 'Ann', '9'], ['2', 'Ben', '4'])
    const [first, second, ...rest] = compareRows(
      [
        { id: 2, name: 'Ann', total: 4 },
        { id: 1, name: 'Ann', total: 3 },
      ],
      rows,
      false,
    )
    expect([first, second, rest]).toMatchObject([
      { kind: 'differs', row: 1, cells: [{ column: 'name', expected: 'Ann', found: 'Ben' }] },
      { kind: 'differs', row: 2, cells: [{ column: 'total', expected: 3, found: '9' }] },
      [],
    ])
  })
})

describe('the quarantine', () => {
  const HEADER = ['_source', '_record', '_line', '_byte', '_step', '_rule', '_column', '_value', '_reason', '_raw']
  const row = (line: string, column: string, value: string, reason: string) => [
    'a.csv',
    '1',
    line,
    '9',
    'check',
    'range',
    column,
    value,
    reason,
    '',
  ]
  const records = [HEADER, row('2', 'age', '200', 'age is 200, more than 120'), row('3', 'age', '', 'age is missing')]

  it('has each expected row once, by a part of its reason and by its other facts', () => {
    expect(
      quarantineDiffers(
        [
          { reason: 'missing', value: null },
          { column: 'age', value: 200, line: 2, step: 'check', rule: 'range' },
        ],
        records,
      ),
    ).toBeNull()
    // the first could mean either row
    expect(quarantineDiffers([{ column: 'age' }, { line: 2 }], records)).toBeNull()
    expect(quarantineDiffers([{ line: 2 }, { column: 'age' }], records)).toBeNull()
  })

  it('is said to lack rows, and to have others', () => {
    expect(quarantineDiffers([{ reason: 'missing' }, { reason: 'missing' }], records)).toEqual({
      expected: [{ reason: 'missing' }],
      found: [expect.objectContaining({ line: '2', reason: 'age is 200, more than 120' })],
    })
    expect(quarantineDiffers([{ line: 9 }], [HEADER])).toEqual({ expected: [{ line: 9 }], found: [] })
  })
})
