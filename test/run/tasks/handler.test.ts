/** A task that is done is not done again, and one whose settings are others is. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '#core/json.ts'
import { TaskError } from '#core/errors/errors.ts'
import type { TaskEvent } from '#core/task/task.ts'
import type { Store } from '#io/store/store.ts'
import { memoryStore } from '#io/store/memory.ts'
import { handle } from '#run/tasks/handler.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { workplace, type Workplace } from '../../kit/run-pipeline.ts'

let place: Workplace
beforeEach(() => {
  place = workplace()
})
afterEach(() => place.clear())

const list = (source: string, more: Partial<TaskEvent> = {}): TaskEvent => ({
  task: 'list',
  run: { id: 'r-1', started_at: '2026-01-02T03:04:05Z', ds: '2026-01-02', ds_nodash: '20260102', ts: '' },
  pipeline: { id: 'look', name: 'Look' },
  step: 'find',
  settings: {
    type: 'discover',
    with: { source },
    tolerant: false,
    resources: { workers: 1, tiers: [{ workers: 1 }], task_bytes: 1000 },
  } as JsonObject,
  ...more,
})

describe('a task whose result is there', () => {
  it('is not done again when it is asked for once more', async () => {
    const world = { store: memoryStore(), memory: 64_000_000 }
    const source = place.write('a.csv', 'id\n1\n')
    const first = await handle(list(source), world)
    place.write('a.csv', 'id\n1\n2\n3\n')
    expect(await handle(list(source), world)).toEqual(first)
    expect(await handle(list(source, { attempt: 2 }), world)).toEqual(first)
  })

  it.each([
    ['other settings', { settings: 'other' }],
    ['another step', { step: 'seek' }],
    ['another run', { run: 'r-2' }],
  ])('is done for %s', async (_, differs) => {
    const world = { store: memoryStore(), memory: 64_000_000 }
    const one = place.write('a.csv', 'id\n1\n')
    const other = place.write('b.csv', 'id\n1\n2\n3\n4\n')
    const first = await handle(list(one), world)
    place.write('a.csv', 'id\n1\n2\n')
    const base = list('settings' in differs ? other : one)
    const second = await handle(
      { ...base, ...('step' in differs ? { step: differs.step } : {}), run: { ...base.run, id: 'run' in differs ? differs.run : 'r-1' } },
      world,
    )
    expect(second['bytes']).not.toBe(first['bytes'])
  })

  it('is done again when what stands there is of other settings, and replaces it', async () => {
    const world = { store: memoryStore(), memory: 64_000_000 }
    const [one, other] = [place.write('a.csv', 'id\n1\n'), place.write('b.csv', 'id\n1\n2\n')]
    await handle(list(one), world)
    await handle(list(other), world)
    const marker = await world.store.read(workspace('r-1').task('list', 'find', null))
    expect(JSON.parse(Buffer.from(marker ?? []).toString('utf8'))).toMatchObject({ result: { bytes: 7 } })
  })
})

describe('a task whose scratch folder is removed while it works', () => {
  it.each([
    ['a file that is not there', Object.assign(new Error('ENOENT'), { code: 'ENOENT', syscall: 'open', path: 'listed.ndjson' })],
    ['an error that nobody expects', new Error('worker is gone')],
    ['an error in words', new TaskError('Data.MissingObject', 'reading part.parquet: no such file')],
  ])('fails for the missing folder, not for %s', async (_, error) => {
    const scratch = join(place.folder, 'scratch')
    const store: Store = {
      ...memoryStore(),
      write: async () => {
        rmSync(scratch, { recursive: true })
        throw error
      },
    }
    await expect(handle(list(place.write('a.csv', 'id\n1\n')), { store, memory: 64_000_000, scratch })).rejects.toMatchObject({
      name: 'Output.Unwritable',
      message: expect.stringMatching(/^writing .*scratch.*: the folder no longer exists$/),
      hint: 'do not remove folders while a run writes to them',
    })
  })
})
