/**
 * What the reader knows of one source: facts found once, before any chunk is read, that then travel in the plan.
 * Everything here is plain JSON.
 */
import type { Json } from '#core/json.ts'
import type { PhysicalLayout } from './layouts.ts'

export type { ByteSource } from '#io/bytes/source.ts'

/** How the text of a delimited source is written. All characters are single bytes of ASCII. */
export interface Dialect {
  readonly delimiter: string
  /** The quote character, or '' when the source quotes nothing. */
  readonly quote: string
  /** The character that escapes a quote inside quotes: the quote itself (doubling) or a backslash. */
  readonly escape: string
  readonly header: boolean
  /** Physical lines before the header (or before the first record): titles, blank lines. */
  readonly skip_lines: number
  /** A line starting with this is no record; '' when there are no comments. */
  readonly comment: string
}

/** How a source is to be read, where a person knows better than detection. */
export interface ReadSettings {
  /** The name of a format. */
  readonly format?: string
  readonly delimiter?: string
  readonly quote?: string
  readonly escape?: string
  readonly header?: boolean
  readonly skip_lines?: number
  readonly comment?: string
  readonly encoding?: Encoding
  /** Those that only one format or compression has. */
  readonly [option: string]: Json | undefined
}

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'latin-1' | 'macintosh'

export type NewLine = '\n' | '\r\n' | '\r'

/** `end` is the offset behind the last byte. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** A record that stands in the source but cannot be read as a row. */
export interface BadRecord {
  /** Number of the record in its source, from 1, counting good and bad records alike, header not counted. */
  readonly record: number
  /** Physical line or row the record starts on in the file, from 1. */
  readonly line: number
  /** Byte range in the text as read (see `Inspection.staged`). */
  readonly start: number
  readonly end: number
  readonly reason: string
}

/** Records drawn from a source: those whose hash is below the threshold, so that the sample is a function of the content only. */
export interface Sample {
  /** Between 0 and 2^32: the share drawn, times 2^32. */
  readonly threshold: number
  /** Numbers of the records drawn, ascending. */
  readonly numbers: readonly number[]
  /** Where each ends in the text, its newline included. */
  readonly ends: readonly number[]
  /** Their text, each with its newline. */
  readonly text: Uint8Array
}

/** Where a chunk lies: `records` consecutive records of a text source, or row groups of a Parquet source. */
export interface ChunkSpan {
  readonly start: number
  readonly end: number
  /** Number of the first record, from 1. */
  readonly first: number
  /** Physical line of the first record, from 1 (0 for Parquet). */
  readonly line: number
  /** Records in the chunk, bad ones counted. */
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
  readonly dialect: Dialect | null
  /** Key of the text as read, in the run's store, when it differs from the source's own bytes (decompressed, decoded, one JSON value a line). */
  readonly staged: string | null
  /** Bytes of the text as read. */
  readonly text_bytes: number
  /** How the lines of the text as read end, outside quotes. */
  readonly new_line: NewLine
  /** Column names as they stand in the source (a headerless source has column_1, column_2 …). */
  readonly columns: readonly string[]
  /** Records in the source, bad ones counted: the independent count the ledger must agree with. */
  readonly records: number
  readonly bad: readonly BadRecord[]
  /** Byte ranges between the records that are no records: lines of comment. */
  readonly cuts: readonly ByteRange[]
  readonly chunks: readonly ChunkSpan[]
  /** Longest record in bytes: what the parser must be prepared for. */
  readonly longest_record: number
  /** Whether the parser can be given the whole text as it stands. */
  readonly direct: boolean
  /** Whether the parser reads this text rightly only when it gets it in one piece: see docs/reader.md. */
  readonly one_piece: boolean
  /** Things worth telling a person, one sentence each: a guess made, a choice of encoding, lines skipped. */
  readonly notes: readonly string[]
  /** Those of the notes that call for a decision. */
  readonly doubts?: readonly string[]
}
