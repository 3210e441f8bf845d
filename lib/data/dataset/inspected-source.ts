/** What is known of a source after it has been inspected. */
import type { ColumnType } from '#relational/types/types.ts'
import type { Evidence } from '#relational/infer/evidence.ts'
import type { Inspection, Sample } from '#io/formats/source.ts'

export interface TypedColumn {
  readonly type: ColumnType
  /** The SQL type to cast to, if its own type cannot be used. */
  readonly cast: string | null
  /** Its SQL type in the file. */
  readonly stored: string
  /** The names down to a field of a struct, if it is read as a column of its own. */
  readonly path?: readonly string[]
  /** Integers of 64 bits whose statistics show that a 64-bit float holds all of them. */
  readonly small?: boolean
  /** The texts that mean "no value"; absent: the usual ones of typed sources. */
  readonly null_values?: readonly string[]
}

export interface InspectedSource {
  readonly inspection: Inspection
  /** Text columns: evidence from their cells. Typed columns: null. */
  readonly evidence: readonly Evidence[] | null
  readonly types: readonly TypedColumn[] | null
  readonly sample: Omit<Sample, 'text'>
}
