/** How operations across rows change the columns. The operations themselves run in `lib/run/tasks/exchange.ts`. */
import { typeOf } from './expressions.ts'
import { columnsAfter } from './columns.ts'
import type { AcrossOp, ComputedColumn, Op } from './ops.ts'
import { soundColumns } from '#relational/types/sound-columns.ts'
import type { Column } from '#relational/types/types.ts'

const computed = (columns: readonly Column[], column: ComputedColumn): Column => ({
  name: column.name,
  type: typeOf(column, new Map(columns.map(({ name, type }) => [name, type]))),
})

const only = (columns: readonly Column[], names: readonly string[]) =>
  names.flatMap((name) => columns.filter((column) => column.name === name))

/** The columns after the operation, as far as they are known without the data: those of a pivot, a join or a statement are not. */
export function columnsAcross(columns: readonly Column[], operation: AcrossOp): readonly Column[] {
  return soundColumns(across(columns, operation), operation.origin.step)
}

function across(columns: readonly Column[], operation: AcrossOp): readonly Column[] {
  switch (operation.op) {
    case 'sort':
    case 'join':
    case 'select_statement':
      return columns
    case 'aggregate':
      return [...only(columns, operation.by), ...operation.columns.map((column) => computed(columns, column))]
    case 'pivot':
      return only(columns, operation.rows)
    case 'window':
      return [
        ...columns.filter(({ name }) => !operation.columns.some((column) => column.name === name)),
        ...operation.columns.map((column) => computed(columns, column)),
      ]
  }
}

const ACROSS: ReadonlySet<string> = new Set<AcrossOp['op']>(['sort', 'aggregate', 'pivot', 'join', 'window', 'select_statement'])

/** Whether an operation needs rows to meet, unlike a row operation. */
export const isAcross = (operation: Op | AcrossOp): operation is AcrossOp => ACROSS.has(operation.op)

/** The columns after operations of either kind, as far as they are known. */
export function columnsAfterAll(columns: readonly Column[], operations: readonly (Op | AcrossOp)[]): readonly Column[] {
  let known = columns
  let waiting: Op[] = []
  for (const operation of operations) {
    if (isAcross(operation)) {
      known = columnsAcross(columnsAfter(known, waiting), operation)
      waiting = []
    } else waiting.push(operation)
  }
  return columnsAfter(known, waiting)
}
