/** How operations change the columns of a relation, without running anything. */
import { cellOperation } from '../relation/cells/index.ts'
import { typeOf } from './expressions.ts'
import type { Op } from './ops.ts'
import { soundColumns } from '../relation/sound-columns.ts'
import type { Column } from '../relation/types.ts'
import { entryOf } from '../text/record.ts'

/** Operations after which there may be other columns. */
const CHANGING: ReadonlySet<Op['op']> = new Set(['derive', 'rename', 'drop', 'select'])

/** The columns after the operations. */
export function columnsAfter(columns: readonly Column[], operations: readonly Op[]): readonly Column[] {
  return operations.reduce(
    (known, operation) =>
      CHANGING.has(operation.op) ? soundColumns(after(known, operation), operation.origin.step) : after(known, operation),
    columns,
  )
}

function after(columns: readonly Column[], operation: Op): readonly Column[] {
  switch (operation.op) {
    case 'cell':
      return columns.map((column) =>
        column.name === operation.column ? { ...column, type: cellOperation(operation.cell).type(column.type, operation.options) } : column,
      )
    case 'derive': {
      const types = new Map(columns.map(({ name, type }) => [name, type]))
      const derived = new Map(operation.columns.map((column) => [column.name, { name: column.name, type: typeOf(column, types) }]))
      const kept = columns.map((column) => derived.get(column.name) ?? column)
      return [...kept, ...[...derived.values()].filter(({ name }) => !types.has(name))]
    }
    case 'rename':
      return columns.map((column) => ({ ...column, name: entryOf(operation.names, column.name) ?? column.name }))
    case 'drop':
      return columns.filter(({ name }) => !operation.columns.includes(name))
    case 'select':
      return operation.columns.flatMap((name) => columns.filter((column) => column.name === name))
    default:
      return columns
  }
}
