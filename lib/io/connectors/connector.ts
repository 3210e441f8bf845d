/**
 * The contract of a connector: a kind of location that data comes from and goes to. Its spec (imported by everyone, free of I/O) says which
 * addresses it serves and what a deployment must allow; its behaviour is loaded when such an address is used.
 */
import type * as z from 'zod'
import type { ByteSource } from '#io/bytes/source.ts'
import type { NewFile } from '#io/publish/manifest.ts'
import type { Target, TargetKind } from './target.ts'
import type { TableSink } from './table-sink.ts'
import type { Options } from './options.ts'

export type { Options }

export interface ConnectorKind {
  /** The scheme of its addresses, before `://`. */
  readonly scheme: string
  /** Other schemes that mean the same. */
  readonly aliases?: readonly string[]
  /** One sentence. */
  readonly summary: string
  /** The forms of its addresses and their meaning. */
  readonly forms: { readonly [form: string]: string }
  /** The OpenLineage name of what is at an address: https://openlineage.io/docs/spec/naming */
  dataset(uri: string, folder: BaseFolder): { readonly namespace: string; readonly name: string }
  /** What a deployment must allow for an address: the only origin of permissions. Empty for what no permission governs. */
  access(uri: string, use: Use): readonly Access[]
  /** Why a deployment cannot use its addresses; absent: it can. */
  readonly local?: string
  /** What is wrong with an address that an author wrote, as far as its text shows; absent: nothing can be. */
  problem?(uri: string): AddressProblem | undefined
  /** What can be published there; absent: nothing can. */
  readonly target?: TargetKind
  /** For what is reached by more than an address: how a connection is declared, and what of it is read or written. */
  readonly connection?: ConnectionKind
  /** What can be done at its addresses; those that are relative are relative to the folder. */
  load(folder: BaseFolder): Promise<Connector>
}

/** The base folder of a run for relative addresses, as an absolute path; undefined if there is none, such as on AWS. */
export type BaseFolder = string | undefined

export type Use = 'read' | 'write'

/** All objects of `bucket` whose key starts with `prefix`. */
export interface Access {
  readonly service: 's3'
  readonly bucket: string
  readonly prefix: string
}

export interface AddressProblem {
  readonly what: string
  readonly hint: string
  /** Whether it holds a secret, which would be visible. */
  readonly secret: boolean
}

/** A named connection of a definition: `connections: {warehouse: {type: sqlite, path: data/warehouse.db}}`. */
export interface ConnectionKind {
  /** The settings beside `type`. */
  readonly settings: z.ZodObject
  /** Those of the settings that are secrets, `${secret.NAME}`. */
  readonly secrets: readonly string[]
  /** What a source at the connection says beside its name, such as `table`. */
  readonly source: z.ZodObject
  /** What a target at the connection says beside its name. */
  readonly target: z.ZodObject
  /** Those of the settings of a source that say how its data is read, as for a file (default: none). */
  readonly reading?: readonly string[]
  /** The address of a source or target, from the settings of the connection and what is said beside its name. */
  address(connection: Options, at: Options): string
  /**
   * The settings of a connection, and what is said beside its name, from an address that may hold a user and a password. Throws
   * Definition.InvalidSetting; its message does not show the password. Absent: an address names no server.
   */
  fromAddress?(uri: string): { readonly connection: Options; readonly at: Options }
}

export interface ListedFile {
  readonly uri: string
  readonly bytes: number
  /** Changes when the file is rewritten: the ETag of an object; the times of a file, of which one cannot be set back. */
  readonly version: string
  /** The target of a link, if it has an address. */
  readonly target?: string
}

/** What a look at a source found. */
export interface Seen {
  /** In words: `3 files`, `a table of 5 columns`. */
  readonly found: string
  /** How many bytes there are, where that is known without reading. */
  readonly bytes?: number
}

interface Looks {
  /**
   * Looks whether a source is there and may be read, before any work: by a request or two, within seconds, with as little of its data as it
   * can. Throws as reading it would. Absent: only reading shows it.
   */
  look?(uri: string, options: Options): Promise<Seen>
}

/** What sources are at a location: files, read as bytes; tables, read as rows; or downloads, files that are fetched whole and once. */
export type Connector = FileConnector | TableConnector | DownloadConnector

export interface FileConnector extends Looks {
  readonly holds: 'files'
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
   * Names of the files in a folder, not in folders of it, that the pipeline has published there or was publishing when it was
   * killed. What is no manifest of ours, or may not be read, says nothing.
   */
  published(folder: string, pipeline: string): Promise<ReadonlySet<string>>
  /** Folders as targets. */
  readonly target: Target
  /** Output.* unless a file can be written at its own address. */
  checkFile(uri: string): Promise<void>
  /** Writes one file at its own address, in one step: whoever looks sees the file before or this one. */
  writeFile(uri: string, file: NewFile): Promise<void>
  /** Removes one file; one that is gone already counts as removed. */
  remove(uri: string): Promise<void>
}

export interface TableConnector extends Looks {
  readonly holds: 'tables'
  /** The parts of a table that can be read apart, in order. Data.NoSources, with what there is instead, when there is no such table. */
  partitions(uri: string, options: Options): Promise<readonly Partition[]>
  /**
   * Reads one part into the run's store, once, as one consistent snapshot: everything later reads the copy. Reads only. Each value goes
   * to the sink as it is, or the column becomes text with a note that says so.
   */
  extract(uri: string, to: TableSink, options: Options): Promise<Extracted>
  /** Absent when tables can only be read. */
  readonly target?: Target
}

/** What of a file is known before it is fetched: 0 bytes where the server does not say. */
export type ListedDownload = Pick<ListedFile, 'uri' | 'bytes'> & Partial<Pick<ListedFile, 'version'>>

export interface DownloadConnector extends Looks {
  readonly holds: 'downloads'
  /** What is at an address. Data.NoSources when there is nothing. */
  list(uri: string, options: Options): Promise<readonly ListedDownload[]>
  /**
   * Fetches the file to a path, once: everything later reads that copy. It is whole, or this fails; a file that is there already is
   * replaced.
   */
  download(uri: string, path: string, options: Options): Promise<Downloaded>
  /** Nothing is published there. */
  readonly target?: undefined
}

export interface Downloaded {
  /** Things worth knowing about the transfer, one sentence each. */
  readonly notes: readonly string[]
  /** Those of the notes that need a decision. */
  readonly doubts: readonly string[]
  /** How it must be read, where that is known (default: it is detected). */
  readonly read?: Options
}

export interface Partition {
  /** Its whole address, which needs no folder. */
  readonly uri: string
  /** About how many bytes it has: what the number of workers is chosen from. */
  readonly bytes: number
  readonly rows: number
}

export interface Extracted {
  readonly rows: number
  /** Things worth knowing about the values, one sentence each. */
  readonly notes: readonly string[]
  /** Those of the notes that need a decision. */
  readonly doubts: readonly string[]
}
