/** Trigger rules: which steps run, by what became of the steps they depend on. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { virtualClock } from '#asl/engine/clock.ts'
import { compile } from '#language/compiler/compile.ts'
import { runDefinition, type Workplace, workplace } from '../../kit/run-pipeline.ts'
import { foundIn } from '../definition/problems-of.ts'

let place: Workplace
beforeEach(() => {
  place = workplace()
})
afterEach(() => place.clear())

const step = (id: string, after: string, more = '') =>
  `  - {id: ${id}, type: lambda, depends_on: [${after}], with: {function_name: ${id}, payload: {}}, retry: {max_attempts: 0}${more}}\n`
const rule = (name: string) => `, trigger_rule: ${name}`
const MAY_FAIL = ', on_error: {continue_on_error: true}'
const NEVER = ', condition: false'

/** Runs the steps; the functions of these names fail. Which were called, in the order of their names, and how the run ended. */
async function ran(steps: string, failing: readonly string[], ends = '') {
  const called: string[] = []
  const names = [...`${steps}${ends}`.matchAll(/function_name: (\w+)/g)].map(([, name = '']) => name)
  const run = await runDefinition(`version: 1\nid: rules\nsteps:\n${steps}${ends}`, {
    store: place.folder,
    clock: virtualClock(),
    functions: Object.fromEntries(
      names.map((name) => [
        name,
        () => {
          called.push(name)
          if (failing.includes(name)) throw Object.assign(new Error(`${name} broke`), { name: 'OwnError' })
          return {}
        },
      ]),
    ),
  })
  return { run, called: called.sort().join(' '), ended: run.status === 'FAILED' ? `FAILED ${run.cause}` : run.status }
}

/** Two steps beside each other, and one after both. */
const diamond = (name: string | undefined, first = '', second = '') =>
  `${step('a', '', first)}${step('b', '', second)}${step('c', 'a, b', name === undefined ? '' : rule(name))}`

describe('a step', () => {
  it.each([
    ['all_success', '', '', [], 'a b c', 'SUCCEEDED'],
    ['all_success', MAY_FAIL, '', ['a'], 'a b', 'SUCCEEDED'],
    ['all_success', NEVER, '', [], 'b', 'SUCCEEDED'],
    ['all_success', '', '', ['a'], 'a b', 'FAILED a broke'],
    ['none_failed', MAY_FAIL, '', ['a'], 'a b', 'SUCCEEDED'],
    ['none_failed', NEVER, '', [], 'b c', 'SUCCEEDED'],
    ['all_done', '', '', ['a'], 'a b c', 'FAILED a broke'],
    ['all_done', '', '', ['a', 'b'], 'a b c', 'FAILED a broke'],
    ['all_done', NEVER, '', [], 'b c', 'SUCCEEDED'],
    ['all_done', '', '', ['c'], 'a b c', 'FAILED c broke'],
    ['one_failed', '', '', [], 'a b', 'SUCCEEDED'],
    ['one_failed', '', '', ['b'], 'a b c', 'FAILED b broke'],
    ['one_failed', MAY_FAIL, '', ['a'], 'a b c', 'SUCCEEDED'],
    ['one_failed', NEVER, '', [], 'b', 'SUCCEEDED'],
  ] as const)('with the rule %s after `a`%s and `b`%s of which fail %j', async (name, first, second, failing, called, ended) => {
    const found = await ran(diamond(name, first, second), failing)
    expect([found.called, found.ended]).toEqual([called, ended])
  })

  it('that did not run because of a failure counts as failed for the steps after it', async () => {
    const steps = (last: string) => `${step('a', '')}${step('b', 'a')}${step('c', 'b', rule(last))}${step('d', 'c')}`
    expect((await ran(steps('one_failed'), ['a'])).called).toBe('a c d')
    expect((await ran(steps('all_success'), ['a'])).called).toBe('a')
    expect((await ran(steps('all_done'), ['b'])).called).toBe('a b c d')
  })

  it('runs beside one that failed, if it does not depend on it', async () => {
    const found = await ran(`${step('a', '')}${step('b', 'a')}${step('x', '')}${step('y', 'x')}${step('c', 'b, y', rule('all_done'))}`, [
      'a',
    ])
    expect([found.called, found.ended]).toEqual(['a c x y', 'FAILED a broke'])
  })

  it('may stand in for one that may fail: the run completes in part', async () => {
    const { run } = await ran(`${step('a', '', MAY_FAIL)}${step('b', 'a', rule('one_failed'))}`, ['a'])
    expect([run.status, run.report.run.status]).toEqual(['SUCCEEDED', 'partial'])
  })
})

it('the report says of each step what became of it', async () => {
  const { run } = await ran(diamond('one_failed'), ['a'])
  expect(run.report.run.status).toBe('failed')
  expect(run.report.steps.map(({ id, report }) => `${id} ${report.level}`)).toEqual(['a error', 'b ok', 'c ok'])
})

it('steps of the end of a run follow the steps with rules', async () => {
  const ends = `finally:\n${step('tidy', '').replace('depends_on: [], ', '')}on_failure:\n${step('tell', '').replace('depends_on: [], ', '')}`
  expect((await ran(diamond('all_done'), ['a'], ends)).called).toBe('a b c tell tidy')
  expect((await ran(diamond('all_done'), [], ends)).called).toBe('a b c tidy')
})

it('rows that could not be made keep the steps that read them from running, and others run', async () => {
  const { run } = await (async () => {
    const steps = `  - {id: find, type: discover, with: {source: "${place.folder}/none-*.csv"}}
  - {id: tidy, type: clean, with: {rules: [{standardize: [whitespace]}]}}
  - {id: publish, type: export, with: {to: "${place.folder}/out"}}
${step('tell', 'publish', rule('one_failed'))}`
    return ran(steps, [])
  })()
  expect([run.status, run.step]).toEqual(['FAILED', 'find'])
  expect(run.report.steps.map(({ id, report }) => `${id} ${report.level}`)).toEqual([
    'find error',
    'tidy skipped',
    'publish skipped',
    'tell ok',
  ])
})

it('a definition without rules has the same machine as before: the first error ends the run', () => {
  const compiled = compile(`version: 1\nid: rules\nsteps:\n${diamond(undefined)}`, { file: 'p.yaml' })
  if (!compiled.ok) throw new Error('it does not compile')
  expect(compiled.text).not.toMatch(/StepsEnded|Skipped_|Failed_/)
  expect(JSON.stringify(compiled.plan)).not.toMatch(/guard|caught/)
})

it('problems have their places', () => {
  const of = (steps: string) => foundIn(`version: 1\nid: rules\nsteps:\n${steps}`)
  expect(of(step('a', '', rule('always')))).toEqual([expect.stringMatching(/^invalid-value at always/)])
  expect(
    of('  - {id: find, type: discover, with: {source: a.csv}}\n  - {id: out, type: export, with: {to: o}, trigger_rule: all_done}\n'),
  ).toEqual([expect.stringMatching(/^invalid-value at all_done/)])
  const ends = `${step('a', '')}finally:\n${step('tidy', 'a', rule('all_done'))}`
  expect(of(ends)).toEqual([expect.stringMatching(/^invalid-value at depends_on/), expect.stringMatching(/^invalid-value at trigger_ru/)])
})
