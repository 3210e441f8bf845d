/** The manifest of an output: the list of its files. The same data and definition give the same bytes everywhere. */
import { preview } from '#core/text/preview.ts'
import { TaskError } from '#core/errors/errors.ts'
import type { LocalFile } from '#io/store/store.ts'
import type { Column } from '#relational/types/types.ts'

export const MANIFEST = '_manifest.json'

/** Contains no time and no run id, so that the same data and definition publish the same bytes. */
export interface Manifest {
  readonly siftstep: 1
  readonly pipeline: string
  readonly format: string
  readonly rows: number
  readonly bytes: number
  /** Columns of the files. */
  readonly columns: readonly Column[]
  /** Columns whose values are in the names of the folders; absent where the files lie in the location itself. */
  readonly partition_by?: readonly Column[]
  readonly files: readonly ManifestFile[]
}

export interface ManifestFile {
  /** Derived from its position among the files and its content; behind the folders of its partition, if any. */
  readonly name: string
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
}

/** A file to publish. */
export interface NewFile extends ManifestFile {
  /** An address from which the file can be copied directly; null if there is none. */
  readonly uri: string | null
  /** The file on this machine, which may be moved away. Throws Data.MissingObject if an earlier attempt has done so. */
  open(): Promise<LocalFile>
}

export const manifestText = (manifest: Manifest) => `${JSON.stringify(manifest, null, 2)}\n`

/** Throws Output.Conflict for a manifest that siftstep did not write. */
export function parseManifest(text: string, location: string): Manifest {
  try {
    const manifest = JSON.parse(text) as Manifest
    if (manifest.siftstep === 1 && Array.isArray(manifest.files) && manifest.files.every(({ name }) => isFileName(name))) return manifest
  } catch {
    // not ours, or damaged: reported below
  }
  throw conflict(location, `its ${MANIFEST} was not written by siftstep`)
}

/**
 * The name of a file in the location itself, or in folders of partitions (`region=East/`). A manifest with other names was not written by
 * siftstep, and its files are not ours to remove.
 */
export const isFileName = (name: unknown): name is string =>
  typeof name === 'string' && /^([^./\\\0=][^/\\\0=]*=[^/\\\0]+\/)*[^./\\\0][^/\\\0]*$/.test(name)

export const conflict = (location: string, why: string) =>
  new TaskError('Output.Conflict', `cannot publish to ${location}: ${why}`, {
    hint: 'choose another location, or move the files in this one; nothing in it was changed',
  })

export const otherPipeline = (location: string, { pipeline }: Manifest) => conflict(location, `the pipeline ${pipeline} published there`)

/** The error for files that are in the way. */
export function foreignFiles(location: string, names: readonly string[]): TaskError {
  return conflict(location, `it contains files this pipeline did not write: ${preview([...names].sort(), 5)}`)
}
