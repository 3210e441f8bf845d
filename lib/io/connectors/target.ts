/** The contract of a target: what an export publishes to. A target takes files, or rows with their types. */
import type { Session } from '#io/duckdb/session.ts'
import type { Appeared } from '#io/publish/appeared.ts'
import type { Manifest, MergeRecord, Mode, NewFile } from '#io/publish/manifest.ts'
import type { Options } from './options.ts'

/** What a target can do, known without loading it. */
export interface TargetKind {
  /** files: in the format the author chose. rows: the run writes Parquet, and the target stores each value under its column's type. */
  readonly accepts: 'files' | 'rows'
  readonly modes: readonly Mode[]
  /** Whether it announces an output that has appeared: only then can a catalog show it. */
  readonly announces?: true
}

export interface Publication {
  readonly pipeline: string
  /** What the address does not say: the settings of a connection (default: none). */
  readonly options?: Options
  readonly mode: Mode
  /** The columns whose values identify a row; for merge only. */
  readonly keys: readonly string[]
  /** For tables: the columns to index, or how they are chosen (default: none). */
  readonly indexes?: 'auto' | 'none' | readonly string[]
  /** For tables: what is checked before the rows become visible (default: nothing). Files are read again afterwards. */
  readonly verify?: readonly ('row_count' | 'checksum')[]
}

/** What is published: all of the files, or the rows in them. */
export interface Output extends Publication {
  readonly run: string
  /** The step that publishes. A run may publish to one target by several steps, each once. */
  readonly step: string
  readonly files: readonly NewFile[]
  readonly manifest: Manifest
  /** Opens a session that may read files in these folders: for targets that take rows. */
  openSession(folders: readonly string[]): Promise<Session>
  /** Called once the manifest is in its place and before what it replaced is removed, at least once. For targets that announce. */
  appeared?(appeared: Appeared): Promise<void>
}

/** What became of the rows that a table merged. */
export type MergeCounts = Pick<MergeRecord, 'inserted' | 'updated' | 'unchanged'>

export interface Target {
  /** Output.* unless the output can be published there: before any work is done. */
  check(uri: string, publication: Publication): Promise<void>
  /**
   * Publishes all or nothing: whoever looks sees what was there before or what is there after, whenever this is cut off. Called again by
   * the same run, before or after it was done, it leads to the same result. Output.Conflict for what is not the pipeline's to replace.
   * Of a merge the counts, where the target counts.
   */
  publish(uri: string, output: Output): Promise<MergeCounts | undefined>
  /** Of a table: how many rows are there now. */
  rows?(uri: string, options: Options): Promise<number>
}
