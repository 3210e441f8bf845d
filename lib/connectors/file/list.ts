/** Sources in the local file system: a file, a folder, a glob pattern. */
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, relative, resolve, sep } from 'node:path'
import { glob, isDynamicPattern } from 'tinyglobby'
import { systemError } from '../../runtime/system-error.ts'
import type { Listed } from '../connector.ts'
import { byCodePoint, isData, isManifest, noData, noMatch, noSuchFile, type Surroundings } from '../not-found.ts'

export async function listFiles(pattern: string): Promise<readonly Listed[]> {
  return Promise.all(
    (await pathsOf(pattern)).map(async (path) => {
      const { size } = await stat(path).catch((error: unknown) => {
        throw systemError(error, `reading ${path}`)
      })
      return { uri: path, bytes: size }
    }),
  )
}

async function pathsOf(path: string): Promise<string[]> {
  const found = await stat(resolve(path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EACCES') throw systemError(error, `reading ${path}`)
    return undefined
  })
  if (found?.isDirectory()) return filesBelow(path)
  if (found !== undefined) return [resolve(path)]
  if (!isDynamicPattern(path)) {
    throw noSuchFile(path, basename(path), await around(dirname(resolve(path))), 'paths are relative to the folder the command is run in')
  }
  const matches = await glob(path, { absolute: true, onlyFiles: true, expandDirectories: false })
  const data = matches.filter((match) => !isManifest(basename(match))).sort(byCodePoint)
  if (data.length === 0) throw noMatch(path, await around(fixedFolder(path)))
  return data.map((match) => resolve(match))
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(resolve(folder), { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw systemError(error, `reading ${folder}`)
  })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => resolve(entry.parentPath, entry.name))
  const data = files.filter((path) => isData(relative(resolve(folder), path))).sort(byCodePoint)
  if (data.length === 0) throw noData(folder)
  return data
}

const around = async (folder: string): Promise<Surroundings> => ({ folder, names: await readdir(folder).catch(() => undefined) })

/** The folder before the first part of a pattern that is not fixed. */
function fixedFolder(pattern: string): string {
  const parts = pattern.split(/[\\/]/)
  const firstDynamic = parts.findIndex((part) => isDynamicPattern(part))
  return resolve(parts.slice(0, firstDynamic).join(sep) || (pattern.startsWith(sep) ? sep : '.'))
}
