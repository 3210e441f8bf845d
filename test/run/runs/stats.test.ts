/** Statistics and health of the pipelines in a store: from records of runs, and as the commands print them. */
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { healthOf } from '#run/runs/health.ts'
import { registeredPipelines } from '#run/runs/registered.ts'
import { RECENT, statsOf } from '#run/runs/stats.ts'
import { main } from '#cli/main.ts'
import { inFolder } from '../../cli/terminals.ts'
import { definitionOf, type StoredRunFacts, storeRun } from '../../kit/stored-runs.ts'

const HOUR = 3_600_000
const NOW = Date.parse('2026-11-21T12:00:00.000Z')
const ago = (hours: number) => new Date(NOW - hours * HOUR).toISOString()

/** A folder with these runs in its store, and the commands in it. */
async function storeWith(runs: readonly StoredRunFacts[]) {
  const { folder, terminal } = await inFolder({ now: () => new Date(NOW) })
  const store = join(folder, '.siftstep')
  for (const run of runs) await storeRun(store, run)
  const cli = async (...argv: string[]) => {
    Object.assign(terminal.written, { out: '', err: '' })
    const code = await main(argv, terminal)
    return { code, ...terminal.written }
  }
  const pipelines = () => registeredPipelines({ store, env: {} })
  return { cli, pipelines }
}

/** Runs an hour apart, the first the newest. */
const inARow = (statuses: readonly NonNullable<StoredRunFacts['status']>[], more: Partial<StoredRunFacts> = {}) =>
  statuses.map((status, at) => ({ started: ago(at + 1), status, ...more }))

describe('statistics of a pipeline', () => {
  it('count all runs, and take the rate of the last ten that ended', async () => {
    const { pipelines } = await storeWith(inARow([...Array(9).fill('succeeded'), 'failed', ...Array(5).fill('failed')]))
    const [stats] = (await pipelines()).map(statsOf)
    expect(stats).toMatchObject({ total_executions: 15, recent_executions: 10, success_rate: 90 })
    expect(stats?.by_status).toMatchObject({ succeeded: 9, failed: 6 })
  })

  it('count a run in part or killed as one that did not succeed, and leave out one that was stopped', async () => {
    const { pipelines } = await storeWith(inARow(['interrupted', 'partial', 'running', 'succeeded']))
    const [stats] = (await pipelines()).map(statsOf)
    // a run that is recorded as running without a process was killed
    expect(stats).toMatchObject({ recent_executions: 3, last_status: 'interrupted', by_status: { killed: 1, partial: 1 } })
    expect(stats?.success_rate).toBeCloseTo(100 / 3)
  })

  it.each([['succeeded'], ['failed']] as const)('name the last run right after it %s', async (status) => {
    const { pipelines } = await storeWith([{ started: ago(2) }, { started: ago(1), status, seconds: 60 }])
    expect((await pipelines()).map(statsOf)[0]).toMatchObject({
      last_run: new Date(NOW - HOUR + 60_000).toISOString(),
      last_status: status,
    })
  })

  it('have times and rows of the runs that ended', async () => {
    const runs = [4, 1, 3, 2].map((seconds, at) => ({
      started: ago(at + 1),
      seconds,
      score: 0.9,
      rows: { in: 10, out: 7, quarantined: 2, deduplicated: 1 },
    }))
    const { pipelines } = await storeWith(runs)
    expect((await pipelines()).map(statsOf)[0]).toMatchObject({
      processing_time: { last: 4, p50: 2, p95: 4 },
      rows: { in: 40, out: 28, quarantined: 8, duplicates: 4 },
      quality: { last: 0.9 },
    })
  })

  it('never take more than ten runs, and a rate between 0 and 100', async () => {
    const { pipelines } = await storeWith([{ started: ago(1) }])
    const [pipeline] = await pipelines()
    if (pipeline === undefined) throw new Error('the pipeline has a run')
    const [run] = pipeline.runs
    if (run === undefined) throw new Error('the pipeline has a run')
    const state = fc.constantFrom('succeeded', 'partial', 'failed', 'killed', 'running', 'interrupted')
    fc.assert(
      fc.property(fc.array(state, { minLength: 1, maxLength: 30 }), (states) => {
        const stats = statsOf({ ...pipeline, runs: states.map((one) => ({ ...run, state: one })) })
        expect(stats.recent_executions).toBe(Math.min(RECENT, states.filter((one) => one !== 'running' && one !== 'interrupted').length))
        expect(stats.success_rate === null).toBe(stats.recent_executions === 0)
        expect(stats.success_rate ?? 0).toBeGreaterThanOrEqual(0)
        expect(stats.success_rate ?? 0).toBeLessThanOrEqual(100)
        expect(Object.values(stats.by_status).reduce((a, b) => a + b, 0)).toBe(states.length)
      }),
    )
  })
})

describe('siftstep stats', () => {
  const DAILY = definitionOf('sales', 'schedule: "0 8 * * *"\nconcurrency: {max_active_runs: 1}\n')

  it('prints every registered pipeline with its description, schedule and limit, and its figures', async () => {
    const { cli } = await storeWith([
      ...inARow([...Array(9).fill('succeeded'), 'failed'], { definition: DAILY }),
      { pipeline: 'stock', started: ago(30) },
      { pipeline: 'profile', started: ago(31), made_by: 'profile', status: 'failed' },
    ])
    const { code, out } = await cli('stats')
    expect(code).toBe(0)
    expect(out).toContain('Registered 2 workflows\n')
    expect(out).toContain(
      'Workflow: sales (sales of the shop)\n  Description: Sales by day\n  Schedule: cron 0 8 * * * UTC\n  Max Active Runs: 1\n',
    )
    expect(out).toContain(
      '  sales:\n    Total Executions: 10 (9 succeeded, 1 failed)\n    Recent Executions: 10\n    Success Rate: 90.0%\n    Last Run: 2026-11-21T11:00:01.000Z (succeeded)\n',
    )
    expect(out).not.toContain('profile')
  })

  it('prints one as JSON, and names the nearest where there is none', async () => {
    const { cli } = await storeWith(inARow(['succeeded', 'failed']))
    const { out } = await cli('stats', 'sales', '--json')
    expect(JSON.parse(out)).toMatchObject([{ pipeline: 'sales', success_rate: 50, schedule: null }])
    const { code, err } = await cli('stats', 'sale')
    expect(code).toBe(2)
    expect(err).toContain('no runs of a pipeline sale in .siftstep')
    expect(err).toContain('did you mean sales?')
  })

  it('says what it does not know of a definition that no longer compiles, and keeps the figures', async () => {
    const { cli } = await storeWith(inARow(['failed'], { definition: 'version: 1\nid: sales\nsteps: []\n' }))
    const { code, out } = await cli('stats')
    expect(code).toBe(0)
    expect(out).toMatch(/Description, schedule: unknown \(.+\)/)
    expect(out).toContain('Success Rate: 0.0%')
    expect((await cli('health')).out).toMatch(/note: Workflow 'sales': its schedule cannot be read/)
  })
})

describe('siftstep runs --json', () => {
  it('has the figures of every run that ended', async () => {
    const rows = { in: 10, out: 7, quarantined: 2, deduplicated: 1 }
    const { cli } = await storeWith([
      { started: ago(2), rows, score: 0.9 },
      { started: ago(1), status: 'interrupted' },
    ])
    expect(JSON.parse((await cli('runs', '--json')).out)).toMatchObject([
      { status: 'interrupted', figures: null },
      { status: 'succeeded', figures: { rows_in: 10, rows_out: 7, quarantined: 2, duplicates: 1, quality_score: 0.9 } },
    ])
  })
})

describe('siftstep health', () => {
  const DAILY = definitionOf('sales', 'schedule: {cron: "0 8 * * *", timezone: Europe/Zurich}\n')

  it('alerts when fewer than 90 % of the last ten runs succeeded', async () => {
    const { cli } = await storeWith(inARow([...Array(8).fill('succeeded'), 'failed', 'failed']))
    const { code, out } = await cli('health')
    expect(code).toBe(1)
    expect(out).toBe("WORKFLOW ALERTS:\n  - Workflow 'sales' has low success rate: 80.0% (of the last 10 runs, limit 90%)\n")
  })

  it('reads the history: 9 of 10 is healthy', async () => {
    const { cli } = await storeWith(inARow([...Array(9).fill('succeeded'), 'failed']))
    expect(await cli('health')).toEqual({ code: 0, out: 'All workflows are healthy (1 workflow)\n', err: '' })
  })

  it.each([
    ['daily, after 24.9 hours', DAILY, '2026-11-20T08:00:00+01:00', '2026-11-21T08:54:00+01:00', 0],
    ['daily, after 25.1 hours', DAILY, '2026-11-20T08:00:00+01:00', '2026-11-21T09:06:00+01:00', 1],
    ['on weekdays, on Sunday', definitionOf('sales', 'schedule: "0 8 * * 1-5"\n'), '2026-11-20T08:00:00Z', '2026-11-22T20:00:00Z', 0],
    ['on weekdays, on Monday', definitionOf('sales', 'schedule: "0 8 * * 1-5"\n'), '2026-11-20T08:00:00Z', '2026-11-23T09:01:00Z', 1],
    ['every six hours', definitionOf('sales', 'schedule: {every: 6h}\n'), '2026-11-20T08:00:00Z', '2026-11-20T15:01:00Z', 1],
    ['without a schedule', definitionOf('sales'), '2026-11-20T08:00:00Z', '2027-11-20T08:00:00Z', 0],
  ])('alerts when the next run is an hour overdue: %s', async (_what, definition, started, now, alerts) => {
    const { pipelines } = await storeWith([{ started: new Date(started).toISOString(), definition }])
    const health = healthOf(await pipelines(), new Date(now))
    expect(health.alerts.map(({ kind }) => kind)).toEqual(alerts === 0 ? [] : ['no_recent_run'])
  })

  it('names the limit that was passed', async () => {
    const { pipelines } = await storeWith([{ started: '2026-11-20T07:00:00.000Z', definition: DAILY }])
    const { alerts } = healthOf(await pipelines(), new Date('2026-11-21T09:00:00Z'))
    expect(alerts.map(({ message }) => message)).toEqual(["Workflow 'sales' hasn't run in over 25 hours (26 h)"])
  })

  it('expects a run to have succeeded within monitoring.expect_every', async () => {
    const definition = definitionOf('sales', 'monitoring: {expect_every: 6h}\n')
    const { pipelines } = await storeWith([
      { started: ago(8), definition },
      { started: ago(1), status: 'failed', definition },
    ])
    const messages = healthOf(await pipelines(), new Date(NOW)).alerts.map(({ message }) => message)
    expect(messages).toContain("Workflow 'sales' hasn't succeeded in over 7 hours (8 h)")
  })

  it('is not healthy without any run', async () => {
    const { cli } = await storeWith([])
    const { code, err } = await cli('health')
    expect(code).toBe(2)
    expect(err).toContain('no runs of a pipeline in .siftstep')
  })
})
