/**
 * What carries out a pass. A pass is data (`LoweredPass`); an engine reads the rows of a batch, applies the operations, counts every flag
 * of every row, and writes the rows that stay. All engines agree on every cell, flag and count: the contract is tested with a second engine.
 */
import type { ColumnLineage, Flag, LoweredPass } from '#relational/operations/lowered-pass.ts'
import type { Written } from '#io/formats/writers/writer.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import type { Members } from './members.ts'
import type { OpenBatch } from './open-batch.ts'
import type { SinkTarget } from './pass.ts'
import type { Account } from './tally.ts'

export interface PassEngine {
  /** Makes everything ready that does not depend on the repeats of keys. */
  prepare(pass: LoweredPass, work: PassWork, context: TaskContext): Promise<PreparedPass>
}

/** The rows to process, and the file to write. */
export interface PassWork {
  readonly batch: OpenBatch
  readonly path: string
  readonly target: SinkTarget
}

export interface PreparedPass {
  readonly columns: readonly PassedColumn[]
  /** In the order of the operations; a flag that the facts rule out is left out. Flags on the output come last. */
  readonly flags: readonly Flag[]
  /** Runs the pass. `members`: for each flag about a key, the rows of the batch whose key occurs more than once. */
  run(members: ReadonlyMap<number, Members>): Promise<PassResult>
}

/** A column of the output. */
export interface PassedColumn extends ColumnLineage {
  /** Whether its cells can be valid or invalid. */
  readonly typed: boolean
}

export interface PassResult {
  readonly account: Account
  /** The rows of the written file, counted again in the file itself, and its missing cells. */
  readonly written: Written
  /** The latest value of each requested column, as ISO text; null if there is none. */
  readonly latest: { readonly [column: string]: string | null }
}
