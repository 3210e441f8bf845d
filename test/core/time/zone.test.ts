import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cronTimes, everyTimes } from '#core/time/fire-times.ts'
import { parseCron } from '#core/time/cron.ts'
import { isoIn, momentOf, wallTime, zoneProblem } from '#core/time/zone.ts'

const ZONES = ['UTC', 'Europe/Zurich', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia', 'America/St_Johns']

describe('zoneProblem', () => {
  it('knows names of the IANA database, renamed ones as well', () => {
    for (const zone of [...ZONES, 'Asia/Calcutta', 'US/Pacific', 'Etc/GMT+5']) expect(zoneProblem(zone), zone).toBeUndefined()
  })

  it.each([
    ['Europe/Zurch', 'Europe/Zurich'],
    ['europe/zurich', 'Europe/Zurich'],
    ['utc', 'UTC'],
    ['New York', 'America/New_York'],
  ])('names the nearest to %s', (zone, nearest) => {
    expect(zoneProblem(zone)?.hint).toContain(`did you mean ${nearest}?`)
  })

  it('refuses offsets, which know no summer time, and what is nothing', () => {
    for (const zone of ['+01:00', 'Mars/Olympus', '']) expect(zoneProblem(zone)?.what, zone).toBe(`unknown time zone \`${zone}\``)
  })
})

describe('momentOf', () => {
  it('is the inverse of wallTime, but for the second time of an hour shown twice', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.integer({ min: 0, max: 4_102_444_800 / 60 }), (zone, minutes) => {
        const moment = new Date(minutes * 60_000)
        const wall = wallTime(moment, zone)
        const back = momentOf(wall, zone)
        expect(back).toBeDefined()
        expect(wallTime(back as Date, zone)).toEqual(wall)
        expect((back as Date).getTime()).toBeLessThanOrEqual(moment.getTime())
        expect(moment.getTime() - (back as Date).getTime()).toBeLessThanOrEqual(2 * 3600_000)
      }),
      { numRuns: 300 },
    )
  })

  it('has none for a time the clocks skip', () => {
    expect(momentOf({ year: 2026, month: 3, day: 29, hour: 2, minute: 30 }, 'Europe/Zurich')).toBeUndefined()
  })

  it('has the first of two for a time they show twice', () => {
    expect(momentOf({ year: 2026, month: 10, day: 25, hour: 2, minute: 30 }, 'Europe/Zurich')).toEqual(new Date('2026-10-25T00:30:00Z'))
  })
})

describe('isoIn', () => {
  it('writes the day of the zone', () => {
    expect(isoIn(new Date('2026-11-20T23:30:00Z'), 'Europe/Zurich')).toBe('2026-11-21T00:30:00+01:00')
    expect(isoIn(new Date('2026-11-20T23:30:00Z'), 'America/St_Johns')).toBe('2026-11-20T20:00:00-03:30')
    expect(isoIn(new Date('2026-11-20T23:30:00.250Z'), 'UTC')).toBe('2026-11-20T23:30:00Z')
  })
})

describe('cronTimes', () => {
  const times = (text: string, zone: string, after: string, count: number) => {
    const parsed = parseCron(text)
    if (!parsed.ok) throw new Error(parsed.problem.what)
    const found: string[] = []
    for (const moment of cronTimes(parsed.cron, zone, new Date(after))) {
      found.push(isoIn(moment, zone))
      if (found.length === count) break
    }
    return found
  }

  it('keeps the clock on the wall through a change to summer time', () => {
    expect(times('0 8 * * *', 'Europe/Zurich', '2026-03-27T12:00:00Z', 3)).toEqual([
      '2026-03-28T08:00:00+01:00',
      '2026-03-29T08:00:00+02:00',
      '2026-03-30T08:00:00+02:00',
    ])
  })

  it('skips what the clocks skip, and takes once what they show twice', () => {
    expect(times('30 2 * * *', 'Europe/Zurich', '2026-03-28T02:00:00Z', 2)).toEqual([
      '2026-03-30T02:30:00+02:00',
      '2026-03-31T02:30:00+02:00',
    ])
    expect(times('30 2 * * *', 'Europe/Zurich', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T02:30:00+02:00',
      '2026-10-26T02:30:00+01:00',
    ])
  })

  it('finds days of the week, ends of months and leap days', () => {
    expect(times('0 0 * * MON', 'UTC', '2026-11-21T00:00:00Z', 2)).toEqual(['2026-11-23T00:00:00Z', '2026-11-30T00:00:00Z'])
    expect(times('0 0 31 * *', 'UTC', '2026-11-21T00:00:00Z', 2)).toEqual(['2026-12-31T00:00:00Z', '2027-01-31T00:00:00Z'])
    expect(times('0 0 29 2 *', 'UTC', '2026-11-21T00:00:00Z', 2)).toEqual(['2028-02-29T00:00:00Z', '2032-02-29T00:00:00Z'])
  })

  it('begins strictly after, and goes on in order', () => {
    expect(times('*/30 * * * *', 'UTC', '2026-11-21T00:00:00Z', 3)).toEqual([
      '2026-11-21T00:30:00Z',
      '2026-11-21T01:00:00Z',
      '2026-11-21T01:30:00Z',
    ])
    const found = times('15 * * * *', 'America/New_York', '2026-10-31T12:00:00Z', 100).map((one) => Date.parse(one))
    expect(found).toEqual([...found].sort((a, b) => a - b))
  })
})

describe('everyTimes', () => {
  it('counts from the start', () => {
    const found: string[] = []
    for (const moment of everyTimes(5400, new Date('2026-11-21T00:00:00Z'), new Date('2026-11-21T03:00:00Z'))) {
      found.push(moment.toISOString())
      if (found.length === 2) break
    }
    expect(found).toEqual(['2026-11-21T04:30:00.000Z', '2026-11-21T06:00:00.000Z'])
  })

  it('begins with the start itself', () => {
    const [first] = everyTimes(60, new Date('2026-11-21T00:00:00Z'), new Date('2020-01-01T00:00:00Z'))
    expect(first).toEqual(new Date('2026-11-21T00:00:00Z'))
  })
})
