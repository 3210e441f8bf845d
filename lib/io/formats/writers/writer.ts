/** The contract of a writer: how rows become files of a format. Free of I/O, imported by everyone; what counts a file is loaded when one was written. */

export interface WriterKind {
  /** What `format:` of an export calls it. */
  readonly name: string
  /** One sentence. */
  readonly summary: string
  /** Compressions of its files, by the names the engine has for them; the first is the default. */
  readonly compressions: readonly [string, ...string[]]
  /** The extension of its files, by which readers recognise them. */
  extension(compression: string): string
  /** Other names of its extension. */
  readonly aliases?: readonly string[]
  /** The options of the engine's COPY. */
  copyOptions(compression: string): string
  /** The rows of a table with one column as they are written; absent if they need no change. */
  singleColumn?(rows: string): string
  /** Whether its files hold types and missing values as they are, so that rows which are read back and written again stay the same. */
  readonly exact?: true
  /** Whether a file says how many cells of each of its columns are missing. */
  readonly countsMissing: boolean
  /** A relation over a file that was just written, of some of its columns as text. With small buffers: they take memory whatever the file holds. */
  relation(path: string, compression: string, columns: readonly string[]): string
  load(): Promise<CountFile>
}

/** Counts a file from its own bytes, without the engine that wrote it and in little memory; null where that takes the engine, by its relation. */
export type CountFile = (path: string, compression: string) => Promise<Written | null>

export interface Written {
  readonly rows: number
  /** Missing cells of each column; null where the format has no way to say so. */
  readonly missing: readonly number[] | null
}
