/**
 * The contract of a connector: a kind of place data comes from and goes to. What it is (its spec, imported by everyone, free of
 * I/O) tells by the scheme of an address that it is meant; what it does is loaded when an address of it is used.
 */
import type { ByteSource } from '#io/bytes/source.ts'
import type { Manifest, NewFile } from '#io/publish/manifest.ts'

export interface ConnectorKind {
  /** What its addresses start with, before `://`. */
  readonly scheme: string
  /** One sentence. */
  readonly summary: string
  /** The forms its addresses may have, each with what it means. */
  readonly forms: { readonly [form: string]: string }
  /** How OpenLineage names what is at an address: https://openlineage.io/docs/spec/naming */
  dataset(uri: string, folder: BaseFolder): { readonly namespace: string; readonly name: string }
  /** What can be done at its addresses; those that are relative are relative to the folder. */
  load(folder: BaseFolder): Promise<Connector>
}

/** The folder of a run: what relative addresses are relative to, as a whole path; undefined where there is none, as on AWS. */
export type BaseFolder = string | undefined

export interface ListedFile {
  readonly uri: string
  readonly bytes: number
  /** Another once the file is written again: the ETag of an object, the time a file was changed. */
  readonly version: string
  /** What the address leads to, when it is a link to something with an address of its own. */
  readonly target?: string
}

export interface Connector {
  /**
   * The files a pattern names, in the order of their addresses: one file, everything below a folder (but for what starts with a dot or
   * an underscore), or what matches. Data.NoSources, with what there is instead, when nothing does.
   */
  list(pattern: string): Promise<readonly ListedFile[]>
  /** One file to read. Data.NoSources when it is not there, Data.Unreadable when it may not be read; its reads fail with Data.SourceChanged. */
  open(uri: string): Promise<ByteSource>
  /**
   * Names of the files below a place, not in folders of it, that the pipeline has published there or was publishing when it was
   * killed. What is no manifest of ours, or may not be read, says nothing.
   */
  published(target: string, pipeline: string): Promise<ReadonlySet<string>>
  /** Output.* unless the place can be written to and is absent, empty, or holds only what the pipeline published before. */
  check(target: string, pipeline: string): Promise<void>
  /**
   * Makes the files the output of the place: whoever reads by `_manifest.json` sees the old output or the new one, whole, whenever
   * this is cut off. Called again after that it finishes. What the pipeline published before is removed.
   */
  publish(target: string, files: readonly NewFile[], manifest: Manifest, run: string): Promise<void>
}
