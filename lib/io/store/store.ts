/**
 * The only door through which a run's own bytes enter or leave: bytes by key.
 * A key is a `/`-separated path without a leading slash, `..` or empty parts; `workspace.ts` knows every key there is.
 * The same interface is served by a folder, by memory and by a bucket; one conformance suite runs against each.
 */
import type { ByteSource } from '#io/bytes/source.ts'

export interface Store {
  /** The bytes at `key`, or undefined when there is no such object. */
  read(key: string): Promise<Uint8Array | undefined>
  /** Replaces the object at `key` in one step: a reader sees the old bytes or the new ones, never a part. */
  write(key: string, bytes: Uint8Array | string): Promise<void>
  /** Writes only when nothing is at `key`; says whether it did. Two callers at once: exactly one gets true. */
  create(key: string, bytes: Uint8Array | string): Promise<boolean>
  /** Every object whose key starts with `prefix`, in key order. */
  list(prefix: string): Promise<readonly { readonly key: string; readonly bytes: number }[]>
  /** Removes the object; removing what is not there is not an error. */
  remove(key: string): Promise<void>
  /** The object as a source, for reading parts of it. Fails with Data.MissingObject. */
  open(key: string): Promise<ByteSource>
  /** The address by which another service can get the object without its coming through here; null when there is none. */
  address(key: string): string | null
  /** A path at which the object can be read by native code until `release` is called. Fails with Data.MissingObject. */
  openLocal(key: string): Promise<LocalFile>
  /** A path native code may write to; `publish` makes it the object at `key` in one step, `discard` forgets it. */
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
