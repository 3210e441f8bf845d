/** The request of a scan: which sources, and how to read them. */
import type { Json } from '#core/json.ts'
import type { MonthLanguage } from '#relational/types/month-words.ts'
import type { Options } from '#io/connectors/connector.ts'

export interface ScanRequest {
  readonly patterns: readonly string[]
  /** Rows of the definition itself in place of sources, one JSON object a line. */
  readonly inline?: string
  /** What is said of a table beside its address, such as a query; for connectors of tables. */
  readonly options: Options
  readonly read: { readonly [name: string]: Json }
  readonly column_names: readonly string[] | null
  readonly chunk_rows: number
  readonly types: { readonly [column: string]: string }
  readonly null_values: readonly string[] | null
  readonly date_order: 'auto' | 'dmy' | 'mdy'
  /** The language of months that are other months in other languages (default: that of the other dates). */
  readonly date_language?: MonthLanguage
  readonly allow_empty: boolean
  /** Whether files that have not changed since the last run that published are skipped. */
  readonly skip_unchanged: boolean
  /** Fewer rows fail the scan, with this message; null: nothing is required. */
  readonly require: { readonly min_rows: number; readonly min_sources: number; readonly message: string | null } | null
  /** What the catalogue of the sources says of each (default: everything). */
  readonly metadata?: readonly string[]
}
