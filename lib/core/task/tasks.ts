/**
 * The one registry of tasks: what each is, as data. The compiler, the reporter, the ledger and the cost model read it. The code of a task
 * (`lib/run/tasks/index.ts`) and its simulation (`lib/aws/cost/simulated-tasks.ts`) are typed by the names here, so that none can be missing.
 *
 * `work` was measured by `npm run bench -- work`, on the nine-step example: 360,000 and 3,600,000 rows of 35 columns (0.32 and 3.19 GB of
 * CSV in 12 files), one task at a time, on an AMD EPYC with Node 20.20.2, on 2026-11-24. A Lambda of 1769 MB has one processor, and is taken
 * to be as fast. `exchange` and `query` are not in the example; `exchange` is taken to be like `segment`, `query` to read once what was written,
 * `apply` to take as long as a function that only copies its rows, and `gather` to be like `commit`.
 */
import { count } from '#core/text/numbers.ts'
import { entryOf } from '#core/text/record.ts'

/** What one task takes. */
export interface Work {
  /** Processor seconds however small the task, for each gigabyte, and for each item. */
  readonly seconds: readonly [base: number, gigabyte: number, item: number]
  /** Read requests, and write or list requests, per task and per item. */
  readonly gets: readonly [base: number, item: number]
  readonly puts: readonly [base: number, item: number]
  /** What its items are. */
  readonly per: 'source' | 'batch' | 'task'
  /** Whether the task reads its bytes from S3. */
  readonly reads: boolean
}

export interface TaskSpec {
  readonly name: string
  /** Whether it works on rows: on AWS its function carries the native engine. `by step`: for some steps, so both functions hold it. */
  readonly engine: boolean | 'by step'
  /** Run by a map, one task for each of these; the title of so many at a time. */
  readonly mapped?: { readonly over: 'sources' | 'batches'; readonly title: (items: number) => string }
  /** What its result reports: nothing, one step (`report`), several (`reports`), or the run as a whole. */
  readonly reports: 'nothing' | 'step' | 'steps' | 'run'
  /** Whether it may ask to be called again. */
  readonly again?: true
  /** Steps for which it runs again whenever it is called: its result is not kept. */
  readonly repeated?: readonly string[]
  readonly work: Work
}

/** Declares a task; keeps its name for the types of the registry. */
const defineTask = <const Name extends string>(task: TaskSpec & { readonly name: Name }) => task

const batches = (doing: string) => ({
  over: 'batches' as const,
  title: (items: number) => `${doing} ${count(items, 'batch', 'batches')} in parallel...`,
})

export const TASKS = [
  defineTask({
    name: 'prepare',
    engine: false,
    reports: 'nothing',
    work: { seconds: [0.4, 0, 0], gets: [1, 0], puts: [1, 0], per: 'batch', reads: false },
  }),
  defineTask({
    name: 'list',
    engine: false,
    reports: 'nothing',
    work: { seconds: [0.05, 0, 0], gets: [1, 0], puts: [3, 0], per: 'batch', reads: false },
  }),
  defineTask({
    name: 'inspect',
    engine: true,
    mapped: { over: 'sources', title: (items) => `Reading ${count(items, 'source')} in parallel...` },
    reports: 'nothing',
    work: { seconds: [1, 2.2, 0], gets: [2, 0], puts: [3, 0], per: 'source', reads: true },
  }),
  defineTask({
    name: 'plan',
    engine: false,
    reports: 'step',
    work: { seconds: [0.05, 0, 0.015], gets: [2, 1], puts: [3, 0], per: 'source', reads: false },
  }),
  defineTask({
    name: 'survey',
    engine: true,
    mapped: batches('Profiling'),
    reports: 'nothing',
    work: { seconds: [0.3, 18.4, 0], gets: [2, 1], puts: [3, 0], per: 'batch', reads: true },
  }),
  defineTask({
    name: 'facts',
    engine: true,
    reports: 'nothing',
    again: true,
    work: { seconds: [3.1, 0, 0.1], gets: [38, 2], puts: [2, 1], per: 'batch', reads: false },
  }),
  defineTask({
    name: 'assess',
    engine: 'by step',
    reports: 'step',
    work: { seconds: [0.05, 0, 0], gets: [3, 0], puts: [2, 0], per: 'batch', reads: false },
  }),
  defineTask({
    name: 'segment',
    engine: true,
    mapped: batches('Processing'),
    reports: 'nothing',
    work: { seconds: [0, 19.2, 0], gets: [5, 1], puts: [4, 0], per: 'batch', reads: true },
  }),
  defineTask({
    name: 'commit',
    engine: true,
    reports: 'steps',
    again: true,
    work: { seconds: [0.1, 0, 0.14], gets: [4, 3], puts: [4, 0], per: 'batch', reads: false },
  }),
  defineTask({
    name: 'apply',
    engine: true,
    mapped: batches('Calling the function for'),
    reports: 'nothing',
    work: { seconds: [0.8, 60, 0], gets: [4, 1], puts: [4, 0], per: 'batch', reads: true },
  }),
  defineTask({
    name: 'gather',
    engine: true,
    reports: 'steps',
    work: { seconds: [0.5, 0, 0.14], gets: [4, 3], puts: [4, 0], per: 'batch', reads: false },
  }),
  defineTask({
    name: 'exchange',
    engine: true,
    reports: 'step',
    work: { seconds: [0, 19.2, 0], gets: [5, 1], puts: [4, 0], per: 'batch', reads: true },
  }),
  defineTask({
    name: 'query',
    engine: true,
    reports: 'step',
    work: { seconds: [0.3, 4, 0], gets: [43, 1], puts: [3, 0], per: 'task', reads: true },
  }),
  defineTask({
    name: 'control',
    engine: false,
    reports: 'step',
    again: true,
    work: { seconds: [0.06, 0, 0], gets: [43, 1], puts: [3, 0], per: 'task', reads: false },
  }),
  defineTask({
    name: 'finalize',
    engine: false,
    reports: 'run',
    // after a run that failed again more has happened since
    repeated: ['failure'],
    work: { seconds: [0.3, 0, 0.01], gets: [43, 1], puts: [9, 0], per: 'task', reads: false },
  }),
  defineTask({
    name: 'notify',
    engine: false,
    reports: 'nothing',
    work: { seconds: [0.5, 0, 0], gets: [4, 0], puts: [1, 0], per: 'task', reads: false },
  }),
] as const

export type TaskName = (typeof TASKS)[number]['name']

const BY_NAME: { readonly [name: string]: TaskSpec } = Object.fromEntries(TASKS.map((task) => [task.name, task]))

/** The functions on AWS that a task runs in, and whose code holds it. */
export function functionsOf({ engine }: TaskSpec): readonly ('control' | 'data')[] {
  if (engine === 'by step') return ['control', 'data']
  return [engine ? 'data' : 'control']
}

/** The task of that name; undefined for a name from a history or a store of another version. */
export const taskSpec = (name: string): TaskSpec | undefined => entryOf(BY_NAME, name)
