import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createEvaluator } from '#asl/engine/jsonata.ts'
import type { Json } from '#core/json.ts'
import type { Evaluated } from '#asl/engine/deadline.ts'

const evaluator = createEvaluator(
  () => new Date('2026-01-02T03:04:05.678Z'),
  () => 0.5,
)
const states = { input: { list: [1, 2, 3], one: [{ a: 1 }], empty: [], none: null, text: 'x' } }
const evaluate = (source: string): Promise<Evaluated> => evaluator.evaluate(source, { states })
const value = (of: Json): Evaluated => ({ kind: 'value', value: of })
const NOTHING: Evaluated = { kind: 'nothing' }
const error = (start: string) => ({ kind: 'error', message: expect.stringMatching(new RegExp(`^${start}`)) })

describe('the functions Step Functions adds', () => {
  it.each([
    ['$parse(\'{"a":[1,null]}\')', value({ a: [1, null] })],
    ["$parse('-0')", value(0)],
    ["$parse('{')", error('D3137')],
    ['$parse(1)', error('T0410')],
    ['$parse($states.input.zz)', NOTHING],
    ['$partition([1,2,3,4,5], 2)', value([[1, 2], [3, 4], [5]])],
    ['$partition([1,2,3], 2.9)', value([[1, 2], [3]])],
    ['$partition([0], 5)', value([[0]])],
    ['$partition([1,2])', value([[1, 2]])],
    ['$partition($states.input.empty, 2)', NOTHING],
    ['$partition([1], 0)', NOTHING],
    ['$partition([1], -1)', error('D3137')],
    ['$partition(1, 1)', error('T0412')],
    ['$partition($states.input.list[$ > 2], 1)', error('T0412')],
    ['$partition([$states.input.list[$ > 2]], 1)', value([[3]])],
    ['$range(1, 9, 4)', value([1, 5, 9])],
    ['$range(9, 1, -3)', value([9, 6, 3])],
    ['$range(-1.7, 2, 1)', value([-1, 0, 1, 2])],
    ['$range(4, 4, 1)', value(4)],
    ['$range(5, 4, 1)', NOTHING],
    ['$range(1, 5, 0)', NOTHING],
    ['$range(1, 5)', NOTHING],
    ["$hash('abc', 'SHA-256')", value(createHash('sha256').update('abc').digest('hex'))],
    ["$hash('abc', 'MD5')", value(createHash('md5').update('abc').digest('hex'))],
    ["$hash('abc', 'sha256')", error('D3137: Hash algorithm')],
    ["$hash('abc')", NOTHING],
    ['$random()', value(0.5)],
    ['$random(7) = $random(7)', value(true)],
    ['$random(7) = $random(8)', value(false)],
    ['$uuid()', value('80808080-8080-4080-8080-808080808080')],
    ["$eval('1')", error('T1006')],
    ['$now()', value('2026-01-02T03:04:05.678Z')],
    ["$now('[Y0001]-[M01]-[D01]')", value('2026-01-02')],
    ['$millis()', value(Date.parse('2026-01-02T03:04:05.678Z'))],
  ])('%s', async (source, result) => {
    expect(await evaluate(source)).toEqual(result)
  })
})

describe('the traps of sequences', () => {
  it.each([
    ['one hit is the element, not a list', '$states.input.list[$ > 2]', value(3)],
    ['no hit is nothing', '$states.input.list[$ > 3]', NOTHING],
    ['wrapped, one hit is a list', '[$states.input.list[$ > 2]]', value([3])],
    ['wrapped, no hit is an empty list', '[$states.input.list[$ > 3]]', value([])],
    ['a path through a list of one', '$states.input.one.a', value(1)],
    ['a list of one itself stays a list', '$states.input.one', value([{ a: 1 }])],
    ['a list of lists stays one when wrapped by hand', '[[1]]', value([[1]])],
    ['a missing field drops its key', '{"a": $states.input.zz, "b": 1}', value({ b: 1 })],
    ['a null keeps its key', '{"a": $states.input.none}', value({ a: null })],
    ['an optional read', '$exists($states.input.zz) ? $states.input.zz : null', value(null)],
    ['$map over one element is the element', '$map([5], function($v) { $v * 2 })', value(10)],
  ])('%s: %s', async (_, source, result) => {
    expect(await evaluate(source)).toEqual(result)
  })
})

describe('results', () => {
  it.each([
    ['1/0', value('Infinity')],
    ['[0/0, {"k": -1/0}]', value(['NaN', { k: '-Infinity' }])],
    ['-0', value(0)],
    ['$sum', { kind: 'unsupported' }],
    ['function($x) { $x }', { kind: 'unsupported' }],
    ['{"deep": [$sum]}', { kind: 'unsupported' }],
    ['$parse(\'{"__proto__": {"x": 1}}\')', value(JSON.parse('{"__proto__": {"x": 1}}'))],
    ['$nope()', error('T1006')],
    ["$error('boom')", error('D3137: boom')],
    ['$states.input.text + 1', error('T2001')],
    ['[1, 2', error('S0')],
  ] as [string, unknown][])('%s', async (source, result) => {
    expect(await evaluate(source)).toEqual(result)
  })

  it('share nothing with what they were read from, which stays as it was', async () => {
    const input = { list: [[1], [2]], one: [{ a: [] }] }
    const before = structuredClone(input)
    for (const source of [
      '$states.input',
      '$states.input.list[]',
      '$append($states.input.list, 3)',
      '$reverse($states.input.list)',
      '$states.input ~> |one|{"b": 1}|',
    ]) {
      const result = await evaluator.evaluate(source, { states: { input } })
      expect(result.kind).toBe('value')
      if (result.kind === 'value')
        for (const part of [result.value].flat()) if (typeof part === 'object' && part !== null) Object.assign(part, { spoilt: true })
    }
    // As JSON: the library leaves marks on arrays it is asked to keep with [].
    expect(JSON.stringify(input)).toBe(JSON.stringify(before))
  })

  it('variables are bound by name and hide functions of the same name', async () => {
    expect(await evaluator.evaluate('$count + $x', { count: 2, x: 3 })).toEqual(value(5))
  })
})
