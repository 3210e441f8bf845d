/** The contract of a compression: what a file is packed in, found by its first bytes, never by its name. */
import type * as z from 'zod'
import type { ByteSink } from '#io/bytes/file.ts'
import type { ByteSource, ReadSettings } from '../source.ts'

export interface CompressionKind {
  /** Its name in the table of signatures. */
  readonly name: string
  /** One sentence. */
  readonly summary: string
  readonly extensions: readonly string[]
  /** Its settings in a source, each optional and described. */
  readonly options: z.ZodObject
  /** Loads what unpacks it. */
  load(): Promise<Unpack>
}

/** Checks what the format lets it check. Data.Unreadable, naming the place, for what is cut off or damaged. Memory stays bounded. */
export type Unpack = (from: ByteSource, to: ByteSink, request: UnpackRequest) => Promise<Unpacked>

export interface UnpackRequest {
  readonly uri: string
  readonly settings: ReadSettings
}

export interface Unpacked {
  readonly notes: readonly string[]
  /** The member that was read. */
  readonly part?: string
}
