/** The metrics of a run that an alert may name, and whether an alert names no others. */
import { conditionProblem } from '#asl/machine/condition.ts'
import { nearest } from '#core/text/nearest.ts'
import { entryOf } from '#core/text/record.ts'

export const METRICS: { readonly [name: string]: string } = {
  duration_seconds: 'Seconds since the run started.',
  rows_in: 'Rows read.',
  rows_out: 'Rows that came out.',
  rows_quarantined: 'Rows set aside.',
  rows_deduplicated: 'Duplicates removed.',
  rows_filtered: 'Rows filtered out.',
  bytes_in: 'Bytes of the sources.',
  bytes_out: 'Bytes published.',
  rows_per_second: 'Rows read for each second.',
  bytes_per_second: 'Bytes read for each second.',
  memory_bytes: 'Largest memory of a task’s process.',
  retries: 'Tasks, and calls of tasks to a service, that were made again.',
  error_rate: 'Share of the rows set aside.',
  validation_failures: 'Rules that were broken.',
  quality_score: 'Score of the output.',
  completeness: 'Completeness of the output.',
  validity: 'Validity of the output.',
  uniqueness: 'Uniqueness of the output.',
  consistency: 'Consistency of the output.',
  quality_score_before: 'Score of the input.',
}

const WORDS = /^(and|or|not|true|false|in)$/

/** What is wrong with the condition of an alert, and the mend; undefined when nothing is. */
export function alertProblem({ name, when }: { readonly name: string; readonly when: string }): { what: string; hint: string } | undefined {
  const unknown = [...when.matchAll(/[A-Za-z_][A-Za-z0-9_]*/g)]
    .map(([word]) => word)
    .find((word) => entryOf(METRICS, word) === undefined && !WORDS.test(word))
  if (unknown !== undefined) {
    const near = nearest(unknown, Object.keys(METRICS))
    return {
      what: `the alert "${name}" names the metric ${unknown}, which there is not`,
      hint: `${near === undefined ? '' : `did you mean ${near}? `}the metrics are ${Object.keys(METRICS).join(', ')}`,
    }
  }
  const problem = conditionProblem(when)
  if (problem === undefined) return undefined
  return {
    what: `the alert "${name}" cannot be read: ${problem}`,
    hint: 'compare metrics with numbers: quality_score < 0.9 and rows_out > 0',
  }
}
