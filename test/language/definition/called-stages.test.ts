/** Stages that only name a function, a handler that only has a name, and inputs that only a trigger names. */
import { expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { definitionOf, foundIn } from './problems-of.ts'

const STAGES = `version: 1
id: etl
triggers:
  - {type: event, event_type: order.exported, params: {source: "{{ event.detail.uri }}", limit: 5}}
stages:
  - {name: ExtractData, function_name: extract-fn}
  - {name: LoadData, function_name: load-fn, payload: {rows: "{{ extract_data.result.rows }}"}, retry: {max_attempts: 0}}
on_failure: {name: FailureHandler, function_name: failure-fn}
`
const CANONICAL = `version: 1
id: etl
inputs: {source: {type: string}, limit: {type: number}}
triggers:
  - {type: event, event_type: order.exported, params: {source: "{{ event.detail.uri }}", limit: 5}}
steps:
  - {id: extract_data, name: ExtractData, type: lambda, with: {function_name: extract-fn}}
  - {id: load_data, name: LoadData, type: lambda, with: {function_name: load-fn, payload: {rows: "{{ extract_data.result.rows }}"}}, retry: {max_attempts: 0}}
on_failure: {id: failure_handler, name: FailureHandler, type: lambda, with: {function_name: failure-fn}}
`

it('mean the same machine as the canonical form', () => {
  const [short, long] = [STAGES, CANONICAL].map((text) => compile(text, { file: 'p.yaml' }))
  if (short?.ok !== true || long?.ok !== true) throw new Error(JSON.stringify([short, long]))
  expect(short.warnings).toEqual([])
  expect(short.text).toBe(long.text)
  expect(definitionOf(STAGES).inputs).toMatchObject({ source: { type: 'string', required: false }, limit: { type: 'number' } })
})

it('have problems at the words of the author', () => {
  expect(foundIn(STAGES.replace('extract-fn}', 'extract fn}'))).toEqual(['invalid-value at extract fn'])
  expect(foundIn(STAGES.replace('extract_data.result', 'extract.result'))).toEqual([expect.stringMatching(/^unknown-step at \{\{ extract/)])
  // with a type the step is an ordinary one, whose settings stand in `with`
  expect(foundIn(STAGES.replace('{name: ExtractData,', '{name: ExtractData, type: lambda,'))).toContainEqual(
    expect.stringMatching(/^unknown-key at function_n/),
  )
  // declared inputs are all there are
  expect(foundIn(STAGES.replace('stages:', 'inputs: {limit: {type: integer}}\nstages:'))).toEqual([
    expect.stringMatching(/^unknown-input at source/),
  ])
})

it('checks what an environment is', () => {
  const of = (environment: string) => foundIn(`${STAGES}environments: {staging: ${environment}}\n`)
  expect(of('{account: "111111111111", region: eu-west-1, require: [smoke_tests, approval]}')).toEqual([])
  expect(of('{account: 7}')).toEqual([expect.stringMatching(/^wrong-type at 7/)])
  expect(of('{region: Ireland}')).toEqual([expect.stringMatching(/^invalid-value at Ireland/)])
  expect(of('{require: [tests]}')).toEqual([expect.stringMatching(/^invalid-value at tests/)])
})
