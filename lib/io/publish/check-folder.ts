/**
 * Checks whether a folder can take the output of a pipeline: it must be absent, empty, or hold only what this pipeline published before.
 * Nothing in it is changed, and no folder that another process could be using is created or removed.
 */
import { randomBytes } from 'node:crypto'
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { TaskError } from '#core/errors/errors.ts'
import { systemError } from '#core/errors/system-error.ts'
import { folderStore } from '#io/store/folder.ts'
import { readLocks } from '#io/workspace/lock.ts'
import { isHiveFolder } from './hive.ts'
import { conflict, foreignFiles, isFileName, MANIFEST, type Manifest, otherPipeline, parseManifest } from './manifest.ts'

export const PUBLISHING = '.siftstep-publishing'
/** Name prefix of the file that is written and removed to test for write permission. */
export const PROBE = '.siftstep-probe'

/** Who is publishing to a folder, and what. */
export interface Publishing {
  readonly pipeline: string
  readonly run: string
  readonly files: readonly string[]
}

/** Throws Output.Conflict unless the folder is absent, empty, or holds only what this pipeline published before. `folder`: its path in messages. */
export async function checkFolder(path: string, pipeline: string, folder = path): Promise<void> {
  const found = await factsOf(path, folder)
  if (found === undefined) {
    await assertNoDeadLink(path, folder)
    return assertPossible(path, folder)
  }
  if (!found.isDirectory()) throw notFolder(folder)
  await assertOurs(path, pipeline, folder)
  await probe(path, folder)
}

/** Output.* unless a file can be written at the path. `file` is its path for messages. */
export async function checkFile(path: string, file = path): Promise<void> {
  if ((await factsOf(path, file))?.isDirectory() === true)
    throw conflict(file, 'it is a folder; write a slash at its end to publish to the folder')
  await assertNoDeadLink(path, file)
  const folder = dirname(path)
  if ((await factsOf(folder, file)) === undefined) return assertPossible(folder, file)
  await probe(folder, file)
}

/** Output.Unwritable when nothing can be written to the folder: with a new name, and only where nothing has it, as a link would lead elsewhere. */
async function probe(path: string, folder: string): Promise<void> {
  const name = join(path, `${PROBE}-${randomBytes(6).toString('hex')}`)
  await writeFile(name, '', { flag: 'wx' }).catch((error: unknown) => {
    throw systemError(error, `writing ${folder}`)
  })
  await rm(name, { force: true })
}

/** Undefined if nothing is there. */
const factsOf = (path: string, folder: string) =>
  stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw systemError(error, `writing ${folder}`)
  })

/**
 * Tests before hours of work whether the folder can be created. Uses an empty folder of our own next to the first missing part: another run
 * may be creating the folder itself at this moment, and then it is not ours to remove.
 */
async function assertPossible(path: string, folder: string): Promise<void> {
  let above = dirname(path)
  while ((await factsOf(above, folder)) === undefined) above = dirname(above)
  const failed = (error: unknown) => {
    throw systemError(error, `writing ${folder}`)
  }
  const own = await mkdtemp(join(above, `${PROBE}-`)).catch(failed)
  const missing = join(own, relative(above, path))
  try {
    await mkdir(missing, { recursive: true }).catch(failed)
  } finally {
    // all of them are empty: never remove recursively
    for (let made = missing; made !== above; made = dirname(made)) await rmdir(made).catch(() => {})
  }
}

/** Throws Output.Unwritable for a broken link: a folder cannot be created in its place. */
async function assertNoDeadLink(path: string, folder: string): Promise<void> {
  const target = await readlink(path).catch(() => undefined)
  if (target === undefined) return
  throw new TaskError('Output.Unwritable', `writing ${folder}: it is a link to ${target}, which does not exist`, {
    hint: 'create the target of the link, or choose another folder',
  })
}

export const notFolder = (folder: string) => conflict(folder, 'it is a file, not a folder')

/**
 * Throws Output.Conflict if the folder holds files that this pipeline did not write. Returns the names of all files that are ours. Another
 * run of the pipeline may publish meanwhile: it records files before it writes them, and removes files before it drops their record. So the
 * files are listed first, and foreign files count only if they still exist at the end.
 */
export async function assertOurs(path: string, pipeline: string, folder = path): Promise<ReadonlySet<string>> {
  const entries = await entriesOf(path, folder)
  const ours = await publishedNames(path, pipeline)
  const manifest = await readManifest(path)
  if (manifest !== undefined && manifest.pipeline !== pipeline) throw otherPipeline(folder, manifest)
  const foreign: string[] = []
  const own = new Map<string, Promise<boolean>>()
  const isOwn = (name: string) => own.get(name) ?? own.set(name, isOwnFolder(join(path, name), pipeline)).get(name)
  for (const { name, isFolder, within } of entries) {
    if (name === MANIFEST || ours.has(name)) continue
    if ((isFolder && (await isOwn(name))) || (within !== null && (await isOwn(within)))) continue
    if ((await lstat(join(path, name)).catch(() => undefined)) !== undefined) foreign.push(name)
  }
  if (foreign.length > 0) throw foreignFiles(folder, foreign)
  return ours
}

interface Entry {
  /** Relative to the location. */
  readonly name: string
  readonly isFolder: boolean
  /** The folder of a partition it is in, directly in the location; null for what is in the location itself. */
  readonly within: string | null
}

/** Everything in the location that is not hidden; in place of the folders of partitions what is in them. */
async function entriesOf(path: string, folder: string, below = '', within: string | null = null): Promise<readonly Entry[]> {
  const found = await readdir(join(path, below), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    // another run of the pipeline removes folders that became empty
    if (error.code === 'ENOENT' && within !== null) return []
    throw systemError(error, `reading ${folder}`)
  })
  const entries: Entry[] = []
  for (const entry of found) {
    if (entry.name.startsWith('.')) continue
    const [name, isFolder] = [`${below}${entry.name}`, entry.isDirectory()]
    if (isFolder && isHiveFolder(entry.name)) entries.push(...(await entriesOf(path, folder, `${name}/`, within ?? entry.name)))
    else entries.push({ name, isFolder, within })
  }
  return entries
}

/** Names of the files a pipeline has published to the folder, is publishing, or was publishing when it was killed. */
export async function publishedNames(folder: string, pipeline: string): Promise<ReadonlySet<string>> {
  // in this order: a lock is released only when the manifest lists the same files
  const locks = await readLocks<Publishing>(folderStore(folder), PUBLISHING)
  const manifest = await readManifest(folder)
  return new Set([
    ...(manifest?.pipeline === pipeline ? manifest.files.map(({ name }) => name) : []),
    ...locks.flatMap(({ about }) => (about.pipeline === pipeline ? (about.files ?? []).filter(isFileName) : [])),
  ])
}

/** The manifest of an output folder; undefined if there is none. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw systemError(error, `reading ${join(folder, MANIFEST)}`)
  })
  return text === undefined ? undefined : parseManifest(text, folder)
}

/** Whether a subfolder is empty, or one that the pipeline also publishes to, such as one for quarantined rows. */
async function isOwnFolder(path: string, pipeline: string): Promise<boolean> {
  try {
    if ((await readdir(path)).every((name) => name.startsWith('.'))) return true
    if ((await publishedNames(path, pipeline)).size > 0) return true
    return (await readManifest(path))?.pipeline === pipeline
  } catch {
    // not readable, so not ours
    return false
  }
}
