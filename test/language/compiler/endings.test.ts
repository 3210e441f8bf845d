/** Steps at the end of a run: for a failed one, and for every one. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { virtualClock } from '#asl/engine/clock.ts'
import type { Json } from '#core/json.ts'
import { compile } from '#language/compiler/compile.ts'
import { foundIn } from '../definition/problems-of.ts'
import { runDefinition, type Workplace, workplace } from '../../kit/run-pipeline.ts'

let place: Workplace
beforeEach(() => {
  place = workplace()
})
afterEach(() => place.clear())

const call = (id: string, more = '') => `{id: ${id}, type: lambda, with: {function_name: ${id}}, retry: {max_attempts: 0}${more}}`
const PIPELINE = (ends: string) => `version: 1
id: etl
inputs: {day: {type: string, default: monday}}
steps:
  - ${call('load')}
${ends}`

const broken = () => {
  throw Object.assign(new Error('no such table'), { name: 'LoadError' })
}

/** Runs the definition; the functions of these names fail. Gives the names of the functions called, and how the run ended. */
async function ran(ends: string, failing: readonly string[] = []) {
  const called: string[] = []
  const given = new Map<string, Json>()
  const fn = (name: string) => (event: Json) => {
    called.push(name)
    given.set(name, event)
    return failing.includes(name) ? broken() : {}
  }
  const names = ['load', 'failure_handler', 'second', 'tidy', 'free']
  const run = await runDefinition(PIPELINE(ends), {
    store: place.folder,
    clock: virtualClock(),
    functions: Object.fromEntries(names.map((name) => [name, fn(name)])),
  })
  return { run, called, given }
}

const HANDLER = `on_failure: {name: FailureHandler, type: lambda, with: {function_name: failure_handler}, retry: {max_attempts: 0}}\n`
const FINALLY = `finally:\n  - ${call('tidy')}\n  - ${call('free')}\n`

describe('a step for failed runs', () => {
  it('gets the error after the report is written, and the run stays failed', async () => {
    const { run, called, given } = await ran(HANDLER, ['load'])
    expect([run.status, run.error, called]).toEqual(['FAILED', 'LoadError', ['load', 'failure_handler']])
    expect(given.get('failure_handler')).toMatchObject({
      run: { id: 'r-test' },
      inputs: { day: 'monday' },
      failure: { Error: 'LoadError', Cause: 'no such table' },
    })
    expect(run.object<{ run: { status: string } }>('quality-report.json').run.status).toBe('failed')
  })

  it('does not run when the run succeeds', async () => {
    expect(await ran(HANDLER)).toMatchObject({ run: { status: 'SUCCEEDED' }, called: ['load'] })
  })

  it('that fails does not hide the error of the run, nor keep the next one from running', async () => {
    const two = `on_failure:\n  - ${call('failure_handler')}\n  - ${call('second')}\n`
    const { run, called } = await ran(two, ['load', 'failure_handler'])
    expect([run.error, called]).toEqual(['LoadError', ['load', 'failure_handler', 'second']])
    expect(JSON.stringify(run.history)).toContain('Failed_failure_handler')
  })

  it('is a state of the machine that every error leads to', () => {
    const compiled = compile(PIPELINE(HANDLER), { file: 'p.yaml' })
    if (!compiled.ok) throw new Error('it does not compile')
    const { States } = compiled.machine
    expect(States['load']).toMatchObject({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Failed' }] })
    expect(States['Failed']).toMatchObject({ Next: 'failure_handler', Catch: [{ Next: 'failure_handler' }] })
    expect(States['failure_handler.report']).toMatchObject({ Next: 'Fail' })
  })
})

describe('steps for every run', () => {
  it('run after the last step, and before the report', async () => {
    const { run, called } = await ran(FINALLY)
    expect([run.status, called]).toEqual(['SUCCEEDED', ['load', 'tidy', 'free']])
    expect(run.text('quality-report.json')).toContain('Called free')
  })

  it('run when a step has failed, each of them, before the steps for failed runs', async () => {
    const { run, called } = await ran(`${FINALLY}${HANDLER}`, ['load', 'tidy'])
    expect([run.error, called]).toEqual(['LoadError', ['load', 'tidy', 'free', 'failure_handler']])
  })

  it('fail the run when they fail', async () => {
    const { run, called } = await ran(`${FINALLY}${HANDLER}`, ['tidy'])
    expect([run.status, run.error, called]).toEqual(['FAILED', 'LoadError', ['load', 'tidy', 'free', 'failure_handler']])
  })

  it('fail nothing when they may fail', async () => {
    const { run, called } = await ran(`finally: [${call('tidy', ', on_error: {continue_on_error: true}')}]\n`, ['tidy'])
    expect([run.status, called]).toEqual(['SUCCEEDED', ['load', 'tidy']])
    expect(run.object<{ run: { status: string } }>('quality-report.json').run.status).toBe('partial')
  })

  it('read results of steps, which are null where a step did not run', async () => {
    const reading = `finally: [{id: tidy, type: lambda, with: {function_name: tidy, payload: {rows: "{{ load.result.rows }}"}}}]\n`
    expect((await ran(reading, ['load'])).given.get('tidy')).toEqual({ rows: null })
  })
})

it('problems have their places', () => {
  const of = (ends: string) => foundIn(PIPELINE(ends))
  expect(of('on_failure: {id: x, type: export, with: {to: out}}\n')).toEqual(['invalid-value at export, wi'])
  expect(of(`finally: [${call('load')}]\n`)).toEqual([expect.stringMatching(/^duplicate-step-id/)])
  expect(of('finally: [{id: x, type: lmbda}]\n')).toEqual(['unknown-step-type at lmbda}]'])
  expect(of('on_failure: {id: x, type: lambda, with: {function_name: f, payload: {a: "{{ nobody.result.x }}"}}}\n')).toEqual([
    expect.stringMatching(/^unknown-step/),
  ])
  expect(of('on_failure: 7\n')).toEqual([expect.stringMatching(/^wrong-type/)])
})
