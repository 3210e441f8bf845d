/** Finds sources by a list of patterns, on any connector. */
import { basename, dirname, sep } from 'node:path'
import { inParallel } from '#core/task/in-parallel.ts'
import { isHiveFolder } from '#io/publish/hive.ts'
import type { BaseFolder, Connector, ListedFile, Options } from './connector.ts'
import { connectorOf } from './index.ts'

export interface SourceFile extends Pick<ListedFile, 'uri' | 'bytes'> {
  /** Changes when the file is written again; absent for a table. */
  readonly version?: string
  /** The shortest end of the address that is unique among the files. */
  readonly name: string
}

export interface SourceFiles {
  readonly files: readonly SourceFile[]
  /** What was skipped and why, one sentence each. */
  readonly skipped: readonly string[]
}

/**
 * The files the patterns name, in the order of the list, each pattern's files in the order of their addresses, none twice: of a file and
 * a link to it the file is read, of two links to one file the first. `options` are what is said of a table beside its address.
 */
export async function findFiles(patterns: readonly string[], folder: BaseFolder, options: Options = {}): Promise<SourceFiles> {
  const listed = new Map<string, Listed>()
  for (const pattern of patterns) {
    const connector = await connectorOf(pattern, folder)
    for (const file of await listAt(connector, pattern, options)) if (!listed.has(file.uri)) listed.set(file.uri, file)
  }
  const chosen = new Map<string, string>()
  for (const { uri, target = uri } of listed.values()) if (!chosen.has(target) || uri === target) chosen.set(target, uri)
  const isChosen = ({ uri, target = uri }: Listed) => chosen.get(target) === uri
  const found = [...listed.values()].filter(isChosen)
  const names = shortNames(found.map(({ uri }) => uri))
  return {
    files: found.map(({ uri, bytes, version }, at) => ({
      uri,
      name: names[at] ?? uri,
      bytes,
      ...(version === undefined ? {} : { version }),
    })),
    skipped: [...listed.values()]
      .filter((file) => !isChosen(file))
      .map(({ uri, target = uri }) => `${uri} is a link to ${chosen.get(target)}, which is read already`),
  }
}

/**
 * Separates the files the pipeline itself has published, and returns their folders: a pipeline whose output is among its sources
 * must not read yesterday's output as today's data.
 */
export async function withoutOwnOutput<File extends { readonly uri: string }>(
  files: readonly File[],
  pipeline: string,
): Promise<{ readonly files: readonly File[]; readonly own: readonly string[] }> {
  const folders = [...new Set(files.flatMap(({ uri }) => foldersOf(uri)))]
  const published = new Map<string, ReadonlySet<string>>()
  await inParallel(folders, 16, async (folder) => {
    const connector = await connectorOf(folder)
    if (connector.holds === 'files') published.set(folder, await connector.published(folder, pipeline))
  })
  /** The folder the pipeline published it to; undefined where it is of others. */
  const ownFolder = ({ uri }: File) => foldersOf(uri).find((folder) => published.get(folder)?.has(nameIn(folder, uri)))
  const own = new Set(files.flatMap((file) => ownFolder(file) ?? []))
  return { files: files.filter((file) => ownFolder(file) === undefined), own: folders.filter((folder) => own.has(folder)) }
}

/** Folders whose manifest can name the file: its own, and those around the folders of its partition. */
function foldersOf(uri: string): readonly string[] {
  const folders = [dirname(uri)]
  for (let folder = dirname(uri); isHiveFolder(basename(folder)); folder = dirname(folder)) folders.push(dirname(folder))
  return folders
}

const nameIn = (folder: string, uri: string) =>
  uri
    .slice(folder.length)
    .replace(/^[\\/]/, '')
    .replaceAll(sep, '/')

type Listed = Pick<ListedFile, 'uri' | 'bytes' | 'target'> & Partial<Pick<ListedFile, 'version'>>

const listAt = (connector: Connector, pattern: string, options: Options): Promise<readonly Listed[]> =>
  connector.holds === 'tables' ? connector.partitions(pattern, options) : connector.list(pattern, options)

const SEPARATOR = sep === '/' ? '/' : /[\\/]/

/** The last part of each address, or as many parts as it takes to be unique. */
function shortNames(uris: readonly string[]): string[] {
  const names = new Map<string, string>()
  const parts = uris.map((uri) => uri.split(SEPARATOR))
  for (let count = 1, left = parts; left.length > 0; count++) {
    const tails = left.map((own) => own.slice(-count).join('/'))
    const often = new Map<string, number>()
    for (const tail of tails) often.set(tail, (often.get(tail) ?? 0) + 1)
    const clashing: string[][] = []
    for (const [at, own] of left.entries()) {
      const tail = tails[at] ?? ''
      if (often.get(tail) === 1 || count >= own.length) names.set(own.join('/'), tail)
      else clashing.push(own)
    }
    left = clashing
  }
  return parts.map((own) => names.get(own.join('/')) ?? own.join('/'))
}
