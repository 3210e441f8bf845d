/** Places among the operations where keys are compared. */
import type { Column } from '#relational/types/types.ts'
import type { KeyReference, Op } from './ops.ts'

/** A column at one place among the operations; the SQL is a plain reference above all layers. */
export interface PlacedColumn extends Column {
  readonly sql: string
}

/** The key whose repeats an operation is about; null for the others. */
export function keyOf(operation: Op): KeyReference | null {
  if (operation.op === 'deduplicate') return operation.key_set
  return operation.op === 'check' && operation.test.is === 'repeat' ? operation.test.key_set : null
}
