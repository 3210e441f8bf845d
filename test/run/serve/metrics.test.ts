/** What a server tells Prometheus of itself and of the runs in its store. */
import { describe, expect, it } from 'vitest'
import { writeJson } from '#io/workspace/json-store.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { takeRun } from '#run/runs/lock.ts'
import { serverMetrics } from '#run/serve/metrics.ts'
import { queueExecutions } from '#run/serve/queue.ts'
import { readExposition } from '../../kit/prometheus.ts'
import { emptyStore, pipelineOf } from './kit.ts'

const NOW = new Date('2027-06-01T08:00:00Z')

function store() {
  const { folder, store } = emptyStore()
  const pipelines = [pipelineOf('orders'), pipelineOf('rates')]
  const record = (name: string, status: string, more: object = {}) =>
    writeJson(store, workspace(name).run, {
      id: name,
      status,
      started_at: `2027-05-0${name.at(-1)}T00:00:00Z`,
      pipeline: { id: 'orders', name: 'Orders' },
      ...(status === 'running' || status === 'interrupted'
        ? {}
        : { finished_at: `2027-05-0${name.at(-1)}T00:01:00Z`, seconds: 60, rows: null, score: null, output: null, failure: null }),
      ...more,
    })
  const queue = (name: string, pipeline: string) =>
    queueExecutions(
      store,
      pipeline,
      (value) => value,
      () => NOW,
    ).start(name, { inputs: {}, logical_date: '2027-06-01', start: { type: 'http' } })
  const read = async (state: object = {}, next: ReadonlyMap<string, Date> = new Map()) => {
    const server = {
      state: () => ({ leads: true, running: [], waiting: 0, held_back: [], looked_at: null, next: null, ...state }),
      nextTimes: () => next,
    }
    const families = readExposition(await serverMetrics({ version: '1.2.3', store: folder, pipelines }, server))
    return (name: string) =>
      families
        .find((family) => family.name === `siftstep_${name}`)
        ?.samples.map(({ labels, value }) => [...Object.values(labels), value].join(' '))
  }
  return { store, record, queue, read }
}

describe('the metrics of a server', () => {
  it('without runs has zeros for counts, and nothing for times and figures', async () => {
    const of = await store().read({ leads: false })
    expect([of('info'), of('pipelines'), of('lease_held')]).toEqual([['1.2.3 1'], ['2'], ['0']])
    expect(of('runs')).toHaveLength(12)
    expect(of('runs')?.every((line) => line.endsWith(' 0'))).toBe(true)
    expect(of('runs_queued')).toEqual(['orders 0', 'rates 0'])
    for (const name of ['last_look_timestamp_seconds', 'next_start_timestamp_seconds', 'last_success_timestamp_seconds', 'last_run_rows'])
      expect(of(name), name).toEqual([])
  })

  it('counts runs by status, and those that wait', async () => {
    const { store: own, record, queue, read } = store()
    await record('orders-1', 'succeeded')
    await record('orders-2', 'succeeded')
    await record('orders-3', 'failed')
    await record('orders-4', 'partial')
    await record('orders-5', 'interrupted')
    // its process has ended without a word
    await record('orders-6', 'running')
    await record('orders-7', 'running')
    const taken = await takeRun(own, 'orders-7', NOW)
    // of a command, and of a pipeline that is not served
    await record('profile-8', 'succeeded', { made_by: 'profile' })
    await record('other-9', 'succeeded', { pipeline: { id: 'other', name: 'Other' } })
    for (const [name, pipeline] of [
      ['orders-7', 'orders'],
      ['orders-8', 'orders'],
      ['rates-1', 'rates'],
      ['rates-2', 'rates'],
      ['gone-1', 'gone'],
    ] as const)
      await queue(name, pipeline)
    const of = await read()
    expect(of('runs')?.slice(0, 6)).toEqual([
      'orders running 1',
      'orders succeeded 2',
      'orders partial 1',
      'orders failed 1',
      'orders killed 1',
      'orders interrupted 1',
    ])
    expect(of('runs_queued')).toEqual(['orders 1', 'rates 2', 'gone 1'])
    await taken.release()
  })

  it('has the figures of the last run that ended, and the time of the last good one', async () => {
    const { record, read } = store()
    const rows = { in: 10, out: 6, quarantined: 2, deduplicated: 1, filtered: 1, fan: 0 }
    await record('orders-1', 'succeeded', { seconds: 1, rows: { ...rows, in: 1000 } })
    await record('orders-2', 'failed', { seconds: 2.5, rows })
    await record('orders-3', 'interrupted')
    const of = await read({ looked_at: '2027-06-01T08:00:00.500Z' }, new Map([['orders', new Date('2027-06-02T06:00:00Z')]]))
    expect(of('last_success_timestamp_seconds')).toEqual([`orders ${Date.parse('2027-05-01T00:01:00Z') / 1000}`])
    expect(of('last_run_timestamp_seconds')).toEqual([`orders ${Date.parse('2027-05-02T00:01:00Z') / 1000}`])
    expect(of('last_run_duration_seconds')).toEqual(['orders 2.5'])
    expect(of('last_run_rows')).toEqual([
      'orders in 10',
      'orders out 6',
      'orders quarantined 2',
      'orders duplicates 1',
      'orders filtered 1',
    ])
    expect(of('last_look_timestamp_seconds')).toEqual([String(NOW.getTime() / 1000 + 0.5)])
    expect(of('next_start_timestamp_seconds')).toEqual([`orders ${Date.parse('2027-06-02T06:00:00Z') / 1000}`])
  })

  it('of a run that counted no rows has no rows', async () => {
    const { record, read } = store()
    await record('orders-1', 'failed')
    const of = await read()
    expect([of('last_run_duration_seconds'), of('last_run_rows')]).toEqual([['orders 60'], []])
  })
})
