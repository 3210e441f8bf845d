/** A store in a local folder. */
import { randomBytes } from 'node:crypto'
import { link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { openFile } from '#io/bytes/file.ts'
import { systemError } from '#core/errors/system-error.ts'
import { draftTag } from './holder.ts'
import { checkKey, inKeyOrder, missingObject } from './key.ts'
import type { Store } from './store.ts'

/** `.draft-<pid>-<tag of host and start>-<random>`: the name cannot be predicted, so nobody can put a link in its place. */
const draftName = () => `.draft-${draftTag()}-${randomBytes(6).toString('hex')}`

/** Opens the store. The folder is created on the first write. */
export function folderStore(root: string): Store {
  const pathOf = (key: string) => join(root, ...checkKey(key).split('/'))
  // a draft is next to its target, so that renaming it is atomic; its name starts with a dot, unlike any part of a key
  const draftOf = (path: string) => join(dirname(path), draftName())

  async function existing(key: string): Promise<string> {
    const path = pathOf(key)
    if ((await unlessMissing(stat(path), `reading ${path}`)) === undefined) throw missingObject(key)
    return path
  }

  async function put(key: string, bytes: Uint8Array | string, publish: (draft: string, path: string) => Promise<void>): Promise<void> {
    const path = pathOf(key)
    const draft = draftOf(path)
    try {
      await mkdir(dirname(path), { recursive: true })
      // never write through a link or over an existing file
      await writeFile(draft, bytes, { flag: 'wx' })
      await publish(draft, path)
    } catch (error) {
      throw systemError(error, `writing ${path}`)
    } finally {
      // if this fails too, there is no draft, or the error was already thrown
      await rm(draft, { force: true }).catch(() => {})
    }
  }

  return {
    read: (key) => unlessMissing(readFile(pathOf(key)), `reading ${pathOf(key)}`),
    write: (key, bytes) => put(key, bytes, rename),
    async create(key, bytes) {
      let created = true
      // link fails if the target exists; rename would replace it
      await put(key, bytes, async (draft, path) => {
        await link(draft, path).catch((error: unknown) => {
          if (!isExisting(error)) throw error
          created = false
        })
      })
      return created
    },
    async list(prefix) {
      // only the folder that the prefix leads into: a store may hold many runs
      const files = await walk(join(root, ...prefix.split('/').slice(0, -1)))
      const keys = files.map((path) => relative(root, path).split(sep).join('/')).filter((key) => key.startsWith(prefix))
      const found = keys.sort(inKeyOrder).map(async (key) => {
        const facts = await unlessMissing(stat(pathOf(key)), `reading ${pathOf(key)}`)
        return facts === undefined ? [] : [{ key, bytes: facts.size }]
      })
      return (await Promise.all(found)).flat()
    },
    async remove(key) {
      await rm(pathOf(key), { force: true })
    },
    async open(key) {
      return openFile(await existing(key))
    },
    address: () => null,
    async openLocal(key) {
      const path = await existing(key)
      return { path, release: async () => {} }
    },
    async createLocal(key) {
      const path = pathOf(key)
      const draft = draftOf(path)
      await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
        throw systemError(error, `making ${dirname(path)}`)
      })
      return {
        path: draft,
        publish: () =>
          rename(draft, path).catch((error: unknown) => {
            throw systemError(error, `writing ${path}`)
          }),
        discard: async () => rm(draft, { force: true, recursive: true }),
      }
    },
  }
}

/** Removes drafts below a folder that processes left when they were killed. */
export async function removeDrafts(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.name.startsWith('.draft-')) await rm(path, { recursive: true, force: true })
    else if (entry.isDirectory()) await removeDrafts(path)
  }
}

/** Every file below a folder except drafts; empty if the folder does not exist. */
async function walk(folder: string): Promise<string[]> {
  const entries = (await unlessMissing(readdir(folder, { withFileTypes: true }), `reading ${folder}`)) ?? []
  const nested = entries
    .filter((entry) => !entry.name.startsWith('.draft-'))
    .map((entry) => (entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)]))
  return (await Promise.all(nested)).flat()
}

/** The result, or undefined if the file does not exist. A file that cannot be read is an error, not missing. */
async function unlessMissing<T>(answer: Promise<T>, doing: string): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw systemError(error, doing)
  })
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code
const isMissing = (error: unknown) => codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR'
const isExisting = (error: unknown) => codeOf(error) === 'EEXIST'
