/** Reports what the casts of a transform lost: no cell becomes missing silently. */
import type { RuleCount } from '#data/pass/rule-counts.ts'
import { count } from '#core/text/numbers.ts'
import type { StepOutput } from '#steps/kind/behaviour.ts'
import { theOne } from '#steps/kind/one-key.ts'
import { castSettings } from './operations/columns.ts'

type ExplicitTypes = { readonly lines: StepOutput['report']['lines']; readonly failing: readonly string[] }

/** A line for each column with cells that lost their value, and the casts that fail the run because of it. */
export function explicitCasts(operations: readonly object[], counts: readonly RuleCount[]): ExplicitTypes {
  const casts = operations.map(theOne).flatMap(([name, setting]) => (name === 'cast' ? [castSettings(setting as never)] : []))
  const explicit = new Set(
    casts.flatMap(({ columns, on_fail }) => (on_fail === 'fail' ? Object.keys(columns) : [])).map((name) => name.toLowerCase()),
  )
  const found = counts.filter(({ rule, cells, rows }) => rule === 'cast' && cells + rows > 0)
  const isFailing = ({ column, fate }: RuleCount) => fate === 'keep' && explicit.has(column.toLowerCase())
  return {
    lines: found.map((one) => {
      if (one.fate === 'quarantine') return { level: 'warning', text: `${count(one.rows, 'row')} to quarantine: ${one.reason}` }
      const text = `cast ${one.column}: ${count(one.cells, 'cell')} did not fit the type and ${one.cells === 1 ? 'is' : 'are'} now missing or rounded`
      return { level: isFailing(one) ? 'error' : 'warning', text }
    }),
    failing: found.filter(isFailing).map(({ column }) => `cast ${column}`),
  }
}
