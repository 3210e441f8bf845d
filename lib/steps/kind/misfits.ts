/** Reports rows that were quarantined before a step ran, because a cell does not fit the type of its column. */
import type { StepReport } from '#core/task/task.ts'
import type { RuleCount } from '#data/pass/rule-counts.ts'
import { count } from '#core/text/numbers.ts'

/** Columns reported one by one. */
const MAX_LINES = 3

/** A warning for each column, for the report of the step that read the rows. */
export function misfitLines(counts: readonly RuleCount[]): StepReport['lines'] {
  const misfits = counts.filter(({ rule, fate, rows }) => rule === 'type' && fate === 'quarantine' && rows > 0)
  const line = (rows: number, why: string) => ({ level: 'warning' as const, text: `${count(rows, 'row')} to quarantine: ${why}` })
  const rest = misfits.slice(MAX_LINES)
  return [
    ...misfits.slice(0, MAX_LINES).map(({ rows, reason }) => line(rows, reason)),
    ...(rest.length === 0
      ? []
      : [
          line(
            rest.reduce((sum, { rows }) => sum + rows, 0),
            `${count(rest.length, 'more column')} ${rest.length === 1 ? 'has' : 'have'} cells of another type`,
          ),
        ]),
  ]
}
