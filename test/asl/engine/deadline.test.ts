/** Expressions that would not end: the limits of time, depth and memory, and a stop in the middle of one. */
import jsonata from 'jsonata'
import { afterEach, describe, expect, it } from 'vitest'
import { isBounded } from '#asl/engine/bounded.ts'
import { createEvaluator, type Evaluator } from '#asl/engine/jsonata.ts'
import { engineWorld, machineOf, run } from '../../kit/engine-world.ts'
import { execute } from '#asl/engine/execute.ts'

/** A text that the pattern `^(a+)+$` takes years for. */
const HOSTILE = `${'a'.repeat(60)}!`
const BACKTRACKS = '$match($states.input.t, /^(a+)+$/)'
const RECURSES = '($f := function($n) { 1 + $f($n + 1) }; $f(0))'
const TAIL_RECURSES = '($f := function($n) { $f($n + 1) }; $f(0))'

let evaluator: Evaluator | undefined
afterEach(() => evaluator?.close())
const open = (limits?: { seconds: number; depth: number }) => {
  const made = createEvaluator(
    () => new Date('2026-01-02T03:04:05.006Z'),
    () => 0.25,
    limits,
  )
  evaluator = made
  return made
}
const bindings = { states: { input: { t: HOSTILE } } }

describe('an expression under a deadline', () => {
  it('ends in the middle of a regular expression, and the next one is evaluated', async () => {
    const { evaluate } = open({ seconds: 0.2, depth: 100 })
    const late = { kind: 'error', message: 'it exceeded the limit of 0.2 seconds for an expression' }
    expect(await evaluate(BACKTRACKS, bindings)).toEqual(late)
    expect(await evaluate(TAIL_RECURSES, bindings)).toEqual(late)
    expect(await evaluate("$match('abc', /b/).match", bindings)).toEqual({ kind: 'value', value: 'b' })
  })

  it('ends at a recursion without an end', async () => {
    const { evaluate } = open()
    expect(await evaluate(RECURSES, bindings)).toEqual({
      kind: 'error',
      message: 'U1001: it exceeded the limit of 2000 nested calls for an expression',
    })
  })

  it.each([
    ['a lambda', '$map([1..3], function($i) { $i * $states.input.by })', { kind: 'value', value: [2, 4, 6] }],
    ['a sort', '$sort([3, 1, 2], function($a, $b) { $a > $b })', { kind: 'value', value: [1, 2, 3] }],
    ['a filter', '[1, 2, 3][$ > 1]', { kind: 'value', value: [2, 3] }],
    [
      'a recursion that ends',
      '($f := function($n) { $n < 2 ? 1 : $n * $f($n - 1) }; $f(20))',
      { kind: 'value', value: 2432902008176640000 },
    ],
    [
      'functions of Step Functions',
      "$map([1], function($i) { $hash('a', 'MD5') & $random() })",
      { kind: 'value', value: '0cc175b9c0f1b6a831c399e2697726610.25' },
    ],
    ['time', '($t := $now(); $t)', { kind: 'value', value: '2026-01-02T03:04:05.006Z' }],
    ['nothing', '[1][$ = 2]', { kind: 'nothing' }],
    ['a function as the result', '($f := function() { 1 }; $f)', { kind: 'unsupported' }],
    ['an error of JSONata', "$map(['x'], $abs)", { kind: 'error', message: expect.stringMatching(/^T0410: /) }],
    ['an error of an added function', "($p := $parse('{'); $p)", { kind: 'error', message: expect.stringMatching(/^D3137: \$parse: /) }],
    ['no eval', "($e := $eval('1'); $e)", { kind: 'error', message: expect.stringMatching(/^T1006: /) }],
  ])('gives what it gives without one: %s', async (_, source, expected) => {
    expect(isBounded(jsonata(source).ast())).toBe(false)
    expect(await open().evaluate(source, { states: { input: { by: 2 } } })).toEqual(expected)
  })

  it('fails its state as a failed evaluation that names state, field, expression and limit', async () => {
    const execution = await run({ Deep: { Type: 'Pass', Output: `{% ${RECURSES} %}`, End: true } })
    expect(execution).toMatchObject({
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause: expect.stringMatching(
        /the state 'Deep' .*'\(\$f := .*' specified for the field 'Output' threw an error .* limit of 2000 nested calls/,
      ),
    })
  })

  it('is ended by a stop of the run', async () => {
    const stop = new AbortController()
    const world = engineWorld({ now: () => null }, { signal: stop.signal })
    const machine = machineOf({ Slow: { Type: 'Pass', Output: `{% ${BACKTRACKS} %}`, End: true } })
    const execution = execute(
      machine,
      { t: HOSTILE },
      { ...world, onEvent: ({ type }) => type === 'PassStateEntered' && setImmediate(() => stop.abort()) },
    )
    expect((await execution).status).toBe('ABORTED')
  })
})

describe('an expression that is evaluated at once', () => {
  it.each([
    '$states.input.a.b',
    '$inputs.`a b`',
    "'runs/' & $run.id & '/data'",
    '$merge([{"a": null}, ($exists($states.input.inputs) ? $states.input.inputs : {})])',
    '[0..$Dataset.batches - 1]',
    "$replace($substring($run.started_at, 0, 10), '-', '')",
    '$a.b = 1 and $not_there or -$c in [1, 2]',
  ])('is one without loops of its own: %s', (source) => expect(isBounded(jsonata(source).ast())).toBe(true))

  it.each(['', 'not ) JSONata'])('is none that does not parse, which fails at once: %j', async (source) => {
    expect(await open().evaluate(source, {})).toEqual({ kind: 'error', message: expect.stringMatching(/^S0\d+: /) })
  })

  it.each([
    BACKTRACKS,
    RECURSES,
    "$replace($a, 'x', $b)",
    '$a[b = 1]',
    '$a.(b)',
    '$a.*',
    '**.a',
    '$a^(b)',
    '$a{b: c}',
    '($a := 1; $a)',
    '[0..9].[0..9]',
    "$pad('a', $n)",
    '$shuffle($a)',
    '$a ~> $sum',
    '$f(1)',
  ])('is none that loops, matches or calls itself: %s', (source) => expect(isBounded(jsonata(source).ast())).toBe(false))
})
