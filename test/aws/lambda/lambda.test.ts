import type { Context } from 'aws-lambda'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { JsonObject } from '#core/json.ts'
import { taskLambda } from '#aws/lambda/lambda.ts'
import type { TaskEvent } from '#core/task/task.ts'
import { memoryStore } from '#io/store/memory.ts'
import { caughtLines, finishedBefore } from '../../kit/lambda-lines.ts'
import { type Workplace, workplace } from '../../kit/run-pipeline.ts'

const context = {
  functionName: 'control',
  awsRequestId: 'request-1',
  memoryLimitInMB: '512',
  invokedFunctionArn: 'arn',
  functionVersion: '7',
} as unknown as Context

const event = (task: string, settings: JsonObject, more: Partial<TaskEvent> = {}): TaskEvent => ({
  task,
  run: { id: 'r-1', started_at: '2026-11-21T08:00:00Z', ds: '2026-11-21', ds_nodash: '20261121', ts: '2026-11-21T08:00:00Z' },
  pipeline: { id: 'sales', name: 'Sales' },
  step: 'discover',
  settings,
  ...more,
})

let place: Workplace | undefined
afterEach(() => {
  vi.restoreAllMocks()
  place?.clear()
  place = undefined
})

const listing = (source: string): JsonObject => ({
  type: 'discover',
  with: { source, chunk_rows: 1000, types: {}, date_order: 'auto', allow_empty: false },
  tolerant: false,
  resources: { tiers: [{ workers: 1, distributed: false }], task_bytes: 1000, workers: 0 },
})

describe('taskLambda', () => {
  it('runs the task; run, step and chunk stand in its log lines', async () => {
    place = workplace()
    const source = place.write('a.csv', 'x\n1\n')
    const seen = caughtLines()
    const result = await taskLambda('sales-test', { store: memoryStore(), memory: 100_000_000 })(
      event('list', listing(source), { item: 3, attempt: 2 }),
      context,
    )
    expect(result).toMatchObject({ count: 1 })
    const [line] = seen.all().filter(({ message }) => message === 'task done')
    expect(line).toMatchObject({
      level: 'INFO',
      service: 'sales-test',
      run: 'r-1',
      step: 'discover',
      task: 'list',
      chunk: 3,
      attempt: 2,
      function_request_id: 'request-1',
    })
    const { _aws: head, ...figures } = seen.metrics()[0] ?? {}
    expect(figures).toMatchObject({ service: 'sales-test', TaskRetries: 1, TaskErrors: 0, CallRetries: 0, run: 'r-1', chunk: '3' })
    expect(figures['TaskSeconds']).toBeGreaterThan(0)
    const [directive] = (head as { CloudWatchMetrics: { Namespace: string; Dimensions: string[][] }[] }).CloudWatchMetrics
    expect(directive).toMatchObject({ Namespace: 'Siftstep', Dimensions: [['service']] })
  })

  it.each([
    [0, 0],
    [1, 2],
  ])('with a share of %i of the runs logged, the lines of a run below WARN are %i of two', async (share, lines) => {
    place = workplace()
    const source = place.write('a.csv', 'x\n1\n')
    const seen = caughtLines()
    const run = taskLambda('sales-test', { store: memoryStore(), memory: 100_000_000 }, share)
    for (const item of [1, 2]) await run(event('list', listing(source), { item }), context)
    expect(seen.all().filter(({ message }) => message === 'task done')).toHaveLength(lines)
    await expect(run(event('list', listing('/nowhere/a.csv')), context)).rejects.toThrow()
    expect(seen.all().filter(({ message }) => message === 'task failed')).toHaveLength(1)
    expect(seen.metrics()).toHaveLength(3)
  })

  it('answers a failed task with the name the machine matches, and its fix; the log has where it was thrown', async () => {
    const seen = caughtLines()
    const failing = taskLambda('sales', { store: memoryStore(), memory: 100_000_000 })(event('list', listing('/nowhere/a.csv')), context)
    await expect(failing).rejects.toMatchObject({ name: 'Data.NoSources', stack: '' })
    await expect(failing).rejects.toThrow(
      /^\{"step":"\w+","code":"Data\.NoSources","message":".*\/nowhere\/a\.csv does not exist.*","hint":"/,
    )
    const [line] = seen.all().filter(({ message }) => message === 'task failed')
    expect(line).toMatchObject({ level: 'ERROR', run: 'r-1', error: { name: 'Data.NoSources' } })
    expect(JSON.stringify(line)).toContain('.ts:')
    expect(seen.metrics()[0]).toMatchObject({ TaskErrors: 1, TaskRetries: 0 })
  })

  it('measures what the last task says of the run', async () => {
    const store = memoryStore()
    const last = event('finalize', {})
    await finishedBefore(store, last, {
      rows: { in: 200, out: 190, quarantined: 10, deduplicated: 0, filtered: 0, fan: 0 },
      score: 0.97,
      status: 'partial',
    })
    const seen = caughtLines()
    await taskLambda('sales', { store, memory: 100_000_000 })(last, context)
    expect(seen.metrics()[0]).toMatchObject({
      RowsIn: 200,
      RowsOut: 190,
      RowsQuarantined: 10,
      ErrorRate: 0.05,
      QualityScore: 0.97,
      RunsInPart: 1,
    })
  })

  it('one invocation leaves nothing of itself to the next', async () => {
    place = workplace()
    const lambda = taskLambda('sales', { store: memoryStore(), memory: 100_000_000 })
    const source = place.write('a.csv', 'x\n1\n')
    const seen = caughtLines()
    await lambda(event('list', listing(source), { item: 1 }), context)
    await lambda(event('list', listing(source), { step: 'other' }), context)
    const done = seen.all().filter(({ message }) => message === 'task done')
    expect(done.map(({ step, chunk }) => [step, chunk])).toEqual([
      ['discover', 1],
      ['other', undefined],
    ])
    expect(seen.metrics().map((line) => line['chunk'])).toEqual(['1', undefined])
  })
})
