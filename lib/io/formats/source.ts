/**
 * What the reader knows of one source: facts found once, before any chunk is read, and then stored in the plan. Everything here is plain
 * JSON.
 */
import type { Json } from '#core/json.ts'
import type { Encoding } from './encodings.ts'

export type { ByteSource } from '#io/bytes/source.ts'

/** How data is laid out in a file that the engine reads. */
export type PhysicalLayout = 'delimited' | 'lines' | 'parquet'

/** How a delimited text is written. All characters are single ASCII bytes. */
export interface Dialect {
  readonly delimiter: string
  /** The quote character, or '' if nothing is quoted. */
  readonly quote: string
  /** The character that escapes a quote inside quotes: the quote itself (doubling) or a backslash. */
  readonly escape: string
  readonly header: boolean
  /** Physical lines before the header (or the first record): titles, blank lines. */
  readonly skip_lines: number
  /** Lines that start with this are not records; '' if there are no comments. */
  readonly comment: string
}

/** How to read a source, overriding detection. */
export interface ReadSettings {
  /** The name of a format. */
  readonly format?: string
  readonly delimiter?: string
  readonly quote?: string
  readonly escape?: string
  readonly header?: boolean
  readonly header_rows?: number
  readonly skip_lines?: number
  /** The kinds of rows that are no data and go to quarantine: see `odd-rows.ts`. */
  readonly quarantine_rows?: readonly string[]
  readonly comment?: string
  readonly encoding?: Encoding
  /** Those that only one format or compression has. */
  readonly [option: string]: Json | undefined
}

export type NewLine = '\n' | '\r\n' | '\r'

/** `end` is the offset after the last byte. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** A record of the source that cannot be read as a row. */
export interface BadRecord {
  /** The number of the record in its source, from 1, counting good and bad records but not the header. */
  readonly record: number
  /** Physical line or row the record starts on in the file, from 1. */
  readonly line: number
  /** Byte range in the text as read (see `Inspection.staged`). */
  readonly start: number
  readonly end: number
  readonly reason: string
}

/** Records sampled from a source: those whose hash is below the threshold, so that the sample depends only on the content. */
export interface Sample {
  /** From 0 to 2^32: the sampled share, times 2^32. */
  readonly threshold: number
  /** The numbers of the sampled records, ascending. */
  readonly numbers: readonly number[]
  /** Where each record ends in the text, including its newline. */
  readonly ends: readonly number[]
  /** The text of the records, each with its newline. */
  readonly text: Uint8Array
}

/** The position of a chunk: `records` consecutive records of a text source, or row groups of a Parquet source. */
export interface ChunkSpan {
  readonly start: number
  readonly end: number
  /** Number of the first record, from 1. */
  readonly first: number
  /** Physical line of the first record, from 1 (0 for Parquet). */
  readonly line: number
  /** The number of records in the chunk, including bad ones. */
  readonly records: number
}

/** From the lines of a text that was rewritten to the rows they come from: `lines[n]` is `rows[n]`, and what follows is counted on. */
export interface LineMap {
  readonly lines: readonly number[]
  readonly rows: readonly number[]
}

export interface Inspection {
  readonly uri: string
  readonly bytes: number
  /** Changes when the source's content changes: see the fingerprint of a `ByteSource`. */
  readonly fingerprint: string
  /** The name of its format. */
  readonly format: string
  readonly layout: PhysicalLayout
  readonly encoding: Encoding
  /** What it is packed in, outermost first, joined by `+`; `none`. */
  readonly compression: string
  /** The member or the sheet that was read, where a file holds several. */
  readonly part?: string
  /** Where the lines of the text as read stand in the file, where that is not line by line. */
  readonly rows?: LineMap
  /** How the text as read is written; null for what is not delimited. */
  readonly dialect: Dialect | null
  /**
   * What delimits the fields in the source, where the text as read was written anew; null if nothing does, as in a workbook or in columns of
   * fixed width. Absent: `dialect` says it.
   */
  readonly source_delimiter?: string | null
  /**
   * The key of the text as read in the run's store, if it differs from the source's own bytes (decompressed, decoded, one JSON value per
   * line).
   */
  readonly staged: string | null
  /** Bytes of the text as read. */
  readonly text_bytes: number
  /** How the lines of the text as read end, outside quotes. */
  readonly new_line: NewLine
  /** Column names as in the source (column_1, column_2 … without a header). */
  readonly columns: readonly string[]
  /** The number of records in the source, including bad ones: the independent count that the ledger must match. */
  readonly records: number
  readonly bad: readonly BadRecord[]
  /** Byte ranges between the records that are not records: comment lines. */
  readonly cuts: readonly ByteRange[]
  readonly chunks: readonly ChunkSpan[]
  /** The longest record in bytes: what the parser must allow for. */
  readonly longest_record: number
  /** Whether the parser can read the whole text unchanged. */
  readonly direct: boolean
  /** Whether the parser reads this text correctly only in one piece: see docs/reader.md. */
  readonly one_piece: boolean
  /** Notes for the report, one sentence each: a guess, the encoding, skipped lines. */
  readonly notes: readonly string[]
  /** The notes that require a decision. */
  readonly doubts?: readonly string[]
}

/**
 * What delimits the fields in the source itself: null if nothing does though the text as read is delimited, undefined for what is read
 * otherwise, such as JSON.
 */
export function delimiterOf({ dialect, source_delimiter }: Pick<Inspection, 'dialect' | 'source_delimiter'>): string | null | undefined {
  return source_delimiter === undefined ? dialect?.delimiter : source_delimiter
}
