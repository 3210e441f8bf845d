/** Pipelines that start each other: triggers on the runs of another pipeline, and what is checked among several. */
import { describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { pipelinesIn } from '#language/definition/documents.ts'
import { formatProblem } from '#language/definition/problem.ts'
import { type ChainedPipeline, cyclesIn, unknownUpstream } from '#language/definition/starts/chains.ts'
import { definitionOf, foundIn, problemsOf, withSteps } from './problems-of.ts'

const startsAfter = (...pipelines: readonly string[]) =>
  `triggers: [${pipelines.map((one) => `{type: pipeline, pipeline: ${one}}`).join(', ')}]\n`

/** Pipelines by id, each with those it starts after. */
function chained(given: { readonly [id: string]: readonly string[] }): readonly ChainedPipeline[] {
  return Object.entries(given).map(([id, before]) => {
    const compiled = compile(withSteps('', startsAfter(...before)).replace('id: sales', `id: ${id}`), { file: `${id}.yaml` })
    if (!compiled.ok) throw new Error(compiled.problems.map(formatProblem).join('\n'))
    return { file: `${id}.yaml`, ...compiled }
  })
}

describe('a trigger on the runs of another pipeline', () => {
  it('waits for a run that succeeded unless it says otherwise', () => {
    expect(definitionOf(withSteps('', startsAfter('orders'))).triggers).toEqual([
      { type: 'pipeline', pipeline: 'orders', status: 'succeeded', inputs: {} },
    ])
    const given = 'triggers: [{type: pipeline, pipeline: orders, status: finished}]\n'
    expect(definitionOf(withSteps('', given)).triggers).toMatchObject([{ status: 'finished' }])
  })

  it('gives its runs inputs from the run that ended, of the right types', () => {
    const head = (inputs: string) =>
      `inputs: {source: {type: string, default: a}, all: {type: array, default: []}}\ntriggers: [{type: pipeline, pipeline: orders, inputs: {${inputs}}}]\n`
    const steps =
      '  - {id: more, type: discover, with: {source: "{{ all }}"}}\n  - {id: trace, type: lineage, with: {namespace: "{{ source }}"}}\n'
    const found = (inputs: string) => problemsOf(withSteps(steps, head(inputs))).map(({ code, what }) => `${code}: ${what}`)
    expect(found('source: "{{ event.output }}", all: "{{ event.outputs }}"')).toEqual([])
    expect(found('source: "{{ event.pipeline }} {{ event.run_id }} {{ event.status }} {{ event.time }} {{ ds }}"')).toEqual([])
    expect(found('source: "{{ event.outputs }}"')).toEqual(['invalid-input: the value has type array, expected string'])
    expect(found('source: "from {{ event.outputs }}"')).toEqual([
      'invalid-input: `event.outputs` is a list, which cannot be part of a text',
    ])
    expect(found('source: "{{ event.uri }}"')).toEqual(['unknown-name: `event.uri` is unknown when a run starts'])
  })

  it('has problems where they are written', () => {
    const found = (trigger: string) => foundIn(withSteps('', `triggers: [{type: pipeline, ${trigger}}]\n`))
    expect(found('pipeline: sales')).toEqual(['trigger-cycle at sales}]'])
    expect(found('pipline: orders').length).toBeGreaterThan(0)
    expect(found('pipeline: orders, status: done')).toEqual(['invalid-value at done}]'])
    expect(found('pipeline: Orders')).toEqual(['invalid-id at Orders}]'])
    expect(foundIn(withSteps('', startsAfter('orders', 'stock', 'orders')))).toEqual(['invalid-value at orders}]'])
  })
})

describe('pipelines that are given together', () => {
  it('must not start each other forever: the cycle is reported once, with the place of each trigger', () => {
    expect(cyclesIn(chained({ a: ['b'], b: ['c'], c: ['a'], d: ['a'] })).map(formatProblem)).toEqual([
      'a.yaml:3:39 trigger-cycle triggers.0.pipeline: the pipelines would start each other forever: a → c → b → a\n  hint: remove one of the triggers: this one, b.yaml:3:39, c.yaml:3:39',
    ])
  })

  it('may have several cycles, each of which is reported', () => {
    const found = cyclesIn(chained({ a: ['b', 'c'], b: ['a'], c: ['a'] })).map(({ what }) => what.split(': ')[1])
    expect(found).toEqual(['a → b → a', 'a → c → a'])
  })

  it('may start one pipeline on several ways, and several pipelines', () => {
    expect(cyclesIn(chained({ a: [], b: ['a'], c: ['a'], d: ['b', 'c'], e: ['elsewhere'] }))).toEqual([])
  })

  it('are reported with their lines in one file', () => {
    const text = `${withSteps('', startsAfter('two')).replace('id: sales', 'id: one')}---\n${withSteps('', startsAfter('one')).replace('id: sales', 'id: two')}`
    const pipelines = pipelinesIn(text).flatMap((one): readonly ChainedPipeline[] => {
      const compiled = compile(one.text, { file: 'both.yaml' })
      return compiled.ok ? [{ file: 'both.yaml', ...compiled }] : []
    })
    expect(cyclesIn(pipelines)).toMatchObject([{ file: 'both.yaml', line: 3, hint: expect.stringContaining('both.yaml:9:39') }])
  })

  it('are warned of a pipeline that is not among them, with the nearest name', () => {
    expect(unknownUpstream(chained({ orders: [], report: ['ordrs'] })).map(formatProblem)).toEqual([
      'report.yaml:3:39 warning unknown-name triggers.0.pipeline: no pipeline `ordrs` is among those given\n  hint: did you mean `orders`? given: orders',
    ])
    // alone, a pipeline knows no other
    expect(unknownUpstream(chained({ report: ['ordrs'] }))).toEqual([])
    expect(unknownUpstream(chained({ orders: [], report: ['orders'] }))).toEqual([])
  })
})
