/** The metrics of a run, and the check that an alert uses no others. */
import { conditionProblem } from '#asl/machine/condition.ts'
import { nearest } from '#core/text/nearest.ts'
import { entryOf } from '#core/text/record.ts'

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

/** The problem of an alert's condition, with its fix; undefined if there is none. */
export function alertProblem({ name, when }: { readonly name: string; readonly when: string }): { what: string; hint: string } | undefined {
  const unknown = [...when.matchAll(/[A-Za-z_][A-Za-z0-9_]*/g)]
    .map(([word]) => word)
    .find((word) => entryOf(METRICS, word) === undefined && !KEYWORDS.test(word))
  if (unknown !== undefined) {
    const near = nearest(unknown, Object.keys(METRICS))
    return {
      what: `unknown metric ${unknown} in the alert "${name}"`,
      hint: `${near === undefined ? '' : `did you mean ${near}? `}the metrics are ${Object.keys(METRICS).join(', ')}`,
    }
  }
  const problem = conditionProblem(when)
  if (problem === undefined) return undefined
  return {
    what: `invalid condition in the alert "${name}": ${problem}`,
    hint: 'compare metrics with numbers: quality_score < 0.9 and rows_out > 0',
  }
}
