/**
 * Publishing to a folder: files appear under names made of their content, then one rename of `_manifest.json` makes them the
 * output; only then the files of the run before are removed. Killed at any moment, the folder holds a whole output, the old one or
 * the new one, as its manifest says. One process publishes to a folder at a time: its lock says which files it is bringing, so that
 * those of one that was killed are known for ours.
 */
import { copyFile, mkdir, readdir, readFile, readlink, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { TaskError } from '../runtime/errors.ts'
import { systemError } from '../runtime/system-error.ts'
import { holderOf, isAlive, readLocks, takeLock, type TakenLock } from '../workspace/lock.ts'
import { folderStore } from '../store/folder.ts'
import { conflict, foreignFiles, MANIFEST, type Manifest, manifestText, type NewFile, otherPipeline, parseManifest } from './manifest.ts'

const PUBLISHING = '.siftstep-publishing'
/** Written and removed again, to see whether one may write there. */
const PROBE = '.siftstep-probe'

/** Who is publishing to a folder, and what. */
interface Publishing {
  readonly pipeline: string
  readonly run: string
  readonly files: readonly string[]
}

/** The manifest of an output folder; undefined when there is none. */
async function readManifest(folder: string): Promise<Manifest | undefined> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw systemError(error, `reading ${join(folder, MANIFEST)}`)
  })
  return text === undefined ? undefined : parseManifest(text, folder)
}

/** Output.Unwritable for a link to nothing: a folder cannot be made in its place. */
async function demandNoDeadLink(path: string, folder: string): Promise<void> {
  const target = await readlink(path).catch(() => undefined)
  if (target === undefined) return
  throw new TaskError('Output.Unwritable', `writing ${folder}: it is a link to ${target}, which does not exist`, {
    hint: 'make what it leads to, or choose another place',
  })
}

/** Output.Conflict unless the folder is absent, empty, or holds only what this pipeline published before. */
export async function checkFolder(folder: string, pipeline: string): Promise<void> {
  const path = resolve(folder)
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw systemError(error, `writing ${folder}`)
  })
  if (found === undefined) {
    await demandNoDeadLink(path, folder)
    // whether it can be made is best found out before hours of work
    const made = await mkdir(path, { recursive: true }).catch((error: unknown) => {
      throw systemError(error, `writing ${folder}`)
    })
    if (made !== undefined) await rm(made, { recursive: true })
    return
  }
  if (!found.isDirectory()) throw notFolder(folder)
  const manifest = await readManifest(path)
  if (manifest !== undefined && manifest.pipeline !== pipeline) throw otherPipeline(folder, manifest)
  const ours = await publishedNames(path, pipeline)
  const names = await readdir(path).catch((error: unknown) => {
    throw systemError(error, `reading ${folder}`)
  })
  const inner = await innerFolders(path, pipeline)
  const foreign = names.filter((name) => name !== MANIFEST && !ours.has(name) && !inner.has(name) && !name.startsWith('.'))
  if (foreign.length > 0) throw foreignFiles(folder, foreign)
  await writeFile(join(path, PROBE), '').catch((error: unknown) => {
    throw systemError(error, `writing ${folder}`)
  })
  await rm(join(path, PROBE), { force: true })
}

const notFolder = (folder: string) => conflict(folder, 'it is a file, not a folder')

/** Folders within the folder that the pipeline publishes to as well, such as one for quarantined rows. */
async function innerFolders(path: string, pipeline: string): Promise<ReadonlySet<string>> {
  const entries = await readdir(path, { withFileTypes: true })
  const ours = new Set<string>()
  for (const entry of entries) {
    if (!entry.isDirectory()) continue
    const manifest = await readManifest(join(path, entry.name)).catch(() => undefined)
    if (manifest?.pipeline === pipeline) ours.add(entry.name)
  }
  return ours
}

/** Names of the files a pipeline has published to the folder, or was publishing when it was killed. */
export async function publishedNames(folder: string, pipeline: string): Promise<ReadonlySet<string>> {
  const manifest = await readManifest(folder)
  const locks = await readLocks<Publishing>(folderStore(folder), PUBLISHING)
  return new Set([
    ...(manifest?.pipeline === pipeline ? manifest.files.map(({ name }) => name) : []),
    ...locks.flatMap(({ about }) => (about.pipeline === pipeline ? about.files : [])),
  ])
}

/** Makes the files the output of the folder. May be called again with the same files after being killed. */
export async function publishFolder(folder: string, files: readonly NewFile[], manifest: Manifest, run: string): Promise<void> {
  const found = await stat(resolve(folder)).catch(() => undefined)
  if (found?.isDirectory() === false) throw notFolder(folder)
  const lock = await lockFolder(folder, { pipeline: manifest.pipeline, run, files: files.map(({ name }) => name) })
  try {
    await publishAlone(folder, files, manifest, (names) => lock.change({ pipeline: manifest.pipeline, run, files: names }))
    await lock.release()
  } catch (error) {
    // left lying for the names in it; where not even that can be written, it is nobody's when this process ends
    await lock.abandon().catch(() => {})
    throw error
  }
}

/** Transient.Unavailable when another process is publishing there. */
async function lockFolder(folder: string, about: Publishing): Promise<TakenLock<Publishing>> {
  const lock = await takeLock(folderStore(resolve(folder)), PUBLISHING, about, new Date())
  if ('taken' in lock) return lock.taken
  const { pid, host, about: other } = lock.other
  throw new TaskError(
    'Transient.Unavailable',
    `the run ${other.run} is publishing to ${folder} at this moment (process ${pid} on ${host})`,
    {
      hint: `wait for it, then resume this run; if that machine is no more, remove ${PUBLISHING} from the folder`,
    },
  )
}

async function publishAlone(
  folder: string,
  files: readonly NewFile[],
  manifest: Manifest,
  claim: (names: readonly string[]) => Promise<void>,
): Promise<void> {
  const path = resolve(folder)
  try {
    const before = await checkFolderForPublishing(folder, manifest.pipeline)
    const kept = new Set(files.map(({ name }) => name))
    // what is to be removed is named by no manifest once the new one is there
    await claim([...new Set([...kept, ...before])])
    for (const file of files) await move(file, join(path, file.name))
    await writeFile(join(path, '.manifest-draft'), manifestText(manifest))
    await rename(join(path, '.manifest-draft'), join(path, MANIFEST))
    for (const name of before) if (!kept.has(name)) await rm(join(path, name), { force: true })
    await removeLeftBehind(path)
  } catch (error) {
    throw systemError(error, `writing ${folder}`)
  }
}

/** What a process that was killed had begun to write here; another that waits for the lock lives, and its draft is its own. */
async function removeLeftBehind(path: string): Promise<void> {
  for (const name of await readdir(path)) {
    const [, pid] = /^\.draft-(\d+)-\d+$/.exec(name) ?? []
    const left = name === PROBE || name.startsWith(DRAFT) || (pid !== undefined && !isAlive(holderOf(Number(pid), new Date())))
    if (left) await rm(join(path, name), { force: true })
  }
}

/** As before the run, but files of this very output may stand there already. Gives the names of all files that are ours. */
async function checkFolderForPublishing(folder: string, pipeline: string): Promise<ReadonlySet<string>> {
  const path = resolve(folder)
  const manifest = await readManifest(path)
  if (manifest !== undefined && manifest.pipeline !== pipeline) throw otherPipeline(folder, manifest)
  const ours = await publishedNames(path, pipeline)
  const inner = await innerFolders(path, pipeline)
  const foreign = (await readdir(path)).filter((name) => name !== MANIFEST && !ours.has(name) && !inner.has(name) && !name.startsWith('.'))
  if (foreign.length > 0) throw foreignFiles(folder, foreign)
  return ours
}

/** What a file is called while it is copied from another disk. */
const DRAFT = '.draft-part-'

/** Renames where it can, copies where the folder is on another disk; a name is its content, so what is there is right. */
async function move({ bytes, open }: NewFile, goal: string): Promise<void> {
  const there = await stat(goal).catch(() => undefined)
  if (there?.size === bytes) return
  const { path, release } = await open()
  await rename(path, goal).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EXDEV') throw error
    const draft = join(dirname(goal), `${DRAFT}${basename(goal)}`)
    await copyFile(path, draft)
    await rename(draft, goal)
    await rm(path, { force: true })
  })
  await release()
}
