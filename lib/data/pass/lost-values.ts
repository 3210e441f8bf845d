/** Adds up the values that operations made missing, from the counts of their flags. */
import type { Flag } from '#relational/operations/lowered-pass.ts'

/** What one operation did to the values of a column. */
export interface LostValues {
  readonly step: string
  readonly rule: string
  readonly column: string
  readonly lost: number
  /** The values there were before it. */
  readonly values: number
}

/** `counted` are all flags in order, each with the rows for which it was raised; a row counts up to the flag that removes it. */
export function lostValues(rows: number, counted: readonly (readonly [Pick<Flag, 'origin' | 'column' | 'fate' | 'counts'>, number])[]) {
  const found: LostValues[] = []
  let [here, empty] = [rows, 0]
  for (const [{ origin, column, fate, counts }, raised] of counted) {
    if (fate !== 'keep') here -= raised
    // the flag of the missing cells comes just before that of the lost values
    else if (counts === 'void') empty = raised
    else if (counts === 'lost') found.push({ ...origin, column, lost: raised, values: here - empty })
  }
  return found
}

/** The same operations counted on several batches: all have the same flags. */
export function addLostValues(batches: readonly (readonly LostValues[])[]): readonly LostValues[] {
  const [first = []] = batches
  return first.map((one, at) => ({
    ...one,
    lost: batches.reduce((sum, batch) => sum + (batch[at]?.lost ?? 0), 0),
    values: batches.reduce((sum, batch) => sum + (batch[at]?.values ?? 0), 0),
  }))
}
