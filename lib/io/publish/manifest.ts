/** The manifest of an output: the list of its files. The same data and definition give the same bytes everywhere. */
import { createHash } from 'node:crypto'
import { preview } from '#core/text/preview.ts'
import { TaskError } from '#core/errors/errors.ts'
import type { LocalFile } from '#io/store/store.ts'
import type { Column } from '#relational/types/types.ts'

export const MANIFEST = '_manifest.json'

/** The address of a file in an output folder. */
export const fileIn = (folder: string, name: string) => `${folder.replace(/\/$/, '')}/${name}`

export const MODES = ['replace', 'append', 'merge'] as const
/** replace: what the pipeline published before goes. append: it stays. merge: rows with a key that is there take the place of those rows. */
export type Mode = (typeof MODES)[number]

/** Contains no time, and a run id only where files are appended, so that the same data and definition publish the same bytes. */
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
  /** The last runs that merged rows, the oldest first. */
  readonly merged?: readonly MergeRecord[]
}

/** Runs that a manifest names: a run that is resumed later than after so many others merges again. */
export const MAX_MERGES = 100

/** What a run merged, counted in its own rows. */
export interface MergeRecord {
  /** The run and step. */
  readonly by: string
  /** The hash of the manifest it was merged into; null where there was none. */
  readonly from: string | null
  /** Rows with a new key, rows that changed the row of their key, and rows equal to it. */
  readonly inserted: number
  readonly updated: number
  readonly unchanged: number
  /** The files it wrote. */
  readonly files: readonly string[]
}

export interface ManifestFile {
  /** Derived from its position among the files and its content; behind the folders of its partition, if any. */
  readonly name: string
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
  /** The run and step that added the file to what was there. */
  readonly appended_by?: string
}

/** A file to publish. */
export interface NewFile extends ManifestFile {
  /** An address from which the file can be copied directly; null if there is none. */
  readonly uri: string | null
  /** The file on this machine, which may be moved away. Throws Data.MissingObject if an earlier attempt has done so. */
  open(): Promise<LocalFile>
}

/**
 * What the location lists after a publication. Appended files stand behind those that are there, once for each run and step; without rows
 * there is nothing to append. Output.Conflict where they cannot be read together.
 */
export function manifestAfter(before: Manifest | undefined, added: Manifest, mode: Mode, location: string): Manifest {
  if (mode === 'merge') return mergedAfter(before, added, location)
  if (mode !== 'append' || before === undefined) return added
  const isDone = added.files.some(({ appended_by: by }) => by !== undefined && before.files.some(({ appended_by }) => appended_by === by))
  if (isDone || added.rows === 0) return before
  assertSameTable(before, added, `append to ${location}`)
  const { rows, bytes, files } = before
  return { ...before, rows: rows + added.rows, bytes: bytes + added.bytes, files: [...files, ...added.files] }
}

/** A merge lists all files. It holds for what it was made from, and no run may have published since. */
function mergedAfter(before: Manifest | undefined, after: Manifest, location: string): Manifest {
  const own = after.merged?.at(-1)
  if (before?.merged?.some(({ by }) => by === own?.by) === true) return before
  if ((own?.from ?? null) === (before === undefined ? null : hashOfManifest(before))) return after
  throw new TaskError('Output.Conflict', `cannot merge into ${location}: another run has published there since this run read it`, {
    hint: 'resume the run: it merges into what is there then; let one run of the pipeline work at a time (concurrency: {max_active_runs: 1})',
  })
}

export const hashOfManifest = (manifest: Manifest) => createHash('sha256').update(manifestText(manifest)).digest('hex')

/** Output.Conflict where the rows of two outputs cannot be read together. `doing`: what cannot be done then. */
export function assertSameTable(before: Manifest, added: Manifest, doing: string): void {
  for (const what of ['format', 'columns', 'partition_by'] as const) {
    const [there, here] = [before[what], added[what]].map((value) => shown(value))
    if (there === here) continue
    throw new TaskError('Output.Conflict', `cannot ${doing}: ${what} there: ${there}; in this run: ${here}`, {
      hint: 'publish to another folder, replace the output, or set the types of the columns in `discover`; nothing was changed',
    })
  }
}

/** A file to append. Its name is one of its own for each run and step: the same rows may come twice. */
export function appendedBy<File extends ManifestFile>(file: File, run: string, step: string): File {
  const appended_by = `${run}/${step}`
  const suffix = createHash('sha256').update(appended_by).digest('hex').slice(0, 8)
  const dot = file.name.indexOf('.', file.name.lastIndexOf('/') + 1)
  return { ...file, name: `${file.name.slice(0, dot)}-${suffix}${file.name.slice(dot)}`, appended_by }
}

const shown = (value: string | readonly Column[] = 'none') =>
  typeof value === 'string' ? value : value.map(({ name, type }) => `${name} ${type}`).join(', ')

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
