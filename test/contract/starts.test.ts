/** What every kind of start promises, and that each type of trigger is complete in all its parts. */
import * as z from 'zod'
import { describe, expect, it } from 'vitest'
import type { Json } from '#core/json.ts'
import type { Trigger } from '#language/definition/definition.ts'
import { triggers as schema } from '#language/definition/starts-schema.ts'
import { ALWAYS, READABLE } from '#language/definition/starts/readable.ts'
import { fillInputs } from '#run/starts/fill.ts'
import { eventPatternOf, START_KINDS } from '#run/starts/index.ts'
import { busEventKind } from '#run/starts/kinds/bus-event.ts'
import { pipelineKind } from '#run/starts/kinds/pipeline.ts'
import { scheduleKind } from '#run/starts/kinds/schedule.ts'
import { uploadKind } from '#run/starts/kinds/upload.ts'
import type { StartKind } from '#run/starts/kind.ts'
import { matches } from '#run/starts/match.ts'
import { machineIn, type StartSettings } from '#run/starts/settings.ts'
import { startedBy } from '#run/runs/started-by.ts'
import { AFTER_ORDERS, endedRun, NIGHTLY, ORDERS_MACHINE, scheduled, settingsOf, startTest, uploaded, UPLOADS } from '../run/starts/kit.ts'

interface Case {
  readonly kind: StartKind
  readonly settings: StartSettings
  /** Starts one run. */
  readonly message: Json
  readonly trigger?: Trigger
  readonly told: string
}

const shipped = {
  id: 'e-1',
  'detail-type': 'order.shipped',
  source: 'shop',
  account: '1',
  region: 'eu-west-1',
  time: '2026-11-21T08:14:02Z',
  detail: { uri: 's3://a/b' },
}
const machines = { orders: ORDERS_MACHINE }
const SHIPPED: Trigger = { type: 'event', event_type: ['order.shipped'], inputs: {} }
const of = (trigger: Trigger) => ({ trigger, settings: settingsOf({ triggers: [trigger], machines }) })

const CASES: readonly (readonly [string, Case])[] = [
  [
    'schedule',
    { kind: scheduleKind, settings: settingsOf({ schedule: NIGHTLY }), message: scheduled('2026-11-20T23:30:00Z'), told: 'schedule' },
  ],
  [
    's3',
    {
      kind: uploadKind,
      ...of(UPLOADS),
      message: uploaded({ key: 'incoming/a.csv' }),
      told: 's3 s3://acme-inbox/incoming/a.csv',
    },
  ],
  ['pipeline', { kind: pipelineKind, ...of(AFTER_ORDERS), message: endedRun({}), told: 'pipeline orders orders-1' }],
  ['event', { kind: busEventKind, ...of(SHIPPED), message: shipped, told: 'event order.shipped' }],
]

describe('the kinds of start', () => {
  it('are those that are tested here, and each type of trigger has one', () => {
    expect(new Set(CASES.map(([, { kind }]) => kind))).toEqual(new Set(START_KINDS))
    const { items } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as unknown as {
      items: { oneOf: readonly { properties: { type: { const: string } } }[] }
    }
    expect(items.oneOf.map(({ properties }) => properties.type.const).sort()).toEqual(
      CASES.flatMap(([, { trigger }]) => trigger?.type ?? []).sort(),
    )
  })
})

describe.each(CASES)('the start by %s', (name, { kind, settings, message, trigger, told }) => {
  it('has one kind, the first that can parse it', async () => {
    const memory = { get: async () => undefined, set: async () => {} }
    const first: StartKind[] = []
    for (const one of START_KINDS) if (first.length === 0 && (await one.parse(message, settings, memory)) !== undefined) first.push(one)
    expect(first).toEqual([kind])
  })

  it('starts one run, however often and in whatever company it is delivered', async () => {
    const test = startTest(settings)
    expect(await test.print(message, message)).toEqual([])
    expect(await test.print(message)).toEqual([])
    expect(test.started).toHaveLength(1)
  })

  it('is recorded with the run, as plain JSON, and told in short', async () => {
    const test = startTest(settings)
    await test.print(message)
    const start = test.started[0]?.input.start ?? {}
    expect(JSON.parse(JSON.stringify(start))).toEqual(start)
    expect(start['type']).toBe(name)
    expect(startedBy(start)).toBe(told)
  })

  it('is delivered again when the service fails, and then starts its run', async () => {
    const test = startTest(settings)
    test.failures.push(new Error('throttled'))
    expect(await test.print(message)).toEqual(['m0'])
    expect(await test.print(message)).toEqual([])
    expect(test.started).toHaveLength(1)
  })

  it('is never a crash, whatever part of the message is missing or of another type', async () => {
    const damaged = (value: Json): readonly Json[] =>
      value === null || typeof value !== 'object' || Array.isArray(value)
        ? []
        : Object.entries(value).flatMap(([key, inner]): Json[] => [
            ...[null, 7, 'x', [], {}].map((other) => ({ ...(value as object), [key]: other }) as Json),
            ...damaged(inner as Json).map((other) => ({ ...(value as object), [key]: other }) as Json),
          ])
    for (const body of damaged(message)) {
      const test = startTest(settings)
      await test.print(body)
      for (const { level, more } of test.lines)
        if (level === 'error') expect(more['reason'], JSON.stringify(body)).toEqual(expect.any(String))
    }
  })

  if (trigger === undefined) return

  it('is what the rule of its trigger lets through', () => {
    expect(matches(eventPatternOf(trigger, machineIn(settings)), message)).toBe(true)
  })

  it('has a value of the right type for every name that its inputs can read', async () => {
    const memory = { get: async () => undefined, set: async () => {} }
    const parsed = await kind.parse(message, settings, memory)
    const values = parsed?.events[0]?.values ?? {}
    const types = { string: 'string', integer: 'number', array: 'object' } as const
    for (const [field, type] of Object.entries(READABLE[trigger.type].event)) {
      const { value } = fillInputs({ value: `{{ event.${field} }}` }, values)
      expect(typeof value, field).toBe(type === undefined ? typeof value : types[type])
    }
    for (const field of ALWAYS) expect(fillInputs({ value: `{{ ${field} }}` }, values)['value']).toEqual(expect.any(String))
  })
})
