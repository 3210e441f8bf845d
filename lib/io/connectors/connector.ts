/**
 * The contract of a connector: a kind of location that data is read from and published to. The spec describes it, is imported everywhere
 * and does no I/O; the scheme of an address selects the connector. The behaviour is loaded when one of its addresses is used.
 */
import type { ByteSource } from '#io/bytes/source.ts'
import type { Manifest, NewFile } from '#io/publish/manifest.ts'

export interface ConnectorKind {
  /** The scheme of its addresses, before `://`. */
  readonly scheme: string
  /** One sentence. */
  readonly summary: string
  /** The forms of its addresses and their meaning. */
  readonly forms: { readonly [form: string]: string }
  /** The OpenLineage name of what is at an address: https://openlineage.io/docs/spec/naming */
  dataset(uri: string, folder: BaseFolder): { readonly namespace: string; readonly name: string }
  /** Loads the operations; relative addresses are relative to the folder. */
  load(folder: BaseFolder): Promise<Connector>
}

/** The base folder of a run for relative addresses, as an absolute path; undefined if there is none, such as on AWS. */
export type BaseFolder = string | undefined

export interface ListedFile {
  readonly uri: string
  readonly bytes: number
  /** Changes when the file is rewritten: the ETag of an object, the change time of a file. */
  readonly version: string
  /** The target of a link, if it has an address. */
  readonly target?: string
}

export interface Connector {
  /**
   * The files that match a pattern, in the order of their addresses: one file, everything below a folder (except names that begin with a
   * dot or an underscore), or the matches of a glob. Throws Data.NoSources, with what is there instead, if nothing matches.
   */
  list(pattern: string): Promise<readonly ListedFile[]>
  /**
   * Opens a file for reading. Throws Data.NoSources if it does not exist, Data.Unreadable if it cannot be read; its reads throw
   * Data.SourceChanged.
   */
  open(uri: string): Promise<ByteSource>
  /**
   * Names of the files directly in a location that the pipeline has published there, or was publishing when it was killed. A manifest that
   * siftstep did not write or that cannot be read is ignored.
   */
  published(target: string, pipeline: string): Promise<ReadonlySet<string>>
  /** Throws Output.* unless the location is writable and is absent, empty, or holds only what the pipeline published before. */
  check(target: string, pipeline: string): Promise<void>
  /**
   * Publishes the files to the location. A reader of `_manifest.json` sees either the whole old output or the whole new one, even if
   * publishing is interrupted. Calling it again finishes the work. What the pipeline published before is removed.
   */
  publish(target: string, files: readonly NewFile[], manifest: Manifest, run: string): Promise<void>
}
