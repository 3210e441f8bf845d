/** Which run a date of a schedule waits for, with `depends_on_past`. */
import { expect, it } from 'vitest'
import type { RunRecord } from '#data/report/run-record.ts'
import type { RunState, StoredRun } from '#run/runs/list.ts'
import { pastOf, type Unrecorded } from '#run/runs/past.ts'

const DAY = new Date('2027-03-28T06:00:00Z')
const run = (id: string, logical_date: string | undefined, state: RunState, type: string | null = 'schedule', started_at = '2027-04-01') =>
  ({
    record: { id, logical_date, started_at, ...(type === null ? {} : { start: { type } }) } as unknown as RunRecord,
    state,
  }) satisfies StoredRun
const past = (runs: readonly StoredRun[], unrecorded: readonly Unrecorded[] = []) => {
  const found = pastOf(DAY, { runs, unrecorded })
  return found && `${found.run} ${found.state}`
}
const BEFORE = '2027-03-27T06:00:00Z'

it('nothing stands in the way of the first date, and of one whose date before is good', () => {
  expect(past([])).toBeUndefined()
  expect(past([run('a', BEFORE, 'succeeded')])).toBeUndefined()
  expect(past([run('a', BEFORE, 'partial')])).toBeUndefined()
  // its own, and later ones
  expect(past([run('a', '2027-03-28T06:00:00Z', 'failed'), run('b', '2027-03-29T06:00:00Z', 'failed')])).toBeUndefined()
})

it.each(['failed', 'killed', 'interrupted', 'running'] as const)('a run that is %s does', (state) => {
  expect(past([run('a', BEFORE, state)])).toBe(`a ${state}`)
})

it('the closest earlier date counts, in whatever zone it is written', () => {
  expect(past([run('a', '2027-03-26T06:00:00Z', 'failed'), run('b', '2027-03-27T07:00:00+01:00', 'succeeded')])).toBeUndefined()
  expect(past([run('a', '2027-03-26T06:00:00Z', 'succeeded'), run('b', '2027-03-27T07:00:00+01:00', 'failed')])).toBe('b failed')
})

it('the last run of that date counts, whoever started it', () => {
  const failed = run('a', BEFORE, 'failed', 'schedule', '2027-03-27')
  expect(past([failed, run('b', BEFORE, 'succeeded', 'backfill', '2027-03-28')])).toBeUndefined()
  expect(past([failed, run('b', '2027-03-27T07:00:00+01:00', 'succeeded', null, '2027-03-28')])).toBeUndefined()
  expect(past([failed, run('b', BEFORE, 'running', null, '2027-03-28')])).toBe('b running')
})

it('runs by requests, files and hand have no date of the schedule', () => {
  for (const type of ['http', 's3', null]) expect(past([run('a', '2027-03-27T12:34:56Z', 'failed', type)])).toBeUndefined()
  expect(past([run('a', undefined, 'failed', null)])).toBeUndefined()
})

it('a start without a record does, until there is one that is good', () => {
  const waits = { name: 'q', logical_date: BEFORE, state: 'queued' } as const
  const never = { name: 'n', logical_date: BEFORE, state: 'not started' } as const
  expect(past([], [waits])).toBe('q queued')
  expect(past([run('a', '2027-03-26T06:00:00Z', 'succeeded')], [never])).toBe('n not started')
  expect(past([run('n', BEFORE, 'succeeded')], [never])).toBeUndefined()
})
