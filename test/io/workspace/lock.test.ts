import { spawn } from 'node:child_process'
import { hostname } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { takeRun } from '#run/runs/lock.ts'
import { draftTag, holderOf, isAlive, isDraftLeft, isHere } from '#io/store/holder.ts'
import { isHeld, type Lock, readLock, readLocks, takeLock } from '#io/workspace/lock.ts'
import { memoryStore } from '#io/store/memory.ts'
import type { Store } from '#io/store/store.ts'

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

  it('is taken over repeatedly, and all left-behind locks are returned', async () => {
    const store = memoryStore()
    await leave(store, 'a')
    await leave(store, 'b', `${KEY}-a`)
    expect((await take(store))?.before.map(({ about }) => about)).toEqual(['a', 'b'])
  })

  it('is not had by one whose look at it is out of date', async () => {
    // it is about to take over what was left behind, when another takes over, gives it back, and a third takes it again
    const store = memoryStore()
    await leave(store, 'dead')
    let third: Awaited<ReturnType<typeof take>>
    let isFirst = true
    const slow: Store = {
      ...store,
      create: async (key, bytes) => {
        if (isFirst) {
          isFirst = false
          await (await take(store))?.release()
          third = await take(store)
        }
        return store.create(key, bytes)
      },
    }
    expect(await take(slow)).toBeUndefined()
    expect(third).toBeDefined()
    expect((await store.list('')).map(({ key }) => key)).toEqual([KEY])
    await third?.release()
    expect(await store.list('')).toEqual([])
  })

  it('with a token that is no name is nobody’s', async () => {
    const store = memoryStore()
    const { process: started, ...me } = holderOf(process.pid, NOW)
    await store.write(KEY, JSON.stringify({ ...me, process: started, token: '../../elsewhere', over: false, about: '' }))
    expect(await take(store)).toBeDefined()
  })

  it('that is abandoned belongs to nobody, and keeps its information', async () => {
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

  // a number no process has here, and what differs from here
  it.each([
    { what: 'here', differs: {}, alive: false },
    { what: 'on another host', differs: { host: 'elsewhere' }, alive: true },
    { what: 'in another PID namespace, as in a container that shares the host name', differs: { namespace: 'pid:[1]' }, alive: true },
    { what: 'on another machine of the same name', differs: { machine: 'f'.repeat(16), namespace: 'pid:[1]' }, alive: true },
    { what: 'as an earlier version wrote it', differs: { machine: undefined, namespace: undefined }, alive: false },
  ])('that nobody knows $what: alive is $alive', ({ differs, alive }) => {
    const gone = { ...holderOf(process.pid, NOW), pid: 2 ** 22 + 7, ...differs }
    expect(isAlive(gone)).toBe(alive)
    expect(isHere(gone)).toBe(!alive)
  })

  it('of a system that was started again is over, and of an unknown machine may be alive', () => {
    const me = holderOf(process.pid, NOW)
    if (me.process === null) return
    const before = { ...me, process: 'another-boot 1', namespace: 'pid:[1]' }
    expect(isAlive({ ...before, machine: undefined })).toBe(false)
    expect(isAlive({ ...before, machine: null })).toBe(true)
    if (me.machine !== null) expect(isAlive(before)).toBe(false)
  })

  it('that took a run is not killed by its number in another PID namespace', async () => {
    const store = memoryStore()
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])
    try {
      const worker = { ...holderOf(child.pid ?? 0, NOW), namespace: 'pid:[1]' }
      const lock = { ...worker, pid: 2 ** 22 + 7, token: 'left', over: true, about: { workers: [worker] } }
      await store.write('runs/r/lock.json', JSON.stringify(lock))
      await expect(takeRun(store, 'r', NOW)).rejects.toMatchObject({ name: 'Transient.Unavailable' })
      expect(isAlive(holderOf(child.pid ?? 0, NOW))).toBe(true)
      expect(child.killed || child.exitCode !== null || child.signalCode !== null).toBe(false)
    } finally {
      child.kill('SIGKILL')
    }
  })

  it('is not the one that had its number before', () => {
    const me = holderOf(process.pid, NOW)
    expect(isAlive(me)).toBe(true)
    if (me.process !== null) expect(isAlive({ ...me, process: `${me.process}0` })).toBe(false)
    // where the system does not report starts: a process from before the start of the machine has ended
    expect(isAlive({ ...me, process: null, since: '2001-01-01T00:00:00Z' })).toBe(false)
  })
})

describe('a draft', () => {
  const isLeft = (tag: string) => isDraftLeft(Number(tag.split('-')[0]), tag.split('-')[1] ?? '')

  it('belongs to its process while that lives', () => {
    expect(isLeft(draftTag())).toBe(false)
    expect(isLeft(draftTag(process.ppid))).toBe(false)
    expect(isLeft(draftTag(2 ** 22 + 7))).toBe(true)
  })

  it('is left when another process has the number of its process', () => {
    if (holderOf(process.pid, NOW).process === null) return
    const [pid, tag = ''] = draftTag().split('-')
    expect(isLeft(`${pid}-${tag.slice(0, 8)}${'0'.repeat(8)}`)).toBe(true)
  })

  it('of another machine or container is not known to be left', () => {
    expect(isLeft(`${2 ** 22 + 7}-${'0'.repeat(16)}`)).toBe(false)
  })

  it('is left when nobody has asked yet how its process ended', async () => {
    if (holderOf(process.pid, NOW).process === null) return
    // the shell becomes a program that does not wait for the child it had
    // and says when it runs: until then the shell asks
    const program = 'process.stdout.write("ready\\n"); setTimeout(() => {}, 60_000)'
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec "$0" -e "$1"', process.execPath, program])
    try {
      let said = ''
      for await (const part of parent.stdout) {
        said += part
        if (said.includes('ready')) break
      }
      const pid = Number.parseInt(said, 10)
      const tag = draftTag(pid)
      expect(isLeft(tag)).toBe(false)
      process.kill(pid, 'SIGKILL')
      // the number stays taken: there is no event to wait for
      while (holderOf(pid, NOW).process !== null) await wait(5)
      expect(() => process.kill(pid, 0)).not.toThrow()
      expect(isLeft(tag)).toBe(true)
    } finally {
      parent.kill('SIGKILL')
    }
  })
})
