/** Simulated tasks: each answers as the real task would for sources of given sizes, and reports the size of its work. */
import { chooseSizing, type ResourceSettings } from '#data/dataset/sizing.ts'
import type { Json, JsonObject } from '#core/json.ts'
import type { TaskEvent } from '#core/task/task.ts'
import { taskSpec, type TaskName } from '#core/task/tasks.ts'
import { kindOf } from '#steps/index.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { type SimulatedDataset, type SizedDataset, type SourceSize, sizedDataset, sum } from './sized-dataset.ts'
import type { Load } from './work.ts'
import { entryOf } from '#core/text/record.ts'

/** Returns the sources a scan step will find, from its resolved settings. */
export type FindSources = (step: string, settings: JsonObject) => Promise<readonly SourceSize[]>

type Answer = (event: TaskEvent) => Json | Promise<Json>

export interface SimulatedTasks {
  /** Rejects if the finder of sources rejects. */
  readonly answer: (event: TaskEvent) => Promise<Json>
  /** `finished` is the number of tasks finished so far. */
  readonly load: (event: TaskEvent, finished: number) => Load
  /** The object from which a map reads its items. */
  readonly object: (key: string) => Json
  readonly datasets: () => readonly SimulatedDataset[]
}

/** A step report of typical size. */
const REPORT = { step: 'step', level: 'ok', message: 'x'.repeat(80), lines: [{ level: 'ok', text: 'x'.repeat(200) }], fused: false }
/** What a map's tasks answer is read by nobody. */
const ROWS = { rows_in: 0, rows_out: 0 }
const CONCLUSION = {
  status: 'succeeded',
  rows: { in: 0, out: 0, quarantined: 0, deduplicated: 0, filtered: 0, fan: 0 },
  balanced: true,
  score: 1,
  issues: { found: 0, fixed: 0 },
  output: null,
}

/** All result fields of a step, with null values. */
const resultOf = (settings: JsonObject): JsonObject =>
  Object.fromEntries(Object.keys(kindOf(String(settings['type']))?.result ?? {}).map((name) => [name, null]))

export function simulatedTasks(findSources: FindSources): SimulatedTasks {
  const found = new Map<string, readonly SourceSize[]>()
  const datasets = new Map<string, SizedDataset>()
  const described = new Map<string, SimulatedDataset>()
  const objects = new Map<string, Json>()
  const keys = workspace('simulation')

  const datasetAnswer = (step: string, dataset: SizedDataset): JsonObject => {
    datasets.set(keys.dataset(step, 0), dataset)
    objects.set(keys.items(step, 'batches'), [...dataset.batches.keys()])
    const { workers, distributed, batches } = dataset
    return { plan: keys.dataset(step, 0), batches: batches.length, workers, distributed, items: keys.items(step, 'batches') }
  }

  const answers: { readonly [Name in TaskName]: Answer } = {
    prepare: () => ({}),
    inspect: () => ROWS,
    survey: () => ROWS,
    segment: () => ROWS,
    apply: () => ROWS,
    list: async ({ step, settings }) => {
      const sources = await findSources(step, settings)
      found.set(step, sources)
      objects.set(keys.items(step, 'sources'), [...sources.keys()])
      const bytes = sum(sources, (source) => source.bytes)
      const { workers, distributed } = chooseSizing(bytes, settings['resources'] as unknown as ResourceSettings, sources.length)
      return {
        count: sources.length,
        bytes,
        workers,
        distributed,
        items: keys.items(step, 'sources'),
        results: keys.results(step, 'inspect'),
      }
    },
    plan: ({ step, settings }) => {
      const sources = found.get(step) ?? []
      const sized = sizedDataset(step, sources, settings)
      described.set(step, sized.described)
      const { bytes, records } = sized.described
      const result = { ...resultOf(settings), count: sources.length, bytes, records }
      return { dataset: datasetAnswer(step, sized.dataset), result, report: REPORT }
    },
    facts: ({ settings }) => ({
      again: null,
      dataset: settings['dataset'] ?? null,
      round: settings['round'] ?? 0,
      facts: keys.facts('step'),
    }),
    commit: ({ step, settings }) => {
      const { batches = [], workers = 1, distributed = false } = datasets.get(String(settings['dataset'])) ?? {}
      // parts are Parquet, smaller than text by an unknown factor
      const parts = batches.map(({ bytes }) => ({ bytes, sources: 1 }))
      const of = [...(settings['steps'] as readonly JsonObject[]), ...(settings['sink'] === null ? [] : [settings['sink'] as JsonObject])]
      const steps = Object.fromEntries(of.map((one) => [String(one['id']), resultOf(one)]))
      return {
        again: null,
        round: 0,
        steps,
        reports: of.map(() => REPORT),
        dataset: datasetAnswer(step, { batches: parts, workers, distributed }),
      }
    },
    gather: ({ step, settings }) => {
      const { batches = [], workers = 1, distributed = false } = datasets.get(String(settings['dataset'])) ?? {}
      return {
        steps: { [step]: resultOf(settings) },
        reports: [REPORT],
        dataset: datasetAnswer(step, { batches, workers, distributed }),
      }
    },
    exchange: ({ step, settings }) => {
      const { batches = [], workers = 1, distributed = false } = datasets.get(String(settings['dataset'])) ?? {}
      const whole = { bytes: sum(batches, ({ bytes }) => bytes), sources: batches.length }
      return { result: resultOf(settings), report: REPORT, dataset: datasetAnswer(step, { batches: [whole], workers, distributed }) }
    },
    assess: ({ settings }) => ({ result: resultOf(settings), report: REPORT }),
    query: ({ settings }) => ({ result: resultOf(settings), report: REPORT }),
    control: ({ settings }) => ({ again: null, result: resultOf(settings), report: REPORT }),
    finalize: () => CONCLUSION,
    notify: () => ({ notices: [] }),
  }

  const loadOf = ({ task, step, item, settings }: TaskEvent, finished: number): Load => {
    const { per } = taskSpec(task)?.work ?? {}
    const sources = found.get(step) ?? []
    if (per === 'source') return item === undefined ? { bytes: 0, items: sources.length } : { bytes: sources[item]?.bytes ?? 0, items: 1 }
    if (per === 'task') return { bytes: 0, items: finished }
    const batches = datasets.get(String(settings['dataset']))?.batches ?? []
    if (item !== undefined) return { bytes: batches[item]?.bytes ?? 0, items: batches[item]?.sources ?? 1 }
    return { bytes: sum(batches, ({ bytes }) => bytes), items: batches.length }
  }

  return {
    answer: async (event) => (await entryOf<Answer>(answers, event.task)?.(event)) ?? ROWS,
    load: loadOf,
    object: (key) => objects.get(key) ?? [],
    datasets: () => [...described.values()],
  }
}
