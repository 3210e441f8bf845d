/** Cells of some columns of a relation, for work outside the engine. */
import type { Measurable } from '#data/survey/scan.ts'
import type { Session } from '#io/duckdb/session.ts'

interface Wanted {
  readonly name: string
  readonly as: 'number' | 'text'
}

type Cells = readonly (number | string | null)[]

/** Rows in their order, some thousand at a time: numbers as numbers, everything else as text, a missing cell is null. */
export function typedCells(
  session: Session,
  { relation, columns }: Measurable,
  wanted: readonly Wanted[],
): AsyncIterable<readonly Cells[]> {
  const selected = wanted.map(({ name, as }) => {
    const found = columns.find(({ plan }) => plan.name === name)
    if (found === undefined) throw new Error(`the dataset has no column ${name}`)
    return `CAST(${found.sql} AS ${as === 'number' ? 'DOUBLE' : 'VARCHAR'})`
  })
  return session.batches(`SELECT ${selected.join(', ')} FROM (${relation})`) as AsyncIterable<readonly Cells[]>
}
