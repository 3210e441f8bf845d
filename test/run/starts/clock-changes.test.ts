import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCron } from '#core/time/cron.ts'
import { cronTimes } from '#core/time/fire-times.ts'
import { clockChanges, wallTime } from '#core/time/zone.ts'
import type { Schedule } from '#language/definition/definition.ts'
import { scheduledChanges } from '#run/starts/clock-changes.ts'

const YEAR_2027 = [new Date('2027-01-01T00:00:00Z'), new Date('2028-01-01T00:00:00Z')] as const
const HOURS = 4 * 3600_000
const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/St_Johns', 'Africa/Casablanca', 'Asia/Kolkata', 'UTC']

const nightly = (timezone: string, cron = '30 2 * * *'): Schedule => ({ cron, timezone, catchup: false, inputs: {} })

describe('clockChanges', () => {
  it.each([
    ['Europe/Berlin', ['2027-03-28T01:00:00.000Z', '2027-10-31T01:00:00.000Z']],
    ['America/New_York', ['2027-03-14T07:00:00.000Z', '2027-11-07T06:00:00.000Z']],
    ['Australia/Lord_Howe', ['2027-04-03T15:00:00.000Z', '2027-10-02T15:30:00.000Z']],
    ['Asia/Kolkata', []],
    ['UTC', []],
  ])('finds those of %s to the second', (zone, moments) => {
    expect(clockChanges(zone, ...YEAR_2027).map(({ at }) => at.toISOString())).toEqual(moments)
  })

  it('finds a day that a zone left out', () => {
    const [change] = clockChanges('Pacific/Apia', new Date('2011-12-29T00:00:00Z'), new Date('2012-01-01T00:00:00Z'))
    expect(change).toMatchObject({ before: { day: 30, hour: 0 }, after: { day: 31, hour: 0 } })
  })
})

describe('scheduledChanges', () => {
  it.each([
    ['Europe/Berlin', '02:00', '03:00', ['02:30'], '03:00', '02:00', ['02:30']],
    ['America/New_York', '02:00', '03:00', ['02:30'], '02:00', '01:00', []],
  ])('says what a schedule at 02:30 does in %s', (zone, from, to, skipped, back, again, twice) => {
    expect(scheduledChanges(nightly(zone), ...YEAR_2027)).toMatchObject([
      { from, to, skipped, twice: [] },
      { from: back, to: again, skipped: [], twice },
    ])
  })

  it('knows clocks that change by half an hour', () => {
    const changes = scheduledChanges(nightly('Australia/Lord_Howe', '*/15 2,1 * * *'), ...YEAR_2027)
    expect(changes).toMatchObject([
      { date: '2027-04-04', from: '02:00', to: '01:30', skipped: [], twice: ['01:30', '01:45'] },
      { date: '2027-10-03', from: '02:00', to: '02:30', skipped: ['02:00', '02:15'], twice: [] },
    ])
  })

  it('has nothing to say of an interval, which counts elapsed time', () => {
    const hourly: Schedule = { every: 3600, timezone: 'Europe/Berlin', catchup: false, inputs: {} }
    for (const { skipped, twice } of scheduledChanges(hourly, ...YEAR_2027)) expect([...skipped, ...twice]).toEqual([])
  })
})

describe('the times of a cron expression', () => {
  const field = (low: number, high: number) =>
    fc.oneof(
      fc.constant('*'),
      fc.integer({ min: low, max: high }).map(String),
      fc.integer({ min: 2, max: 20 }).map((step) => `*/${Math.min(step, high)}`),
    )

  it('are, around every change of the clocks, each minute whose wall time matches, and of two with one wall time the first', () => {
    // every minute of the hours before and after, computed once
    const changes = ZONES.flatMap((zone) =>
      clockChanges(zone, ...YEAR_2027).map(({ at }) => {
        const from = at.getTime() - HOURS
        const minutes = Array.from({ length: (2 * HOURS) / 60_000 }, (_, number) => new Date(from + (number + 1) * 60_000))
        return {
          zone,
          from: new Date(from),
          until: at.getTime() + HOURS,
          walls: minutes.map((moment) => ({ moment, wall: wallTime(moment, zone) })),
        }
      }),
    )
    expect(changes.length).toBeGreaterThan(8)
    fc.assert(
      fc.property(fc.constantFrom(...changes), field(0, 59), field(0, 3), ({ zone, from, until, walls }, minute, hour) => {
        const parsed = parseCron(`${minute} ${hour} * * *`)
        if (!parsed.ok) throw new Error(parsed.problem.what)
        const { hours, minutes } = parsed.cron
        const seen = new Set<string>()
        const wanted: string[] = []
        for (const { moment, wall } of walls) {
          const key = JSON.stringify(wall)
          if (hours.includes(wall.hour) && minutes.includes(wall.minute) && !seen.has(key)) wanted.push(moment.toISOString())
          seen.add(key)
        }
        const found: string[] = []
        for (const moment of cronTimes(parsed.cron, zone, from)) {
          if (moment.getTime() > until) break
          found.push(moment.toISOString())
        }
        expect(found).toEqual(wanted)
      }),
      { numRuns: 60 },
    )
  })
})
