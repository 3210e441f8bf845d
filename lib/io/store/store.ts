/**
 * The interface through which a run reads and writes its own bytes by key. A key is a `/`-separated path without a leading slash, `..` or
 * empty parts; `workspace.ts` defines every key. A folder, memory and a bucket implement the same interface; one conformance suite runs
 * against each.
 */
import type { ByteSource } from '#io/bytes/source.ts'

export interface Store {
  /** The bytes at `key`, or undefined if the object does not exist. */
  read(key: string): Promise<Uint8Array | undefined>
  /** Replaces the object at `key` atomically: a reader sees the old bytes or the new ones, never a part. */
  write(key: string, bytes: Uint8Array | string): Promise<void>
  /** Writes only if nothing is at `key`, and returns whether it did. Of two concurrent callers exactly one gets true. */
  create(key: string, bytes: Uint8Array | string): Promise<boolean>
  /** Every object whose key starts with `prefix`, in key order. */
  list(prefix: string): Promise<readonly { readonly key: string; readonly bytes: number }[]>
  /** Removes the object; a missing object is not an error. */
  remove(key: string): Promise<void>
  /** Opens the object for reading parts of it. Throws Data.MissingObject. */
  open(key: string): Promise<ByteSource>
  /** An address from which another service can read the object directly; null if there is none. */
  address(key: string): string | null
  /** A path where native code can read the object until `release` is called. Throws Data.MissingObject. */
  openLocal(key: string): Promise<LocalFile>
  /** A path native code may write to; `publish` atomically makes it the object at `key`, `discard` drops it. */
  createLocal(key: string): Promise<LocalDraft>
}

export interface LocalFile {
  readonly path: string
  release(): Promise<void>
}

export interface LocalDraft {
  readonly path: string
  publish(): Promise<void>
  discard(): Promise<void>
}
