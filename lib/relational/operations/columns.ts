/** How operations change the columns of a relation. Nothing is run. */
import { cellOperation } from '#relational/cells/index.ts'
import { typeOf } from './expressions.ts'
import type { CellOp, Op } from './ops.ts'
import { soundColumns } from '#relational/types/sound-columns.ts'
import type { Column } from '#relational/types/types.ts'
import { entryOf } from '#core/text/record.ts'
import { isAmong, named, positionOf } from '#core/text/lookup.ts'

/** Operations that can change the set of columns. */
const CHANGING: ReadonlySet<Op['op']> = new Set(['derive', 'rename', 'drop', 'select'])

/** The columns after the operations. */
export function columnsAfter(columns: readonly Column[], operations: readonly Op[]): readonly Column[] {
  let known = columns
  let cells: CellOp[] = []
  for (const operation of operations) {
    if (operation.op === 'cell') cells.push(operation)
    else if (CHANGING.has(operation.op)) {
      known = soundColumns(after(afterCells(known, cells), operation), operation.origin.step)
      cells = []
    }
  }
  return afterCells(known, cells)
}

/** Applies all operations on cells together, as there may be several per column. */
function afterCells(columns: readonly Column[], operations: readonly CellOp[]): readonly Column[] {
  if (operations.length === 0) return columns
  const after = [...columns]
  for (const { column: name, cell, options } of operations) {
    const at = positionOf(columns, name)
    const column = after[at]
    if (column !== undefined) after[at] = { ...column, type: cellOperation(cell).type(column.type, options) }
  }
  return after
}

function after(columns: readonly Column[], operation: Op): readonly Column[] {
  switch (operation.op) {
    case 'derive': {
      const types = new Map(columns.map(({ name, type }) => [name, type]))
      const derived = new Map(operation.columns.map((column) => [column.name, { name: column.name, type: typeOf(column, types) }]))
      const kept = columns.map((column) => derived.get(column.name) ?? column)
      return [...kept, ...[...derived.values()].filter(({ name }) => !types.has(name))]
    }
    case 'rename':
      return columns.map((column) => ({ ...column, name: entryOf(operation.names, column.name) ?? column.name }))
    case 'drop':
      return columns.filter(({ name }) => !isAmong(operation.columns, name))
    case 'select':
      return operation.columns.flatMap((name) => named(columns, name) ?? [])
    default:
      return columns
  }
}
