/** Stages that only name functions, with a handler for a failed run: the waits between attempts, and who hears of the failure. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { virtualClock } from '#asl/engine/clock.ts'
import { compile } from '#language/compiler/compile.ts'
import { ownFunctionsOf } from '#language/compiler/functions.ts'
import { mailTopicsOf } from '#language/compiler/mail.ts'
import { runDefinition, type Workplace, workplace } from '../../kit/run-pipeline.ts'
import { sharedData } from '../../kit/shared-data.ts'

let place: Workplace
beforeEach(() => {
  place = workplace()
})
afterEach(() => place.clear())

const STAGES = `version: 1
id: orders
schedule: {every: 1h}
triggers:
  - {type: event, event_type: order.sent, params: {source: "{{ event.detail.uri }}"}}
defaults:
  retry: {errors: [States.TaskFailed, States.Timeout], interval: 30s, max_attempts: 3, backoff_rate: 2.0}
stages:
  - {name: ReadOrders, function_name: read-fn}
  - {name: StoreOrders, function_name: store-fn}
on_failure: {name: FailureHandler, type: notify, with: {type: email, to: [team@example.com], include: [report, quarantine, redrive_command]}}
state: {backend: auto, checkpoint: per_chunk}
`

function compiled(text: string) {
  const result = compile(text, { file: 'p.yaml' })
  if (!result.ok) throw new Error(result.problems.map(({ what }) => what).join())
  return result
}

/** Runs the definition with a function for each of its names; these fail so many times. Seconds between the calls of each, and the mails. */
async function ran(text: string, faults: { readonly [name: string]: number }) {
  const clock = virtualClock()
  const calls = new Map<string, number[]>()
  const outbox = join(place.folder, 'mails')
  const names = ownFunctionsOf(compiled(text).machine)
  const run = await runDefinition(text, {
    store: place.folder,
    clock,
    post: { outbox },
    functions: Object.fromEntries(
      names.map((name) => [
        name,
        () => {
          const made = [...(calls.get(name) ?? []), clock.now().getTime()]
          calls.set(name, made)
          if (made.length <= (faults[name] ?? 0)) throw Object.assign(new Error('disk full'), { name: 'StoreError' })
          return { rows: 3 }
        },
      ]),
    ),
  })
  const waits = new Map([...calls].map(([name, at]) => [name, at.slice(1).map((one, index) => (one - (at[index] ?? 0)) / 1000)]))
  const mails = existsSync(outbox) ? readdirSync(outbox).map((name) => readFileSync(join(outbox, name), 'utf8')) : []
  return { run, waits, mails }
}

describe('a stage', () => {
  it('is called again after 30, 60 and 120 seconds, as it is written', async () => {
    const { run, waits, mails } = await ran(STAGES, { 'store-fn': 3 })
    expect([run.status, waits.get('store-fn'), waits.get('read-fn'), mails]).toEqual(['SUCCEEDED', [30, 60, 120], [], []])
  })

  it('that fails for good leads to the handler, which names the error; the run stays failed', async () => {
    const { run, waits, mails } = await ran(STAGES, { 'store-fn': 4 })
    expect([run.status, run.error, waits.get('store-fn')]).toEqual(['FAILED', 'StoreError', [30, 60, 120]])
    expect(mails).toHaveLength(1)
    for (const said of ['To: team@example.com', 'Status: failed', 'StoreError: disk full', 'siftstep resume r-test', 'quality-report.html'])
      expect(mails[0]).toContain(said)
  })

  it('has the states of the handler in its machine, and no account or region', () => {
    const { machine, text } = compiled(STAGES)
    const { States } = machine
    expect(machine.StartAt).toBe('Init')
    expect(States['store_orders']).toMatchObject({
      Retry: [{ ErrorEquals: ['States.TaskFailed', 'States.Timeout'], IntervalSeconds: 30, MaxAttempts: 3, BackoffRate: 2 }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Failed' }],
    })
    expect(States['Failed']).toMatchObject({ Next: 'failure_handler', Catch: [{ ErrorEquals: ['States.ALL'], Next: 'failure_handler' }] })
    expect(States['failure_handler']).toBeDefined()
    expect(text).not.toMatch(/\d{12}|eu-west-1/)
  })
})

describe('a deployment', () => {
  it('may call the functions of the stages and of the handlers, and has a topic for the mail of a handler', () => {
    const more = 'finally:\n  - {name: CleanUp, function_name: clean-fn}\n'
    const result = compiled(`${STAGES}${more}`)
    expect(ownFunctionsOf(result.machine)).toEqual(['clean-fn', 'read-fn', 'store-fn'])
    expect([...mailTopicsOf(result).lists.values()]).toEqual([['team@example.com']])
  })
})

it('a message of `finally` says what became of the run: that it failed, before its report is written, or that it did not', async () => {
  const text = `${STAGES.replace(/on_failure: .*\n/, '')}finally: [{id: tell, type: notify, with: {type: email, to: [team@example.com]}}]\n`
  const failed = await ran(text, { 'store-fn': 4 })
  expect([failed.mails.length, failed.mails[0]]).toEqual([1, expect.stringContaining('Status: failed')])
  expect(failed.mails[0]).toContain('disk full')
  place.clear()
  place = workplace()
  expect((await ran(text, {})).mails).toEqual([expect.stringContaining('Status: succeeded')])
})

it('a handler has other settings to try, as any step', async () => {
  const handler = `on_failure: {id: tell, type: lambda, with: {function_name: tell-fn}, retry: {max_attempts: 0}, on_error: {fallback: [{function_name: pager-fn}]}}\n`
  const text = STAGES.replace(/on_failure: .*\n/, handler)
  const { run, waits } = await ran(text, { 'store-fn': 4, 'tell-fn': 1 })
  expect([run.error, [...waits.keys()]]).toEqual(['StoreError', ['read-fn', 'store-fn', 'tell-fn', 'pager-fn']])
  expect((await ran(text, { 'store-fn': 4 })).waits.has('pager-fn')).toBe(false)
})

const GIVEN = sharedData('../yaml/004-serverless.yaml')

it(`the stages of the shared file wait and fail the same${GIVEN === undefined ? ' (skipped: the shared files are not on this machine)' : ''}`, async ({
  skip,
}) => {
  if (GIVEN === undefined) return skip()
  const { run, waits, mails } = await ran(readFileSync(GIVEN, 'utf8'), { 'load-fn': 4 })
  expect([run.status, run.error, waits.get('load-fn')]).toEqual(['FAILED', 'StoreError', [30, 60, 120]])
  expect([...waits.keys()]).toEqual(['extract-fn', 'validate-fn', 'transform-fn', 'load-fn'])
  expect(mails).toHaveLength(1)
  expect(mails[0]).toContain('Status: failed')
})
