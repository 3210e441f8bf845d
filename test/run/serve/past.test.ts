/** `depends_on_past` in the queue of a server. */
import { describe, expect, it } from 'vitest'
import { writeJson } from '#io/workspace/json-store.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { listRuns } from '#run/runs/list.ts'
import { openDispatcher } from '#run/serve/dispatcher.ts'
import { queueExecutions, queuedRuns } from '#run/serve/queue.ts'
import { cron, emptyStore, pipelineOf, testLog, testProcesses } from './kit.ts'

const NOW = () => new Date('2027-06-05T00:00:00Z')
const date = (day: number) => `2027-06-0${day}T06:00:00Z`

async function serving(days: readonly number[], type = 'schedule') {
  const { folder, store } = emptyStore()
  const schedule = { ...cron('0 6 * * *', 'UTC'), depends_on_past: 'schedule.depends_on_past' as const }
  const pipeline = pipelineOf('p', { schedule })
  const executions = queueExecutions(store, 'p', (value) => value, NOW)
  const add = (day: number, how = type) => executions.start(`p-${day}`, { inputs: {}, logical_date: date(day), start: { type: how } })
  for (const day of days) await add(day)
  const log = testLog()
  const processes = testProcesses(store)
  const dispatcher = openDispatcher({
    store,
    pipelines: new Map([['p', pipeline]]),
    most: 10,
    begin: processes.begin,
    runsOf: () => listRuns(folder),
    log,
  })
  const record = (name: string, status: string, day: number, start: object | undefined = { type: 'schedule' }, started_at = date(day)) =>
    writeJson(store, workspace(name).run, {
      id: name,
      status,
      started_at,
      logical_date: date(day),
      pipeline: { id: 'p', name: 'p' },
      start,
      failure: null,
    })
  const end = async (day: number, status: string) => {
    await record(`p-${day}`, status, day)
    processes.running.get(`p-${day}`)?.('ended with code 0')
  }
  /** As often as any wait between two checks needs. */
  const look = async () => {
    for (let time = 0; time < 8; time++) {
      await dispatcher.look()
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  return { store, log, processes, dispatcher, record, end, look, add }
}

describe('with depends_on_past', () => {
  it('runs go one after another, each when the one before it is good', async () => {
    const { processes, end, look, dispatcher } = await serving([1, 2, 3])
    await look()
    expect(processes.begun).toEqual(['p-1'])
    expect(dispatcher.heldBack()).toMatchObject([
      { run: 'p-2', waits_for: 'p-1', status: 'queued' },
      { run: 'p-3', waits_for: 'p-2', status: 'queued' },
    ])
    await end(1, 'succeeded')
    await look()
    expect(processes.begun).toEqual(['p-1', 'p-2'])
    await end(2, 'partial')
    await look()
    expect(processes.begun).toEqual(['p-1', 'p-2', 'p-3'])
    expect(dispatcher.heldBack()).toEqual([])
  })

  it('a run waits for one that failed, says once how to go on, and starts when another run of that date is good', async () => {
    const { processes, end, look, log, dispatcher, record } = await serving([1, 2, 3])
    await look()
    await end(1, 'failed')
    await look()
    expect(processes.begun).toEqual(['p-1'])
    expect(dispatcher.waiting()).toBe(2)
    expect(log.lines.filter(({ message }) => message.startsWith('run waits'))).toEqual([
      {
        message: 'run waits: the run before it is not good',
        more: {
          run: 'p-2',
          pipeline: 'p',
          logical_date: date(2),
          waits_for: 'p-1',
          status: 'failed',
          reason: `depends_on_past: the run of ${date(1)} has to be good first`,
          repair: `siftstep backfill p.yaml --from ${date(1)} --to ${date(1)}`,
          ignore: `siftstep backfill p.yaml --from ${date(2)} --to ${date(2)} --ignore-past`,
        },
      },
    ])
    await record('p-1-again', 'succeeded', 1, { type: 'backfill' }, date(4))
    await look()
    expect(processes.begun).toEqual(['p-1', 'p-2'])
  })

  it('a run waits for one that could not begin', async () => {
    const { processes, look, log, store } = await serving([1, 2])
    await look()
    processes.running.get('p-1')?.('ended with code 1', 'missing environment variables: KEY')
    await look()
    expect(processes.begun).toEqual(['p-1'])
    expect((await queuedRuns(store)).map(({ name }) => name)).toEqual(['p-2'])
    expect(log.lines.at(-1)?.more).toMatchObject({ run: 'p-2', waits_for: 'p-1', status: 'not started' })
  })

  it('a run waits for the last one of an earlier server, also after a restart', async () => {
    const { processes, look, record } = await serving([2])
    await record('p-1', 'failed', 1)
    await look()
    expect(processes.begun).toEqual([])
  })

  it('runs by requests and files wait for nothing, and nothing waits for them', async () => {
    const { processes, look, end, add } = await serving([1])
    await look()
    await end(1, 'failed')
    await add(2, 'http')
    await add(3, 's3')
    await look()
    expect(processes.begun).toEqual(['p-1', 'p-2', 'p-3'])
  })
})
