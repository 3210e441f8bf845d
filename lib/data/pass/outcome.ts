/** The result of a segment task for one batch. Plain JSON. */
import type { ChunkAccount } from './tally.ts'
import type { Flag } from '#relational/operations/lowered-pass.ts'

export interface Outcome {
  /** Rows read, as counted by the reader, for each source of the batch; and rows gained by a function that makes several of one. */
  readonly sources: readonly { readonly source: number; readonly rows: number; readonly gained?: number }[]
  readonly rows_out: number
  readonly flags: readonly FlagCount[]
  /** For each rule about several columns, the rows in which it found something. */
  readonly found: readonly { readonly origin: Flag['origin']; readonly rows: number }[]
  readonly chunks: readonly (ChunkAccount & {
    readonly source: number
    readonly chunk: number
    readonly in: number
    readonly fan?: number
  })[]
  /** Cells of the output and how many are missing; then the same for columns with a type or meaning. */
  readonly cells: number
  readonly missing: number
  readonly typed_cells: number
  readonly typed_missing: number
  readonly part: Part | null
  /**
   * Key of the list of quarantined rows, duplicates and the rows that stay in their place, one JSON object per line; null if there are
   * none.
   */
  readonly rows_key: string | null
  /** The first rows that were only flagged. */
  readonly violations: readonly FlaggedRow[]
  /** For each operation that made values missing, the first row; absent if none did. */
  readonly lost?: readonly FlaggedRow[]
  /** Numbers that a function of the author added up. */
  readonly metrics?: { readonly [name: string]: number }
  /** ISO texts, if requested. */
  readonly latest: { readonly [column: string]: string | null }
}

export interface FlagCount {
  readonly flag: Flag
  /** In the order of `Outcome.sources`. */
  readonly counts: readonly number[]
}

export interface Part {
  readonly key: string
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
}

/** A flagged row with its place. */
export interface FlaggedRow {
  /** `kept`: it stays in place of duplicates; `keep`: a rule only flagged it. */
  readonly fate: 'quarantine' | 'deduplicate' | 'kept' | 'keep'
  /** Its number in its batch. */
  readonly row: number
  /** The number of its source in the dataset of the batch; with `name`, in an earlier dataset that the batch was made of. */
  readonly source: number
  readonly name?: string
  readonly record: number
  readonly line: number
  /** Null where the source has no text of its own, such as a sheet. */
  readonly byte: number | null
  readonly step: string
  readonly rule: string
  readonly column: string
  readonly value: string | null
  readonly reason: string
  readonly raw: string
}

/** The name of the source of a row, among the sources of the dataset of its batch. */
export const sourceNameOf = ({ source, name }: Pick<FlaggedRow, 'source' | 'name'>, sources: readonly { readonly name: string }[]) =>
  name ?? sources[source]?.name ?? ''

/** The step of flags on the output that no step raised. */
export const OUTPUT = 'output'
