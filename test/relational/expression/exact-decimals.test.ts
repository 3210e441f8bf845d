/** Exact decimals in expressions: sums, differences and products are those of whole numbers of their units. */
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from '#relational/expression/parse.ts'
import { toTypedSql } from '#relational/expression/to-sql.ts'
import { typeOf } from '#relational/expression/check.ts'
import { sqlType } from '#relational/types/sql.ts'
import { type ColumnType, decimalType, digitsOf, isDecimal } from '#relational/types/types.ts'
import { decimalText } from '../reference/decimals.ts'

let instance: DuckDBInstance
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:')
})
afterAll(() => instance.closeSync())

type Row = { readonly [name: string]: string }
const TYPES = new Map<string, ColumnType>([
  ['price', 'decimal(15,2)'],
  ['rate', 'decimal(4,3)'],
  ['wide', 'decimal(38,10)'],
  ['quantity', 'integer'],
  ['weight', 'float'],
])

function tree(text: string, aggregates = false) {
  const parsed = parse(text, { aggregates })
  if (!parsed.ok) throw new Error(parsed.problems.map(({ what }) => what).join())
  return parsed.expression
}

/** The value of an expression as text, and its type; the type of the SQL and of the check are the same. */
async function computed(
  text: string,
  row: Row,
  types: ReadonlyMap<string, ColumnType> = TYPES,
  parameters: { readonly [path: string]: number } = {},
) {
  const expression = tree(text, /^sum|^avg|^min/.test(text))
  const { sql, type } = toTypedSql(
    expression,
    (name) => `"${name}"`,
    (path) => parameters[path],
    { types },
  )
  if (Object.keys(parameters).length === 0) expect(typeOf(expression, types)).toBe(type)
  const cells = [...types].map(
    ([name, own]) => `CAST(${row[name] === undefined ? 'NULL' : `'${row[name]}'`} AS ${sqlType(own)}) AS "${name}"`,
  )
  const connection = await instance.connect()
  try {
    const result = await connection.runAndReadAll(
      `SELECT CAST(v AS VARCHAR), typeof(v) FROM (SELECT ${sql} AS v FROM (SELECT ${cells.join(', ')}))`,
    )
    const [[value, found] = []] = result.getRows()
    expect(found).toBe(sqlType(type))
    return { value, type }
  } finally {
    connection.closeSync()
  }
}

const ROW: Row = { price: '19.99', rate: '0.190', wide: '1234567890123456789012345678.0123456789', quantity: '3', weight: '0.1' }

describe('exact decimals', () => {
  it.each([
    ['price + price', '39.98', 'decimal(16,2)'],
    ['price * quantity', '59.97', 'decimal(34,2)'],
    ['price * rate', '3.79810', 'decimal(19,5)'],
    ['price * (1 + rate)', '23.78810', 'decimal(38,5)'],
    ['price * 1.19', '23.7881', 'decimal(18,4)'],
    ['price * (1 - 0.2)', '15.992', 'decimal(18,3)'],
    ['price - 0.01', '19.98', 'decimal(16,2)'],
    ['-price', '-19.99', 'decimal(15,2)'],
    ['price + quantity', '22.99', 'decimal(22,2)'],
    ['price / 3', '6.663333333333333', 'float'],
    ['price % 5', '4.99', 'decimal(21,2)'],
    ['price % 0', null, 'decimal(21,2)'],
    ['mod(-price, 5)', '-4.99', 'decimal(21,2)'],
    ['price * weight', '1.999', 'float'],
    ['price + weight', '20.09', 'float'],
    ['wide + 0.1', '1234567890123456789012345678.1123456789', 'decimal(38,10)'],
    ['wide * wide', null, 'decimal(38,20)'],
    ['wide * wide * price', null, 'float'],
    ['price * {{ factor }}', '24.9875', 'decimal(18,4)'],
    ['round(price * rate, 2)', '3.80', 'decimal(17,2)'],
    ['round(price)', '20', 'decimal(14,0)'],
    ['round(price, -1)', '20.00', 'decimal(16,2)'],
    ['round(price, quantity)', '19.99', 'decimal(16,2)'],
    ['floor(-price)', '-20', 'decimal(14,0)'],
    ['ceil(rate)', '1', 'decimal(2,0)'],
    ['trunc(price)', '19', 'decimal(14,0)'],
    ['abs(-price)', '19.99', 'decimal(15,2)'],
    ['sqrt(price)', '4.471017781221631', 'float'],
    ['greatest(price, quantity)', '19.99', 'decimal(21,2)'],
    ['coalesce(price, 0.5)', '19.99', 'decimal(15,2)'],
    ['CASE WHEN quantity > 1 THEN price ELSE 0 END', '19.99', 'decimal(21,2)'],
    ['sum(price)', '19.99', 'decimal(38,2)'],
    ['sum(wide - 1234567890123456789012345000)', '678.0123456789', 'decimal(38,10)'],
    ['avg(price)', '19.99', 'float'],
    ['min(price)', '19.99', 'decimal(15,2)'],
    ['price = 19.99', 'true', 'boolean'],
    ['wide = 1234567890123456789012345678.0123456789', 'true', 'boolean'],
    ['wide > 1234567890123456789012345678.0123456788', 'true', 'boolean'],
    ['price IN (1, 19.99)', 'true', 'boolean'],
    ["'no. ' || price", 'no. 19.99', 'text'],
    ['CAST(0.125 AS decimal(18,2))', '0.13', 'decimal(18,2)'],
    ["CAST('0.125' AS decimal(18,2))", null, 'decimal(18,2)'],
    ["CAST(' 1e3 ' AS decimal(18,2))", '1000.00', 'decimal(18,2)'],
    ["CAST('1e-3' AS decimal(18,2))", null, 'decimal(18,2)'],
    ["CAST('31415926535897932.38' AS numeric(38,2))", '31415926535897932.38', 'decimal(38,2)'],
    ['CAST(price AS integer)', '20', 'integer'],
    ['CAST(wide AS float)', '1.2345678901234569e+27', 'float'],
    ['CAST(1.005 AS decimal(18,2))', '1.01', 'decimal(18,2)'],
    ['CAST(weight AS decimal(2,1))', '0.1', 'decimal(2,1)'],
    ['CAST(12345 AS decimal(3,1))', null, 'decimal(3,1)'],
    ['CAST(TRUE AS decimal(3,1))', '1.0', 'decimal(3,1)'],
  ] as const)(
    '%s is %s, of type %s',
    async (expression, value, type) => {
      const parameters: { readonly [path: string]: number } = expression.includes('{{') ? { factor: 1.25 } : {}
      expect(await computed(expression, ROW, TYPES, parameters)).toEqual({ value, type })
    },
    30_000,
  )

  it('are NULL beyond 38 digits, never another number', async () => {
    const most = '9'.repeat(28)
    expect(await computed('wide + wide', { ...ROW, wide: `${most}.5` })).toEqual({ value: null, type: 'decimal(38,10)' })
    expect(await computed('wide * quantity', { ...ROW, wide: `${most}.5` })).toEqual({ value: null, type: 'decimal(38,10)' })
    expect(await computed('sum(wide)', { ...ROW, wide: `${most}.5` })).toEqual({ value: null, type: 'decimal(38,10)' })
  })

  it('are added and multiplied like whole numbers of their units', async () => {
    const decimal = fc
      .integer({ min: 1, max: 38 })
      .chain((precision) => fc.tuple(fc.constant(precision), fc.integer({ min: 0, max: precision })))
      .chain(([precision, scale]) => {
        const most = 10n ** BigInt(precision) - 1n
        return fc.tuple(
          fc.constant(decimalType(precision, scale)),
          fc.oneof(fc.bigInt({ min: -most, max: most }), fc.bigInt({ min: -200n < -most ? -most : -200n, max: most < 200n ? most : 200n })),
        )
      })
    await fc.assert(
      fc.asyncProperty(decimal, decimal, fc.constantFrom('+', '-', '*', '%'), async ([a, x], [b, y], operator) => {
        const types = new Map<string, ColumnType>([
          ['a', a],
          ['b', b],
        ])
        const [m, n] = [digitsOf(a).scale, digitsOf(b).scale]
        const { value, type } = await computed(`a ${operator} b`, { a: decimalText(x, m), b: decimalText(y, n) }, types)
        if (!isDecimal(type)) return
        const { scale } = digitsOf(type)
        const [left, right] = [x * 10n ** BigInt(Math.max(m, n) - m), y * 10n ** BigInt(Math.max(m, n) - n)]
        if (operator === '%' && right === 0n) {
          expect(value).toBeNull()
          return
        }
        const exact = operator === '%' ? left % right : operator === '*' ? x * y : operator === '+' ? left + right : left - right
        expect(scale).toBe(operator === '*' ? m + n : Math.max(m, n))
        // missing only if it does not fit
        if (value === null) expect(String(exact).replace('-', '').length).toBeGreaterThan(38 - scale)
        else expect(value).toBe(decimalText(exact, scale))
      }),
      { numRuns: 60 },
    )
  }, 60_000)
})
