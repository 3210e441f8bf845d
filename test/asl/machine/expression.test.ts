import { describe, expect, it } from 'vitest'
import { analyseExpression, expressionSource } from '#asl/machine/expression.ts'

describe('what is an expression', () => {
  it.each([
    ['{% 1 %}', '1'],
    ['{%1%}', '1'],
    ['{% (\n  $x := 1;\n  $x\n) %}', '(\n  $x := 1;\n  $x\n)'],
    [' {% 1 %}', undefined],
    ['{% 1 %} ', undefined],
    ['{% 1', undefined],
    ['1', undefined],
    [5, undefined],
    [null, undefined],
  ])('%j', (value, source) => {
    expect(expressionSource(value)).toBe(source)
  })
})

describe('what an expression reads', () => {
  it.each([
    ['$states.input.a.b', ['states'], ['input.a.b']],
    ['$states.input.a[b > 1].c', ['states'], ['input.a.c']],
    ['$states', ['states'], ['']],
    ['$states.result.x & $states.input', ['states'], ['result.x', 'input']],
    ['$states.input.*', ['states'], ['input']],
    ['$a + $b', ['a', 'b'], []],
    ['($t := 1; $t + $q)', ['q'], []],
    ['$map($a, function($v, $i) { $v + $i + $c })', ['map', 'a', 'c'], []],
    ['$a@$f.b#$i.{"k": $f, "n": $i, "o": $c}', ['a', 'c'], []],
    ['$a{x: $sum(y)}', ['a', 'sum'], []],
    ['$a^(>p, q)', ['a'], []],
    ['$a ~> |loc|{"a": $b}, ["c"]|', ['a', 'b'], []],
    ['$x ? $y : $z', ['x', 'y', 'z'], []],
    ['$f(?, $one)', ['f', 'one'], []],
    ['-$x', ['x'], []],
    ['[$a, 1..$b]', ['a', 'b'], []],
    ['$a.(b; $c)', ['a', 'c'], []],
    ['$a[$b = 1]', ['a', 'b'], []],
    ['function($n) { $n = 0 ? 1 : $loop($n - 1) }', ['loop'], []],
  ])('%s', (source, reads, states) => {
    const analysis = analyseExpression(source)
    expect(analysis).not.toHaveProperty('error')
    if ('error' in analysis) return
    expect([...analysis.reads].sort()).toEqual([...reads].sort())
    expect([...analysis.states].sort()).toEqual([...states].sort())
    expect(analysis.refused).toEqual([])
  })
})

describe('references Step Functions refuses', () => {
  it.each([
    ['phone', "'phone' at the top level"],
    ['phone.number', "'phone' at the top level"],
    ['$x & phone', "'phone' at the top level"],
    ['{"a": phone}', "'phone' at the top level"],
    ['[phone]', "'phone' at the top level"],
    ['$map($a, function($v) { phone })', "'phone' at the top level"],
    ['$sum(phone)', "'phone' at the top level"],
    ['*', "'*' at the top level"],
    ['**.x', "'**' at the top level"],
    ['$', "'$' at the top level"],
    ['$[0]', "'$' at the top level"],
    ['$$', "'$$'"],
    ['$x[a = $$.b]', "'$$'"],
    ["$eval('1')", "'$eval'"],
    ['($f := $eval; $f(1))', "'$eval'"],
  ])('%s', (source, what) => {
    expect(analyseExpression(source)).toMatchObject({ refused: [expect.stringContaining(`reference to ${what}`)] })
  })

  it.each([
    '$x[phone = 1]',
    '$x.phone',
    '$x.{"a": phone}',
    '$x^(phone)',
    '$x{phone: $count(number)}',
    '$x[$ > 1]',
    '$x.$',
    '$filter($x, function($v) { $v.a })',
  ])('not %s: there the name is read from what is at hand', (source) => {
    expect(analyseExpression(source)).toMatchObject({ refused: [] })
  })
})

describe('expressions that do not parse', () => {
  it.each([
    ['a[1, 2)', 'S0202: Expected "]", got ","'],
    ['1 +', 'S0207: Unexpected end of expression'],
    ['', 'S0207: Unexpected end of expression'],
    ['x := 1', 'S0212: The left side of := must be a variable name (start with $)'],
  ])('%s', (source, error) => {
    expect(analyseExpression(source)).toEqual({ error })
  })
})
