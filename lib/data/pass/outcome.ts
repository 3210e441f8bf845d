/** What a segment task leaves behind for one batch. Plain JSON. */
import type { ChunkAccount } from './tally.ts'
import type { Flag } from '#relational/operations/lowered.ts'

export interface Outcome {
  /** Rows read, from the reader's count, for each source of the batch. */
  readonly sources: readonly { readonly source: number; readonly rows: number }[]
  readonly rows_out: number
  readonly flags: readonly FlagCount[]
  /** For each rule that looks at several columns, the rows in which it found something. */
  readonly found: readonly { readonly origin: Flag['origin']; readonly rows: number }[]
  readonly chunks: readonly (ChunkAccount & { readonly source: number; readonly chunk: number; readonly in: number })[]
  /** Cells of the output, and those of them that are missing; and the same of columns that have a type or a meaning. */
  readonly cells: number
  readonly missing: number
  readonly typed_cells: number
  readonly typed_missing: number
  readonly part: Part | null
  /** Where the rows set aside, the duplicates and the rows in whose place they were removed are told about, one JSON object a line; null when there are none. */
  readonly rows_key: string | null
  /** The first rows that only were remarked upon. */
  readonly violations: readonly FlaggedRow[]
  /** ISO texts, when they were asked for. */
  readonly latest: { readonly [column: string]: string | null }
}

export interface FlagCount {
  readonly flag: Omit<Flag, 'sql'>
  /** In the order of `Outcome.sources`. */
  readonly counts: readonly number[]
}

export interface Part {
  readonly key: string
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
}

/** A row that is told about, with where it stands. */
export interface FlaggedRow {
  /** `kept`: it stays in place of duplicates; `keep`: a rule only remarked upon it. */
  readonly fate: 'quarantine' | 'deduplicate' | 'kept' | 'keep'
  /** Its number in its batch. */
  readonly row: number
  readonly source: number
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

/** What was asked for beside the operations: flags on the output that no step raised. */
export const OUTPUT = 'output'
