/**
 * The contract of a format: a way data is written in a file. What it is (free of I/O, imported by everyone) says by the content of a file
 * that it is meant and how it is read; what rewrites it is loaded when a file of it is read.
 */
import type * as z from 'zod'
import type { ByteSink } from '#io/bytes/file.ts'
import type { PhysicalLayout } from '../source.ts'
import type { ByteSource, LineMap, ReadSettings } from '../source.ts'

/** What is known of a file before it is read through: its first and last bytes, and, of a text, the first bytes as text. */
export interface Beginning {
  readonly head: Uint8Array
  readonly tail: Uint8Array
  /** Empty while the encoding is not known. */
  readonly text: string
  /** Its address in lower case, without the extension of a compression. */
  readonly name: string
}

export interface FormatKind {
  /** What `format:` in a source calls it. */
  readonly name: string
  /** One sentence. */
  readonly summary: string
  /** Extensions its files usually have. They decide only where the content leaves it open. */
  readonly extensions: readonly string[]
  /** Its settings in a source, each optional and described. */
  readonly options: z.ZodObject
  /** Text is decoded to UTF-8 before it is detected and read; bytes are taken as they are. */
  readonly content: 'text' | 'bytes'
  /** How it lies when the engine reads it: as it stands in the file, or as `load` rewrites it. */
  readonly layout: PhysicalLayout
  /** By the content, the name only where that leaves it open. A format that is always undefined is read only where a setting names it. */
  detect(start: Beginning): Likeness | undefined
  /** Rewrites the file to its layout; absent where it lies so already. */
  load?(): Promise<Rewrite>
  /** Records without reading it through; absent where counting the lines of its beginning does. */
  estimate?(source: ByteSource, uri: string): Promise<Estimate>
}

/** The best of all formats is taken: by the content alone, by content and name, or because nothing speaks against it. */
export type Likeness = 'certain' | 'likely' | 'possible'

export interface Estimate {
  readonly records: number
  /** How the records were counted. */
  readonly by: 'footer' | 'beginning' | 'guess'
}

/** Memory stays bounded: `write` as it reads. Data.Unreadable, Data.UnsupportedFormat or Definition.InvalidSetting when it cannot. */
export type Rewrite = (from: ByteSource, to: ByteSink, request: RewriteRequest) => Promise<Rewritten>

export interface RewriteRequest {
  readonly uri: string
  readonly settings: ReadSettings
  /** Bytes of the mark a text begins with. */
  readonly bom: number
}

export interface Rewritten {
  /** Guesses and choices a person should know, a sentence each. */
  readonly notes: readonly string[]
  /** Those that call for a decision. */
  readonly doubts: readonly string[]
  /** How the delimited text that was written is to be read; the settings of the source when absent. */
  readonly read?: ReadSettings
  /** The part of the file that was read, such as a sheet. */
  readonly part?: string
  /** Where its lines stand in the file, where that is not line by line. */
  readonly rows?: LineMap
}

/** Of a record, where nothing better is known: a row of a dozen columns. */
const USUAL_RECORD_BYTES = 150

export const guessedRecords = (bytes: number) => Math.ceil(bytes / USUAL_RECORD_BYTES)
