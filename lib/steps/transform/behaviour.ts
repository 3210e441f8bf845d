/** Lowers a transform: its operations in order, then the columns to add, then the derived fields. */
import { columnsAfterAll } from '#relational/operations/across.ts'
import type { RowsBehaviour, Settings } from '#steps/kind/behaviour.ts'
import type { AcrossOp, Op } from '#relational/operations/ops.ts'
import type { LowerContext } from '#steps/kind/lower-context.ts'
import { count } from '#core/text/numbers.ts'
import { withPath } from '#core/errors/errors.ts'
import { misfitLines } from '#steps/kind/misfits.ts'
import { theOne } from '#steps/kind/one-key.ts'
import { explicitCasts } from './casts.ts'
import { derivedFields } from './derive.ts'
import { OPERATIONS } from './operations/index.ts'
import { columnsMade } from './columns-made.ts'
import { config } from './config.ts'
import { listedOperations } from './listed-operations.ts'
import { usualOperations } from './usual.ts'

type LowerOne = (context: LowerContext) => readonly (Op | AcrossOp)[]

const oneByOne = (settings: Settings): readonly LowerOne[] => {
  const { operations, columns, derive } = config.parse(settings)
  return [
    ...(typeof operations === 'string'
      ? usualOperations(operations)
      : operations.map((operation, at): LowerOne => {
          const [name, setting] = theOne(operation)
          return (context) => withPath(['operations', at, name], () => OPERATIONS.of(name).lower(setting, context))
        })),
    ...(Object.keys(columns).length > 0
      ? [((context) => withPath(['columns'], () => OPERATIONS.of('add_column').lower(columns, context))) satisfies LowerOne]
      : []),
    ...(derive === 'auto' ? [derivedFields] : []),
  ]
}

export const transformBehaviour: RowsBehaviour = {
  oneByOne,
  lower: (settings, context) => {
    let columns = context.columns
    return oneByOne(settings).flatMap((lowerNext) => {
      const operations = lowerNext({ ...context, columns })
      columns = columnsAfterAll(columns, operations)
      return operations
    })
  },
  reads: (settings) =>
    listedOperations(config.parse(settings).operations).flatMap((operation) => {
      const [name, setting] = theOne(operation)
      return OPERATIONS.of(name).reads?.(setting) ?? []
    }),
  summarize: (settings, totals) => {
    const operations = listedOperations(config.parse(settings).operations)
    const { added, renamed, joined } = columnsMade(operations, totals.columns_before, totals.columns_after)
    const parts = [
      ...(added > 0 ? [`added ${count(added, joined ? 'column' : 'calculated field')}`] : []),
      ...(renamed > 0 ? [`renamed ${count(renamed, 'column')}`] : []),
      ...(totals.filtered > 0 ? [`filtered ${count(totals.filtered, 'row')}`] : []),
      ...(totals.rows_out !== totals.rows_in - totals.filtered - totals.quarantined - totals.deduplicated
        ? [`${count(totals.rows_in, 'row')} became ${totals.rows_out.toLocaleString('en')}`]
        : []),
    ]
    const casts = explicitCasts(operations, totals.counts)
    const lines = [...misfitLines(totals.counts), ...casts.lines]
    const message = parts.length === 0 ? `Transformed ${count(totals.rows_in, 'row')}` : parts.join(', ')
    return {
      failing: casts.failing,
      result: { columns: added, rows: totals.rows_out, filtered: totals.filtered },
      report: {
        level: casts.failing.length > 0 ? 'error' : lines.length > 0 ? 'warning' : 'ok',
        message: message.charAt(0).toUpperCase() + message.slice(1),
        lines,
      },
    }
  },
}
