/** How operations change the columns of a relation, and where columns come from through several of them. */
import { describe, expect, it } from 'vitest'
import { columnsAcross, columnsAfterAll, isAcross } from '#relational/operations/across.ts'
import { columnsAfter } from '#relational/operations/columns.ts'
import { expressionOf } from '#relational/operations/expressions.ts'
import type { AcrossOp, ComputedColumn, Op } from '#relational/operations/ops.ts'
import { type TracedColumn, traceOn, untouched } from '#relational/operations/traced.ts'
import type { Column } from '#relational/types/types.ts'

const origin = { step: 's', rule: 'r' }
const COLUMNS: readonly Column[] = [
  { name: 'id', type: 'integer' },
  { name: 'name', type: 'text' },
  { name: 'price', type: 'float' },
]

const computed = (name: string, text: string, mode?: 'aggregate' | 'window'): ComputedColumn => ({
  name,
  expression: expressionOf(text, mode),
  parameters: {},
})
const shown = (columns: readonly Column[]) => columns.map(({ name, type }) => `${name} ${type}`)
const columnsOf = (operation: Op) => shown(columnsAfter(COLUMNS, [operation]))
const across = (operation: AcrossOp) => shown(columnsAcross(COLUMNS, operation))

describe('row operations', () => {
  it('on cells change the type of their column alone', () => {
    const cast = { op: 'cell', origin, column: 'price', cell: 'cast', options: { to: 'text', type: 'text' }, counted: false } as const
    expect(columnsOf(cast)[0]).toBe('id integer')
    expect(columnsOf(cast)[1]).toBe('name text')
    expect(columnsOf({ ...cast, cell: 'trim', options: {} })).toEqual(shown(COLUMNS))
  })

  it('that derive replace columns in their place and add the others at the end, all from the columns before', () => {
    const columns = [computed('price', 'id * 2'), computed('twice', 'price * 2'), computed('long', 'length(name)')]
    expect(columnsOf({ op: 'derive', origin, columns })).toEqual([
      'id integer',
      'name text',
      'price integer',
      'twice float',
      'long integer',
    ])
  })

  it('rename, drop and select', () => {
    expect(columnsOf({ op: 'rename', origin, names: { id: 'name', name: 'id' } })).toEqual(['name integer', 'id text', 'price float'])
    expect(columnsOf({ op: 'drop', origin, columns: ['name', 'other'] })).toEqual(['id integer', 'price float'])
    expect(columnsOf({ op: 'select', origin, columns: ['price', 'id'] })).toEqual(['price float', 'id integer'])
  })

  it('that leave no column, or two of one name, are refused', () => {
    expect(() => columnsOf({ op: 'drop', origin, columns: ['id', 'name', 'price'] })).toThrow('no column would be left')
    expect(() => columnsOf({ op: 'select', origin, columns: [] })).toThrow('no column would be left')
    expect(() => columnsOf({ op: 'rename', origin, names: { id: 'NAME' } })).toThrow('there would be two columns')
    expect(() => columnsOf({ op: 'derive', origin, columns: [computed('ID', '1')] })).toThrow('there would be two columns')
  })

  it('that only keep or count rows change nothing', () => {
    const test = { is: 'violation', expression: expressionOf('id > 1'), parameters: {} } as const
    expect(columnsOf({ op: 'filter', origin, expression: test.expression, parameters: {} })).toEqual(shown(COLUMNS))
    expect(columnsOf({ op: 'check', origin, column: 'id', test, fate: 'keep', reason: '' })).toEqual(shown(COLUMNS))
  })
})

describe('operations across rows', () => {
  const sort: AcrossOp = { op: 'sort', origin, by: [{ column: 'id', order: 'asc' }] }

  it('that sort or join keep the columns they know of', () => {
    expect(across(sort)).toEqual(shown(COLUMNS))
    expect(across({ op: 'join', origin, kind: 'left', source: 'x.csv', on: [{ left: 'id', right: 'id' }] })).toEqual(shown(COLUMNS))
  })

  it('that group have the columns of the group in its order, then what is computed', () => {
    const columns = [computed('total', 'sum(price)', 'aggregate'), computed('rows', 'count(*)', 'aggregate')]
    expect(across({ op: 'aggregate', origin, by: ['name', 'id'], columns })).toEqual([
      'name text',
      'id integer',
      'total float',
      'rows integer',
    ])
    const value = computed('total', 'sum(price)', 'aggregate')
    expect(across({ op: 'pivot', origin, rows: ['name'], column: 'id', value })).toEqual(['name text'])
  })

  it('over windows put computed columns at the end, in place of those of their names', () => {
    const columns = [computed('name', 'row_number()', 'window'), computed('before', 'lag(price)', 'window')]
    expect(across({ op: 'window', origin, partition_by: [], order_by: [], columns })).toEqual([
      'id integer',
      'price float',
      'name integer',
      'before float',
    ])
  })

  it('that leave two columns of one name are refused', () => {
    const columns = [computed('NAME', 'count(*)', 'aggregate')]
    expect(() => across({ op: 'aggregate', origin, by: ['name'], columns })).toThrow('there would be two columns')
  })

  it('are distinguished from those on rows, and applied in turn with them', () => {
    const drop: Op = { op: 'drop', origin, columns: ['price'] }
    expect([isAcross(sort), isAcross(drop)]).toEqual([true, false])
    const group: AcrossOp = { op: 'aggregate', origin, by: ['name'], columns: [computed('rows', 'count(*)', 'aggregate')] }
    const rename: Op = { op: 'rename', origin, names: { rows: 'n' } }
    expect(shown(columnsAfterAll(COLUMNS, [drop, sort, group, rename]))).toEqual(['name text', 'n integer'])
    for (const op of ['aggregate', 'pivot', 'join', 'window'] as const) expect(isAcross({ op } as AcrossOp)).toBe(true)
    for (const op of ['cell', 'derive', 'filter', 'check', 'deduplicate', 'rename', 'select'] as const)
      expect(isAcross({ op } as Op)).toBe(false)
  })
})

describe('where columns come from', () => {
  const traced = (changes: Partial<TracedColumn>): TracedColumn => ({
    name: 'x',
    type: 'text',
    untyped: undefined,
    from: [],
    outside: [],
    through: [],
    derived: false,
    ...changes,
  })

  it('is themselves at the beginning', () => {
    expect(untouched([{ name: 'id', type: 'integer', untyped: true }])).toEqual([
      traced({ name: 'id', type: 'integer', untyped: true, from: ['id'] }),
    ])
  })

  it('is what their columns came from, by way of both, each named once', () => {
    const [first, second] = [
      { step: 'a', rule: '1' },
      { step: 'b', rule: '2' },
    ]
    const file = { source: 'f.csv', column: 'k' }
    const before = [
      traced({ name: 'a', from: ['p', 'q'], through: [first], outside: [file] }),
      traced({ name: 'b', from: ['q'], through: [first], derived: true }),
    ]
    const both = traced({ name: 'c', from: ['a', 'b', 'gone'], through: [second], outside: [file, { source: 'g.csv', column: 'k' }] })
    expect(traceOn(before, [both])).toEqual([
      traced({
        name: 'c',
        from: ['p', 'q'],
        outside: [file, { source: 'g.csv', column: 'k' }],
        through: [first, second],
        derived: true,
      }),
    ])
  })

  it('is one column, changed or not, until it is computed', () => {
    const plain = traced({ name: 'a', from: ['p'] })
    expect(traceOn([plain], [traced({ name: 'b', from: ['a'] })])[0]?.derived).toBe(false)
    expect(traceOn([plain], [traced({ name: 'b', from: ['a'], derived: true })])[0]?.derived).toBe(true)
  })
})
