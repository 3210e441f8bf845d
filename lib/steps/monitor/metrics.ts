/** The metrics of a run, and the check that an alert uses no others. */
import { conditionProblem } from '#asl/machine/condition.ts'
import { nearest } from '#core/text/nearest.ts'
import { entryOf } from '#core/text/record.ts'

/** Names in `when` that mean another metric. */
const ALSO: { readonly [name: string]: string } = { row_count: 'rows_out', record_count: 'rows_out', throughput: 'rows_per_second' }

/** What `metrics` of the step can name, with the metrics of each. Distributions are no single number. */
export const GROUPS: { readonly [name: string]: readonly string[] } = {
  throughput: ['rows_per_second', 'bytes_per_second', 'duration_seconds'],
  memory: ['memory_bytes', 'memory_used'],
  io: ['bytes_in', 'bytes_out', 'bytes_per_second', 'retries'],
  error_rate: ['error_rate', 'rows_quarantined'],
  validation_failures: ['validation_failures'],
  completeness: ['completeness', 'validity', 'uniqueness', 'consistency', 'quality_score', 'quality_score_before'],
  record_count: ['rows_in', 'rows_out', 'rows_quarantined', 'rows_deduplicated', 'rows_filtered'],
  value_distribution: [],
}

export const METRICS: { readonly [name: string]: string } = {
  duration_seconds: 'Seconds since the run started.',
  rows_in: 'Rows read.',
  rows_out: 'Rows in the output.',
  rows_quarantined: 'Rows quarantined.',
  rows_deduplicated: 'Duplicates removed.',
  rows_filtered: 'Rows filtered out.',
  bytes_in: 'Bytes of the sources.',
  bytes_out: 'Bytes published.',
  rows_per_second: 'Rows read per second.',
  bytes_per_second: 'Bytes read per second.',
  memory_bytes: 'Peak memory of a task’s process.',
  memory_used: 'The same as a share of the memory that the process may use.',
  retries: 'Retries of tasks, and of the calls tasks make to services.',
  error_rate: 'Share of the rows quarantined.',
  validation_failures: 'Rules broken.',
  quality_score: 'Score of the output.',
  completeness: 'Completeness of the output.',
  validity: 'Validity of the output.',
  uniqueness: 'Uniqueness of the output.',
  consistency: 'Consistency of the output.',
  quality_score_before: 'Score of the input.',
}

const KEYWORDS = /^(and|or|not|true|false|in)$/

/** A comparison with earlier runs: `rows_out outside 3 sigma of last 30 runs`. */
const SIGMA = /\b([A-Za-z_]\w*)\s+outside\s+(\d+(?:\.\d+)?)\s+sigma\s+of\s+(?:the\s+)?last\s+(\d+)\s+runs?\b/gi

export interface Band {
  readonly metric: string
  readonly sigma: number
  readonly runs: number
  /** The name that stands for the comparison in the condition: 1 if the metric is outside. */
  readonly name: string
}

/** The condition as an expression over metrics: shares for percentages, and a name for each comparison with earlier runs. */
export function readCondition(when: string): { readonly condition: string; readonly bands: readonly Band[] } {
  const bands: Band[] = []
  const condition = when
    .replace(SIGMA, (_, metric: string, sigma: string, runs: string) => {
      const name = `outside_${bands.length + 1}`
      bands.push({ metric: entryOf(ALSO, metric) ?? metric, sigma: Number(sigma), runs: Number(runs), name })
      return `${name} == 1`
    })
    .replace(/(\d+(?:\.\d+)?)\s*%/g, (_, number: string) => String(Number(number) / 100))
    .replace(/[A-Za-z_]\w*/g, (name) => entryOf(ALSO, name) ?? name)
  return { condition, bands }
}

/** The problem of an alert's condition, with its fix; undefined if there is none. */
export function alertProblem({ name, when }: { readonly name: string; readonly when: string }): { what: string; hint: string } | undefined {
  const { condition, bands } = readCondition(when)
  const words = [...condition.matchAll(/[A-Za-z_][A-Za-z0-9_]*/g)]
    .map(([word]) => word)
    .filter((word) => !bands.some((band) => band.name === word))
  const unknown = [...bands.map(({ metric }) => metric), ...words].find(
    (word) => entryOf(METRICS, word) === undefined && !KEYWORDS.test(word),
  )
  if (unknown !== undefined) {
    const near = nearest(unknown, Object.keys(METRICS))
    return {
      what: `unknown metric ${unknown} in the alert "${name}"`,
      hint: `${near === undefined ? '' : `did you mean ${near}? `}the metrics are ${Object.keys(METRICS).join(', ')}`,
    }
  }
  const far = bands.find(({ runs }) => runs < FEWEST_RUNS || runs > MAX_RUNS)
  if (far !== undefined)
    return { what: `the alert "${name}" compares with ${far.runs} runs`, hint: `allowed: ${FEWEST_RUNS} to ${MAX_RUNS}` }
  const problem = conditionProblem(condition)
  if (problem === undefined) return undefined
  return {
    what: `invalid condition in the alert "${name}": ${problem}`,
    hint: 'compare metrics with numbers: quality_score < 0.9 and rows_out > 0, or with earlier runs: rows_out outside 3 sigma of last 30 runs',
  }
}

/** With fewer earlier runs nothing can be said about what is usual. */
export const FEWEST_RUNS = 3
/** How many earlier runs a pipeline knows. */
const MAX_RUNS = 50
