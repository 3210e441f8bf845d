// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
/** Steps that call a function of the author: the states they become, and how a run waits, passes results and fails. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { virtualClock } from '#asl/engine/clock.ts'
import type { Json } from '#core/json.ts'
import { compile } from '#language/compiler/compile.ts'
import { ownFunctionsOf } from '#language/compiler/functions.ts'
import { foundIn, stepOf } from '../language/definition/problems-of.ts'
import { runDefinition, type Workplace, workplace } from '../kit/run-pipeline.ts'

let place: Workplace
beforeEach(() => {
  place = workplace()
})
afterEach(() => place.clear())

const RETRY = '{errors: [States.TaskFailed], interval: 30s, max_attempts: 3, backoff_rate: 2.0}'
const STAGES = (retry = RETRY) => `version: 1
id: etl
defaults: {retry: ${retry}}
inputs: {source: {type: string, default: shop}}
steps:
  - {id: extract, type: lambda, with: {function_name: extract-fn}}
  - {id: check, type: lambda, with: {function_name: "check-fn:live"}}
  - {id: load, type: lambda, with: {function_name: load-fn, payload: {rows: "{{ extract.result.rows }}", text: "$\${x}"}}}
`

function compiled(text: string) {
  const result = compile(text, { file: 'p.yaml' })
  if (!result.ok) throw new Error(result.problems.map(({ what }) => what).join())
  return result
}

describe('the machine', () => {
  it('calls each function with the retries as written, and passes what it answers to the next', () => {
    const { machine, warnings } = compiled(STAGES())
    expect(warnings).toEqual([])
    expect(machine.States['check']).toEqual({
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: 'check-fn:live', Payload: '{% $extract %}' },
      TimeoutSeconds: 900,
      Assign: { check: '{% $states.result.Payload %}' },
      Output: '{% {} %}',
      Retry: [{ ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 30, MaxAttempts: 3, BackoffRate: 2 }],
      Catch: [{ ErrorEquals: ['States.ALL'], Assign: { Failure: '{% $states.errorOutput %}' }, Output: '{% {} %}', Next: 'Failed' }],
      Next: 'check.report',
    })
    expect(machine.States['extract']).toMatchObject({ Arguments: { Payload: '{% $inputs %}' } })
    expect(ownFunctionsOf(machine)).toEqual(['check-fn:live', 'extract-fn', 'load-fn'])
  })

  it('writes a limit and a spread of waits only where the author does', () => {
    const retryOf = (retry: string) => {
      const state = compiled(STAGES(retry)).machine.States['extract']
      return state?.Type === 'Task' ? state.Retry : undefined
    }
    const base = { ErrorEquals: ['States.ALL'], IntervalSeconds: 30, MaxAttempts: 3, BackoffRate: 2 }
    expect(retryOf('{errors: [States.ALL], interval: 30s, max_attempts: 3, backoff_rate: 2, max_delay: 45s, jitter: full}')).toEqual([
      { ...base, MaxDelaySeconds: 45, JitterStrategy: 'FULL' },
    ])
    expect(retryOf('{errors: [States.ALL], interval: 30s, max_delay: 2m}')).toEqual([base])
    expect(retryOf('{max_attempts: 0}')).toBeUndefined()
    // without settings: errors that go away, also that there is no room for the function
    expect(retryOf('{}')?.[0]?.ErrorEquals).toContain('Lambda.TooManyRequestsException')
  })
})

describe('a written interval', () => {
  const longest = (retry: string) =>
    stepOf(`version: 1\nid: etl\nsteps:\n  - {id: find, type: discover, with: {source: a.csv}, retry: ${retry}}\n`, 'find').retry.max_delay

  it.each([
    ['{interval: 30s, max_attempts: 3}', 120],
    ['{interval: 1h, max_attempts: 2, backoff_rate: 3}', 10_800],
    ['{interval: 10s, max_attempts: 1}', 60],
    ['{interval: 10s, max_attempts: 9, max_delay: 20s}', 20],
    ['{max_attempts: 9}', 60],
  ])('is never shortened by a limit that nobody wrote: %s', (retry, seconds) => {
    expect(longest(retry)).toBe(seconds)
  })
})

describe('a run', () => {
  const run = (functions: { readonly [name: string]: (event: Json) => Json }, text = STAGES()) =>
    runDefinition(text, { store: place.folder, clock: virtualClock(), functions })
  const error = (name: string, message: string) => Object.assign(new Error(message), { name })

  it('waits 30, 60 and 120 seconds between the tries', async () => {
    const given: Json[] = []
    const clock = virtualClock()
    const calls: number[] = []
    const ended = await runDefinition(STAGES(), {
      store: place.folder,
      clock,
      functions: {
        'extract-fn': () => {
          calls.push(clock.now().getTime() / 1000)
          if (calls.length < 4) throw error('ValidationError', 'not yet')
          return { rows: 7, from: 'shop' }
        },
        'check-fn:live': (event) => {
          given.push(event)
          return 'fine'
        },
        'load-fn': (event) => {
          given.push(event)
          return null
        },
      },
    })
    expect(ended.status).toBe('SUCCEEDED')
    expect(calls.map((at, index) => at - (calls[index - 1] ?? at))).toEqual([0, 30, 60, 120])
    expect(given).toEqual([
      { rows: 7, from: 'shop' },
      { rows: 7, text: '${x}' },
    ])
    const { steps } = ended.report
    expect(JSON.stringify(steps)).toContain('Called extract-fn')
  })

  it('gives the first function the inputs', async () => {
    const given: Json[] = []
    const take = (event: Json) => {
      given.push(event)
      return { rows: 1 }
    }
    await run({ 'extract-fn': take, 'check-fn:live': () => ({}), 'load-fn': () => ({}) })
    expect(given).toEqual([{ source: 'shop' }])
  })

  it('fails with the error of the function after the last try', async () => {
    const ended = await run({
      'extract-fn': () => {
        throw error('ValidationError', 'no such shop')
      },
    })
    expect([ended.status, ended.error, ended.cause]).toEqual(['FAILED', 'ValidationError', 'no such shop'])
  })

  it('goes on without a function that may fail, and reads nothing of it', async () => {
    const text = STAGES().replace(
      'with: {function_name: extract-fn}',
      'with: {function_name: extract-fn}, on_error: {continue_on_error: true}',
    )
    const given: Json[] = []
    const ended = await run(
      {
        'extract-fn': () => {
          throw error('ValidationError', 'no such shop')
        },
        'check-fn:live': (event) => {
          given.push(event)
          return {}
        },
        'load-fn': (event) => {
          given.push(event)
          return {}
        },
      },
      text,
    )
    expect(ended.status).toBe('SUCCEEDED')
    expect(ended.object<{ status: string }>('quality-report.json')).toMatchObject({ run: { status: 'partial' } })
    expect(given).toEqual([{}, { rows: null, text: '${x}' }])
  })
})

describe('problems', () => {
  const of = (steps: string, head = '') => foundIn(`version: 1\nid: etl\n${head}steps:\n${steps}`)
  const call = (id: string, more = '') => `  - {id: ${id}, type: lambda, with: {function_name: ${id}-fn}${more}}\n`

  it('a loop, two results to choose from, a name that is no name', () => {
    expect(compile(`version: 1\nid: etl\nsteps:\n${call('a', ', loop: {foreach: [1, 2]}')}`, { file: 'p.yaml' })).toMatchObject({
      ok: false,
      problems: [{ code: 'unsupported-loop', what: 'a lambda step cannot have a loop: it is one call' }],
    })
    expect(of(`${call('a')}${call('b', ', depends_on: []')}${call('c', ', depends_on: [a, b]')}`)).toEqual(['invalid-value at {id: c, ty'])
    expect(of('  - {id: a, type: lambda, with: {function_name: "{{ x }}"}}\n')).toEqual(['invalid-value at "{{ x }}"}'])
    expect(of('  - {id: a, type: lambda, with: {function_name: my fn}}\n')).toEqual(['invalid-value at my fn}}'])
  })

  it('a file for a function that no step calls, or whose path is known only in a run', () => {
    expect(of(call('a'), 'functions: {a-fm: ./a.ts}\n')).toEqual(['unused-function at a-fm: ./a.'])
    expect(of(call('a'), 'functions: {a-fn: "./{{ ds }}.ts"}\n')).toEqual(['reference-out-of-place at {{ ds }}.t'])
    expect(of(call('a'), 'functions: {a-fn: ./a.ts}\n')).toEqual([])
  })
})
