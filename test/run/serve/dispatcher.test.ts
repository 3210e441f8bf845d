/** The queue of runs, and servers that end at any moment. */
import { describe, expect, it } from 'vitest'
import { type Dispatcher, openDispatcher } from '#run/serve/dispatcher.ts'
import { queueExecutions, queuedRuns } from '#run/serve/queue.ts'
import type { ServedPipeline } from '#run/serve/describe.ts'
import { takeRun } from '#run/runs/lock.ts'
import { emptyStore, pipelineOf, recordRun, testLog, testProcesses } from './kit.ts'

const NOW = () => new Date('2027-06-01T00:00:00Z')
const input = (logical_date: string) => ({ inputs: {}, logical_date, start: { type: 'schedule' } })

function served(pipelines: readonly ServedPipeline[], most = 10) {
  const { store } = emptyStore()
  const log = testLog()
  const add = (name: string, pipeline = 'p', date = '2027-06-01T00:00:00Z') =>
    queueExecutions(store, pipeline, (value) => value, NOW).start(name, input(date))
  const server = () => {
    const processes = testProcesses(store)
    const map = new Map(pipelines.map((one) => [one.id, one]))
    return { processes, dispatcher: openDispatcher({ store, pipelines: map, most, begin: processes.begin, runsOf: async () => [], log }) }
  }
  return { store, log, add, server }
}
/** Lets the ends of processes be handled, then looks again. */
const settle = async (dispatcher: Dispatcher) => {
  await dispatcher.look('ended')
  await new Promise((resolve) => setTimeout(resolve, 20))
}

describe('the queue', () => {
  it('takes a start once, also when it comes again after the run was removed', async () => {
    const { store, add } = served([])
    expect([await add('a'), await add('a')]).toEqual(['started', 'exists'])
    await store.remove('queue/a.json')
    expect(await add('a')).toBe('exists')
    expect(await queuedRuns(store)).toEqual([])
  })

  it('takes one of several starts with the same name at the same moment', async () => {
    const { store, add } = served([])
    const answers = await Promise.all(Array.from({ length: 8 }, () => add('a')))
    expect(answers.filter((answer) => answer === 'started')).toHaveLength(1)
    expect(await queuedRuns(store)).toHaveLength(1)
  })

  it('begins runs in the order of their dates, as many as the limits allow', async () => {
    const one = pipelineOf('p', { max_active_runs: 1 })
    const { add, server } = served([one, pipelineOf('q'), pipelineOf('r')], 3)
    for (const [name, pipeline, hour] of [
      ['c', 'p', 3],
      ['a', 'p', 1],
      ['b', 'p', 2],
      ['q1', 'q', 4],
      ['q2', 'q', 5],
      ['r1', 'r', 6],
    ] as const)
      await add(name, pipeline, `2027-06-01T0${hour}:00:00Z`)
    const { processes, dispatcher } = server()
    await dispatcher.look()
    expect(processes.begun).toEqual(['a', 'q1', 'q2'])
    await processes.finish('a')
    await settle(dispatcher)
    await dispatcher.look()
    expect(processes.begun).toEqual(['a', 'q1', 'q2', 'b'])
    expect(dispatcher.waiting()).toBe(2)
  })
})

describe('a server that is killed', () => {
  it('between the claim and the start leaves a run that the next server starts, once', async () => {
    const { store, add, server } = served([pipelineOf('p')])
    await add('a')
    const { processes, dispatcher } = server()
    await dispatcher.look()
    await dispatcher.look()
    expect(processes.begun).toEqual(['a'])
    await processes.finish('a')
    await settle(dispatcher)
    expect(await queuedRuns(store)).toEqual([])
    expect(await add('a')).toBe('exists')
  })

  it('between the queue and the claim leaves a start that comes again and adds nothing', async () => {
    const { store, add, server } = served([pipelineOf('p')])
    await store.create(
      'queue/a.json',
      JSON.stringify({ name: 'a', pipeline: 'p', input: input('2027-06-01T00:00:00Z'), queued_at: '', attempts: 0 }),
    )
    expect(await add('a')).toBe('started')
    const { processes, dispatcher } = server()
    await dispatcher.look()
    expect(processes.begun).toEqual(['a'])
  })

  it('leaves its run to its process: the next server waits for it, and resumes it only if that ends too', async () => {
    const { store, add, server } = served([pipelineOf('p', { max_active_runs: 1 })])
    await add('a', 'p', '2027-06-01T01:00:00Z')
    await add('b', 'p', '2027-06-01T02:00:00Z')
    await server().dispatcher.look()
    // the process works on
    const process = await takeRun(store, 'a', NOW())
    await recordRun(store, 'a', 'running')
    const next = server()
    await next.dispatcher.look()
    expect(next.processes.begun).toEqual([])
    // and is killed
    await process.release()
    await next.dispatcher.look()
    expect(next.processes.begun).toEqual(['a'])
  })

  it('finds that a run has ended meanwhile, and begins the next', async () => {
    const { store, add, server } = served([pipelineOf('p', { max_active_runs: 1 })])
    await add('a', 'p', '2027-06-01T01:00:00Z')
    await add('b', 'p', '2027-06-01T02:00:00Z')
    await server().dispatcher.look()
    await recordRun(store, 'a', 'succeeded')
    const next = server()
    await next.dispatcher.look()
    expect(next.processes.begun).toEqual(['b'])
  })
})

describe('a run', () => {
  it('that cannot start is kept with the reason, and does not start again', async () => {
    const { store, add, server, log } = served([pipelineOf('p')])
    await add('a')
    const { processes, dispatcher } = server()
    await dispatcher.look()
    processes.running.get('a')?.('ended with code 1', 'missing environment variables: KEY')
    await settle(dispatcher)
    await dispatcher.look()
    expect(processes.begun).toEqual(['a'])
    expect(JSON.parse(Buffer.from((await store.read('queue-failed/a.json')) ?? '').toString())).toMatchObject({
      name: 'a',
      reason: 'missing environment variables: KEY',
    })
    expect(log.lines.at(-1)?.message).toBe('run could not start')
  })

  it('whose process crashes is begun three times, and then given up', async () => {
    const { store, add, server, log } = served([pipelineOf('p')])
    await add('a')
    const { processes, dispatcher } = server()
    for (let time = 0; time < 5; time++) {
      await dispatcher.look()
      processes.running.get('a')?.('was killed (SIGKILL)')
      await settle(dispatcher)
    }
    expect(processes.begun).toEqual(['a', 'a', 'a'])
    expect(await queuedRuns(store)).toEqual([])
    expect(log.lines.at(-1)).toMatchObject({ message: 'run given up', more: { run: 'a' } })
  })

  it('that was stopped by hand is not resumed; one that the server stopped is resumed by the next', async () => {
    for (const byHand of [true, false]) {
      const { store, add, server } = served([pipelineOf('p')])
      await add('a')
      const { processes, dispatcher } = server()
      await dispatcher.look()
      await recordRun(store, 'a', 'interrupted')
      if (byHand) processes.running.get('a')?.('ended with code 130')
      else dispatcher.signal('SIGINT')
      await dispatcher.idle()
      const next = server()
      await next.dispatcher.look()
      expect(next.processes.begun).toEqual(byHand ? [] : ['a'])
    }
  })

  it('of a pipeline that is not served waits, and is reported once', async () => {
    const { store, add, server, log } = served([pipelineOf('p')])
    await add('a', 'other')
    const { processes, dispatcher } = server()
    await dispatcher.look()
    await dispatcher.look()
    expect(processes.begun).toEqual([])
    expect(log.lines.map(({ message }) => message)).toEqual(['run waits for its definition'])
    expect(await queuedRuns(store)).toHaveLength(1)
  })
})
