/** The end of a run of another pipeline as a start. */
import { describe, expect, it } from 'vitest'
import { execute } from '#asl/engine/execute.ts'
import type { JsonObject } from '#core/json.ts'
import { compile } from '#language/compiler/compile.ts'
import type { AwaitedStatus, PipelineTrigger } from '#language/definition/definition.ts'
import { isAwaited } from '#run/starts/kinds/pipeline.ts'
import { startedBy } from '#run/runs/started-by.ts'
import { engineWorld } from '../../kit/engine-world.ts'
import { AFTER_ORDERS, endedRun, ORDERS_MACHINE, reasonsIn, settingsOf, startTest } from './kit.ts'

const machines = { orders: ORDERS_MACHINE }
const settings = (trigger: Partial<PipelineTrigger> = {}) =>
  settingsOf({ id: 'report', triggers: [{ ...AFTER_ORDERS, ...trigger }], machines })

describe('the end of a run', () => {
  it('starts a run that names it as its cause, for the same date', async () => {
    const test = startTest(settings())
    expect(await test.print(endedRun({ input: { inputs: {}, logical_date: '2026-11-20T06:00:00+01:00' } }))).toEqual([])
    expect(test.started).toEqual([
      {
        name: expect.stringMatching(/^report-orders-20261120-[0-9a-f]{12}$/),
        input: {
          inputs: { source: 's3://lake/orders/', of: 'orders-1, succeeded at 2026-11-21T08:00:00Z' },
          logical_date: '2026-11-20T06:00:00+01:00',
          start: { type: 'pipeline', pipeline: 'orders', run: 'orders-1', status: 'succeeded' },
        },
      },
    ])
    expect(startedBy(test.started[0]?.input.start)).toBe('pipeline orders orders-1')
  })

  it('that was delivered before, together or later, starts nothing', async () => {
    const test = startTest(settings())
    expect(await test.print(endedRun({}), endedRun({ id: 'another' }))).toEqual([])
    expect(await test.print(endedRun({}))).toEqual([])
    // redriven, as an execution of its own
    expect(
      await test.print(endedRun({ name: 'orders-1-again', input: { run_id: 'orders-1', started_at: '2026-11-21T07:00:00Z' } })),
    ).toEqual([])
    expect(test.started).toHaveLength(1)
    expect(await test.print(endedRun({ name: 'orders-2' }))).toEqual([])
    expect(test.started).toHaveLength(2)
  })

  it.each<[AwaitedStatus, readonly string[]]>([
    ['succeeded', ['SUCCEEDED']],
    ['failed', ['FAILED', 'TIMED_OUT']],
    ['finished', ['SUCCEEDED', 'FAILED', 'TIMED_OUT']],
  ])('starts a run after %s only with its endings, and never when it was stopped', async (status, endings) => {
    for (const ended of ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'RUNNING', 'PENDING_REDRIVE']) {
      const trigger = { ...AFTER_ORDERS, status, inputs: { of: '{{ event.status }}' } }
      expect(isAwaited(endedRun({ status: ended }), trigger, { machines })).toBe(endings.includes(ended))
      const test = startTest(settings(trigger))
      await test.print(endedRun({ status: ended }))
      const found = ended === 'SUCCEEDED' ? 'succeeded' : 'failed'
      expect(test.started.map(({ input }) => input.inputs['of'])).toEqual(endings.includes(ended) ? [found] : [])
    }
  })

  it('that completed in part counts as succeeded, and inputs can read which', async () => {
    const test = startTest(
      settings({ inputs: { of: '{{ event.status }}', all: '{{ event.outputs }}', first: '{{ event.outputs[0] }}' } as never }),
    )
    await test.print(endedRun({ output: { run: 'orders-1', status: 'partial', output: { to: 'b/', others: [{ to: 'a/' }] } } }))
    expect(test.started[0]?.input).toMatchObject({
      inputs: { of: 'partial', all: ['a/', 'b/'], first: 'a/' },
      start: { status: 'partial' },
    })
  })

  it('has the date of its start where it was started for none', async () => {
    const test = startTest(settings({ inputs: { of: '{{ ds }}' } }))
    await test.print(endedRun({ input: { inputs: {} } }))
    expect(test.started[0]?.input).toMatchObject({ logical_date: '2026-11-21T07:00:00.000Z', inputs: { of: '2026-11-21' } })
  })

  it('stays in the queue when an input reads an output that it does not have, or its date is unknown', async () => {
    const test = startTest(settings({ status: 'finished' }))
    expect(await test.print(endedRun({ status: 'FAILED' }), endedRun({ name: 'orders-2', input: null }))).toEqual(['m0', 'm1'])
    expect(reasonsIn(test)).toEqual([
      'the event does not hold the input of the run that ended, so its date is unknown: the input is too large',
      'the event has no `event.output`, which an input of the run uses',
    ])
    expect(test.started).toEqual([])
  })

  it('of another pipeline starts nothing, and leaves events of Step Functions to a trigger on events', async () => {
    const elsewhere = endedRun({ machine: `${ORDERS_MACHINE}-other` })
    const test = startTest(settings())
    expect(await test.print(elsewhere)).toEqual(['m0'])
    const event = {
      type: 'event',
      event_type: ['Step Functions Execution Status Change'],
      inputs: { of: '{{ event.detail.name }}' },
    } as const
    const both = startTest({ ...settings(), triggers: [AFTER_ORDERS, event] })
    expect(await both.print(elsewhere)).toEqual([])
    expect(both.started[0]?.input.start).toMatchObject({ type: 'event' })
  })

  it('starts a run for each trigger that waits for it', async () => {
    const test = startTest({ ...settings(), triggers: [AFTER_ORDERS, { ...AFTER_ORDERS, status: 'finished' }] })
    await test.print(endedRun({}))
    expect(test.started).toHaveLength(2)
  })

  it('starts nothing where pipelines would start each other forever, whatever files they are in', async () => {
    const start = (given: JsonObject) => ({ input: { start: given } })
    const test = startTest(settings())
    expect(await test.print(endedRun(start({ type: 'pipeline', pipeline: 'daily', run: 'd', through: ['report', 'daily'] })))).toEqual([])
    expect(await test.print(endedRun(start({ type: 'pipeline', pipeline: 'report', run: 'r' })))).toEqual([])
    expect(test.started).toEqual([])
    expect(test.lines.map(({ more }) => more['why'])).toEqual([
      'report would start itself forever: report → daily → orders → report',
      'report would start itself forever: report → orders → report',
    ])
    await test.print(endedRun(start({ type: 'pipeline', pipeline: 'daily', run: 'd' })))
    expect(test.started[0]?.input.start).toEqual({
      type: 'pipeline',
      pipeline: 'orders',
      run: 'orders-1',
      status: 'succeeded',
      through: ['daily', 'orders'],
    })
  })

  it('is read from what a machine ends with', async () => {
    const text = `version: 1
id: orders
steps:
  - {id: find, type: discover, with: {source: s3://lake/raw/}}
  - {id: publish, type: export, with: {to: s3://lake/orders/}}
`
    const compiled = compile(text, { file: 'orders.yaml' })
    if (!compiled.ok) throw new Error('the definition has problems')
    const conclusion = { status: 'partial', rows: null, score: null, output: { to: 's3://lake/orders/' }, report_uri: 'r' }
    const { States } = compiled.machine
    // from the beginning to the last task
    const short = { ...compiled.machine, States: { ...States, Init: { ...States['Init'], Next: 'Finalize' } as never } }
    const ended = await execute(short, { inputs: {} }, engineWorld({ '${ControlFunction}': () => conclusion }))
    const test = startTest(settings({ inputs: { source: '{{ event.output }}' } }))
    if (ended.status !== 'SUCCEEDED') throw new Error('the machine failed')
    await test.print(endedRun({ output: ended.output as JsonObject, name: 'run-1' }))
    expect(test.started[0]?.input).toMatchObject({
      inputs: { source: 's3://lake/orders/' },
      start: { pipeline: 'orders', run: 'run-1', status: 'partial' },
    })
  })
})
