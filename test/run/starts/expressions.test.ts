import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { localMachine } from '#asl/engine/arns.ts'
import { eventPatternOf } from '#run/starts/index.ts'
import { matches } from '#run/starts/match.ts'
import { scheduleExpression, startOf } from '#run/starts/schedule-expression.ts'
import { missedStarts, nextStarts } from '#run/starts/start-times.ts'
import { parseCron } from '#core/time/cron.ts'
import { UPLOADS, uploaded } from './kit.ts'

const cron = (text: string) => ({ cron: text, timezone: 'UTC', catchup: false, inputs: {} })
const every = (seconds: number) => ({ every: seconds, timezone: 'UTC', catchup: false, inputs: {} })

describe('scheduleExpression', () => {
  it.each([
    ['0 8 * * *', 'cron(0 8 * * ? *)'],
    ['0 */6 * * *', 'cron(0 0/6 * * ? *)'],
    ['30 2 * * MON-FRI', 'cron(30 2 ? * 2-6 *)'],
    ['0 9 * * 0', 'cron(0 9 ? * 1 *)'],
    ['0 9 * * 7', 'cron(0 9 ? * 1 *)'],
    ['0 9 * * 5-7', 'cron(0 9 ? * 1,6,7 *)'],
    ['0 9 * * */2', 'cron(0 9 ? * 1/2 *)'],
    ['0 0 1,15 * *', 'cron(0 0 1,15 * ? *)'],
    ['*/15 8-18 * JAN,JUL *', 'cron(0/15 8-18 * 1,7 ? *)'],
    ['10-20/5 * * * *', 'cron(10,15,20 * * * ? *)'],
    ['* * * * 0-6', 'cron(* * ? * * *)'],
    ['0 0 1-31 * *', 'cron(0 0 * * ? *)'],
  ])('%s is %s', (text, expression) => {
    expect(scheduleExpression(cron(text))).toBe(expression)
  })

  it.each([
    [60, 'rate(1 minute)'],
    [1800, 'rate(30 minutes)'],
    [3600, 'rate(1 hour)'],
    [5400, 'rate(90 minutes)'],
    [86_400, 'rate(1 day)'],
    [172_800, 'rate(2 days)'],
  ])('every %i seconds is %s', (seconds, expression) => {
    expect(scheduleExpression(every(seconds))).toBe(expression)
  })

  it('says the same moments as cron, field by field', () => {
    const part = (low: number, high: number) =>
      fc.oneof(
        fc.constant('*'),
        fc.integer({ min: 1, max: high }).map((step) => `*/${step}`),
        fc
          .tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high }))
          .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
        fc.array(fc.integer({ min: low, max: high }), { minLength: 1, maxLength: 4 }).map((values) => values.join(',')),
      )
    fc.assert(
      fc.property(part(0, 59), part(0, 23), part(1, 12), part(0, 6), (minute, hour, month, weekday) => {
        const parsed = parseCron(`${minute} ${hour} * ${month} ${weekday}`)
        if (!parsed.ok) return
        const fields = scheduleExpression(cron(`${minute} ${hour} * ${month} ${weekday}`))
          .slice(5, -1)
          .split(' ')
        expect(fields).toHaveLength(6)
        expect(fields.filter((field) => field === '?')).toHaveLength(1)
        expect(quartz(fields[0], 0, 59)).toEqual(parsed.cron.minutes)
        expect(quartz(fields[1], 0, 23)).toEqual(parsed.cron.hours)
        expect(quartz(fields[3], 1, 12)).toEqual(parsed.cron.months)
        if (parsed.cron.weekdays !== null) expect(quartz(fields[4], 1, 7).map((day) => day - 1)).toEqual(parsed.cron.weekdays)
      }),
      { numRuns: 300 },
    )
  })
})

/** What a field of EventBridge stands for, read by the rules of its user guide: lists of values, ranges, and `from/step`. */
function quartz(field = '', low: number, high: number): number[] {
  const all = Array.from({ length: high - low + 1 }, (_, at) => low + at)
  if (field === '*') return all
  return all.filter((value) =>
    field.split(',').some((part) => {
      const [from = 0, step] = part.split('/').map(Number)
      if (step !== undefined) return value >= from && (value - from) % step === 0
      const [first = 0, last = first] = part.split('-').map(Number)
      return value >= first && value <= last
    }),
  )
}

describe('when a schedule starts', () => {
  it('is given in its time zone, also when clocks change', () => {
    const schedule = { ...cron('0 8 * * *'), timezone: 'Europe/Zurich' }
    expect(nextStarts(schedule, new Date('2026-03-28T06:00:00Z'), 2)).toEqual(['2026-03-28T08:00:00+01:00', '2026-03-29T08:00:00+02:00'])
  })

  it('is not before the start date', () => {
    const schedule = { ...cron('0 8 * * *'), timezone: 'Europe/Zurich', start_date: '2026-12-01' }
    expect(startOf(schedule)).toEqual(new Date('2026-11-30T23:00:00Z'))
    expect(nextStarts(schedule, new Date('2026-11-21T00:00:00Z'), 1)).toEqual(['2026-12-01T08:00:00+01:00'])
    expect(nextStarts({ ...every(3600), start_date: '2026-12-01' }, new Date('2026-11-21T00:00:00Z'), 2)).toEqual([
      '2026-12-01T00:00:00Z',
      '2026-12-01T01:00:00Z',
    ])
  })

  it('is not known of a rate that has no start', () => {
    expect(nextStarts(every(3600), new Date(), 3)).toEqual([])
    expect(nextStarts(every(3600), new Date('2026-11-21T05:00:00Z'), 1, new Date('2026-11-21T03:30:00Z'))).toEqual(['2026-11-21T05:30:00Z'])
  })

  it('is not known of a rate whose start date is over, as the service counts from another moment then', () => {
    expect(nextStarts({ ...every(3600), start_date: '2026-11-01' }, new Date('2026-11-21T05:00:00Z'), 1)).toEqual([])
  })

  it('is missed between the last start and now, the oldest first', () => {
    const schedule = cron('0 */6 * * *')
    const missed = missedStarts(schedule, new Date('2026-11-20T06:00:00Z'), new Date('2026-11-21T00:00:00Z'), 10)
    expect(missed.map((moment) => moment.toISOString())).toEqual(['2026-11-20T12:00:00.000Z', '2026-11-20T18:00:00.000Z'])
    expect(missedStarts(schedule, new Date('2020-01-01T00:00:00Z'), new Date('2026-01-01T00:00:00Z'), 3)).toHaveLength(3)
    const last = new Date('2026-11-21T00:00:00Z')
    expect(missedStarts(every(600), last, new Date('2026-11-21T00:30:00Z'), 10, last)).toHaveLength(2)
  })
})

describe('eventPatternOf', () => {
  it('is a rule for uploads', () => {
    const pattern = (more: object) => eventPatternOf({ ...UPLOADS, ...more } as never, localMachine)
    const object = (key: unknown) => ({
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { bucket: { name: ['acme-inbox'] }, object: { key: [key] } },
    })
    expect(pattern({})).toEqual(object({ wildcard: 'incoming/*.csv' }))
    expect(pattern({ suffix: undefined })).toEqual(object({ prefix: 'incoming/' }))
    expect(pattern({ prefix: undefined })).toEqual(object({ suffix: '.csv' }))
    expect(pattern({ prefix: undefined, suffix: undefined })).toEqual({
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { bucket: { name: ['acme-inbox'] } },
    })
  })

  it('is a rule for events, with what else must hold', () => {
    expect(
      eventPatternOf(
        {
          type: 'event',
          event_type: ['a', 'b'],
          source: ['shop'],
          filter_criteria: { detail: { region: ['eu'] } },
          inputs: {},
        },
        localMachine,
      ),
    ).toEqual({ source: ['shop'], 'detail-type': ['a', 'b'], detail: { region: ['eu'] } })
  })

  it('fits exactly the keys with the prefix and the suffix, whatever characters they are of', () => {
    const odd = fc.string({ unit: fc.constantFrom('a', '/', '.', '\\', '+', ' ', 'é', '(', '$'), minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(
        odd,
        odd,
        fc.string({ unit: fc.constantFrom('a', '/', '.', '\\', 'é'), maxLength: 4 }),
        fc.boolean(),
        (prefix, suffix, middle, whole) => {
          const key = whole ? `${prefix}${middle}${suffix}` : middle
          const fits = key.startsWith(prefix) && key.endsWith(suffix) && key.length >= prefix.length + suffix.length
          expect(matches(eventPatternOf({ ...UPLOADS, prefix, suffix } as never, localMachine), uploaded({ key }))).toBe(fits)
        },
      ),
    )
  })
})

describe('matches', () => {
  const detail = { region: 'eu-west', amount: 5, tags: ['a', 'b'], nothing: null, deep: { er: 'X' } }
  const fits = (pattern: object) => matches({ detail: pattern } as never, { detail })

  it.each([
    [{ region: ['us', 'eu-west'] }, true],
    [{ region: ['eu'] }, false],
    [{ region: [{ prefix: 'eu' }] }, true],
    [{ region: [{ prefix: { 'equals-ignore-case': 'EU' } }] }, true],
    [{ region: [{ suffix: 'east' }] }, false],
    [{ region: [{ wildcard: '*-w*t' }] }, true],
    [{ region: [{ 'equals-ignore-case': 'EU-WEST' }] }, true],
    [{ region: [{ 'anything-but': ['us', 'eu-west'] }] }, false],
    [{ region: [{ 'anything-but': { prefix: 'us' } }] }, true],
    [{ missing: [{ 'anything-but': 'x' }] }, false],
    [{ amount: [{ numeric: ['>', 0, '<=', 5] }] }, true],
    [{ amount: [{ numeric: ['<', 5] }] }, false],
    [{ amount: ['5'] }, false],
    [{ tags: ['b'] }, true],
    [{ tags: ['c'] }, false],
    [{ nothing: [null] }, true],
    [{ missing: [{ exists: false }] }, true],
    [{ region: [{ exists: false }] }, false],
    [{ deep: { er: ['X'] } }, true],
    [{ deep: { er: ['Y'] } }, false],
    [{ $or: [{ region: ['us'] }, { amount: [5] }] }, true],
    [{ region: ['eu-west'], amount: [6] }, false],
  ])('%j: %s', (pattern, fit) => {
    expect(fits(pattern)).toBe(fit)
  })
})
