/** A readable source of bytes: a file, an object in a bucket, memory. */
export interface ByteSource {
  readonly size: number
  /** Changes when the content changes. */
  readonly fingerprint: string
  /** A path where native code can read the same bytes, if there is one. */
  readonly path?: string
  /**
   * Throws Data.SourceChanged if the content has changed: for bytes that native code reads by the path. Reads of the source check by
   * themselves.
   */
  assertUnchanged?(): Promise<void>
  /** The bytes from `offset`: `length` of them, fewer only at the end. */
  read(offset: number, length: number): Promise<Uint8Array>
  /** Reads into a buffer and returns the number of bytes. Without it `read` is used. */
  readInto?(target: Uint8Array, offset: number): Promise<number>
  /**
   * The same bytes for a reader that goes sequentially from `start` to `end`: the next bytes are fetched while the last are processed. A
   * local source does not need it.
   */
  ahead?(start: number, end: number): ByteSource
}
