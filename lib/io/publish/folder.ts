/**
 * Publishing to a folder: files appear under names made of their content, then one rename of `_manifest.json` makes them the
 * output; only then the files of the run before are removed. Killed at any moment, the folder holds a whole output, the old one or
 * the new one, as its manifest says. One process publishes to a folder at a time: its lock says which files it is bringing, so that
 * those of one that was killed are known for ours.
 */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, lstat, mkdir, readdir, rename, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { digestOf } from '#io/bytes/digest.ts'
import { TaskError } from '#core/errors/errors.ts'
import { systemError } from '#core/errors/system-error.ts'
import { folderStore } from '#io/store/folder.ts'
import { isDraftLeft } from '#io/store/holder.ts'
import { takeLock, type TakenLock } from '#io/workspace/lock.ts'
import { assertOurs, notFolder, PROBE, type Publishing, PUBLISHING } from './check-folder.ts'
import { conflict, MANIFEST, type Manifest, manifestText, type NewFile } from './manifest.ts'

/** Makes the files the output of the folder. May be called again with the same files after being killed. `folder` is its path for messages. */
export async function publishFolder(
  path: string,
  files: readonly NewFile[],
  manifest: Manifest,
  run: string,
  folder = path,
): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory() === false) throw notFolder(folder)
  const lock = await lockFolder(path, folder, { pipeline: manifest.pipeline, run, files: files.map(({ name }) => name) })
  try {
    await publishAlone({ path, folder }, files, manifest, (names) => lock.change({ pipeline: manifest.pipeline, run, files: names }))
    await lock.release()
  } catch (error) {
    // left lying for the names in it; where not even that can be written, it is nobody's when this process ends
    await lock.abandon().catch(() => {})
    throw error
  }
}

/** Transient.Unavailable when another process is publishing there. */
async function lockFolder(path: string, folder: string, about: Publishing): Promise<TakenLock<Publishing>> {
  const lock = await takeLock(folderStore(path), PUBLISHING, about, new Date())
  if ('taken' in lock) return lock.taken
  const { pid, host, about: other } = lock.other
  throw new TaskError(
    'Transient.Unavailable',
    `the run ${other.run} is publishing to ${folder} at this moment (process ${pid} on ${host})`,
    {
      hint: `wait for it, then resume this run; if that machine or container is no more, remove ${PUBLISHING} from the folder`,
    },
  )
}

/** Makes the file the one at the path, in one step. May be called again with the same file after being killed. `file` is its path for messages. */
export async function publishFile(path: string, content: NewFile, file = path): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    if ((await stat(path).catch(() => undefined))?.isDirectory() === true) throw conflict(file, 'it is a folder')
    await move(content, path)
  } catch (error) {
    throw systemError(error, `writing ${file}`)
  }
}

async function publishAlone(
  { path, folder }: { readonly path: string; readonly folder: string },
  files: readonly NewFile[],
  manifest: Manifest,
  claim: (names: readonly string[]) => Promise<void>,
): Promise<void> {
  try {
    const before = await assertOurs(path, manifest.pipeline, folder)
    const kept = new Set(files.map(({ name }) => name))
    // what is to be removed is named by no manifest once the new one is there
    await claim([...new Set([...kept, ...before])])
    for (const file of files) await move(file, join(path, file.name))
    const draft = draftIn(path)
    await writeFile(draft, manifestText(manifest), { flag: 'wx' })
    await rename(draft, join(path, MANIFEST))
    for (const name of before) if (!kept.has(name)) await removeOwn(join(path, name))
    await removeLeftBehind(path)
  } catch (error) {
    throw systemError(error, `writing ${folder}`)
  }
}

/** A file that is not there is no error; a folder of that name is not what a run published, and stays. */
async function removeOwn(path: string): Promise<void> {
  await unlink(path).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return
    const facts = await lstat(path).catch(() => undefined)
    if (facts !== undefined && !facts.isDirectory()) throw error
  })
}

/** What a file is called while it is written. Nobody can know the name before, and so put a link in its place. */
const DRAFT = '.draft-part-'
const draftIn = (path: string) => join(path, `${DRAFT}${randomBytes(6).toString('hex')}`)

/** What a process that was killed had begun to write here; another that waits for the lock lives, and its draft is its own. */
async function removeLeftBehind(path: string): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (!entry.isDirectory() && isLeftBehind(entry.name)) await rm(join(path, entry.name), { force: true })
  }
}

function isLeftBehind(name: string): boolean {
  if (name.startsWith(PROBE) || name.startsWith(DRAFT)) return true
  const [, pid, place = ''] = /^\.draft-(\d+)-([0-9a-f]{8})-[0-9a-f]{12}$/.exec(name) ?? []
  return pid !== undefined && isDraftLeft(Number(pid), place)
}

/** Renames where it can, copies where the folder is on another disk. A file of that name whose content is the same stays as it is. */
async function move({ bytes, sha256, open }: NewFile, goal: string): Promise<void> {
  if (await holds(goal, bytes, sha256)) return
  const { path, release } = await open()
  await rename(path, goal).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EXDEV') throw error
    const draft = draftIn(dirname(goal))
    await copyFile(path, draft, constants.COPYFILE_EXCL)
    await rename(draft, goal)
    await rm(path, { force: true })
  })
  await release()
}

/** Whether a file is there, no link, with this content. Its size is the quick answer, its checksum the one that counts. */
async function holds(path: string, bytes: number, sha256: string): Promise<boolean> {
  const there = await lstat(path).catch(() => undefined)
  return there?.isFile() === true && there.size === bytes && digestOf(path).sha256 === sha256
}
