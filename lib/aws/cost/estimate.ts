/** The estimate of a run on AWS, and the fixed cost of the pipeline: from a simulation, the prices and the quotas. */
import type { Compiled } from '#language/compiler/compile.ts'
import type { Definition } from '#language/definition/definition.ts'
import { type FunctionSize, largestOf, sizesOfFunctions } from './memory.ts'
import { FREE_SCRATCH, HOURS_A_MONTH, POLLS_A_SECOND, PRICES, type Processor, SECONDS_A_MONTH } from './prices.ts'
import { QUOTAS } from './quotas.ts'
import type { Simulation } from './simulate.ts'
import { runsAMonth } from './runs-a-month.ts'
import type { SimulatedDataset } from './sized-dataset.ts'
import { requestsOf } from './work.ts'
import { taskSpec } from '#core/task/tasks.ts'

export interface Estimate {
  readonly pipeline: string
  /** SHA-256 of the machine. */
  readonly machine_sha256: string
  readonly datasets: readonly SimulatedDataset[]
  readonly processor: Processor
  /** Megabytes of the functions for rows, and of the others. */
  readonly memory: { readonly data: number; readonly control: number }
  readonly run: {
    readonly transitions: number
    readonly tasks: number
    readonly gigabyte_seconds: number
    readonly gets: number
    readonly puts: number
    /** Duration if no task fails. */
    readonly seconds: number
    readonly dollars: Dollars
  }
  readonly month: {
    /** Runs a month by the schedule; null without one. */
    readonly runs: number | null
    /** Monthly cost of runs, alarms and metrics together; null without a schedule. */
    readonly dollars: number | null
    /** Alarms, whose cost does not depend on runs. */
    readonly alarms: number
    /** Lambda asks the queue of starts for messages all the time; 0 if runs are started by hand only. */
    readonly polling: number
    /** Alarms and polling together. */
    readonly idle: number
    /** Custom metrics are billed by the hours in which they are sent. */
    readonly metrics: number
  }
  readonly limits: readonly Limit[]
  readonly prices: { readonly region: string; readonly of: string }
}

export interface Dollars {
  readonly transitions: number
  readonly lambda: number
  readonly requests: number
  readonly total: number
}

/** Usage of a service limit. */
export interface Limit {
  readonly what: string
  readonly used: number
  readonly of: number
  readonly unit: 'events' | 'bytes' | 'seconds' | 'tasks'
  /** How to reduce the usage. */
  readonly fix: string
}

/** Number of metrics of a pipeline: of its tasks and of its runs. See lib/core/task/metrics.ts. */
const METRICS = 10

export function estimateOf(
  compiled: Pick<Compiled, 'definition' | 'machine' | 'hash'>,
  simulation: Simulation,
  processor: Processor,
  now: Date,
): Estimate {
  const { definition, machine, hash } = compiled
  const used = usedBy(simulation, sizesOfFunctions(machine))
  const { transitions, gigabyte_seconds, invocations: tasks, gets, puts } = used
  const dollars = runDollars(used, processor)
  const alarms = alarmsOf(definition)
  const polling = startsByItself(definition) ? POLLS_A_SECOND * SECONDS_A_MONTH * PRICES.message : 0
  const idle = alarms * PRICES.alarm + polling
  const runs = definition.schedule === undefined ? null : runsAMonth(definition.schedule, now)
  const metrics = runs === null ? 0 : metricDollars(runs, simulation.seconds)
  return {
    pipeline: definition.id,
    machine_sha256: hash,
    datasets: simulation.datasets,
    processor,
    memory: { data: largestOf(machine, 'data'), control: largestOf(machine, 'control') },
    run: { transitions, tasks, gigabyte_seconds, gets, puts, seconds: simulation.seconds, dollars },
    month: { runs, dollars: runs === null ? null : runs * dollars.total + idle + metrics, alarms, polling, idle, metrics },
    limits: limitsOf(simulation),
    prices: { region: PRICES.region, of: PRICES.of },
  }
}

/** Usage of a run, simulated or actual. */
export interface Used {
  readonly transitions: number
  /** GiB of memory times seconds. */
  readonly gigabyte_seconds: number
  /** GiB of scratch space beyond the free part, times seconds. */
  readonly scratch_seconds: number
  readonly invocations: number
  readonly gets: number
  readonly puts: number
}

/** Seconds of a function, by price. */
export const secondsUsed = (seconds: number, { memory, scratch }: FunctionSize = { memory: 0, scratch: 0 }) => ({
  gigabyte_seconds: (seconds * memory) / 1024,
  scratch_seconds: (seconds * Math.max(0, scratch - FREE_SCRATCH)) / 1024,
})

/** Usage of a simulated run; `sizes` by function placeholder. */
export function usedBy({ tasks, transitions }: Simulation, sizes: ReadonlyMap<string, FunctionSize>): Used {
  const sum = (of: (task: Simulation['tasks'][number]) => number) => tasks.reduce((all, task) => all + of(task), 0)
  return {
    transitions,
    gigabyte_seconds: sum((task) => secondsUsed(task.seconds, sizes.get(task.function)).gigabyte_seconds),
    scratch_seconds: sum((task) => secondsUsed(task.seconds, sizes.get(task.function)).scratch_seconds),
    invocations: tasks.length,
    gets: sum((task) => requestsOf(task.task, task).gets),
    puts: sum((task) => requestsOf(task.task, task).puts),
  }
}

export function runDollars(
  { transitions, gigabyte_seconds, scratch_seconds, invocations, gets, puts }: Used,
  processor: Processor,
): Dollars {
  const parts = {
    transitions: transitions * PRICES.transition,
    lambda: gigabyte_seconds * PRICES.gigabyteSecond[processor] + scratch_seconds * PRICES.scratchSecond + invocations * PRICES.invocation,
    requests: gets * PRICES.get + puts * PRICES.put,
  }
  return { ...parts, total: parts.transitions + parts.lambda + parts.requests }
}

/** Each run sends the metrics in every hour it touches; a metric costs at most a full month. */
function metricDollars(runs: number, seconds: number): number {
  const hours = Math.min(HOURS_A_MONTH, runs * Math.max(1, Math.ceil(seconds / 3600)))
  return (METRICS * PRICES.metric * hours) / HOURS_A_MONTH
}

const startsByItself = ({ schedule, triggers }: Pick<Definition, 'schedule' | 'triggers'>) => schedule !== undefined || triggers.length > 0

/** Number of alarms of a deployed pipeline: one for failed runs, and one for each monitored setting. */
export function alarmsOf({ monitoring, concurrency, ...definition }: Definition): number {
  const starts = startsByItself(definition)
  const watched = [
    // runs that fail, that complete in part, and that take too long
    true,
    true,
    true,
    monitoring.max_error_rate !== undefined,
    monitoring.sla !== undefined,
    monitoring.min_quality !== undefined,
    monitoring.expect_every !== undefined,
    starts,
    starts && concurrency.max_active_runs !== undefined,
  ]
  return watched.filter(Boolean).length + monitoring.alerts.length
}

/** Smaller batches speed up only tasks per batch: a source is read by one task, and an exchange takes all rows. */
function suggestFix(task: string | undefined): string {
  const over = taskSpec(task ?? '')?.mapped?.over
  if (task === undefined || over === 'batches') return 'reduce resources.task_bytes'
  if (over === 'sources')
    return 'split the largest source into several files: one task reads each source, independent of resources.task_bytes'
  return 'reduce the input of the step, with filters or fewer columns: this task processes all rows, independent of resources.task_bytes'
}

function limitsOf({ events, payload, tasks, concurrency, datasets }: Simulation): readonly Limit[] {
  const slow = tasks.reduce<Simulation['tasks'][number] | undefined>(
    (most, task) => (task.seconds > (most?.seconds ?? 0) ? task : most),
    undefined,
  )
  // a task holds its input and its output
  const scratch = 2 * Math.max(0, ...datasets.map(({ largest_batch }) => largest_batch))
  return [
    {
      what: 'history',
      used: events,
      of: QUOTAS.events,
      unit: 'events',
      fix: 'make the last tier distributed, or increase resources.task_bytes',
    },
    {
      what: 'payload',
      used: payload,
      of: QUOTAS.payload,
      unit: 'bytes',
      fix: 'make the last tier distributed, or increase resources.task_bytes',
    },
    { what: 'slowest task', used: slow?.seconds ?? 0, of: QUOTAS.seconds, unit: 'seconds', fix: suggestFix(slow?.task) },
    { what: '/tmp', used: scratch, of: QUOTAS.scratch, unit: 'bytes', fix: 'reduce resources.task_bytes' },
    {
      what: 'concurrent functions',
      used: concurrency,
      of: QUOTAS.concurrency,
      unit: 'tasks',
      fix: 'lower resources.workers or max_concurrency, or request a higher quota',
    },
  ]
}
