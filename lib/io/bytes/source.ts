/** Where bytes are read from: a file, an object of a bucket, memory. */
export interface ByteSource {
  readonly size: number
  /** Changes when the content changes. */
  readonly fingerprint: string
  /** Where native code can read the same bytes, when there is such a place. */
  readonly path?: string
  /** Data.SourceChanged when the content is another by now: for what native code has read by the path. Reads of the source find out alone. */
  assertUnchanged?(): Promise<void>
  /** The bytes from `offset` on: `length` of them, fewer only at the end. */
  read(offset: number, length: number): Promise<Uint8Array>
  /** The same into memory that is already there; says how many bytes it wrote. Without it `read` is used. */
  readInto?(target: Uint8Array, offset: number): Promise<number>
  /**
   * The same bytes for a reader that goes from `start` to `end`, one read after another: what comes next is fetched while the
   * last is worked on. A source that is near has no need of it.
   */
  ahead?(start: number, end: number): ByteSource
}
