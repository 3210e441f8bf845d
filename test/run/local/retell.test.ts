/** A run told from its history against the same run told where it runs. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { typesOf } from '#language/compiler/plan.ts'
import type { HistoryEvent } from '#asl/engine/history.ts'
import type { Conclusion, RunEvent } from '#run/local/events.ts'
import { startNarrator } from '#run/local/narrator.ts'
import { startRetelling } from '#run/local/retell.ts'
import { TaskError } from '#core/errors/errors.ts'
import type { TaskEvent } from '#core/task/task.ts'
import { runDefinition, workplace } from '../../kit/run-pipeline.ts'
import { smallSales } from '../../kit/small-sales.ts'

const root = resolve(import.meta.dirname, '../../..')
const NINE_STEPS = readFileSync(join(root, 'examples/data-processing/pipeline.yaml'), 'utf8')
const place = workplace()
const INPUTS = { source: smallSales(join(place.folder, 'in')) }
afterAll(() => place.clear())

interface Told {
  readonly live: readonly RunEvent[]
  readonly history: readonly HistoryEvent[]
  readonly retold: readonly RunEvent[]
  readonly retelling: ReturnType<typeof startRetelling>
  readonly conclusion: Conclusion | null
}

let runs = 0

async function tell(text: string, failing: (event: TaskEvent, attempt: number) => void = () => {}): Promise<Told> {
  const compiled = compile(text, { file: 'p.yaml' })
  if (!compiled.ok) throw new Error('the definition has problems')
  const live: RunEvent[] = []
  const history: HistoryEvent[] = []
  const narrator = startNarrator(typesOf(compiled.plan), (event) => live.push(event))
  await runDefinition(text, {
    inputs: { ...INPUTS, output_path: join(place.folder, `out-${++runs}`) },
    store: join(place.folder, `store-${runs}`),
    beforeTask: (event, attempt) => {
      narrator.taskStarted(event, attempt)
      try {
        failing(event, attempt)
      } catch (error) {
        narrator.taskFailed(event, error as Error)
        throw error
      }
    },
    afterTask: (event, result) => narrator.taskFinished(event, result),
    onEvent: (event, child) => {
      narrator.history(event, child)
      if (child === undefined) history.push(event)
    },
  })
  const retold: RunEvent[] = []
  const retelling = startRetelling(typesOf(compiled.plan), (event) => retold.push(event))
  for (const event of history) retelling.take(JSON.parse(JSON.stringify(event)) as HistoryEvent)
  return { live, history, retold, retelling, conclusion: narrator.conclusion() }
}

/** What is told, without when. */
const words = (events: readonly RunEvent[]) =>
  events.map((event) => JSON.stringify({ ...event, at: '', ...('seconds' in event ? { seconds: 0 } : {}) }))

describe('a run told from its history', () => {
  it('is told as where it runs', async () => {
    const { live, retold, retelling, conclusion } = await tell(NINE_STEPS)
    expect(live.filter(({ event }) => event === 'step_finished').length).toBeGreaterThan(8)
    expect(words(retold)).toEqual(words(live))
    expect(retelling.conclusion()).toEqual(conclusion)
    expect(retelling.end()).toMatchObject({ status: 'SUCCEEDED', failure: null })
  })

  it('has the times of the history', async () => {
    const { history, retold } = await tell(NINE_STEPS)
    const moments = new Set(history.map(({ timestamp }) => timestamp))
    expect(retold.filter((event) => !moments.has(event.at))).toEqual([])
  })

  it('tells of tries that failed', async () => {
    const { live, retold } = await tell(NINE_STEPS, ({ task, item }, attempt) => {
      if (task === 'segment' && item === 0 && attempt < 3) throw new TaskError('Transient.Throttled', `slow down ${attempt}`)
    })
    expect(words(retold)).toEqual(words(live))
    const retries = retold.filter((event) => event.event === 'task_retried')
    expect(retries.map(({ attempt, error, cause }) => [attempt, error, cause])).toEqual([
      [2, 'Transient.Throttled', 'slow down 1'],
      [3, 'Transient.Throttled', 'slow down 2'],
    ])
  })

  it('tells how it failed, in the words of the task, as Lambda wraps them too', async () => {
    const { retelling, history } = await tell(NINE_STEPS, ({ task }) => {
      if (task === 'plan') throw new TaskError('Data.SchemaMismatch', 'the files do not fit together')
    })
    expect(retelling.end()).toMatchObject({
      status: 'FAILED',
      failure: { error: 'Data.SchemaMismatch', cause: 'the files do not fit together' },
    })
    const wrapped = history.map((event) => ({
      ...event,
      ...(event.executionFailedEventDetails === undefined
        ? {}
        : { executionFailedEventDetails: { error: 'Data.NoRows', cause: '{"errorType":"Data.NoRows","errorMessage":"nothing in it"}' } }),
    }))
    const again = startRetelling(new Map(), () => {})
    for (const event of wrapped) again.take(event)
    expect(again.end()?.failure).toEqual({ error: 'Data.NoRows', cause: 'nothing in it' })
  })

  it('of a distributed map is told by how many children are done, while it goes on', async () => {
    const spread = NINE_STEPS.replace(/ {2}tiers:[\s\S]*?\n\n/, '  tiers:\n    - {workers: 3, distributed: true}\n  task_bytes: 20KB\n\n')
    const { history } = await tell(spread)
    const compiled = compile(spread, { file: 'p.yaml' })
    if (!compiled.ok) throw new Error('the definition has problems')
    const retold: RunEvent[] = []
    const retelling = startRetelling(typesOf(compiled.plan), (event) => retold.push(event))
    const seen: string[] = []
    for (const event of history) {
      retelling.take(event)
      for (const state of retelling.openMaps().values()) if (!seen.includes(state)) seen.push(state)
    }
    expect(seen).toEqual(['discover_sources.inspect.distributed', 'profile_data.survey.distributed', 'clean_data.segment.distributed'])
    expect(retelling.openMaps().size).toBe(0)
    retelling.children('clean_data.segment.distributed', 2, 12)
    retelling.children('clean_data.segment.distributed', 2, 12)
    expect(retold.slice(-2)).toMatchObject([
      { event: 'step_started', step: 'clean_data', what: 'Processing 12 batches in parallel...' },
      { event: 'step_progress', step: 'clean_data', done: 2, total: 12 },
    ])
  })
})
