import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resolveInputs } from '#language/definition/inputs.ts'
import type { Json } from '#core/json.ts'
import { definitionOf, foundIn } from './problems-of.ts'

const declare = (declaration: string) => `version: 1
id: a
inputs:
  x: ${declaration}
steps:
  - {id: find, type: discover, with: {source: "{% $string($inputs.x) %}"}}
`
const resolved = (declaration: string, given: { readonly [name: string]: Json }) => resolveInputs(definitionOf(declare(declaration)), given)

/** The value of x, or the hint of the only problem. */
function inputOf(declaration: string, given: Json): Json {
  const result = resolved(declaration, { x: given })
  if (result.ok) return result.inputs['x'] ?? null
  expect(result.problems).toHaveLength(1)
  return `${result.problems[0]?.file}: ${result.problems[0]?.hint}`
}

describe('declarations of inputs', () => {
  it.each([
    ['{type: string, default: 1}', 'invalid-input-default at 1}'],
    ['{type: integer, default: 1.5}', 'invalid-input-default at 1.5}'],
    ['{type: integer, default: 0, minimum: 1}', 'invalid-input-default at 0, minimum'],
    ['{type: number, default: 2, maximum: 1}', 'invalid-input-default at 2, maximum'],
    ['{type: string, default: c, enum: [a, b]}', 'invalid-input-default at c, enum: ['],
    ['{type: string, enum: [a, 1]}', 'invalid-input-default at [a, 1]}'],
    ['{type: string, minimum: 1}', 'invalid-input-default at 1}'],
    ['{type: integer, minimum: 2, maximum: 1}', 'invalid-input-default at 1}'],
    ['{type: array, default: {a: 1}}', 'invalid-input-default at {a: 1}}'],
    ['{type: string, required: true, default: a}', 'required-with-default at true, defa'],
    ['{type: strin}', 'invalid-value at strin}'],
    ['string', 'wrong-type at string'],
    ['{type: string, default: "{{ ds }}"}', 'reference-out-of-place at {{ ds }}"}'],
  ])('%s', (declaration, found) => {
    expect(foundIn(declare(declaration))).toEqual([found])
  })

  it('have names that can be read', () => {
    const named = (name: string) =>
      `version: 1\nid: a\ninputs: {${name}: {type: string, default: x}}\nsteps:\n  - {id: find, type: discover, with: {source: x}}\n`
    expect(foundIn(named('a-b'))).toEqual(['invalid-id at a-b: {type'])
    expect(foundIn(named('run'))).toEqual(['reserved-name at run: {type'])
  })
})

describe('resolveInputs', () => {
  it.each([
    ['{type: string}', 'a b', 'a b'],
    ['{type: string}', '12', '12'],
    ['{type: integer}', '12', 12],
    ['{type: integer}', ' -3 ', -3],
    ['{type: number}', '0.95', 0.95],
    ['{type: number}', '1e-3', 0.001],
    ['{type: boolean}', 'true', true],
    ['{type: boolean}', 'false', false],
    ['{type: array}', '["a", 1]', ['a', 1]],
    ['{type: object}', '{"a": {"b": null}}', { a: { b: null } }],
    ['{type: integer}', 12, 12],
    ['{type: array}', ['a'], ['a']],
    ['{type: string}', null, null],
  ])('%s takes %j', (declaration, given, value) => {
    expect(inputOf(declaration, given)).toEqual(value)
  })

  it.each([
    ['{type: integer}', '10_000', '--input x=10_000: write 10000'],
    ['{type: integer}', '10,000', '--input x=10,000: write 10000'],
    ['{type: integer}', '1.5', '--input x=1.5: write an integer in digits: 10000'],
    ['{type: integer}', '12345678901234567890', '--input x=12345678901234567890: write an integer in digits: 10000'],
    ['{type: integer}', 1.5, '--input x=1.5: use a value of type integer'],
    ['{type: number}', '0,95', '--input x=0,95: write a number with a decimal point: 0.95'],
    ['{type: boolean}', 'yes', '--input x=yes: write true'],
    ['{type: boolean}', 'OFF', '--input x=OFF: write false'],
    ['{type: array}', 'a,b', '--input x=a,b: write a JSON list: ["a", "b"]'],
    ['{type: object}', '[1]', '--input x=[1]: write a JSON object: {"a": 1}'],
    ['{type: integer, minimum: 1}', '0', '--input x=0: allowed: at least 1'],
    ['{type: number, maximum: 1}', '2', '--input x=2: allowed: at most 1'],
    ['{type: string, enum: [parquet, csv]}', 'parqet', '--input x=parqet: did you mean parquet? allowed: parquet, csv'],
    ['{type: string, required: true}', null, '--input x=null: use a value of type string'],
  ])('%s refuses %j', (declaration, given, problem) => {
    expect(inputOf(declaration, given)).toBe(problem)
  })

  const definition = definitionOf(`version: 1
id: a
inputs:
  source: {type: string, required: true, description: What to read}
  folder: {type: string, required: true}
  rows: {type: integer, default: 100}
  region: {type: string}
steps:
  - {id: find, type: discover, with: {source: "{{ source }}{{ folder }}", chunk_rows: "{{ rows }}"}}
  - {id: trace, type: lineage, with: {namespace: "{{ region }}"}}
`)

  it('names everything that is missing or unknown at once', () => {
    const result = resolveInputs(definition, { sorce: 'x', rows: 'many' })
    expect(result.ok ? [] : result.problems.map(({ code, what, hint }) => `${code}: ${what} / ${hint}`)).toEqual([
      'missing-input: the input `source` is missing: What to read / add --input source=<string>',
      'missing-input: the input `folder` is missing / add --input folder=<string>',
      "invalid-input: the value is 'many', not of type integer / write an integer in digits: 10000",
      'unknown-input: unknown input `sorce` / did you mean `source`? inputs: source, folder, rows, region',
    ])
  })

  it('gives every declared input a value, null where there is none', () => {
    expect(resolveInputs(definition, { source: 'a', folder: 'b' })).toEqual({
      ok: true,
      inputs: { source: 'a', folder: 'b', rows: 100, region: null },
    })
  })

  it('is not fooled by names every object has', () => {
    const result = resolveInputs(definition, { source: 'a', folder: 'b', constructor: 'x', toString: 'y' })
    expect(result.ok ? [] : result.problems.map(({ code }) => code)).toEqual(['unknown-input', 'unknown-input'])
  })

  it('reads back every number it is given in digits', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }), (whole, number) => {
        expect(inputOf('{type: integer}', String(whole))).toBe(whole)
        expect(inputOf('{type: number}', String(number))).toBe(Number(String(number)))
      }),
      { numRuns: 50 },
    )
  })
})
