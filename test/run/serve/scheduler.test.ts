/** Schedules on a clock that the test turns. */
import { describe, expect, it } from 'vitest'
import type { Store } from '#io/store/store.ts'
import type { ServedPipeline } from '#run/serve/describe.ts'
import { queuedRuns } from '#run/serve/queue.ts'
import { openScheduler } from '#run/serve/scheduler.ts'
import { cron, emptyStore, pipelineOf, sendTo, testLog } from './kit.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const at = (text: string) => new Date(text)

async function scheduled(store: Store, pipelines: readonly ServedPipeline[], start: string) {
  const log = testLog()
  let now = at(start)
  const lines = pipelines.map((pipeline) => ({ settings: pipeline.settings, send: sendTo(pipeline, store, () => now) }))
  const scheduler = await openScheduler({ store, pipelines: lines, log }, now)
  return {
    log,
    scheduler,
    /** Turns the clock to a moment. */
    to: async (text: string | Date) => {
      now = new Date(text)
      await scheduler.advance(now)
    },
  }
}
const dates = async (store: Store) => (await queuedRuns(store)).map(({ input }) => input.logical_date)
const names = async (store: Store) => (await queuedRuns(store)).map(({ name }) => name)

/** Every minute from one moment to another, or every few. */
function* minutes(from: string, to: string, step = 1) {
  for (let time = Date.parse(from); time <= Date.parse(to); time += step * MINUTE) yield new Date(time)
}

describe('a scheduler', () => {
  it('runs two pipelines on their cron lines for 24 hours: no time is missed, and none starts two runs', async () => {
    const { store } = emptyStore()
    const often = pipelineOf('often', { schedule: cron('*/7 * * * *', 'UTC') })
    const nightly = pipelineOf('nightly', { schedule: cron('30 2,14 * * *', 'Europe/Berlin') })
    const { to } = await scheduled(store, [often, nightly], '2027-06-01T00:00:00Z')
    for (const minute of minutes('2027-06-01T00:00:30Z', '2027-06-02T00:00:30Z')) await to(minute)
    const runs = await queuedRuns(store)
    const of = (pipeline: string) => runs.filter((run) => run.pipeline === pipeline).map(({ input }) => input.logical_date)
    const wanted: string[] = []
    // the first time is strictly after the start
    for (const minute of minutes('2027-06-01T00:01:00Z', '2027-06-02T00:00:00Z'))
      if (minute.getUTCMinutes() % 7 === 0) wanted.push(minute.toISOString().replace('.000Z', 'Z'))
    expect(of('often')).toEqual(wanted)
    expect(of('nightly')).toEqual(['2027-06-01T02:30:00+02:00', '2027-06-01T14:30:00+02:00'])
  })

  it.each([
    ['Europe/Berlin', '30 2 * * *', '2027-03-27T12:00:00Z', '2027-03-29T12:00:00Z', ['2027-03-29T02:30:00+02:00']],
    ['Europe/Berlin', '30 2 * * *', '2027-10-30T12:00:00Z', '2027-10-31T12:00:00Z', ['2027-10-31T02:30:00+02:00']],
    ['America/New_York', '30 2 * * *', '2027-03-13T12:00:00Z', '2027-03-15T12:00:00Z', ['2027-03-15T02:30:00-04:00']],
    ['America/New_York', '30 1 * * *', '2027-11-06T12:00:00Z', '2027-11-07T12:00:00Z', ['2027-11-07T01:30:00-04:00']],
    ['Australia/Lord_Howe', '15 2 * * *', '2027-10-02T00:00:00Z', '2027-10-03T20:00:00Z', ['2027-10-04T02:15:00+11:00']],
    ['Australia/Lord_Howe', '45 1 * * *', '2027-04-03T00:00:00Z', '2027-04-04T00:00:00Z', ['2027-04-04T01:45:00+11:00']],
  ])('in %s at %s, over a change of the clocks, starts what exists, once', async (zone, line, from, until, wanted) => {
    const { store } = emptyStore()
    const { to } = await scheduled(store, [pipelineOf('p', { schedule: cron(line, zone) })], from)
    for (const minute of minutes(from, until, 5)) await to(minute)
    expect(await dates(store)).toEqual(wanted)
  })

  it('that slept over several times skips them and says so, but for one that has just passed', async () => {
    const { store } = emptyStore()
    const { to, log } = await scheduled(store, [pipelineOf('p', { schedule: cron('0 * * * *', 'UTC') })], '2027-06-01T00:30:00Z')
    await to('2027-06-01T05:02:00Z')
    expect(await dates(store)).toEqual(['2027-06-01T05:00:00Z'])
    expect(log.lines).toMatchObject([
      { message: 'starts skipped', more: { pipeline: 'p', count: 4, first: '2027-06-01T01:00:00Z', last: '2027-06-01T04:00:00Z' } },
    ])
    await to('2027-06-01T06:59:00Z')
    expect(await dates(store)).toEqual(['2027-06-01T05:00:00Z'])
  })

  it('that slept over several times starts all of them, the oldest first, with `catchup`', async () => {
    const { store } = emptyStore()
    const { to } = await scheduled(store, [pipelineOf('p', { schedule: cron('0 * * * *', 'UTC', true) })], '2027-06-01T00:30:00Z')
    await to('2027-06-04T23:00:00Z')
    const found = await dates(store)
    expect(found).toHaveLength(95)
    expect([found[0], found.at(-1)]).toEqual(['2027-06-01T01:00:00Z', '2027-06-04T23:00:00Z'])
  })

  it('that was stopped for three days starts three runs with `catchup`, in order, and none without it', async () => {
    for (const catchup of [true, false]) {
      const { store } = emptyStore()
      const daily = pipelineOf('daily', { schedule: cron('0 8 * * *', 'UTC', catchup) })
      const first = await scheduled(store, [daily], '2027-06-01T07:59:00Z')
      await first.to('2027-06-01T08:00:10Z')
      const second = await scheduled(store, [daily], '2027-06-04T12:00:00Z')
      await second.to('2027-06-04T12:00:01Z')
      expect(await dates(store)).toEqual([1, ...(catchup ? [2, 3, 4] : [])].map((day) => `2027-06-0${day}T08:00:00Z`))
    }
  })

  it('makes up for everything since the start date when it begins, with `catchup`', async () => {
    const { store } = emptyStore()
    const schedule = { ...cron('0 8 * * *', 'UTC', true), start_date: '2027-05-30' }
    const { to } = await scheduled(store, [pipelineOf('p', { schedule })], '2027-06-01T09:00:00Z')
    await to('2027-06-01T09:00:01Z')
    expect(await dates(store)).toEqual(['2027-05-30T08:00:00Z', '2027-05-31T08:00:00Z', '2027-06-01T08:00:00Z'])
  })

  it('starts at once what another server missed by seconds, and nothing that it started', async () => {
    const { store } = emptyStore()
    const p = pipelineOf('p', { schedule: cron('0 * * * *', 'UTC') })
    const first = await scheduled(store, [p], '2027-06-01T06:30:00Z')
    await first.to('2027-06-01T07:00:01Z')
    const second = await scheduled(store, [p], '2027-06-01T08:00:20Z')
    await second.to('2027-06-01T08:00:21Z')
    expect(await dates(store)).toEqual(['2027-06-01T07:00:00Z', '2027-06-01T08:00:00Z'])
  })

  it('of two that both believe they lead, starts each time once', async () => {
    const { store } = emptyStore()
    const p = pipelineOf('p', { schedule: cron('*/10 * * * *', 'UTC') })
    const [one, other] = [await scheduled(store, [p], '2027-06-01T00:00:00Z'), await scheduled(store, [p], '2027-06-01T00:00:00Z')]
    for (const minute of minutes('2027-06-01T00:00:00Z', '2027-06-01T02:00:00Z')) await Promise.all([one.to(minute), other.to(minute)])
    const found = await names(store)
    expect(found).toHaveLength(12)
    expect(new Set(found).size).toBe(12)
  })

  it('whose clock is set back does not start a time again, and goes on at the next one', async () => {
    const { store } = emptyStore()
    const { to, log } = await scheduled(store, [pipelineOf('p', { schedule: cron('0 * * * *', 'UTC') })], '2027-06-01T00:30:00Z')
    await to('2027-06-01T01:00:10Z')
    await to('2027-06-01T00:40:00Z')
    await to('2027-06-01T01:00:20Z')
    expect(log.lines.map(({ message }) => message)).toContain('the clock was set back')
    await to('2027-06-01T02:00:00Z')
    expect(await dates(store)).toEqual(['2027-06-01T01:00:00Z', '2027-06-01T02:00:00Z'])
  })

  it('whose clock was a year ahead and is corrected does not wait for a year', async () => {
    const { store } = emptyStore()
    const p = pipelineOf('p', { schedule: cron('0 * * * *', 'UTC') })
    const { to } = await scheduled(store, [p], '2028-06-01T00:30:00Z')
    await to('2028-06-01T01:00:00Z')
    await to('2027-06-01T01:30:00Z')
    await to('2027-06-01T02:00:00Z')
    expect(await dates(store)).toEqual(['2027-06-01T02:00:00Z', '2028-06-01T01:00:00Z'])
    const next = await scheduled(store, [p], '2027-06-01T02:30:00Z')
    await next.to('2027-06-01T03:00:00Z')
    expect(await dates(store)).toContain('2027-06-01T03:00:00Z')
  })

  it('counts an interval from when it first had it, also after a restart', async () => {
    const { store } = emptyStore()
    const p = pipelineOf('p', { schedule: { every: 1800, timezone: 'UTC', catchup: false, inputs: {} } })
    const first = await scheduled(store, [p], '2027-06-01T00:10:00Z')
    await first.to('2027-06-01T00:10:01Z')
    await first.to('2027-06-01T00:40:01Z')
    const second = await scheduled(store, [p], '2027-06-01T01:00:00Z')
    expect([...second.scheduler.nextTimes().values()]).toEqual([at('2027-06-01T01:10:00Z')])
    await second.to(new Date(Date.parse('2027-06-01T01:10:00Z') + 2 * HOUR))
    expect(await dates(store)).toEqual(['2027-06-01T00:40:00Z', '2027-06-01T03:10:00Z'])
  })
})
