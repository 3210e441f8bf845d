import { describe, expect, it } from 'vitest'
import { systemClock, virtualClock } from '#asl/engine/clock.ts'

const signal = new AbortController().signal

describe('the virtual clock', () => {
  it('wakes sleepers in order of their time, and those of the same time in order of their sleep', async () => {
    const clock = virtualClock(new Date(0))
    const woken: string[] = []
    const sleep = async (name: string, ms: number) => {
      await clock.sleep(ms, signal)
      woken.push(`${name}@${clock.now().getTime()}`)
    }
    await Promise.all([sleep('late', 5_000), sleep('early', 10), sleep('first', 100), sleep('second', 100), sleep('none', 0)])
    expect(woken).toEqual(['none@0', 'early@10', 'first@100', 'second@100', 'late@5000'])
  })

  it('runs what a sleeper does next before it jumps on', async () => {
    const clock = virtualClock(new Date(0))
    const chain = async () => {
      await clock.sleep(100, signal)
      await Promise.resolve().then(() => Promise.resolve())
      await clock.sleep(50, signal)
      return clock.now().getTime()
    }
    const [inner, outer] = await Promise.all([chain(), clock.sleep(200, signal).then(() => clock.now().getTime())])
    expect([inner, outer]).toEqual([150, 200])
  })

  it('rejects a sleep whose signal fires, with its reason, and forgets it', async () => {
    const clock = virtualClock(new Date(0))
    const controller = new AbortController()
    const slept = clock.sleep(1_000, controller.signal)
    controller.abort('enough')
    await expect(slept).rejects.toBe('enough')
    await expect(clock.sleep(1, controller.signal)).rejects.toBe('enough')
    await clock.sleep(10, signal)
    expect(clock.now().getTime()).toBe(10)
  })

  it('stands still while it is held', async () => {
    const clock = virtualClock(new Date(0))
    const release = clock.hold()
    let woken = false
    const slept = clock.sleep(1_000, signal).then(() => {
      woken = true
    })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(woken).toBe(false)
    release()
    release()
    await slept
    expect(clock.now().getTime()).toBe(1_000)
  })
})

describe('the system clock', () => {
  it('sleeps about as long as asked, and ends at once when the signal fires', async () => {
    const started = performance.now()
    await systemClock.sleep(30, signal)
    expect(performance.now() - started).toBeGreaterThanOrEqual(25)
    const reason = new Error('stop')
    await expect(systemClock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason)
    const controller = new AbortController()
    setTimeout(() => controller.abort(reason), 5)
    await expect(systemClock.sleep(10 ** 12, controller.signal)).rejects.toBe(reason)
  })
})
