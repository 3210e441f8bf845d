/** The law of printing: the canonical text of a tree parses to the same tree, and prints to itself. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Expression } from '#relational/expression/ast.ts'
import { type ParseOptions, parse } from '#relational/expression/parse.ts'
import { print, printName } from '#relational/expression/print.ts'
import { aggregateExpression, scalarExpression } from './arbitrary.ts'

/** A tree without the places. */
const withoutPlaces = (expression: Expression): unknown =>
  JSON.parse(JSON.stringify(expression, (key, value) => (key === 'offset' || key === 'length' ? undefined : value)))

function roundTrip(text: string, options: ParseOptions, seen: { count: number }): void {
  const parsed = parse(text, options)
  if (!parsed.ok) return
  seen.count++
  const printed = print(parsed.expression)
  const again = parse(printed, options)
  if (!again.ok) throw new Error(`${text} prints as ${printed}: ${JSON.stringify(again.problems)}`)
  expect(withoutPlaces(again.expression)).toEqual(withoutPlaces(parsed.expression))
  expect(print(again.expression)).toBe(printed)
}

/** Operators in a row without brackets, which scalarExpression always writes. */
const flat = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        'a',
        '-a',
        'NOT b',
        "'x'",
        'CAST(a AS date)',
        '{{ p }}',
        "'{{ p }}x'",
        'b::text',
        '(a OR b)',
        '(a + b)',
        '"end"',
        "INTERVAL '1 day'",
      ),
      fc.constantFrom(
        '+',
        '-',
        '*',
        '/',
        '%',
        '||',
        '=',
        '<',
        'AND',
        'OR',
        'IS DISTINCT FROM',
        'LIKE',
        'IN (a) AND',
        'IS NULL OR',
        'BETWEEN a AND',
      ),
    ),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((parts) => `${parts.map(([operand, operator]) => `${operand} ${operator}`).join(' ')} c`)

describe('print', () => {
  it.each<[string, fc.Arbitrary<string>, ParseOptions]>([
    ['row expressions', scalarExpression, {}],
    ['operators without brackets', flat, {}],
    ['aggregates', aggregateExpression(false), { aggregates: true }],
    ['window expressions', aggregateExpression(true), { windows: true }],
  ])('gives text that parses to the same tree: %s', (_name, arbitrary, options) => {
    const seen = { count: 0 }
    fc.assert(
      fc.property(arbitrary, (text) => roundTrip(text, options, seen)),
      { numRuns: 1000 },
    )
    expect(seen.count).toBeGreaterThan(100)
  })

  it('keeps any text and any name', () => {
    const character = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !text.includes('\0') && !text.includes('{{'))
    fc.assert(
      fc.property(character, (text) => {
        const literal = parse(`'${text.replaceAll("'", "''")}'`)
        expect(literal).toMatchObject({ ok: true, expression: { kind: 'text', value: text } })
        roundTrip(`'${text.replaceAll("'", "''")}'`, {}, { count: 0 })
        const column = parse(printName(text))
        expect(column).toMatchObject({ ok: true, expression: { kind: 'column', name: text } })
      }),
      { numRuns: 500 },
    )
  })
})
