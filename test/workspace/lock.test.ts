import { spawn } from 'node:child_process'
import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'
import { holderOf, isAlive, isHeld, type Lock, readLock, readLocks, takeLock } from '../../lib/workspace/lock.ts'
import { memoryStore } from '../../lib/store/memory.ts'
import type { Store } from '../../lib/store/store.ts'

const NOW = new Date()
const KEY = 'runs/r/lock.json'

/** A lock left behind by a process that is no more. */
const leave = (store: Store, token: string, key = KEY) =>
  store.write(
    key,
    JSON.stringify({ host: hostname(), pid: 2 ** 22 + 7, process: null, since: NOW.toISOString(), token, over: false, about: token }),
  )

async function take(store: Store) {
  const lock = await takeLock(store, KEY, 'mine', NOW)
  return 'taken' in lock ? lock.taken : undefined
}

describe('a lock', () => {
  it('is had by one, and by the next when it was given back', async () => {
    const store = memoryStore()
    const first = await take(store)
    expect(first?.before).toEqual([])
    expect(await takeLock(store, KEY, 'mine', NOW)).toMatchObject({ other: { pid: process.pid, about: 'mine' } })
    await first?.release()
    expect(await readLock(store, KEY)).toBeUndefined()
    expect(await take(store)).toBeDefined()
  })

  it('of a process that was killed is taken over, by one of many', async () => {
    for (let time = 0; time < 20; time++) {
      const store = memoryStore()
      await leave(store, 'dead')
      const all = await Promise.all(Array.from({ length: 8 }, () => take(store)))
      const [winner, ...others] = all.filter((one) => one !== undefined)
      expect(others).toEqual([])
      expect(winner?.before.map(({ token }) => token)).toEqual(['dead'])
      await winner?.release()
      expect(await store.list('')).toEqual([])
    }
  })

  it('is taken over again and again, and all that were left behind are told of', async () => {
    const store = memoryStore()
    await leave(store, 'a')
    await leave(store, 'b', `${KEY}-a`)
    expect((await take(store))?.before.map(({ about }) => about)).toEqual(['a', 'b'])
  })

  it('that is abandoned is nobody’s, and tells what it told', async () => {
    const store = memoryStore()
    const taken = await take(store)
    await taken?.change('changed')
    expect(await readLock(store, KEY)).toMatchObject({ about: 'changed', over: false })
    await taken?.abandon()
    const [left] = await readLocks(store, KEY)
    expect(left).toMatchObject({ about: 'changed' })
    expect(isHeld(left as Lock<unknown>)).toBe(false)
    expect(await take(store)).toBeDefined()
  })

  it('that a power cut left empty is nobody’s', async () => {
    const store = memoryStore()
    await store.write(KEY, '')
    expect((await take(store))?.before).toHaveLength(1)
  })

  it('of another machine is taken to be held', async () => {
    const store = memoryStore()
    await store.write(KEY, JSON.stringify({ host: 'elsewhere', pid: 1, process: null, since: '', token: 't', over: false, about: '' }))
    expect(await take(store)).toBeUndefined()
  })
})

describe('a process', () => {
  it('lives until it ends, also when nobody asks how it ended', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])
    const holder = holderOf(child.pid ?? 0, NOW)
    expect(isAlive(holder)).toBe(true)
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
    expect(isAlive(holder)).toBe(false)
  })

  it('is not the one that had its number before', () => {
    const me = holderOf(process.pid, NOW)
    expect(isAlive(me)).toBe(true)
    if (me.process !== null) expect(isAlive({ ...me, process: `${me.process}0` })).toBe(false)
    // where the system does not tell of starts: a process from before the machine was started is over
    expect(isAlive({ ...me, process: null, since: '2001-01-01T00:00:00Z' })).toBe(false)
  })
})
