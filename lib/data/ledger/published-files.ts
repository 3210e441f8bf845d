/** The files that a run has published so far, from what its exports recorded. */
import { fileIn } from '#io/publish/manifest.ts'
import { folderOf, namesSource } from '#io/publish/file-addresses.ts'
import type { RunArtifacts } from './artifacts.ts'

export interface PublishedFile {
  /** The export step. */
  readonly step: string
  readonly uri: string
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
}

/** A table is no file. Files that earlier runs appended to a folder are not of this run. */
export function publishedFiles({ segments }: Pick<RunArtifacts, 'segments'>): readonly PublishedFile[] {
  return segments.flatMap(({ file: { output } }) => {
    if (output === null) return []
    const { step, to, manifest } = output
    const own = manifest.files.filter(({ appended_by }) => appended_by === undefined || appended_by.endsWith(`/${step}`))
    return own.map(({ name, rows, bytes, sha256 }) => ({ step, uri: addressOf(to, name), rows, bytes, sha256 }))
  })
}

/** An export writes to a folder, or to a file of its own name; several such files are beside each other. */
function addressOf(to: string, name: string): string {
  const isFile = to === name || to.endsWith(`/${name}`) || namesSource(to)
  return isFile ? `${folderOf(to)}${name}` : fileIn(to, name)
}
