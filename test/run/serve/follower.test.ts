/** Runs that end in the store, and what they start. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Json } from '#core/json.ts'
import type { RunRecord } from '#data/report/run-record.ts'
import { writeJson } from '#io/workspace/json-store.ts'
import { workspace } from '#io/workspace/workspace.ts'
import type { PipelineTrigger } from '#language/definition/definition.ts'
import type { ServedPipeline } from '#run/serve/describe.ts'
import { openFollower } from '#run/serve/follower.ts'
import { queuedRuns } from '#run/serve/queue.ts'
import { emptyStore, pipelineOf, sendTo, testLog } from './kit.ts'

const SINCE = new Date('2027-06-01T00:00:00Z')
const AFTER: PipelineTrigger = { type: 'pipeline', pipeline: 'orders', status: 'succeeded', inputs: {} }
const report = (more: Partial<PipelineTrigger> = {}) => pipelineOf('report', { triggers: [{ ...AFTER, ...more }] })

function following(pipelines: readonly ServedPipeline[] = [report()]) {
  const { folder, store } = emptyStore()
  const log = testLog()
  let refuses = false
  const open = (served = pipelines, now = SINCE) =>
    openFollower(
      {
        store,
        folder,
        pipelines: served,
        senderOf: (settings) => async (messages) =>
          refuses ? messages.map(({ id }) => id) : sendTo({ ...report(), id: settings.id, settings }, store, () => now)(messages),
        log,
      },
      now,
    )
  return {
    folder,
    store,
    log,
    open,
    refuse: (whether: boolean) => {
      refuses = whether
    },
    /** Writes the record of a run. */
    record: (id: string, status: string, more: Partial<RunRecord> & { readonly of?: string } = {}) => {
      const { of = 'orders', ...rest } = more
      mkdirSync(join(folder, 'runs', id), { recursive: true })
      return writeJson(store, workspace(id).run, {
        id,
        pipeline: { id: of, name: of },
        file: 'orders.yaml',
        inputs: {},
        started_at: '2027-06-01T07:00:00.000Z',
        folder: '/nowhere',
        status,
        ...(status === 'running' || status === 'interrupted'
          ? {}
          : { finished_at: '2027-06-01T08:00:00.000Z', seconds: 1, output: null, failure: null }),
        ...rest,
      } as unknown as Json)
    },
    queued: async () => (await queuedRuns(store)).map(({ pipeline, input }) => [pipeline, input.start['run'], input.start['status']]),
  }
}

describe('a run that ends in the store', () => {
  it('starts a run of each pipeline that waits for it, once, whoever looks and how often', async () => {
    const { record, queued, open } = following([report(), pipelineOf('mail', { triggers: [{ ...AFTER, status: 'finished' }] })])
    const [one, other] = [await open(), await open()]
    await record('r-1', 'running')
    await one.look()
    expect(await queued()).toEqual([])
    await record('r-1', 'succeeded')
    for (const follower of [one, other, one, other, await open()]) await follower.look()
    expect((await queued()).sort()).toEqual([
      ['mail', 'r-1', 'succeeded'],
      ['report', 'r-1', 'succeeded'],
    ])
  })

  it('starts a run when no server ran as it ended, and none if it ended before a server had the trigger', async () => {
    const { record, queued, open } = following()
    await record('r-old', 'succeeded', { finished_at: '2027-05-31T23:59:59.000Z' })
    await (await open()).look()
    expect(await queued()).toEqual([])
    await record('r-new', 'succeeded')
    await (await open(undefined, new Date('2027-06-02T00:00:00Z'))).look()
    expect(await queued()).toEqual([['report', 'r-new', 'succeeded']])
  })

  it('starts nothing for a trigger that was away, or is new, when it ended', async () => {
    const { record, queued, open } = following()
    await open()
    await open([pipelineOf('report')], new Date('2027-06-01T01:00:00Z'))
    await record('r-1', 'succeeded')
    await (await open(undefined, new Date('2027-06-02T00:00:00Z'))).look()
    await (await open([report({ status: 'finished' })], new Date('2027-06-02T00:00:00Z'))).look()
    expect(await queued()).toEqual([])
  })

  it('in part has succeeded; one that failed starts what waits for that; one that was stopped, killed or removed starts nothing', async () => {
    const all = (['succeeded', 'failed', 'finished'] as const).map((status) => pipelineOf(status, { triggers: [{ ...AFTER, status }] }))
    const { record, queued, open } = following(all)
    const follower = await open()
    await record('r-partial', 'partial')
    await record('r-failed', 'failed')
    await record('r-stopped', 'interrupted')
    await record('r-killed', 'running')
    await record('r-other', 'succeeded', { of: 'stock' })
    await record('r-profile', 'succeeded', { made_by: 'profile' })
    await follower.look()
    await follower.look()
    expect((await queued()).map((one) => one.join(' ')).sort()).toEqual([
      'failed r-failed failed',
      'finished r-failed failed',
      'finished r-partial partial',
      'succeeded r-partial partial',
    ])
  })

  it('that failed and is resumed starts what waits for its success, and again nothing that was started', async () => {
    const { record, queued, open } = following([report(), pipelineOf('mail', { triggers: [{ ...AFTER, status: 'finished' }] })])
    const follower = await open()
    await record('r-1', 'failed')
    await follower.look()
    expect(await queued()).toEqual([['mail', 'r-1', 'failed']])
    await record('r-1', 'succeeded', { finished_at: '2027-06-01T09:00:00.000Z' })
    await follower.look()
    expect((await queued()).sort()).toEqual([
      ['mail', 'r-1', 'failed'],
      ['report', 'r-1', 'succeeded'],
    ])
  })

  it('gives its date and its output, as the other pipeline reads them from its folder', async () => {
    const inputs = { source: '{{ event.output }}', all: '{{ event.outputs }}' as never, day: '{{ ds }}' }
    const { record, store, open } = following([report({ inputs })])
    const follower = await open()
    const output = { to: 'out/b/', others: [{ to: '/data/a.csv' }, { to: 's3://lake/c/' }] } as never
    await record('r-1', 'succeeded', { output, folder: '/elsewhere', logical_date: '2027-05-30' } as never)
    await follower.look()
    expect((await queuedRuns(store))[0]?.input).toMatchObject({
      logical_date: '2027-05-30',
      inputs: { source: '../elsewhere/out/b/', all: ['/data/a.csv', 's3://lake/c/', '../elsewhere/out/b/'], day: '2027-05-30' },
    })
  })

  it('is sent again when nothing could be started, ten times, and by the next server', async () => {
    const { record, queued, open, refuse, log } = following()
    const follower = await open()
    refuse(true)
    await record('r-1', 'succeeded')
    for (let look = 0; look < 12; look++) await follower.look()
    expect(log.lines).toMatchObject([
      { message: 'the end of a run starts nothing', more: { run: 'r-1', reason: 'given up after 10 attempts' } },
    ])
    refuse(false)
    await (await open()).look()
    expect(await queued()).toEqual([['report', 'r-1', 'succeeded']])
  })
})
