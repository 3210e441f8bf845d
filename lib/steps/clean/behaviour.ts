/** Lowers the rules of a clean step, in order, to operations; each rule sees the columns as the rule before it left them. */
import { columnsAfter } from '#relational/operations/columns.ts'
import { cellOperation } from '#relational/cells/index.ts'
import type { KeySet } from '#relational/operations/key-set.ts'
import type { Op } from '#relational/operations/ops.ts'
import type { RowsBehaviour, StepTotals } from '#steps/kind/behaviour.ts'
import type { StepReport } from '#core/task/task.ts'
import type { RuleCount } from '#data/pass/rule-counts.ts'
import { withPath } from '#core/errors/errors.ts'
import { count } from '#core/text/numbers.ts'
import { theOne } from '#steps/kind/one-key.ts'
import { CLEANERS } from './cleaners/index.ts'
import { config } from './config.ts'
import { keysAfter } from './keys-after.ts'

const rulesOf = (settings: unknown) =>
  config.parse(settings).rules.map((rule) => {
    const [name, config] = theOne(rule)
    return { name, cleaner: CLEANERS.of(name), config }
  })

/**
 * Counts the findings that were resolved. A finding is a rule, a column and a source; it is resolved when the rule changed or removed what
 * it found.
 */
const findings = (counts: readonly RuleCount[]) =>
  counts.filter((one) => one.cells + one.rows > 0 && !isFlag(one)).reduce((sum, { sources }) => sum + sources, 0)

/** Rows that a rule only flags, such as outliers, are not fixed. */
const isFlag = ({ fate, cells, rows }: RuleCount) => fate === 'keep' && cells === 0 && rows > 0

/** Columns with flagged rows, and columns with filled cells, for people: both are in the output. */
function noteLines(totals: StepTotals): StepReport['lines'] {
  const filled = totals.decisions.flatMap(({ rule, column, choice }) => {
    const cells = totals.counts.find((one) => one.rule === rule && one.column === column && one.cells > 0)?.cells ?? 0
    return rule === 'missing' && cells > 0
      ? [`${count(cells, 'missing cell')} of ${column} imputed: ${choice}, marked in ${column}_imputed`]
      : []
  })
  const flagged = totals.counts
    .filter(isFlag)
    .map(({ rule, rows, reason }) => `${rule}: ${count(rows, 'row')} flagged, not changed: ${reason}`)
  return [...filled, ...flagged].map((text) => ({ level: 'ok' as const, text }))
}

export const cleanBehaviour: RowsBehaviour = {
  lower: (settings, context) => {
    let columns = context.columns
    const emptied = new Set(context.emptied)
    const before: Op[] = []
    const rules = rulesOf(settings)
    return rules.flatMap(({ name, cleaner, config }, at): readonly Op[] => {
      const here = context.at?.(at, before) ?? context
      const keySet = (set: KeySet) => here.keySet(keysAfter(rules.slice(0, at), set))
      const operations = withPath(['rules', at, name], () => cleaner.lower(config, { ...here, keySet, columns, emptied }))
      before.push(...operations)
      columns = columnsAfter(columns, operations)
      for (const operation of operations)
        if (operation.op === 'cell' && cellOperation(operation.cell).empties?.(operation.options)) emptied.add(operation.column)
      return operations
    })
  },
  summarize: (_settings, totals) => {
    const cells = totals.counts.reduce((sum, { cells: count }) => sum + count, 0)
    const issues = findings(totals.counts)
    const unmet = totals.decisions.flatMap(({ rule, column, why, unmet: is }) =>
      is ? [`${rule}: "${column}" was not changed: ${why}`] : [],
    )
    const aside = [
      ...(totals.quarantined > 0 ? [`${count(totals.quarantined, 'row')} to quarantine`] : []),
      ...(totals.deduplicated > 0 ? [`${count(totals.deduplicated, 'duplicate')} removed`] : []),
    ]
    return {
      result: { issues, cells, quarantined: totals.quarantined, deduplicated: totals.deduplicated },
      report: {
        level: unmet.length > 0 ? 'warning' : 'ok',
        message:
          issues === 0 ? 'Nothing to fix' : `Fixed ${count(issues, 'quality issue')} (${[count(cells, 'cell'), ...aside].join(', ')})`,
        lines: [...unmet.map((text) => ({ level: 'warning' as const, text })), ...noteLines(totals)],
      },
    }
  },
}
