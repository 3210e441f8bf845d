/** When the pool gives work to its processes. The processes are the test's: it decides when one answers and when one is over. */
import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { openPool } from '#run/local/pool.ts'
import type { TaskEvent } from '#core/task/task.ts'

class TestProcess extends EventEmitter {
  readonly pid = 1000 + processes.length
  readonly given: string[] = []
  killed = false
  send(event: TaskEvent) {
    this.given.push(event.step)
    return true
  }
  kill() {
    this.killed = true
    return true
  }
  answer(result: object) {
    this.emit('message', { memory: 1, result })
  }
  end() {
    this.emit('exit', null, 'SIGKILL')
  }
}

const processes: TestProcess[] = []
vi.mock('node:child_process', () => ({
  fork: () => {
    const one = new TestProcess()
    processes.push(one)
    return one as unknown as ChildProcess
  },
}))
beforeEach(() => {
  processes.length = 0
})

const task = (step: string) => ({ task: 'segment', step, settings: {}, run: { id: 'r' } }) as unknown as TaskEvent
/** Everything that is kept or rejected by now, and what follows from it, has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve))
const given = () => processes.map((one) => one.given)
const pool = (size: number) => openPool('worker.js', size, { store: '', scratch: '', memory: 0 })

describe('a pool of workers', () => {
  it('gives waiting tasks to processes that are free, in their order', async () => {
    const tasks = pool(2)
    const never = new AbortController().signal
    const ended = ['a', 'b', 'c'].map((step) => tasks.run(task(step), never))
    await settled()
    expect(given()).toEqual([['a'], ['b']])
    processes[1]?.answer({ b: 1 })
    await settled()
    expect(given()).toEqual([['a'], ['b', 'c']])
    expect(await ended[1]).toEqual({ b: 1 })
  })

  it('begins nothing while a process that was given up may still write', async () => {
    const tasks = pool(2)
    const stop = new AbortController()
    const first = tasks.run(task('same'), stop.signal)
    await settled()
    stop.abort()
    expect(processes[0]?.killed).toBe(true)
    // the same task once more, by another process: there is room for one
    const again = tasks.run(task('same'), new AbortController().signal)
    await settled()
    expect(given()).toEqual([['same']])
    processes[0]?.end()
    await expect(first).rejects.toMatchObject({ name: 'Engine.Interrupted' })
    await settled()
    expect(given()).toEqual([['same'], ['same']])
    processes[1]?.answer({ done: true })
    expect(await again).toEqual({ done: true })
  })

  it('does not give a task that waits to a process that another task was given up in', async () => {
    const tasks = pool(1)
    const stop = new AbortController()
    const first = tasks.run(task('first'), stop.signal)
    const second = tasks.run(task('second'), new AbortController().signal)
    await settled()
    stop.abort()
    processes[0]?.answer({ late: true })
    await settled()
    expect(given()).toEqual([['first']])
    processes[0]?.end()
    await expect(first).rejects.toMatchObject({ name: 'Engine.Interrupted' })
    await settled()
    expect(given()).toEqual([['first'], ['second']])
    processes[1]?.end()
    await expect(second).rejects.toMatchObject({ name: 'Runtime.ExitError' })
  })

  it('does not begin a task whose process ended before it was ready', async () => {
    let ready = () => {}
    const readiness = new Promise<void>((resolve) => {
      ready = resolve
    })
    const tasks = openPool('worker.js', 1, { store: '', scratch: '', memory: 0 }, () => readiness)
    const onBegin = vi.fn()
    const first = tasks.run(task('first'), new AbortController().signal, onBegin)
    await settled()
    processes[0]?.end()
    await expect(first).rejects.toMatchObject({ name: 'Runtime.ExitError' })
    ready()
    await settled()
    expect(onBegin).not.toHaveBeenCalled()
    expect(given()).toEqual([[]])
  })
})
