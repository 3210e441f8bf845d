/** Rows that a step had to set aside before its own work, because a cell is not of the type of its column. */
import type { StepReport } from '#core/task/task.ts'
import type { RuleCount } from '#data/pass/rule-counts.ts'
import { count } from '#core/text/numbers.ts'

/** Columns that are told of one by one. */
const TOLD = 3

/** A warning for each column, for the report of the step that read the rows. */
export function misfitLines(counts: readonly RuleCount[]): StepReport['lines'] {
  const misfits = counts.filter(({ rule, fate, rows }) => rule === 'type' && fate === 'quarantine' && rows > 0)
  const line = (rows: number, why: string) => ({ level: 'warning' as const, text: `${count(rows, 'row')} to quarantine: ${why}` })
  const rest = misfits.slice(TOLD)
  return [
    ...misfits.slice(0, TOLD).map(({ rows, reason }) => line(rows, reason)),
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
