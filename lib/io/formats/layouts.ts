/** The three ways data lies in a file the engine reads. Every format is one of them, or is rewritten to one. */
import type { Dialect, PhysicalLayout } from './source.ts'

interface LayoutTraits {
  /** Whether values bring types of their own: nothing is inferred from text, and a record has no raw text. */
  readonly typed: boolean
  /** The dialect of a source without text; null where there are no dialects. */
  readonly dialect: Dialect | null
}

export const LAYOUTS: { readonly [Layout in PhysicalLayout]: LayoutTraits } = {
  delimited: { typed: false, dialect: { delimiter: ',', quote: '"', escape: '"', header: false, skip_lines: 0, comment: '' } },
  lines: { typed: false, dialect: null },
  parquet: { typed: true, dialect: null },
}

/** How rows lie between two segments of a run. */
export const INTERMEDIATE_LAYOUT: PhysicalLayout = 'parquet'
