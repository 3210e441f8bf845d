/** One conversion for all: the cast operation, CAST of a column and CAST of a literal say the same of every text and of every pair of types. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expressionOf, toSql } from '#relational/operations/expressions.ts'
import { lower, nest } from '#relational/operations/to-sql.ts'
import { sqlType, text as quoted } from '#relational/types/sql.ts'
import { SIMPLE_TYPES, type SimpleType } from '#relational/types/types.ts'
import { computedColumn } from '#relational/cells/column-plan.ts'
import { type TestDatabase, testDatabase } from '../kit/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

type Cell = string | null

/** What a text is as each type, where it is anything; written down by hand. */
const TEXTS: readonly (readonly [text: string, values: Partial<Record<SimpleType, string>>])[] = [
  ['', {}],
  ['  \t', {}],
  ['\u00a0', {}],
  ['0', { integer: '0', float: '0.0', boolean: 'false' }],
  ['-0', { integer: '0', float: '-0.0' }],
  ['1', { integer: '1', float: '1.0', boolean: 'true' }],
  ['01', { integer: '1', float: '1.0' }],
  ['2', { integer: '2', float: '2.0' }],
  ['+5', { integer: '5', float: '5.0' }],
  ['+-5', {}],
  ['--5', {}],
  [' 12 ', { integer: '12', float: '12.0' }],
  ['\t12\r\n', { integer: '12', float: '12.0' }],
  ['\u00a012\u3000', { integer: '12', float: '12.0' }],
  ['\u200b12\ufeff', { integer: '12', float: '12.0' }],
  ['1 2', {}],
  ['12.0', { integer: '12', float: '12.0' }],
  ['12.7', { float: '12.7' }],
  ['.5', { float: '0.5' }],
  ['.0', { integer: '0', float: '0.0' }],
  ['5.', { integer: '5', float: '5.0' }],
  ['.', {}],
  ['1e3', { integer: '1000', float: '1000.0' }],
  ['1.5E1', { integer: '15', float: '15.0' }],
  ['1e-3', { float: '0.001' }],
  ['1e', {}],
  ['1e400', {}],
  ['-1e400', {}],
  ['9.3e15', { float: '9300000000000000.0' }],
  ['1_000', {}],
  ['1_0.5', {}],
  ['1,000', {}],
  ['0x1F', {}],
  ['0b101', {}],
  ['inf', {}],
  ['-Infinity', {}],
  ['NaN', {}],
  ['9007199254740993', { integer: '9007199254740993', float: '9007199254740992.0' }],
  ['9223372036854775807', { integer: '9223372036854775807', float: '9.223372036854776e+18' }],
  ['9223372036854775808', { float: '9.223372036854776e+18' }],
  ['-9223372036854775808', { integer: '-9223372036854775808', float: '-9.223372036854776e+18' }],
  ['123456789012345678.5', { float: '1.2345678901234568e+17' }],
  ['٣', {}],
  ['１２', {}],
  ['5%', {}],
  ['$5', {}],
  ['true', { boolean: 'true' }],
  ['tRuE', { boolean: 'true' }],
  [' Yes\u00a0', { boolean: 'true' }],
  ['on', { boolean: 'true' }],
  ['y', { boolean: 'true' }],
  ['off', { boolean: 'false' }],
  ['N', { boolean: 'false' }],
  ['-1', { integer: '-1', float: '-1.0' }],
  ['1.0', { integer: '1', float: '1.0' }],
  ['yes!', {}],
  ['2024-01-31', { date: '2024-01-31', timestamp: '2024-01-31 00:00:00' }],
  [' 2024-01-31\u00a0', { date: '2024-01-31', timestamp: '2024-01-31 00:00:00' }],
  ['2024-1-3', { date: '2024-01-03', timestamp: '2024-01-03 00:00:00' }],
  ['24-1-1', {}],
  ['0000-01-01', {}],
  ['0001-01-01', { date: '0001-01-01', timestamp: '0001-01-01 00:00:00' }],
  ['10000-01-01', {}],
  ['-0001-01-01', {}],
  ['2024-02-30', {}],
  ['2023-02-29', {}],
  ['2024-01-31 rest', {}],
  ['2024-01-31T', {}],
  ['2024-01-31T10', {}],
  ['2024-01-31T10:30', { date: '2024-01-31', timestamp: '2024-01-31 10:30:00' }],
  ['2024-01-31T10:30Z', { date: '2024-01-31', timestamp: '2024-01-31 10:30:00' }],
  ['2024-01-31T10:30+02:00', { date: '2024-01-31', timestamp: '2024-01-31 08:30:00' }],
  ['2024-01-31 23:30-0130', { date: '2024-01-31', timestamp: '2024-02-01 01:00:00' }],
  ['2024-01-31T10:30:00Z', { date: '2024-01-31', timestamp: '2024-01-31 10:30:00' }],
  ['2024-01-31T10:30:00+02', { date: '2024-01-31', timestamp: '2024-01-31 08:30:00' }],
  ['2024-01-31 10:30:00 +02:00', { date: '2024-01-31', timestamp: '2024-01-31 08:30:00' }],
  ['2024-01-31T10:30:00.1234567-02:00', { date: '2024-01-31', timestamp: '2024-01-31 12:30:00.123456' }],
  ['2024-01-31T10:30:00+24:00', {}],
  ['2024-01-31T10:30:00+02:60', {}],
  ['2024-01-31T10:30:00+2', {}],
  ['2024-01-31T24:00:00', {}],
  ['2024-01-31T23:59:60', {}],
  ['2024-01-31T23:60', {}],
  ['2024-01-31t10:30:00z', {}],
  ['9999-12-31T23:00:00-05:00', {}],
  ['0001-01-01T00:00+05:00', {}],
  ['20240131', { integer: '20240131', float: '20240131.0' }],
  ['2024/01/31', {}],
  ['31.01.2024', {}],
  ['infinity', {}],
  ['epoch', {}],
  ['today', {}],
  ['2024-01-31 BC', {}],
  ["it's", {}],
  ['say "no"\\', {}],
]

/** Values of the other types, as SQL. */
const TYPED: Readonly<Record<Exclude<SimpleType, 'text'>, readonly string[]>> = {
  integer: ['0', '1', '-1', '5', '9007199254740993', '9223372036854775807'],
  float: ['0', '-0e0', '1', '0.5', '1.5', '2.5', '-2.5', '12.4999', '1e18', '1e300', "'inf'", "'nan'", '1e-9'],
  boolean: ['TRUE', 'FALSE'],
  date: ["'2024-02-29'", "'0001-01-01'", "'infinity'", "'0044-03-15 (BC)'"],
  timestamp: ["'2024-02-29 23:59:59.5'", "'0001-01-01 00:00:00'", "'infinity'"],
}

const cellsOf = (type: SimpleType): readonly string[] =>
  type === 'text' ? TEXTS.map(([text]) => quoted(text)) : TYPED[type].map((value) => `CAST(${value} AS ${sqlType(type)})`)

async function column(from: SimpleType, expression: string, layers: readonly (readonly string[])[] = []): Promise<Cell[]> {
  const rows = cellsOf(from).map((cell, at) => `(${at}, ${cell})`)
  const relation = nest(`SELECT n, CAST(c AS ${sqlType(from)}) AS c FROM (VALUES ${rows.join(', ')}) AS t(n, c)`, layers)
  const found = await database.session.rows(`SELECT CAST(${expression} AS VARCHAR) AS v FROM (${relation}) ORDER BY n`)
  return found.map(({ v }) => v as Cell)
}

const asExpression = (text: string, from: SimpleType) =>
  toSql({ expression: expressionOf(text), parameters: {} }, () => 'c', new Map([['c', from]])).sql

/** The column after the operation, and for each row whether it counts as a cell that lost its value. */
async function asOperation(from: SimpleType, to: SimpleType) {
  const plan = computedColumn({ name: 'c', type: from })
  const origin = { step: 's', rule: 'cast' }
  const operations = [{ op: 'cell', origin, column: 'c', cell: 'cast', options: { to }, counted: true }] as const
  const { columns, flags, layers } = lower({ columns: [{ plan, sql: 'c' }], facts: undefined, reader: 's', operations })
  const changed = flags.find(({ counts }) => counts === 'cells')
  return {
    values: await column(from, columns[0]?.sql ?? '', layers),
    lost: (await column(from, `COALESCE(${changed?.sql}, FALSE)`, layers)).map((flag) => flag === 'true'),
  }
}

const pairs = SIMPLE_TYPES.flatMap((from) => SIMPLE_TYPES.map((to) => [from, to] as const))

describe('a cast', () => {
  it.each(pairs)('of %s to %s is the same as an operation and in an expression', async (from, to) => {
    const { values } = await asOperation(from, to)
    expect(values).toEqual(await column(from, asExpression(`CAST(c AS ${to})`, from)))
  })

  it.each(SIMPLE_TYPES.filter((type) => type !== 'text'))(
    'of text to %s is what was written down, of a column and of a literal',
    async (to) => {
      const wanted = TEXTS.map(([text, values]) => [text, values[to] ?? null])
      const ofColumn = await column('text', asExpression(`CAST(c AS ${to})`, 'text'))
      expect(TEXTS.map(([text], at) => [text, ofColumn[at]])).toEqual(wanted)
      const literals = TEXTS.map(([text]) => `CAST(${asExpression(`CAST(${quoted(text)} AS ${to})`, 'text')} AS VARCHAR)`)
      const [row = {}] = await database.session.rows(`SELECT [${literals.join(', ')}] AS all`)
      expect(TEXTS.map(([text], at) => [text, (row['all'] as Cell[])[at] ?? null])).toEqual(wanted)
    },
  )

  it('counts the cells that hold something and have no value of the type, and the numbers that become others', async () => {
    const lost = async (from: SimpleType, to: SimpleType) => {
      const found = (await asOperation(from, to)).lost
      return cellsOf(from).filter((_cell, at) => found[at])
    }
    expect(await lost('text', 'integer')).toEqual(
      TEXTS.filter(([text, { integer }]) => !['', '  \t', '\u00a0'].includes(text) && integer === undefined).map(([text]) => quoted(text)),
    )
    const plain = (cells: readonly string[]) => cells.map((cell) => /CAST\((.*) AS/.exec(cell)?.[1])
    expect(plain(await lost('float', 'integer'))).toEqual(['0.5', '1.5', '2.5', '-2.5', '12.4999', '1e300', "'inf'", "'nan'", '1e-9'])
    expect(plain(await lost('integer', 'float'))).toEqual(['9007199254740993', '9223372036854775807'])
    expect(plain(await lost('integer', 'boolean'))).toEqual(['-1', '5', '9007199254740993', '9223372036854775807'])
    expect(await lost('timestamp', 'date')).toEqual([])
    expect(await lost('text', 'text')).toEqual([])
  })

  it('and the questions is_number, is_integer and is_date answer as it does', async () => {
    const asked = async (question: string) => {
      const answers = await column('text', asExpression(question, 'text'))
      return TEXTS.filter((_text, at) => answers[at] === 'true').map(([text]) => text)
    }
    const having = (type: SimpleType) => TEXTS.filter(([, values]) => values[type] !== undefined).map(([text]) => text)
    expect(await asked('is_number(c)')).toEqual(having('float'))
    expect(await asked('is_date(c)')).toEqual(having('timestamp'))
    expect((await asked('is_integer(c)')).filter((text) => !having('integer').includes(text))).toEqual(['9223372036854775808'])
  })
})
