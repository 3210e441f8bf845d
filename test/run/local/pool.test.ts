/** The pool of workers, with processes that do what their task says (test/fixtures/pool/worker.mjs). */
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { openPool, type Pool } from '#run/local/pool.ts'
import type { TaskEvent } from '#core/task/task.ts'

const SCRIPT = fileURLToPath(new URL('../../fixtures/pool/worker.mjs', import.meta.url))
const run = { id: 'r', started_at: '2026-01-02T03:04:05Z', ds: '', ds_nodash: '', ts: '' }
const event = (task: string): TaskEvent => ({ task, run, pipeline: { id: 'p', name: 'p' }, step: 's', settings: {} })
const forever = new AbortController().signal

let pool: Pool
/** The processes that were started, in order. */
let started: number[] = []
afterEach(() => pool.close())

function open(size: number, onStart: (pid: number) => Promise<void> = async () => {}): Pool {
  started = []
  pool = openPool(SCRIPT, size, { store: '', scratch: '', memory: 0 }, async (pid) => {
    started.push(pid)
    await onStart(pid)
  })
  return pool
}

function lives(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('a pool', () => {
  it('reports that a task begins when a worker is given it, not when it is queued', async () => {
    const reported: string[] = []
    const { run: give } = open(1)
    const one = (name: string) =>
      give(event('work'), forever, () => reported.push(`${name} begins`)).then(() => reported.push(`${name} is done`))
    const all = Promise.all(['a', 'b', 'c'].map(one))
    expect(reported).toEqual([])
    await all
    // that of the next may be reported before whoever waits for the answer before it is
    expect(reported.filter((line) => line.endsWith('begins'))).toEqual(['a begins', 'b begins', 'c begins'])
    expect(reported.indexOf('b begins')).toBeGreaterThan(reported.indexOf('a begins'))
    expect(reported.indexOf('c begins')).toBeGreaterThanOrEqual(reported.indexOf('a is done'))
    expect(started).toHaveLength(1)
  })

  it('does not report that a task begins that was stopped before its worker was ready', async () => {
    const stop = new AbortController()
    let begun = 0
    const { run: give } = open(1, async () => stop.abort())
    await expect(give(event('work'), stop.signal, () => begun++)).rejects.toMatchObject({ name: 'Engine.Interrupted' })
    expect(begun).toBe(0)
  })

  it('begins a task that is queued while a worker dies when that worker is gone', async () => {
    const stop = new AbortController()
    const { run: give } = open(2)
    let alive: boolean | undefined
    let next: Promise<unknown> = Promise.resolve()
    const first = give(event('sleep'), stop.signal, () => {
      stop.abort()
      next = give(event('work'), forever, () => {
        alive = lives(started[0])
      })
    })
    await expect(first).rejects.toMatchObject({ name: 'Engine.Interrupted' })
    await next
    expect(alive).toBe(false)
  })

  it('fails the task of a worker that is killed, and goes on with a new one', async () => {
    const { run: give } = open(1)
    await expect(give(event('die'), forever)).rejects.toMatchObject({
      name: 'Runtime.ExitError',
      message: 'the process running die of s was killed (SIGKILL)',
    })
    expect(await give(event('work'), forever)).toEqual({ pid: started[1] })
  })

  it('does not miss a worker that dies while it is idle', async () => {
    const { run: give } = open(1)
    expect(await give(event('work, then die'), forever)).toEqual({ pid: started[0] })
    while (lives(started[0])) await new Promise((resolve) => setImmediate(resolve))
    const answers = await Promise.allSettled([give(event('work'), forever), give(event('work'), forever)])
    // the first may have been given to the process that is no more, which fails it as one to be tried again
    expect(answers[1]).toEqual({ status: 'fulfilled', value: { pid: started[1] } })
    expect(started).toHaveLength(2)
  })

  it('gives nothing more to a worker that has said it ends', async () => {
    const { run: give } = open(2)
    const broken = give(event('break'), forever)
    let alive: boolean | undefined
    const next = broken.catch(() =>
      give(event('work'), forever, () => {
        alive = lives(started[0])
      }),
    )
    await expect(broken).rejects.toMatchObject({ name: 'Output.NoSpace', message: 'no room', hint: 'free some' })
    expect(await next).toEqual({ pid: started[1] })
    expect(alive).toBe(false)
  })

  it('fails the task whose process cannot be written down, and no other', async () => {
    let first = true
    const { run: give } = open(1, async () => {
      if (first) {
        first = false
        throw new Error('no room for the lock')
      }
    })
    await expect(give(event('work'), forever)).rejects.toThrow('no room for the lock')
    expect(await give(event('work'), forever)).toEqual({ pid: started[1] })
  })
})
