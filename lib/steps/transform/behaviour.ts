/** What transform does: operations in order, then the columns to add, then the usual calculated fields. */
import { columnsAfter } from '../../relation/columns.ts'
import { columnsAcross } from '../../relation/across.ts'
import type { AcrossOp, Op } from '../../relation/ops.ts'
import type { Column } from '../../relation/types.ts'
import type { RowsBehaviour } from '../behaviour.ts'
import { theOne } from '../one-key.ts'
import { derivedFields } from './derive.ts'
import { OPERATIONS } from './operations/index.ts'
import { config } from './config.ts'

const isAcross = (operation: Op | AcrossOp): operation is AcrossOp =>
  ['sort', 'aggregate', 'pivot', 'join', 'window'].includes(operation.op)

const after = (columns: readonly Column[], operations: readonly (Op | AcrossOp)[]): readonly Column[] =>
  operations.reduce(
    (known, operation) => (isAcross(operation) ? columnsAcross(known, operation) : columnsAfter(known, [operation])),
    columns,
  )

export const transformBehaviour: RowsBehaviour = {
  lower: (settings, context) => {
    const { operations, columns, derive } = config.parse(settings)
    let known = context.columns
    const lowered: (Op | AcrossOp)[] = []
    const add = (more: readonly (Op | AcrossOp)[]) => {
      lowered.push(...more)
      known = after(known, more)
    }
    for (const operation of operations) {
      const [name, config] = theOne(operation)
      add(OPERATIONS.of(name).lower(config, { ...context, columns: known }))
    }
    if (Object.keys(columns).length > 0) add(OPERATIONS.of('add_column').lower(columns, { ...context, columns: known }))
    if (derive === 'auto') add(derivedFields({ ...context, columns: known }))
    return lowered
  },
  conclude: (_settings, totals) => {
    const before = new Set(totals.columns_before.map(({ name }) => name))
    const added = totals.columns_after.filter(({ name }) => !before.has(name)).length
    const parts = [
      ...(added > 0 ? [`Added ${added} calculated ${added === 1 ? 'field' : 'fields'}`] : []),
      ...(totals.filtered > 0 ? [`filtered ${totals.filtered.toLocaleString('en')} rows`] : []),
      ...(totals.rows_out !== totals.rows_in - totals.filtered - totals.quarantined - totals.deduplicated
        ? [`${totals.rows_in.toLocaleString('en')} rows became ${totals.rows_out.toLocaleString('en')}`]
        : []),
    ]
    const message = parts.length === 0 ? `Transformed ${totals.rows_in.toLocaleString('en')} rows` : parts.join(', ')
    return {
      result: { columns: added, rows: totals.rows_out, filtered: totals.filtered },
      report: { level: 'ok', message: message.charAt(0).toUpperCase() + message.slice(1), lines: [] },
    }
  },
}
