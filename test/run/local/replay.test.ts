/** A run shown from its history, against the same run shown where it runs. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { typesOf } from '#language/compiler/plan.ts'
import type { HistoryEvent } from '#asl/engine/history.ts'
import type { RunSummary, RunEvent } from '#run/local/events.ts'
import { startRunReporter } from '#run/local/run-reporter.ts'
import { startReplay } from '#run/local/replay.ts'
import { TaskError } from '#core/errors/errors.ts'
import { causeText, parseCause } from '#core/errors/failure.ts'
import type { TaskEvent } from '#core/task/task.ts'
import { runDefinition, workplace } from '../../kit/run-pipeline.ts'
import { smallSales } from '../../kit/small-sales.ts'

const root = resolve(import.meta.dirname, '../../..')
const NINE_STEPS = readFileSync(join(root, 'examples/data-processing/pipeline.yaml'), 'utf8')
const place = workplace()
const INPUTS = { source: smallSales(join(place.folder, 'in')) }
afterAll(() => place.clear())

interface Shown {
  readonly live: readonly RunEvent[]
  readonly history: readonly HistoryEvent[]
  readonly replayed: readonly RunEvent[]
  readonly replay: ReturnType<typeof startReplay>
  readonly summary: RunSummary | null
}

let runs = 0

async function print(text: string, failing: (event: TaskEvent, attempt: number) => void = () => {}): Promise<Shown> {
  const compiled = compile(text, { file: 'p.yaml' })
  if (!compiled.ok) throw new Error('the definition has problems')
  const live: RunEvent[] = []
  const history: HistoryEvent[] = []
  const reporter = startRunReporter(typesOf(compiled.plan), (event) => live.push(event))
  await runDefinition(text, {
    inputs: { ...INPUTS, output_path: join(place.folder, `out-${++runs}`) },
    store: join(place.folder, `store-${runs}`),
    beforeTask: (event, attempt) => {
      reporter.taskStarted(event, attempt)
      try {
        failing(event, attempt)
      } catch (error) {
        reporter.taskFailed(event, error as Error)
        throw error
      }
    },
    afterTask: (event, result) => reporter.taskFinished(event, result),
    onEvent: (event, child) => {
      reporter.history(event, child)
      if (child === undefined) history.push(event)
    },
  })
  const replayed: RunEvent[] = []
  const replay = startReplay(typesOf(compiled.plan), (event) => replayed.push(event))
  for (const event of history) replay.take(JSON.parse(JSON.stringify(event)) as HistoryEvent)
  return { live, history, replayed, replay, summary: reporter.summary() }
}

/** What is shown, without the times. */
const words = (events: readonly RunEvent[]) =>
  events.map((event) => JSON.stringify({ ...event, at: '', ...('seconds' in event ? { seconds: 0 } : {}) }))

describe('a run shown from its history', () => {
  it('is shown as where it runs', async () => {
    const { live, replayed, replay, summary } = await print(NINE_STEPS)
    expect(live.filter(({ event }) => event === 'step_finished').length).toBeGreaterThan(8)
    expect(words(replayed)).toEqual(words(live))
    expect(replay.summary()).toEqual(summary)
    expect(replay.end()).toMatchObject({ status: 'SUCCEEDED', failure: null })
  })

  it('has the times of the history', async () => {
    const { history, replayed } = await print(NINE_STEPS)
    const moments = new Set(history.map(({ timestamp }) => timestamp))
    expect(replayed.filter((event) => !moments.has(event.at))).toEqual([])
  })

  it('shows attempts that failed', async () => {
    const { live, replayed } = await print(NINE_STEPS, ({ task, item }, attempt) => {
      if (task === 'segment' && item === 0 && attempt < 3) throw new TaskError('Transient.Throttled', `slow down ${attempt}`)
    })
    expect(words(replayed)).toEqual(words(live))
    const retries = replayed.filter((event) => event.event === 'task_retried')
    expect(retries.map(({ attempt, error, cause }) => [attempt, error, cause])).toEqual([
      [2, 'Transient.Throttled', 'slow down 1'],
      [3, 'Transient.Throttled', 'slow down 2'],
    ])
  })

  it('shows how it failed, in the words of the task, as Lambda wraps them too', async () => {
    const { replay, history } = await print(NINE_STEPS, ({ task }) => {
      if (task === 'plan') throw new TaskError('Data.SchemaMismatch', 'the files do not fit together', { step: 'find' })
    })
    expect([replay.end()?.status, replay.end()?.failure?.error]).toEqual(['FAILED', 'Data.SchemaMismatch'])
    expect(parseCause(replay.end()?.failure?.cause ?? '')).toMatchObject({ step: 'find', message: 'the files do not fit together' })
    const wrapped = history.map((event) => ({
      ...event,
      ...(event.executionFailedEventDetails === undefined
        ? {}
        : { executionFailedEventDetails: { error: 'Data.NoRows', cause: '{"errorType":"Data.NoRows","errorMessage":"nothing in it"}' } }),
    }))
    const again = startReplay(new Map(), () => {})
    for (const event of wrapped) again.take(event)
    expect(again.end()?.failure).toEqual({
      error: 'Data.NoRows',
      cause: causeText({ code: 'Data.NoRows', message: 'nothing in it' }),
    })
  })

  it('of a distributed map is shown by how many children are done, while it goes on', async () => {
    const spread = NINE_STEPS.replace(/ {2}tiers:[\s\S]*?\n\n/, '  tiers:\n    - {workers: 3, distributed: true}\n  task_bytes: 20KB\n\n')
    const { history } = await print(spread)
    const compiled = compile(spread, { file: 'p.yaml' })
    if (!compiled.ok) throw new Error('the definition has problems')
    const replayed: RunEvent[] = []
    const replay = startReplay(typesOf(compiled.plan), (event) => replayed.push(event))
    const seen: string[] = []
    for (const event of history) {
      replay.take(event)
      for (const state of replay.openMaps().values()) if (!seen.includes(state)) seen.push(state)
    }
    expect(seen).toEqual(['discover_sources.inspect.distributed', 'profile_data.survey.distributed', 'clean_data.segment.distributed'])
    expect(replay.openMaps().size).toBe(0)
    replay.children('clean_data.segment.distributed', 2, 12)
    replay.children('clean_data.segment.distributed', 2, 12)
    expect(replayed.slice(-2)).toMatchObject([
      { event: 'step_started', step: 'clean_data', what: 'Processing 12 batches in parallel...' },
      { event: 'step_progress', step: 'clean_data', done: 2, total: 12 },
    ])
  })
})
