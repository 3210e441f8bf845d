/** What is known of a source once it has been read through. */
import type { ColumnType } from '#relational/types/types.ts'
import type { Evidence } from '#relational/infer/evidence.ts'
import type { Inspection, Sample } from '#io/formats/source.ts'

export interface TypedColumn {
  readonly type: ColumnType
  /** The SQL type to read it as, where it is not to be taken as it is. */
  readonly cast: string | null
  /** The texts that mean "no value"; absent: the usual ones of typed sources. */
  readonly null_values?: readonly string[]
}

export interface InspectedSource {
  readonly inspection: Inspection
  /** Columns of text: what their cells look like. Typed columns: their types. */
  readonly evidence: readonly Evidence[] | null
  readonly types: readonly TypedColumn[] | null
  readonly sample: Omit<Sample, 'text'>
}
