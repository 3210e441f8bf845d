/** The manifest of an output: what its files are. The same data and definition give the same bytes, wherever they are published. */
import { TaskError } from '#core/errors/errors.ts'
import type { LocalFile } from '#io/store/store.ts'
import type { Column } from '#relational/types/types.ts'

export const MANIFEST = '_manifest.json'

/** No time and no run id, so that the same data and definition publish the same bytes. */
export interface Manifest {
  readonly siftstep: 1
  readonly pipeline: string
  readonly format: string
  readonly rows: number
  readonly bytes: number
  readonly columns: readonly Column[]
  readonly files: readonly ManifestFile[]
}

export interface ManifestFile {
  /** Made of its place among the files and its content. */
  readonly name: string
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
}

/** A file that is to be published. */
export interface NewFile extends ManifestFile {
  /** An address the file can be copied from without coming through here; null when it has none. */
  readonly uri: string | null
  /** The file on this machine, which may be taken away from there. Data.MissingObject when an earlier attempt has done so. */
  open(): Promise<LocalFile>
}

export const manifestText = (manifest: Manifest) => `${JSON.stringify(manifest, null, 2)}\n`

/** Output.Conflict when it is not ours. */
export function parseManifest(text: string, place: string): Manifest {
  try {
    const manifest = JSON.parse(text) as Manifest
    if (manifest.siftstep === 1 && Array.isArray(manifest.files) && manifest.files.every(({ name }) => isFileName(name))) return manifest
  } catch {
    // not ours, or damaged: told below
  }
  throw conflict(place, `its ${MANIFEST} was not written by siftstep`)
}

/** A name of a file in the place itself. A manifest that names more was not written here, and what it names is not ours to remove. */
export const isFileName = (name: unknown): name is string => typeof name === 'string' && /^[^./\\\0][^/\\\0]*$/.test(name)

export const conflict = (place: string, why: string) =>
  new TaskError('Output.Conflict', `cannot publish to ${place}: ${why}`, {
    hint: 'choose another place, or move what is in this one; nothing in it was touched',
  })

export const otherPipeline = (place: string, { pipeline }: Manifest) => conflict(place, `the pipeline ${pipeline} published there`)

/** What is in the way. */
export function foreignFiles(place: string, names: readonly string[]): TaskError {
  return conflict(place, `it holds files this pipeline did not write: ${preview(names)}`)
}

function preview(names: readonly string[]): string {
  const shown = [...names].sort().slice(0, 5).join(', ')
  return `${shown}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`
}
