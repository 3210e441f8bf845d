/** Row expressions of steps: columns by their names in the data, and errors that say what there is. */
import { describe, expect, it } from 'vitest'
import { asCompiled, columnsOf, expressionOf, nameInExpression, toSql, typeOf } from '#relational/operations/expressions.ts'
import type { ColumnType } from '#relational/types/types.ts'

const TYPES = new Map<string, ColumnType>([
  ['Amount', 'float'],
  ['name', 'text'],
  ['say "x"', 'integer'],
])
const bound = (text: string, mode?: 'aggregate' | 'window') => ({ expression: expressionOf(text, mode), parameters: {} })

describe('an expression', () => {
  it('names columns as the data does, whatever their case', () => {
    expect(columnsOf(expressionOf('amount + "say ""x"""'), TYPES)).toEqual(['Amount', 'say "x"'])
    expect(expressionOf(nameInExpression('say "x"'))).toMatchObject({ name: 'say "x"' })
  })

  it('that names an unknown column gets the list of columns', () => {
    const unknown = (text: string) => {
      try {
        toSql(bound(text), (column) => column, TYPES)
      } catch (error) {
        const { name, message, hint } = error as Error & { hint: string }
        return [name, message, hint]
      }
      return []
    }
    expect(unknown('amuont > 1')).toEqual([
      'Definition.UnknownColumn',
      'unknown column "amuont" in an expression',
      'did you mean "Amount"? the columns here are Amount, name, say "x"',
    ])
    expect(unknown('zzzzzzzzzz > 1')[2]).toBe('the columns here are Amount, name, say "x"')
  })

  it('that cannot be read is refused with the reasons', () => {
    expect(() => expressionOf('1 +')).toThrow(/^invalid expression 1 \+: .+/)
    // functions over rows stand where rows are grouped or ordered
    expect(() => expressionOf('sum(a)')).toThrow('invalid expression')
    expect(() => expressionOf('lag(a)')).toThrow('invalid expression')
    expect(() => expressionOf('lag(a)', 'aggregate')).toThrow('invalid expression')
    expect(() => [expressionOf('sum(a)', 'aggregate'), expressionOf('sum(a)', 'window'), expressionOf('lag(a)', 'window')]).not.toThrow()
  })

  it('has a type', () => {
    expect(typeOf(bound('amount * 2'), TYPES)).toBe('float')
    expect(typeOf(bound("name || '!'"), TYPES)).toBe('text')
    expect(typeOf(bound('row_number()', 'window'), TYPES)).toBe('integer')
  })

  it('takes the values of its parameters', () => {
    const { sql } = toSql({ expression: expressionOf('name = {{ word }}'), parameters: { word: "it's" } }, (column) => `<${column}>`, TYPES)
    expect(sql).toContain('<name>')
    expect(sql).toContain("'it''s'")
  })

  it('as a setting stands alone or with its parameters', () => {
    const compiled = { expression: 'a > {{ b }}', parameters: { b: 1 } }
    expect(asCompiled('a > 1')).toEqual({ expression: 'a > 1', parameters: {} })
    expect(asCompiled(compiled)).toBe(compiled)
  })
})
