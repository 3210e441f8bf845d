/** Folders that stand for buckets. */
import { mkdirSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { S3Trigger } from '#language/definition/definition.ts'
import { allBuckets, localValues, watchedOf, type Watched } from '#run/serve/buckets.ts'
import { queueExecutions, queuedRuns } from '#run/serve/queue.ts'
import { openWatcher } from '#run/serve/watcher.ts'
import { startRuns } from '#run/starts/start.ts'
import { emptyStore, pipelineOf, testLog } from './kit.ts'

const CSV: S3Trigger = {
  type: 's3',
  bucket: 'inbox',
  prefix: 'incoming/',
  suffix: '.csv',
  dedupe: 'etag',
  inputs: { source: '{{ event.uri }}' },
  collects: [],
}
const SETTLE = 2000
const NOW = () => new Date('2027-06-01T00:00:00Z')

function watching(more: Partial<S3Trigger> = {}, buckets = new Map<string, string>()) {
  const { folder, store } = emptyStore()
  const pipeline = pipelineOf('orders', { triggers: [{ ...CSV, ...more }] })
  const watched = watchedOf(pipeline, buckets, folder).filter((one): one is Watched => !('problem' in one))
  const log = testLog()
  let elapsed = 0
  const open = () => {
    const local = localValues(allBuckets(watched), folder)
    const send = startRuns({ settings: pipeline.settings, executions: queueExecutions(store, 'orders', local, NOW), store, now: NOW, log })
    return openWatcher({ watched: watched.map((one) => ({ ...one, send })), settle: SETTLE, store: join(folder, '.siftstep'), log })
  }
  let watcher = open()
  return {
    folder,
    log,
    restart: () => {
      watcher = open()
    },
    put: (name: string, content = 'id\n1\n') => {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), content)
    },
    /** Looks, lets time pass, and looks again. */
    settle: async (times = 2, step = SETTLE) => {
      for (let time = 0; time < times; time++) {
        await watcher.look(elapsed)
        elapsed += step
      }
    },
    sources: async () => (await queuedRuns(store)).map(({ input }) => input.inputs['source']).sort(),
  }
}

describe('a watched folder', () => {
  it('starts a run for each new file, with its path', async () => {
    const { put, settle, sources } = watching()
    for (const name of [
      'incoming/a.csv',
      'incoming/sub/b 1+ü.csv',
      'incoming/c.txt',
      'other/d.csv',
      'incoming/_side.csv',
      'incoming/.part.csv',
    ])
      put(name)
    await settle(3)
    expect(await sources()).toEqual(['incoming/a.csv', 'incoming/sub/b 1+ü.csv'])
  })

  it('waits for a file that is still being written', async () => {
    const { put, settle, sources } = watching()
    put('incoming/a.csv', 'id\n')
    await settle(1)
    put('incoming/a.csv', 'id\n1\n')
    await settle(1, SETTLE - 1)
    expect(await sources()).toEqual([])
    put('incoming/a.csv', 'id\n1\n2\n')
    await settle(1, SETTLE - 1)
    await settle(1, 1)
    expect(await sources()).toEqual([])
    await settle(1)
    expect(await sources()).toEqual(['incoming/a.csv'])
  })

  it('starts nothing again for the same content, also after a restart; new content starts a run', async () => {
    const { put, settle, sources, restart } = watching()
    put('incoming/a.csv')
    await settle(4)
    restart()
    await settle(4)
    expect(await sources()).toHaveLength(1)
    put('incoming/a.csv', 'id\n1\n2\n')
    await settle(3)
    restart()
    await settle(3)
    expect(await sources()).toEqual(['incoming/a.csv', 'incoming/a.csv'])
  })

  it('counts a file that was moved into it, and one that came while nobody watched', async () => {
    const { put, settle, sources, restart, folder } = watching()
    put('a.csv')
    await settle(2)
    mkdirSync(join(folder, 'incoming'))
    renameSync(join(folder, 'a.csv'), join(folder, 'incoming/a.csv'))
    restart()
    await settle(2)
    expect(await sources()).toEqual(['incoming/a.csv'])
  })

  it('collects the files of a while for one run, where an input takes a list', async () => {
    const { put, settle, sources } = watching({ debounce: 10, inputs: { source: '{{ event.uri }}' }, collects: ['source'] })
    put('incoming/a.csv')
    await settle(2)
    put('incoming/b.csv')
    await settle(3)
    expect(await sources()).toEqual([])
    await settle(4)
    expect(await sources()).toEqual([['incoming/a.csv', 'incoming/b.csv']])
  })

  it('does not start the pipeline that published a file, and starts it for files of others', async () => {
    const { put, settle, sources, log } = watching({ suffix: '.parquet' })
    const manifest = (pipeline: string) => JSON.stringify({ siftstep: 1, pipeline, files: [{ name: 'part-0.parquet' }] })
    put('incoming/own/_manifest.json', manifest('orders'))
    put('incoming/own/part-0.parquet')
    put('incoming/own/new.parquet')
    put('incoming/theirs/_manifest.json', manifest('another'))
    put('incoming/theirs/part-0.parquet')
    await settle(3)
    expect(await sources()).toEqual(['incoming/own/new.parquet', 'incoming/theirs/part-0.parquet'])
    expect(log.lines.find(({ more }) => more['why'] === 'the pipeline published it')).toBeDefined()
  })

  it('follows no links, which may lead out of it', async () => {
    const { put, settle, sources, folder } = watching()
    put('secret/a.csv')
    put('incoming/b.csv')
    symlinkSync(join(folder, 'secret/a.csv'), join(folder, 'incoming/a.csv'))
    symlinkSync(join(folder, 'secret'), join(folder, 'incoming/secret'))
    await settle(3)
    expect(await sources()).toEqual(['incoming/b.csv'])
  })

  it('may be given for a bucket, and starts a run for the same file with another time only where that is wanted', async () => {
    const buckets = new Map([['inbox', 'box']])
    for (const dedupe of ['etag', 'none'] as const) {
      const { put, settle, sources, folder } = watching({ prefix: 'incoming/', dedupe }, buckets)
      put('box/incoming/a.csv')
      await settle(3)
      utimesSync(join(folder, 'box/incoming/a.csv'), 1, 1)
      await settle(3)
      expect(await sources()).toEqual(['box/incoming/a.csv', 'box/incoming/a.csv'])
    }
  })
})

describe('a trigger', () => {
  it('without a folder in its prefix needs one for its bucket', () => {
    const pipeline = pipelineOf('orders', { triggers: [{ ...CSV, prefix: 'daily-' }] })
    expect(watchedOf(pipeline, new Map(), '/data')).toEqual([
      { problem: 'orders: no folder stands for the bucket inbox\n  hint: give one: --bucket inbox=incoming' },
    ])
    expect(watchedOf(pipeline, new Map([['inbox', 'box']]), '/data')).toMatchObject([{ root: '/data/box', folder: '/data/box' }])
  })

  it('whose folder holds what the pipeline writes is refused', () => {
    for (const target of ['incoming/out', 'incoming/archive/', '/data/incoming/x/'])
      expect(watchedOf({ ...pipelineOf('orders', { triggers: [CSV] }), targets: [target] }, new Map(), '/data')).toMatchObject([
        { problem: expect.stringContaining(`it writes to ${target}`) },
      ])
    for (const target of ['out', 'incoming2/', 's3://inbox/incoming/'])
      expect(watchedOf({ ...pipelineOf('orders', { triggers: [CSV] }), targets: [target] }, new Map(), '/data')).toMatchObject([
        { bucket: 'inbox' },
      ])
  })
})

describe('an address in a bucket', () => {
  it('becomes a path below its folder, and no other', () => {
    const local = localValues(new Map([['inbox', '/data/box']]), '/data')
    expect(local({ source: 's3://inbox/a b.csv', more: ['s3://inbox/x/y.csv', 's3://other/a.csv', 3], text: 'see s3://inbox/a' })).toEqual({
      source: 'box/a b.csv',
      more: ['box/x/y.csv', 's3://other/a.csv', 3],
      text: 'see s3://inbox/a',
    })
    expect(local('s3://inbox/../../etc/passwd')).toBe('s3://inbox/../../etc/passwd')
  })
})
