/**
 * A rehearsal: the compiled machine in the embedded engine, on data of a given size, with stand-ins for its tasks and a clock that jumps.
 * States, retries, maps and their concurrency are the machine's own, so what is counted is what Step Functions would count.
 * What a rehearsal cannot know: what steps will find. Conditions on results hold in it, and a survey settles in its first round.
 */
import { planBatches } from '../dataset/batches.ts'
import { chooseSizing, type ResourceSettings } from '../dataset/sizing.ts'
import { virtualClock } from '../local/engine/clock.ts'
import { execute } from '../local/engine/execute.ts'
import type { HistoryEvent } from '../local/engine/history.ts'
import type { Json, JsonObject, Machine } from '../machine/asl.ts'
import { kindOf } from '../steps/index.ts'
import type { TaskEvent } from '../runtime/task.ts'
import { workspace } from '../workspace/workspace.ts'
import { memoryOf } from './memory.ts'
import { transitionCounter } from './transitions.ts'
import { type Load, ONE_PROCESSOR, secondsOf } from './work.ts'

/** A source as far as its size goes. */
export interface SourceSize {
  readonly bytes: number
  readonly records: number
}

export interface RehearsedTask extends Load {
  readonly task: string
  readonly step: string
  /** The placeholder of its function. */
  readonly function: string
  readonly seconds: number
}

export interface Rehearsal {
  readonly transitions: number
  /** Events in the history of the run itself; children have their own. */
  readonly events: number
  /** Bytes of the largest text that travels through a state. */
  readonly payload: number
  /** From start to end, as long as no task fails. */
  readonly seconds: number
  readonly tasks: readonly RehearsedTask[]
  /** Tasks at a time, at most. */
  readonly concurrency: number
  readonly datasets: readonly RehearsedDataset[]
}

export interface RehearsedDataset {
  /** The step that finds it. */
  readonly step: string
  readonly sources: number
  readonly bytes: number
  readonly records: number
  readonly chunks: number
  readonly batches: number
  readonly largest_batch: number
  readonly workers: number
  readonly distributed: boolean
}

/** Gives the sources a scan step will find, from its settings with their references resolved. */
export type FindSources = (step: string, settings: JsonObject) => Promise<readonly SourceSize[]>

interface Batch {
  readonly bytes: number
  /** From how many sources. */
  readonly sources: number
}

interface Dataset {
  readonly batches: readonly Batch[]
  readonly workers: number
  readonly distributed: boolean
}

/** `steps` are the ids of the machine's. Rejects with what `findSources` rejects with; and with an Error when the machine does not reach its end, which is a defect. */
export async function rehearse(
  machine: Machine,
  steps: Iterable<string>,
  inputs: JsonObject,
  findSources: FindSources,
): Promise<Rehearsal> {
  const clock = virtualClock()
  const began = clock.now()
  const counter = transitionCounter()
  const memory = memoryOf(machine)
  const found = new Map<string, readonly SourceSize[]>()
  const datasets = new Map<string, Dataset>()
  const told = new Map<string, RehearsedDataset>()
  const objects = new Map<string, Json>()
  const tasks: RehearsedTask[] = []
  const keys = workspace('rehearsal')
  let [events, payload, active, concurrency] = [0, 0, 0, 0]
  let failure: unknown

  const datasetAnswer = (step: string, dataset: Dataset): JsonObject => {
    datasets.set(keys.dataset(step, 0), dataset)
    objects.set(keys.items(step, 'batches'), [...dataset.batches.keys()])
    const { workers, distributed, batches } = dataset
    return { plan: keys.dataset(step, 0), batches: batches.length, workers, distributed, items: keys.items(step, 'batches') }
  }

  const answers: { readonly [task: string]: (event: TaskEvent) => Json | Promise<Json> } = {
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
      told.set(step, sized.told)
      const { bytes, records } = sized.told
      const result = { ...resultOf(settings), count: sources.length, bytes, records }
      return { dataset: datasetAnswer(step, sized.dataset), result, report: REPORT }
    },
    facts: ({ settings }) => ({
      again: false,
      dataset: settings['dataset'] ?? null,
      round: settings['round'] ?? 0,
      facts: keys.facts('step'),
    }),
    commit: ({ step, settings }) => {
      const { batches = [], workers = 1, distributed = false } = datasets.get(String(settings['dataset'])) ?? {}
      // parts are Parquet, smaller than text; how much is not known
      const parts = batches.map(({ bytes }) => ({ bytes, sources: 1 }))
      const of = [...(settings['steps'] as readonly JsonObject[]), ...(settings['sink'] === null ? [] : [settings['sink'] as JsonObject])]
      const steps = Object.fromEntries(of.map((one) => [String(one['id']), resultOf(one)]))
      return { steps, reports: of.map(() => REPORT), dataset: datasetAnswer(step, { batches: parts, workers, distributed }) }
    },
    exchange: ({ step, settings }) => {
      const { batches = [], workers = 1, distributed = false } = datasets.get(String(settings['dataset'])) ?? {}
      const whole = { bytes: sum(batches, ({ bytes }) => bytes), sources: batches.length }
      return { result: resultOf(settings), report: REPORT, dataset: datasetAnswer(step, { batches: [whole], workers, distributed }) }
    },
    measure: ({ settings }) => ({ result: resultOf(settings), report: REPORT }),
    whole: ({ settings }) => ({ result: resultOf(settings), report: REPORT }),
    conclude: () => CONCLUSION,
  }

  const loadOf = ({ task, step, item, settings }: TaskEvent): Load => {
    if (task === 'inspect') return { bytes: found.get(step)?.[item ?? 0]?.bytes ?? 0, items: 1 }
    if (task === 'plan') return { bytes: 0, items: found.get(step)?.length ?? 0 }
    if (task === 'whole' || task === 'conclude') return { bytes: 0, items: tasks.length }
    const batches = datasets.get(String(settings['dataset']))?.batches ?? []
    if (item !== undefined) return { bytes: batches[item]?.bytes ?? 0, items: batches[item]?.sources ?? 1 }
    return { bytes: sum(batches, ({ bytes }) => bytes), items: batches.length }
  }

  const execution = await execute(
    unconditional(machine, [...steps]),
    { inputs },
    {
      clock,
      random: seeded(),
      invoke: async ({ payload: given, functionName, signal }) => {
        const event = given as unknown as TaskEvent
        concurrency = Math.max(concurrency, ++active)
        const release = clock.hold()
        try {
          const load = loadOf(event)
          const seconds = secondsOf(event.task, load, memory.get(functionName) ?? ONE_PROCESSOR)
          tasks.push({ task: event.task, step: event.step, function: functionName, seconds, ...load })
          const answer = (await answers[event.task]?.(event)) ?? { rows_in: 0, rows_out: 0 }
          const sleeping = clock.sleep(seconds * 1000, signal)
          release()
          await sleeping
          return answer
        } catch (error) {
          if (!signal.aborted) failure ??= error
          throw error
        } finally {
          release()
          active--
        }
      },
      objects: {
        get: async (_bucket, key) => Buffer.from(JSON.stringify(objects.get(key) ?? [])),
        put: async () => {},
      },
      execution: {
        id: 'arn:aws:states:local:000000000000:execution:rehearsal:rehearsal',
        name: 'rehearsal',
        startTime: began,
        roleArn: '',
      },
      stateMachine: { id: 'arn:aws:states:local:000000000000:stateMachine:rehearsal', name: 'rehearsal' },
      onEvent: (event, child) => {
        counter.take(event, child?.name)
        if (child === undefined) events++
        payload = Math.max(payload, travelling(event))
      },
    },
  )
  if (failure !== undefined) throw failure
  if (execution.status !== 'SUCCEEDED')
    throw new Error(`the rehearsal ended ${execution.status}: ${JSON.stringify({ ...execution, history: [] })}`)
  return {
    transitions: counter.transitions(),
    events,
    payload,
    seconds: (clock.now().getTime() - began.getTime()) / 1000,
    tasks,
    concurrency,
    datasets: [...told.values()],
  }
}

/** Numbers that look like chance and are the same each time: names of children must differ. Park and Miller's generator. */
function seeded(): () => number {
  let seed = 1
  return () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
}

/** Every value a step's result can have, unknown. */
const resultOf = (settings: JsonObject): JsonObject =>
  Object.fromEntries(Object.keys(kindOf(String(settings['type']))?.result ?? {}).map((name) => [name, null]))

/** Of the size reports of steps usually are. */
const REPORT = { step: 'step', level: 'ok', message: 'x'.repeat(80), lines: [{ level: 'ok', text: 'x'.repeat(200) }], fused: false }
const CONCLUSION = {
  status: 'succeeded',
  rows: { in: 0, out: 0, quarantined: 0, deduplicated: 0, filtered: 0, fan: 0 },
  balanced: true,
  score: 1,
  issues: { found: 0, fixed: 0 },
  output: null,
}

const sum = <T>(list: readonly T[], of: (one: T) => number) => list.reduce((all, one) => all + of(one), 0)

/**
 * The machine with every condition on what a step finds holding: what might run is counted. Conditions on inputs are decided. There are
 * no time limits in it, so that what would take too long is told with its time.
 */
function unconditional(machine: Machine, ids: readonly string[]): Machine {
  const onResults = new RegExp(`\\$(${ids.join('|')})\\b`)
  const visit = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(visit)
    if (value === null || typeof value !== 'object') return value
    const { TimeoutSeconds: _, ...rest } = value as JsonObject
    return Object.fromEntries(
      Object.entries(rest).map(([key, entry]) =>
        key === 'Condition' && typeof entry === 'string' && onResults.test(entry) ? [key, '{% true %}'] : [key, visit(entry as Json)],
      ),
    )
  }
  return visit(machine as unknown as Json) as unknown as Machine
}

/** The dataset of sources of these sizes, whose chunks are alike. */
function sizedDataset(step: string, sources: readonly SourceSize[], settings: JsonObject): { dataset: Dataset; told: RehearsedDataset } {
  const chunkRows = Number((settings['with'] as JsonObject)['chunk_rows'] ?? 10_000)
  const chunked = sources.map(({ bytes, records }) => {
    const count = Math.max(1, Math.ceil(records / chunkRows))
    const rows = (at: number) => Math.min(chunkRows, records - at * chunkRows)
    const chunks = Array.from({ length: count }, (_, at) => ({
      bytes: records === 0 ? bytes : (bytes * rows(at)) / records,
      records: rows(at),
      rows: rows(at),
    }))
    return { layout: 0, chunks }
  })
  const bytes = sum(sources, (source) => source.bytes)
  const resources = settings['resources'] as unknown as ResourceSettings
  const planned = planBatches(chunked, chooseSizing(bytes, resources, 0).task_bytes)
  const batches = planned.map(({ bytes: own, spans }) => ({ bytes: own, sources: spans.length }))
  const { workers, distributed } = chooseSizing(bytes, resources, batches.length)
  return {
    dataset: { batches, workers, distributed },
    told: {
      step,
      sources: sources.length,
      bytes,
      records: sum(sources, ({ records }) => records),
      chunks: sum(chunked, ({ chunks }) => chunks.length),
      batches: batches.length,
      largest_batch: Math.max(0, ...batches.map((batch) => batch.bytes)),
      workers,
      distributed,
    },
  }
}

/** Bytes of what an event says was given or came back. */
function travelling(event: HistoryEvent): number {
  const { taskScheduledEventDetails, taskSucceededEventDetails, stateEnteredEventDetails, stateExitedEventDetails } = event
  const texts = [
    taskScheduledEventDetails?.parameters,
    taskSucceededEventDetails?.output,
    stateEnteredEventDetails?.input,
    stateExitedEventDetails?.output,
    ...Object.values(stateExitedEventDetails?.assignedVariables ?? {}),
  ]
  return Math.max(0, ...texts.map((text) => (text === undefined ? 0 : Buffer.byteLength(text))))
}
