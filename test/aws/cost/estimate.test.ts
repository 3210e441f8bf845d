// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of a machine
import { describe, expect, it } from 'vitest'
import { dollars } from '#cli/show/plan-text.ts'
import { compile } from '#language/compiler/compile.ts'
import { alarmsOf, estimateOf, runDollars } from '#aws/cost/estimate.ts'
import { PRICES } from '#aws/cost/prices.ts'
import { QUOTAS } from '#aws/cost/quotas.ts'
import type { Simulation, SimulatedTask } from '#aws/cost/simulate.ts'
import { runsAMonth } from '#aws/cost/runs-a-month.ts'
import { ONE_PROCESSOR, requestsOf, secondsOf as secondsIn } from '#aws/cost/work.ts'

const NOW = new Date('2026-11-21T09:00:00Z')

function compiledOf(head = '') {
  const compiled = compile(
    `version: 1\nid: sales\n${head}steps:\n  - {id: find, type: discover, with: {source: s3://lake/raw/}}\n  - {id: publish, type: export, with: {to: s3://lake/out}}\n`,
    { file: 'p.yaml' },
  )
  if (!compiled.ok) throw new Error(compiled.problems.map(({ what }) => what).join())
  return compiled
}

const task = (more: Partial<SimulatedTask>): SimulatedTask => ({
  task: 'segment',
  step: 'publish',
  function: '${DataFunction}',
  seconds: 10,
  bytes: 0,
  items: 1,
  ...more,
})
const simulation = (more: Partial<Simulation>): Simulation => ({
  transitions: 1000,
  events: 250,
  payload: 2621,
  seconds: 60,
  tasks: [],
  concurrency: 4,
  datasets: [],
  ...more,
})

describe('the price of a run', () => {
  it('is its parts times what each is asked for', () => {
    const used = { transitions: 1000, gigabyte_seconds: 200, scratch_seconds: 1000, invocations: 500_000, gets: 10_000, puts: 2000 }
    const found = runDollars(used, 'arm64')
    expect(found.transitions).toBeCloseTo(0.025, 10)
    expect(found.lambda).toBeCloseTo(200 * 0.0000133334 + 1000 * 0.0000000309 + 0.1, 10)
    expect(found.requests).toBeCloseTo(10 * 0.0004 + 2 * 0.005, 10)
    expect(found.total).toBeCloseTo(found.transitions + found.lambda + found.requests, 12)
    expect(runDollars(used, 'x86_64').lambda).toBeCloseTo(200 * 0.0000166667 + 1000 * 0.0000000309 + 0.1, 10)
  })

  it('takes the memory of each function for the seconds of its tasks', () => {
    const tasks = [task({}), task({ task: 'commit', function: '${ControlFunction}', seconds: 3 })]
    const { run, memory } = estimateOf(compiledOf(), simulation({ tasks }), 'arm64', NOW)
    expect(memory).toEqual({ data: 1769, control: 1024 })
    expect(run.gigabyte_seconds).toBeCloseTo((10 * 1769) / 1024 + 3, 10)
    expect(run.tasks).toBe(2)
    // of scratch space half a gigabyte is free
    expect(run.dollars.lambda).toBeCloseTo(run.gigabyte_seconds * 0.0000133334 + (10 * 9.5 + 3 * 0.5) * 0.0000000309 + 2 * 0.0000002, 12)
  })

  it('is said of prices of one day and one region', () => {
    expect(estimateOf(compiledOf(), simulation({}), 'arm64', NOW).prices).toEqual({ region: 'us-east-1', of: PRICES.of })
  })
})

describe('the price of a month', () => {
  it('is that of its runs, its alarms, and its metrics by the hours they are sent in', () => {
    const watched = 'schedule: 0 8 * * *\nmonitoring: {sla: 30m, expect_every: 25h, min_quality: 0.9, max_error_rate: 5%}\n'
    const { month, run } = estimateOf(compiledOf(watched), simulation({}), 'arm64', NOW)
    expect(month.runs).toBeCloseTo(365 / 12, 1)
    expect(month.alarms).toBe(8)
    expect(month.polling).toBeCloseTo(0.2628, 4)
    expect(month.idle).toBeCloseTo(0.8 + month.polling, 10)
    expect(month.metrics).toBeCloseTo((10 * 0.3 * (month.runs ?? 0)) / 730, 10)
    expect(month.dollars).toBeCloseTo((month.runs ?? 0) * run.dollars.total + month.idle + month.metrics, 10)
  })

  it('has no metric that costs more than its month', () => {
    const { month } = estimateOf(compiledOf('schedule: {every: 5m}\n'), simulation({}), 'arm64', NOW)
    expect(month.runs).toBeCloseTo((730 * 60) / 5, 6)
    expect(month.metrics).toBeCloseTo(10 * 0.3, 10)
  })

  it('is not shown where nothing says how often it runs', () => {
    expect(estimateOf(compiledOf(), simulation({}), 'arm64', NOW).month).toEqual({
      runs: null,
      dollars: null,
      alarms: 3,
      polling: 0,
      idle: expect.closeTo(0.3, 10),
      metrics: 0,
    })
  })

  it('counts runs as the schedule has them', () => {
    const cron = (text: string) => runsAMonth({ cron: text, timezone: 'Europe/Zurich', catchup: false, inputs: {} }, NOW)
    expect(cron('0 8 * * *')).toBeCloseTo(365 / 12, 6)
    expect(cron('0 8 1 * *')).toBe(1)
    expect(cron('0 8 * * MON-FRI')).toBeCloseTo(261 / 12, 6)
    // skipped once by the clocks
    expect(cron('30 2 * * *')).toBeCloseTo(364 / 12, 6)
    const later = { cron: '0 8 1 * *', timezone: 'UTC', start_date: '2028-01-01', catchup: false, inputs: {} }
    expect(runsAMonth(later, NOW)).toBe(1)
  })
})

describe('alarms', () => {
  it.each([
    ['', 3],
    ['timeout: 1h\n', 3],
    ['schedule: 0 8 * * *\n', 4],
    ['triggers: [{type: s3, bucket: acme-inbox}]\nconcurrency: {max_active_runs: 1}\n', 5],
    ['monitoring: {sla: 1h}\n', 4],
  ])('%s: %i', (head, count) => {
    expect(alarmsOf(compiledOf(head).definition)).toBe(count)
  })
})

describe('limits', () => {
  it('are shown with what is used of each', () => {
    const datasets = [
      { step: 'find', sources: 1, bytes: 1, records: 1, chunks: 1, batches: 1, largest_batch: 1e9, workers: 1, distributed: false },
    ]
    const { limits } = estimateOf(compiledOf(), simulation({ tasks: [task({ seconds: 90 })], datasets }), 'arm64', NOW)
    expect(limits.map(({ what, used, of }) => [what, used / of])).toEqual([
      ['history', 0.01],
      ['payload', expect.closeTo(0.01, 3)],
      ['slowest task', 0.1],
      ['/tmp', 2e9 / QUOTAS.scratch],
      ['concurrent functions', 0.004],
    ])
  })
})

describe('work', () => {
  const secondsOf = (task: string, load: { bytes: number; items: number }) => secondsIn(task, load, ONE_PROCESSOR)

  it('grows with the bytes of a task that reads, and with the items of one that brings together', () => {
    const load = (bytes: number, items: number) => ({ bytes, items })
    expect(secondsOf('segment', load(2e8, 1))).toBeGreaterThan(1.5 * secondsOf('segment', load(1e8, 1)))
    expect(secondsOf('commit', load(0, 20)) - secondsOf('commit', load(0, 10))).toBeGreaterThan(0)
    expect(requestsOf('segment', load(80 << 20, 1)).gets - requestsOf('segment', load(0, 1)).gets).toBe(10)
    expect(requestsOf('facts', load(0, 12)).gets - requestsOf('facts', load(0, 2)).gets).toBe(20)
    expect(secondsOf('unheard of', load(1e8, 1))).toBe(secondsOf('segment', load(1e8, 1)))
  })

  it('takes longer with a part of a processor, and no less with more than one', () => {
    const conclude = (memory: number) => secondsIn('finalize', { bytes: 0, items: 50 }, memory)
    expect(conclude(ONE_PROCESSOR / 2)).toBeCloseTo(2 * conclude(ONE_PROCESSOR), 10)
    expect(conclude(10_240)).toBe(conclude(ONE_PROCESSOR))
  })
})

describe('dollars', () => {
  it.each([
    [0, '$0'],
    [0.0000123, '$0.000012'],
    [0.00345, '$0.0034'],
    [0.0349, '$0.035'],
    [0.0999, '$0.10'],
    [12.4, '$12.40'],
  ])('%d is %s', (value, text) => {
    expect(dollars(value)).toBe(text)
  })
})
