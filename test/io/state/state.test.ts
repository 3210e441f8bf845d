/** What a pipeline remembers between runs: read once, staged, committed by one of two, kept in versions; in a folder and in S3. */
import { describe, expect, it } from 'vitest'
import { folderStore } from '#io/store/folder.ts'
import { memoryStore } from '#io/store/memory.ts'
import type { Store } from '#io/store/store.ts'
import { assertCurrent, claimState, commitState, pinState, releaseState, stageState } from '#io/state/state.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { workplace } from '../../kit/run-pipeline.ts'
import { s3Store } from '#io/store/s3.ts'
import { openS3Place } from '../../kit/s3-place.ts'

const NAME = 'new_rows'
const NOON = new Date('2026-01-01T12:00:00Z')
const contextOf = (store: Store, run: string, now = NOON) => ({
  store,
  workspace: workspace(run),
  run: { id: run, started_at: '', ds: '', ds_nodash: '', ts: '' },
  pipeline: { id: 'sales', name: 'Sales' },
  now: () => now,
})

const stores: readonly [string, () => Promise<{ readonly store: Store; clear(): Promise<void> | void }>][] = [
  ['memory', async () => ({ store: memoryStore(), clear: () => {} })],
  [
    'a folder',
    async () => {
      const { folder, clear } = workplace()
      return { store: folderStore(folder), clear }
    },
  ],
  [
    'S3',
    async () => {
      const { bucket, close } = await openS3Place()
      return { store: s3Store({ bucket }), clear: close }
    },
  ],
]

describe.each(stores)('state in %s', (_where, open) => {
  it('is empty at first, is seen by the next run once it is committed, and is the same for a run from its beginning to its end', async () => {
    const { store, clear } = await open()
    try {
      const [first, second] = [contextOf(store, 'r-1'), contextOf(store, 'r-2')]
      expect(await pinState(first, NAME)).toEqual({ version: 0, value: null })
      await stageState(first, NAME, '2026-01-01')
      expect(await pinState(second, NAME)).toEqual({ version: 0, value: null })
      await commitState(first, NAME)
      // a resume commits again
      await commitState(first, NAME)
      await assertCurrent(first, NAME)
      expect(await pinState(first, NAME)).toEqual({ version: 0, value: null })
      expect(await pinState(contextOf(store, 'r-3'), NAME)).toEqual({ version: 1, value: '2026-01-01' })
      expect((await store.list('state/')).map(({ key }) => key)).toEqual(['state/sales/new_rows/00000001.json'])
    } finally {
      await clear()
    }
  })

  it('is claimed by one run at a time, until it commits, releases it, or its time is over', async () => {
    const { store, clear } = await open()
    try {
      const [first, second] = [contextOf(store, 'r-1'), contextOf(store, 'r-2')]
      const conflict = { name: 'Output.Conflict', step: NAME, message: expect.stringContaining('the run r-1 of sales is publishing') }
      await claimState(first, NAME)
      // a resume claims again
      await claimState(first, NAME)
      await expect(claimState(second, NAME)).rejects.toMatchObject(conflict)
      await releaseState(second, NAME)
      await expect(claimState(second, NAME)).rejects.toMatchObject(conflict)
      await releaseState(first, NAME)
      await claimState(second, NAME)
      const later = contextOf(store, 'r-1', new Date(NOON.getTime() + 21 * 60_000))
      await claimState(later, NAME)
      await stageState(later, NAME, 'a')
      await commitState(later, NAME)
      await expect(claimState(second, NAME)).rejects.toThrow('the run r-1 of sales has moved on')
      const left = (await store.list('state/')).map(({ key }) => key)
      expect(left.filter((key) => !key.includes('.claims/'))).toEqual(['state/sales/new_rows/00000001.json'])
    } finally {
      await clear()
    }
  })

  it('is claimed by one of two runs that ask at the same moment', async () => {
    const { store, clear } = await open()
    try {
      const runs = ['r-1', 'r-2', 'r-3'].map((run) => contextOf(store, run))
      const asked = await Promise.allSettled(runs.map((context) => claimState(context, NAME)))
      expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    } finally {
      await clear()
    }
  })

  it('is committed by one of two runs that continue from the same version; the other is refused before and after', async () => {
    const { store, clear } = await open()
    try {
      const runs = ['r-1', 'r-2', 'r-3', 'r-4'].map((run) => contextOf(store, run))
      for (const run of runs) {
        await pinState(run, NAME)
        await stageState(run, NAME, run.run.id)
      }
      const ended = await Promise.allSettled(runs.map((run) => commitState(run, NAME)))
      expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      const winner = ended.findIndex(({ status }) => status === 'fulfilled')
      expect((await pinState(contextOf(store, 'r-5'), NAME)).value).toBe(runs[winner]?.run.id)
      const [loser] = runs.filter((_, at) => at !== winner)
      if (loser === undefined) throw new Error('there are four runs')
      await expect(assertCurrent(loser, NAME)).rejects.toMatchObject({
        name: 'Output.Conflict',
        message: expect.stringContaining(`the run ${runs[winner]?.run.id} of sales has moved on what ${NAME} remembers`),
      })
    } finally {
      await clear()
    }
  })
})

describe('state', () => {
  it('keeps its last ten versions, and makes none where nothing changed or was staged', async () => {
    const store = memoryStore()
    for (let run = 1; run <= 14; run++) {
      const context = contextOf(store, `r-${run}`)
      await commitState(context, NAME)
      await pinState(context, NAME)
      await stageState(context, NAME, Math.min(run, 13))
      await commitState(context, NAME)
    }
    const versions = (await store.list('state/')).map(({ key }) => Number(key.slice(-13, -5)))
    expect(versions).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
    expect(await pinState(contextOf(store, 'r-last'), NAME)).toEqual({ version: 13, value: 13 })
    expect(await pinState(contextOf(store, 'r-other'), 'new_row')).toEqual({ version: 0, value: null })
  })
})
