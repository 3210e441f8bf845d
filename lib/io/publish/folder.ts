/**
 * Publishes to a folder. Files are written under names derived from their content; then one rename of `_manifest.json` makes them the
 * output; only then are the files of the previous run removed. If the process is killed at any point, the folder holds a whole output, old
 * or new, as its manifest says. One process publishes to a folder at a time: its lock lists the files it is writing, so that files of a
 * killed process are recognised as ours.
 */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, lstat, mkdir, readdir, rename, rm, rmdir, stat, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { digestOf } from '#io/bytes/digest.ts'
import { TaskError } from '#core/errors/errors.ts'
import { systemError } from '#core/errors/system-error.ts'
import { folderStore } from '#io/store/folder.ts'
import { draftTag, isDraftLeft } from '#io/store/holder.ts'
import { takeLock, type TakenLock } from '#io/workspace/lock.ts'
import { assertOurs, notFolder, PROBE, type Publishing, PUBLISHING, readManifest } from './check-folder.ts'
import { conflict, MANIFEST, type Manifest, manifestAfter, manifestText, type Mode, type NewFile } from './manifest.ts'

/** Publishes the files to the folder. Can be called again with the same files after a kill. `folder`: its path in messages. */
export async function publishFolder(
  path: string,
  files: readonly NewFile[],
  manifest: Manifest,
  { run, mode }: { readonly run: string; readonly mode: Mode },
  folder = path,
): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory() === false) throw notFolder(folder)
  const lock = await lockFolder(path, folder, { pipeline: manifest.pipeline, run, files: files.map(({ name }) => name) })
  try {
    await publishAlone({ path, folder, mode }, files, manifest, (names) => lock.change({ pipeline: manifest.pipeline, run, files: names }))
    await lock.release()
  } catch (error) {
    // the lock stays because of the names in it; if it cannot be written, it is free when this process ends
    await lock.abandon().catch(() => {})
    throw error
  }
}

/** Throws Transient.Unavailable while another process is publishing there. */
async function lockFolder(path: string, folder: string, about: Publishing): Promise<TakenLock<Publishing>> {
  const lock = await takeLock(folderStore(path), PUBLISHING, about, new Date())
  if ('taken' in lock) return lock.taken
  const { pid, host, about: other } = lock.other
  throw new TaskError(
    'Transient.Unavailable',
    `the run ${other.run} is publishing to ${folder} at the moment (process ${pid} on ${host})`,
    {
      hint: `wait for it, then resume this run; if that machine or container no longer exists, remove ${PUBLISHING} from the folder`,
    },
  )
}

/** Makes the file the one at the path, in one step. May be called again with the same file after being killed. `file` is its path for messages. */
export async function publishFile(path: string, content: NewFile, file = path): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    if ((await stat(path).catch(() => undefined))?.isDirectory() === true) throw conflict(file, 'it is a folder')
    await move(content, path, dirname(path))
    // no lock guards the folder of a file: only drafts of processes that have ended
    await removeDrafts(dirname(path), isOfDeadProcess).catch(() => {})
  } catch (error) {
    throw systemError(error, `writing ${file}`)
  }
}

async function publishAlone(
  { path, folder, mode }: { readonly path: string; readonly folder: string; readonly mode: Mode },
  files: readonly NewFile[],
  manifest: Manifest,
  claim: (names: readonly string[]) => Promise<void>,
): Promise<void> {
  try {
    const before = await assertOurs(path, manifest.pipeline, folder)
    const after = manifestAfter(await readManifest(path), manifest, mode, folder)
    const kept = new Set(after.files.map(({ name }) => name))
    // once the new manifest is in place, no manifest lists the files to remove
    await claim([...new Set([...kept, ...before])])
    for (const file of files.filter(({ name }) => kept.has(name))) {
      if (file.name.includes('/')) await mkdir(dirname(join(path, file.name)), { recursive: true })
      await move(file, join(path, file.name), path)
    }
    const draft = draftIn(path)
    await writeFile(draft, manifestText(after), { flag: 'wx' })
    await rename(draft, join(path, MANIFEST))
    for (const name of before) if (!kept.has(name)) await removeOwn(path, name)
    await removeDrafts(path, isLeftBehind)
  } catch (error) {
    throw systemError(error, `writing ${folder}`)
  }
}

/**
 * Removes a file of the pipeline, and the folders of its partition that are empty then. A missing file is not an error; a folder of that
 * name was not published by a run, and stays.
 */
async function removeOwn(path: string, name: string): Promise<void> {
  await unlink(join(path, name)).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return
    const facts = await lstat(join(path, name)).catch(() => undefined)
    if (facts !== undefined && !facts.isDirectory()) throw error
  })
  for (let folder = dirname(name); folder !== '.'; folder = dirname(folder)) await rmdir(join(path, folder)).catch(() => {})
}

/** Name prefix of a file while it is written. The name ends at random, so that nobody can put a link in its place. */
const DRAFT = '.draft-part-'
const draftIn = (path: string) => join(path, `${DRAFT}${draftTag()}-${randomBytes(6).toString('hex')}`)

/** Removes drafts that a killed process left here. */
async function removeDrafts(path: string, isLeft: (name: string) => boolean): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (!entry.isDirectory() && isLeft(entry.name)) await rm(join(path, entry.name), { force: true })
  }
}

/** While the folder is locked: whoever waits for the lock is alive and keeps its draft; nobody else has any. */
const isLeftBehind = (name: string) => name.startsWith(PROBE) || name.startsWith(DRAFT) || isOfDeadProcess(name)

function isOfDeadProcess(name: string): boolean {
  const [, pid, tag = ''] = /^\.draft-(?:part-)?(\d+)-([0-9a-f]{16})-[0-9a-f]{12}$/.exec(name) ?? []
  return pid !== undefined && isDraftLeft(Number(pid), tag)
}

/** Renames if possible, copies by a draft in `folder` if that is on another disk. An existing file with the same content is kept. */
async function move({ bytes, sha256, open }: NewFile, goal: string, folder: string): Promise<void> {
  if (await holds(goal, bytes, sha256)) return
  const { path, release } = await open()
  await rename(path, goal).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EXDEV') throw error
    const draft = draftIn(folder)
    await copyFile(path, draft, constants.COPYFILE_EXCL)
    await rename(draft, goal)
    await rm(path, { force: true })
  })
  await release()
}

/** Whether a file exists, is not a link, and has this content. Compares the size first, then the checksum. */
async function holds(path: string, bytes: number, sha256: string): Promise<boolean> {
  const there = await lstat(path).catch(() => undefined)
  return there?.isFile() === true && there.size === bytes && digestOf(path).sha256 === sha256
}
