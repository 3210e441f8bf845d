import { describe, expect, it } from 'vitest'
import { memoryStore } from '#io/store/memory.ts'
import { candidateFor, type Lease } from '#io/workspace/lease.ts'

const KEY = 'starts/lease.json'
const NOW = new Date('2027-06-01T00:00:00Z')
const PATIENCE = 20_000

/** Two candidates of this process, with a clock for each: the holder counts as alive, so only the renewals tell. */
function candidates() {
  const store = memoryStore()
  let elapsed = 0
  const make = () => candidateFor(store, KEY, PATIENCE, () => elapsed)
  return { store, one: make(), other: make(), pass: (milliseconds: number) => (elapsed += milliseconds) }
}
const taken = async (attempt: Promise<{ readonly lease: Lease } | { readonly other: unknown }>): Promise<Lease | undefined> => {
  const found = await attempt
  return 'lease' in found ? found.lease : undefined
}

describe('a lease', () => {
  it('is held by one of two as long as it is renewed', async () => {
    const { one, other, pass } = candidates()
    const lease = await taken(one.attempt(NOW))
    for (let time = 0; time < 20; time++) {
      expect(await taken(other.attempt(NOW))).toBeUndefined()
      pass(5000)
      expect(await lease?.renew()).toBe(true)
    }
    expect(await other.attempt(NOW)).toMatchObject({ other: { pid: process.pid } })
  })

  it('that is not renewed is taken over, and its holder finds out', async () => {
    const { one, other, pass } = candidates()
    const first = await taken(one.attempt(NOW))
    expect(await taken(other.attempt(NOW))).toBeUndefined()
    pass(PATIENCE - 1)
    expect(await taken(other.attempt(NOW))).toBeUndefined()
    pass(1)
    const second = await taken(other.attempt(NOW))
    expect(second).toBeDefined()
    expect(await first?.renew()).toBe(false)
    expect(await second?.renew()).toBe(true)
    // what it gives back is not its own any more
    await first?.release()
    expect(await second?.renew()).toBe(true)
    expect(await taken(one.attempt(NOW))).toBeUndefined()
  })

  it('that is given back is free at once', async () => {
    const { store, one, other } = candidates()
    const lease = await taken(one.attempt(NOW))
    await lease?.release()
    expect(await store.list('starts/')).toEqual([])
    expect(await taken(other.attempt(NOW))).toBeDefined()
  })

  it('is taken by one of many at the same moment, also when it is taken over', async () => {
    const { store, one, pass } = candidates()
    await one.attempt(NOW)
    const clock = { elapsed: 0 }
    const many = Array.from({ length: 8 }, () => candidateFor(store, KEY, PATIENCE, () => clock.elapsed))
    const round = async () =>
      (await Promise.all(many.map((candidate) => taken(candidate.attempt(NOW))))).filter((lease) => lease !== undefined)
    expect(await round()).toEqual([])
    clock.elapsed += PATIENCE
    pass(PATIENCE)
    expect(await round()).toHaveLength(1)
  })

  it('of a process that has ended is taken over at once', async () => {
    const { store, one } = candidates()
    const gone = { host: 'h', pid: 1, process: null, since: '', token: 'abc', over: true, about: { renewals: 3 } }
    await store.write(KEY, JSON.stringify(gone))
    expect(await taken(one.attempt(NOW))).toBeDefined()
  })
})
