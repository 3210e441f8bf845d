/** Types of typed sources, and what several of them agree on. */
import { describe, expect, it } from 'vitest'
import { agree, typedColumn, isWithin } from '#data/dataset/typed-columns.ts'

const agreed = (...stored: readonly (string | readonly [string, boolean])[]) =>
  agree(
    'amt',
    stored.map((one, at) => {
      const [type, small] = typeof one === 'string' ? [one, false] : one
      return { source: `${'abcd'[at]}.parquet`, typed: typedColumn(type, small) }
    }),
  )

describe('the type of a column', () => {
  it.each([
    ['UBIGINT', 'decimal(20,0)', 'DECIMAL(20,0)'],
    ['HUGEINT', 'text', 'VARCHAR'],
    ['UINTEGER', 'integer', null],
    ['DECIMAL(38,10)', 'decimal(38,10)', null],
    ['TIMESTAMP WITH TIME ZONE', 'timestamp', 'TIMESTAMP'],
    ['INTEGER[]', 'text', 'JSON'],
    ['STRUCT(x INTEGER, y VARCHAR)', 'text', 'JSON'],
    ['MAP(VARCHAR, INTEGER)', 'text', 'JSON'],
    ['DECIMAL(4,1)[]', 'text', 'JSON'],
    ['BLOB', 'text', 'VARCHAR'],
  ])('stored as %s is %s, cast to %s', (stored, type, cast) => {
    expect(typedColumn(stored, false)).toEqual({ type, cast, stored })
  })
})

describe('a decimal that is set', () => {
  it.each([
    ['INTEGER', 'decimal(12,2)', true],
    ['INTEGER', 'decimal(11,2)', false],
    ['DECIMAL(10,2)', 'decimal(12,3)', true],
    ['DECIMAL(10,2)', 'decimal(12,1)', false],
    ['DOUBLE', 'decimal(38,10)', false],
  ] as const)('has room for %s in %s: %s', (stored, wanted, fits) => {
    expect(isWithin(stored, wanted)).toBe(fits)
  })
})

describe('files that store a column differently', () => {
  it.each([
    [['INTEGER', 'BIGINT'], 'BIGINT', 'integer'],
    [['INTEGER', 'DOUBLE'], 'DOUBLE', 'float'],
    [['FLOAT', 'DOUBLE'], 'DOUBLE', 'float'],
    [['BIGINT', 'DECIMAL(10,2)'], 'DECIMAL(21,2)', 'decimal(21,2)'],
    [['UBIGINT', 'BIGINT'], 'DECIMAL(20,0)', 'decimal(20,0)'],
    [['DECIMAL(10,2)', 'DECIMAL(9,4)'], 'DECIMAL(12,4)', 'decimal(12,4)'],
    [['DATE', 'TIMESTAMP'], 'TIMESTAMP', 'timestamp'],
  ])('%j agree on %s', (stored, cast, type) => {
    expect(agreed(...stored)).toEqual({ cast, type, doubt: null })
  })

  it.each([
    [['BIGINT', 'DOUBLE']],
    [['UBIGINT', 'DOUBLE']],
    [['DECIMAL(18,2)', 'DOUBLE']],
    [['DECIMAL(38,2)', 'DECIMAL(38,30)']],
    [['INTEGER', 'VARCHAR']],
    [['BOOLEAN', 'INTEGER']],
    [['INTEGER[]', 'VARCHAR']],
  ])('%j are read as text, and it is said which file has which type', (stored) => {
    expect(agreed(...stored)).toEqual({
      cast: 'VARCHAR',
      type: 'text',
      doubt: expect.stringMatching(/^"amt" is .* in a\.parquet and .* in b\.parquet/),
    })
  })

  it('are floats if the statistics show that a float holds all integers', () => {
    expect(agreed(['BIGINT', true], 'DOUBLE')).toEqual({ cast: 'DOUBLE', type: 'float', doubt: null })
  })

  it('with and without a time zone are said', () => {
    expect(agreed('TIMESTAMP', 'TIMESTAMP WITH TIME ZONE')).toMatchObject({
      type: 'timestamp',
      doubt: expect.stringContaining('read as UTC'),
    })
  })
})
