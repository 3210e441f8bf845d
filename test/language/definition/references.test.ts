// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import jsonata from 'jsonata'
import { describe, expect, it } from 'vitest'
import { jsonataText } from '#asl/machine/literal.ts'
import { rowExpressionOf } from '#language/definition/row-expression.ts'
import type { Json } from '#core/json.ts'
import { definitionOf, foundIn, problemsOf, stepOf, withSteps } from './problems-of.ts'

const HEAD = `name: Sales
inputs:
  region: {type: string, default: eu}
  limit: {type: integer, default: 5}
  list: {type: array, default: [a, b]}
  options: {type: object, default: {deep: {er: 1}}}
`
const USES = '  - {id: all, type: monitor, with: {alerts: [{name: "{% $string($inputs) %}", when: rows_out < 1}]}}\n'
const publish = (to: string) => withSteps(`  - id: publish\n    type: export\n    with: {to: ${JSON.stringify(to)}}\n${USES}`, HEAD)
const compiled = (to: string): Json | undefined => stepOf(publish(to), 'publish').with['to']

const variables = {
  inputs: { region: 'eu', limit: 5, list: ['a', 'b'], options: { deep: { er: 1 } } },
  run: { id: 'r-1', started_at: '2024-01-31T08:00:00Z', ds: '2024-01-31', ds_nodash: '20240131', ts: '2024-01-31T08:00:00Z' },
  find: { count: 2, sources: [{ uri: 'a.csv' }] },
  states: { input: { item: { uri: 'x.csv', size: 1 } } },
}

async function evaluated(value: Json | undefined, bound: object = variables): Promise<unknown> {
  const source = /^\{%(.*)%\}$/s.exec(String(value))?.[1]
  return source === undefined ? value : await jsonata(source).evaluate({}, bound as Record<string, unknown>)
}

describe('{{ … }} in settings', () => {
  it.each([
    ['{{ inputs.limit }}', '{% $inputs.limit %}', 5],
    ['  {{limit}} ', '{% $inputs.limit %}', 5],
    ['{{ list }}', '{% $inputs.list %}', ['a', 'b']],
    ['{{ options.deep.er }}', '{% $exists($inputs.options.deep.er) ? $inputs.options.deep.er : null %}', 1],
    ['{{ inputs.options.none }}', '{% $exists($inputs.options.none) ? $inputs.options.none : null %}', null],
    ['{{ find.result.count }}', '{% $exists($find.count) ? $find.count : null %}', 2],
    ['{{ find.result.sources[0].uri }}', '{% $exists($find.sources[0].uri) ? $find.sources[0].uri : null %}', 'a.csv'],
    ['{{ run.id }}', '{% $run.id %}', 'r-1'],
    ['{{ ds_nodash }}', '{% $run.ds_nodash %}', '20240131'],
    ['{{ pipeline.name }}', 'Sales', 'Sales'],
    ['{{ pipeline.id }}-{{ pipeline.name }}', "{% 'sales' & '-' & 'Sales' %}", 'sales-Sales'],
    ['a/{{ region }}/b', "{% 'a/' & $string($inputs.region) & '/b' %}", 'a/eu/b'],
    ['{{ region }}{{ limit }}', '{% $string($inputs.region) & $string($inputs.limit) %}', 'eu5'],
    [`it's "{{ ds }}" \\ {{ find.result.count }}`, undefined, `it's "2024-01-31" \\ 2`],
    ['plain text', 'plain text', 'plain text'],
    ['{% $inputs.limit + 1 %}', '{% $inputs.limit + 1 %}', 6],
    ['  {% $inputs.limit %}\n', '{% $inputs.limit %}', 5],
  ])('%s', async (text, source, value) => {
    if (source !== undefined) expect(compiled(text)).toBe(source)
    expect(await evaluated(compiled(text))).toEqual(value)
  })

  it('give null for the result of a step that was skipped', async () => {
    expect(await evaluated(compiled('{{ find.result.count }}'), { ...variables, find: {} })).toBeNull()
  })

  it('reach every text of the settings, and change nothing else', () => {
    const text = withSteps(
      `  - id: map_it\n    type: clean\n    with: {rules: [{map: {column: a, values: {x: "{{ region }}", y: plain}}}]}\n${USES}`,
      HEAD,
    )
    expect(stepOf(text, 'map_it').with).toEqual({ rules: [{ map: { column: 'a', values: { x: '{% $inputs.region %}', y: 'plain' } } }] })
  })

  it('may stand in the workers of the pipeline, where no step has run', () => {
    const workers = (reference: string) => withSteps(USES, `resources: {workers: "${reference}"}\n${HEAD}`)
    expect(definitionOf(workers('{{ limit }}')).resources.workers).toBe('{% $inputs.limit %}')
    expect(foundIn(workers('{{ find.result.count }}'))).toEqual(['not-yet-run at {{ find.re'])
  })

  it.each([
    ['{{ inputs.regoin }}', 'unknown-input', 'did you mean `region`'],
    ['x {{ regoin }}', 'unknown-name', 'did you mean `region`'],
    ['{{ fnd.result.count }}', 'unknown-step', 'did you mean `find`'],
    ['{{ find.result.cuont }}', 'unknown-result', 'did you mean `count`'],
    ['{{ find.count }}', 'invalid-reference', 'find.result.count'],
    ['{{ publish.result.rows }}', 'not-yet-run', 'depends_on'],
    ['{{ run.started }}', 'unknown-name', 'started_at'],
    ['{{ pipeline.version }}', 'unknown-name', 'id, name'],
    ['{{ region.name }}', 'invalid-reference', 'inputs.region'],
    ['{{ item }}', 'item-outside-loop', 'loop'],
    ['{{ limit + 1 }}', 'invalid-reference', '{% … %}'],
    ['{{ region | upper }}', 'invalid-reference', '{% … %}'],
    ['{{ }}', 'invalid-reference', 'inputs.x'],
    ['a {{ region', 'invalid-reference', '{{ name }}'],
    ['{{ env.HOME }}', 'unknown-name', '${env.HOME}'],
    ['{{ config.a.b }}', 'unknown-name', '${a.b}'],
    ['a {% $inputs.limit %}', 'invalid-reference', 'whole value'],
    ['{% $inputs.lmit %}', 'unknown-input', 'did you mean `limit`'],
    ['{% $fnd.count %}', 'unknown-name', 'did you mean `$find`'],
    ['{% $publish.rows %}', 'unknown-name', '$find'],
    ['{% $inputs.limit + %}', 'invalid-jsonata', 'jsonata'],
    ['{% region %}', 'invalid-jsonata', '$inputs'],
    ['{% $now() %}', 'unstable-function', '$run.started_at'],
    ['{% $millis() %}', 'unstable-function', '$run.started_at'],
    ['{% $uuid() %}', 'unstable-function', '$run.id'],
    ['{% $random() %}', 'unstable-function', 'retried'],
    ["{% $eval('1') %}", 'unstable-function', 'checked'],
  ])('%s is %s', (text, code, hint) => {
    const problems = problemsOf(publish(text))
    expect(problems.map((problem) => problem.code)).toEqual([code])
    expect(problems[0]?.hint).toContain(hint)
  })

  it('lets JSONata bind names of its own', () => {
    expect(problemsOf(publish('{% ($x := $inputs.limit; $map($inputs.list, function($v, $i) { $v & $x & $i })) %}'))).toEqual([])
  })

  it('refuses an optional input without default in a text, where it would read "null"', () => {
    const text = (reference: string) =>
      withSteps(`  - {id: out, type: export, with: {to: "${reference}"}}\n`, 'inputs: {folder: {type: string}}\n')
    expect(foundIn(text('out/{{ folder }}'))).toEqual(['optional-in-text at {{ folder '])
    expect(foundIn(text('{{ folder }}'))).toEqual([])
  })

  it('checks that a step waits for the one it reads, through others too', () => {
    const steps = (waits: string) =>
      withSteps(
        `  - {id: a, type: lineage, depends_on: [find]}\n  - {id: b, type: lineage, depends_on: [${waits}], with: {namespace: "{{ find.result.count }}"}}\n`,
      )
    expect(foundIn(steps('a'))).toEqual([])
    expect(foundIn(steps(''))).toEqual(['not-yet-run at {{ find.re'])
  })
})

describe('loops', () => {
  const looped = (loop: string, namespace: string) =>
    withSteps(`  - {id: a, type: lineage, loop: {${loop}}, with: {namespace: "${namespace}"}}\n`)

  it('give the item to the settings under its name, and under `item`', () => {
    expect(stepOf(looped('foreach: [x, y], as: file', '{{ file }}'), 'a')).toMatchObject({
      loop: { foreach: ['x', 'y'], as: 'file', max_concurrency: 1, max_items: 0 },
      with: { namespace: '{% $states.input.item %}' },
    })
    expect(stepOf(looped('foreach: [x], parallel: true, as: file', '{{ item.uri }}'), 'a')).toMatchObject({
      loop: { max_concurrency: 10 },
      with: { namespace: '{% $exists($states.input.item.uri) ? $states.input.item.uri : null %}' },
    })
  })

  it('over the sources of a scan step are known as such, and have no item to read', () => {
    expect(stepOf(looped('foreach: "{{ find.result.sources }}", as: file', 'x'), 'a').loop).toMatchObject({
      sources_of: 'find',
      as: 'file',
    })
    expect(foundIn(looped('foreach: "{{ find.result.sources }}", as: file', '{{ file.uri }}'))).toEqual(['item-outside-loop at {{ file.ur'])
    expect(stepOf(looped('foreach: "{{ find.result.columns }}"', 'x'), 'a').loop?.sources_of).toBeUndefined()
  })

  it('name their item like nothing else', () => {
    expect(foundIn(looped('foreach: [x], as: find', 'x'))).toEqual(['name-clash at find}, wit'])
    expect(foundIn(looped('foreach: [x], as: run', 'x'))).toEqual(['reserved-name at run}, with'])
    expect(foundIn(looped('foreach: [x], max_concurrency: 3', 'x'))).toEqual(['invalid-value at 3}, with: '])
    expect(foundIn(looped('foreach: "a,b"', 'x'))).toEqual(['wrong-type at "a,b"}, wi'])
  })
})

describe('row expressions', () => {
  const derive = (column: string, head = 'inputs: {limit: {type: integer, default: 5}}\n') =>
    withSteps(`  - id: enrich\n    type: transform\n    with:\n      columns:\n        x: ${column}\n`, head)

  it('keep their text, with their references as parameters', () => {
    const columns = stepOf(derive('CASE WHEN amount > {{ limit }} AND day = {{  ds }} THEN 1 ELSE {{ limit }} END'), 'enrich').with[
      'columns'
    ]
    const setting = (columns as { x: Json }).x
    expect(setting).toEqual({
      expression: 'CASE WHEN amount > {{ limit }} AND day = {{  ds }} THEN 1 ELSE {{ limit }} END',
      parameters: { limit: '{% $inputs.limit %}', ds: '{% $run.ds %}' },
    })
    expect(rowExpressionOf(setting)).toEqual(setting)
  })

  it('are compiled without references too, wherever their kind has one', () => {
    const steps = `  - id: shape
    type: transform
    with:
      operations:
        - {filter: amount > 0}
        - {aggregate: {by: [a], columns: {total: sum(amount)}}}
  - id: check
    type: validate
    with: {rules: [{rule_type: expression, expression: total > 0}]}
`
    expect(stepOf(withSteps(steps), 'shape').with['operations']).toEqual([
      { filter: { expression: 'amount > 0', parameters: {} } },
      { aggregate: { by: ['a'], columns: { total: { expression: 'sum(amount)', parameters: {} } } } },
    ])
    expect(stepOf(withSteps(steps), 'check').with).toMatchObject({ rules: [{ expression: { expression: 'total > 0', parameters: {} } }] })
  })

  it('are nothing else', () => {
    for (const setting of [
      undefined,
      null,
      'a > 1',
      ['a'],
      {},
      { expression: 'a' },
      { expression: 1, parameters: {} },
      { expression: 'a', parameters: {}, more: 1 },
    ]) {
      expect(rowExpressionOf(setting as Json)).toBeUndefined()
    }
  })

  it('have problems at the exact character, in any style of scalar', () => {
    const use = '  - {id: use, type: lineage, with: {namespace: "{{ limit }}"}}\n'
    const found = (column: string) => foundIn(derive(column) + use)
    expect(found('quantity * (price')).toEqual(['invalid-expression at (price'])
    expect(found("'name || ''x'' || (price'")).toEqual(["invalid-expression at (price'"])
    expect(found('"a \\u007c\\u007c (price"')).toEqual(['invalid-expression at (price"'])
    expect(found('|\n          CASE WHEN a > 1\n            THEN uper(price)\n          ELSE 2 END')).toEqual([
      'invalid-expression at uper(price',
    ])
    expect(found('>-\n          a +\n          b + (price')).toEqual(['invalid-expression at (price'])
    expect(found('a > {{ lmit }}')).toEqual(['unknown-name at {{ lmit }}'])
  })

  it('have problems at the exact character after ${…} was replaced', () => {
    const head = 'config: {rate: 1.25}\ninputs: {limit: {type: integer, default: 5}}\n'
    const use = '  - {id: use, type: lineage, with: {namespace: "{{ limit }}"}}\n'
    expect(foundIn(derive('"price * ${rate} + (b"', head) + use)).toEqual(['invalid-expression at (b"'])
  })

  it('are written as text by authors', () => {
    const use = '  - {id: use, type: lineage, with: {namespace: "{{ limit }}"}}\n'
    expect(foundIn(derive('{expression: "a >", parameters: {}}') + use)).toEqual(['wrong-type at {expressio'])
  })
})

describe('jsonataText', () => {
  it.each(['', 'a', "it's", '"', `'"`, '\\', 'a\\"b', '\n\t\u0001', '{% x %}', '%}', 'é😀', '\u2028', '${x}'])(
    '%j reads back as itself',
    async (text) => {
      expect(await jsonata(jsonataText(text)).evaluate({})).toBe(text)
      expect(jsonataText(text)).not.toContain('%}')
    },
  )
})
