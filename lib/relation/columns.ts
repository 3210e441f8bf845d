/** How operations change the columns of a relation, without running anything. */
import { cellOperation } from './cells/index.ts'
import { typeOf } from './expressions.ts'
import type { Op } from './ops.ts'
import type { Column } from './types.ts'

/** The columns after the operations. */
export function columnsAfter(columns: readonly Column[], operations: readonly Op[]): readonly Column[] {
  return operations.reduce(after, columns)
}

function after(columns: readonly Column[], operation: Op): readonly Column[] {
  switch (operation.op) {
    case 'cell':
      return columns.map((column) =>
        column.name === operation.column ? { ...column, type: cellOperation(operation.cell).type(column.type, operation.options) } : column,
      )
    case 'derive': {
      const derived = { name: operation.column, type: typeOf(operation, new Map(columns.map(({ name, type }) => [name, type]))) }
      return columns.some(({ name }) => name === derived.name)
        ? columns.map((column) => (column.name === derived.name ? derived : column))
        : [...columns, derived]
    }
    case 'rename':
      return columns.map((column) => ({ ...column, name: operation.names[column.name] ?? column.name }))
    case 'drop':
      return columns.filter(({ name }) => !operation.columns.includes(name))
    case 'select':
      return operation.columns.flatMap((name) => columns.filter((column) => column.name === name))
    default:
      return columns
  }
}
