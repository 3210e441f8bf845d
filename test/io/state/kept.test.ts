/** Values that a person sets: only while no run publishes, in versions of their own, and against runs that began before. */
import { describe, expect, it } from 'vitest'
import { keptVersions, rememberingSteps, setState } from '#io/state/kept.ts'
import { claimState, commitState, pinState, releaseState, stageState } from '#io/state/state.ts'
import { memoryStore } from '#io/store/memory.ts'
import { workspace } from '#io/workspace/workspace.ts'

const NOON = '2026-01-01T12:00:00.000Z'
const ANA = { by: 'Ana', reason: 'late file', at: NOON }

function world() {
  const store = memoryStore()
  const pipeline = { id: 'sales', name: 'Sales' }
  const contextOf = (run: string) => ({
    store,
    pipeline,
    workspace: workspace(run),
    run: { id: run, started_at: '', ds: '', ds_nodash: '', ts: '' },
    now: () => new Date(NOON),
  })
  const commit = async (run: string, value: string) => {
    const context = contextOf(run)
    await pinState(context, 'new_rows')
    await stageState(context, 'new_rows', value)
    await commitState(context, 'new_rows')
  }
  return { store, place: { store, pipeline }, contextOf, commit }
}

describe('a value set by hand', () => {
  it('is what the next run continues from, beside the versions of runs', async () => {
    const { store, place, contextOf, commit } = world()
    await commit('r-1', 'b')
    await store.write('state/sales/_runs/1.json', '{}')
    await setState(place, 'new_rows', 1, 'a', ANA)
    expect(await pinState(contextOf('r-2'), 'new_rows')).toEqual({ version: 2, value: 'a' })
    expect(await keptVersions(place, 'new_rows')).toEqual([
      { version: 2, value: 'a', set: ANA },
      { version: 1, value: 'b', run: 'r-1' },
    ])
    expect([...(await rememberingSteps(store))]).toEqual([['sales', ['new_rows']]])
  })

  it('is refused while a run publishes, and when a run has committed since it was looked at', async () => {
    const { place, contextOf, commit } = world()
    await commit('r-1', 'b')
    const second = contextOf('r-2')
    await claimState(second, 'new_rows')
    await expect(setState(place, 'new_rows', 1, 'a', ANA)).rejects.toMatchObject({
      name: 'Output.Conflict',
      message: expect.stringContaining('r-2'),
    })
    await releaseState(second, 'new_rows')
    await commit('r-3', 'c')
    await expect(setState(place, 'new_rows', 1, 'a', ANA)).rejects.toMatchObject({ name: 'Output.Conflict' })
    expect((await keptVersions(place, 'new_rows'))[0]).toMatchObject({ run: 'r-3', value: 'c' })
  })

  it('is not overwritten by a run that began before: that run publishes nothing, and its error names who', async () => {
    const { place, contextOf, commit } = world()
    await commit('r-1', 'b')
    const slow = contextOf('r-2')
    await pinState(slow, 'new_rows')
    await setState(place, 'new_rows', 1, null, ANA)
    await expect(claimState(slow, 'new_rows')).rejects.toMatchObject({
      name: 'Output.Conflict',
      message: 'Ana has set what new_rows remembers since r-2 read it',
    })
  })

  it('leaves no more versions than runs do', async () => {
    const { place, commit } = world()
    await commit('r-1', 'b')
    for (let version = 1; version < 15; version++) await setState(place, 'new_rows', version, version, ANA)
    expect((await keptVersions(place, 'new_rows')).map(({ version }) => version)).toEqual([15, 14, 13, 12, 11, 10, 9, 8, 7, 6])
  })
})
