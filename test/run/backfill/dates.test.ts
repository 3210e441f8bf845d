import { describe, expect, it } from 'vitest'
import type { RunRecord } from '#data/report/run-record.ts'
import type { Schedule } from '#language/definition/definition.ts'
import { backfillDates, EACH_DAY } from '#run/backfill/dates.ts'
import { itemsOf } from '#run/backfill/items.ts'
import type { RunState, StoredRun } from '#run/runs/list.ts'

const NOW = new Date('2027-11-21T12:00:00Z')
const daily = (more: { start_date?: string; cron?: string; timezone?: string } = {}): Schedule => ({
  cron: '30 2 * * *',
  timezone: 'Europe/Berlin',
  catchup: false,
  inputs: {},
  ...more,
})
const every = (seconds: number): Schedule => ({ every: seconds, timezone: 'UTC', catchup: false, inputs: {} })

function dates(schedule: Schedule, from: string, to: string, anchor?: Date): readonly string[] {
  const found = backfillDates({ schedule, from, to, anchor }, NOW)
  if ('problem' in found) throw new Error(found.problem)
  return found.dates.map((date) => date.toISOString())
}
const problem = (schedule: Schedule, from: string, to: string) => {
  const found = backfillDates({ schedule, from, to, anchor: undefined }, NOW)
  return 'problem' in found ? found.problem : undefined
}

describe('the dates of a backfill', () => {
  it('are the times of the schedule on all days, in its zone, without a time that does not exist', () => {
    expect(dates(daily(), '2027-03-27', '2027-03-29')).toEqual(['2027-03-27T01:30:00.000Z', '2027-03-29T00:30:00.000Z'])
    expect(dates(daily(), '2027-10-31', '2027-10-31')).toEqual(['2027-10-31T00:30:00.000Z'])
    expect(dates(daily({ timezone: 'Australia/Lord_Howe', cron: '45 1 * * *' }), '2027-04-04', '2027-04-04')).toEqual([
      '2027-04-03T14:45:00.000Z',
    ])
  })

  it('are each day for a pipeline without a schedule', () => {
    expect(dates(EACH_DAY, '2027-02-27', '2027-03-01')).toEqual([
      '2027-02-27T00:00:00.000Z',
      '2027-02-28T00:00:00.000Z',
      '2027-03-01T00:00:00.000Z',
    ])
  })

  it('of an interval are those of the server that counts it, also before it began to', () => {
    const anchor = new Date('2027-06-01T00:10:00Z')
    expect(dates(every(7200), '2027-05-31T20:00', '2027-06-01T02:30Z', anchor)).toEqual([
      '2027-05-31T20:10:00.000Z',
      '2027-05-31T22:10:00.000Z',
      '2027-06-01T00:10:00.000Z',
      '2027-06-01T02:10:00.000Z',
    ])
    expect(dates(every(43_200), '2027-06-01', '2027-06-01')).toEqual(['2027-06-01T00:00:00.000Z', '2027-06-01T12:00:00.000Z'])
  })

  it('end now', () => {
    expect(dates(daily({ cron: '0 */6 * * *', timezone: 'UTC' }), '2027-11-21', '2027-12-31')).toEqual([
      '2027-11-21T00:00:00.000Z',
      '2027-11-21T06:00:00.000Z',
      '2027-11-21T12:00:00.000Z',
    ])
  })

  it.each([
    ['2027-03-02', '2027-03-01', {}, 'is after --to'],
    ['2028-01-01', '2028-01-02', {}, 'is in the future'],
    ['2027-01-01', '2027-02-02', { start_date: '2027-02-01' }, 'is before the start_date of the schedule, 2027-02-01'],
    ['2000-01-01', '2027-02-02', { cron: '* * * * *' }, 'more than 10,000 runs'],
  ])('from %s to %s with %j are refused', (from, to, more, words) => {
    expect(problem(daily(more), from, to)).toContain(words)
  })
})

const record = (logical_date: string, started_at: string, error?: string) =>
  ({
    id: started_at,
    logical_date,
    started_at,
    ...(error === undefined ? {} : { failure: { error, cause: '' } }),
  }) as unknown as RunRecord
const run = (logical_date: string, state: RunState, started_at = '2027-01-01T00:00:00Z', error?: string): StoredRun => ({
  record: record(logical_date, started_at, error),
  state,
})

describe('what a backfill does for a date', () => {
  const DATE = new Date('2027-03-27T01:30:00Z')
  const todo = (runs: readonly StoredRun[], { again = false, queued = [] as readonly string[] } = {}) =>
    itemsOf([DATE], { runs, queued }, again)[0]?.todo
  const SAME = '2027-03-27T02:30:00+01:00'

  it('depends on the last run of the same moment, in whatever zone it is written', () => {
    expect(todo([])).toBe('start')
    expect(todo([run('2027-03-28T02:30:00+01:00', 'succeeded')])).toBe('start')
    expect(todo([run(SAME, 'succeeded')])).toBe('good')
    expect(todo([run(SAME, 'partial')])).toBe('good')
    expect(todo([run(SAME, 'succeeded', '2027-01-01T00:00:00Z'), run(SAME, 'interrupted', '2027-01-02T00:00:00Z')])).toBe('resume')
    expect(todo([run(SAME, 'interrupted', '2027-01-01T00:00:00Z'), run(SAME, 'succeeded', '2027-01-02T00:00:00Z')])).toBe('good')
  })

  it('is to resume what may end well, and to start anew what would fail again', () => {
    expect(todo([run(SAME, 'killed')])).toBe('resume')
    expect(todo([run(SAME, 'failed', '2027-01-01T00:00:00Z', 'Transient.Unavailable')])).toBe('resume')
    expect(todo([run(SAME, 'failed', '2027-01-01T00:00:00Z', 'Quality.GateFailed')])).toBe('start')
  })

  it('is nothing while it runs or waits elsewhere', () => {
    expect(todo([run(SAME, 'running')], { again: true })).toBe('running')
    expect(todo([], { queued: [SAME] })).toBe('queued')
  })

  it('is another run where that is wanted', () => {
    expect(todo([run(SAME, 'succeeded')], { again: true })).toBe('start')
  })
})
