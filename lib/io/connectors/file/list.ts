/** Sources in the local file system: a file, a folder or a glob pattern. */
import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, relative, resolve, sep } from 'node:path'
import { isDynamicPattern } from 'tinyglobby'
import { systemError } from '#core/errors/system-error.ts'
import type { ListedFile } from '../connector.ts'
import { isData } from '#core/text/data-path.ts'
import { byCodePoint, isManifest, noData, noMatch, noSuchFile, type Surroundings } from '../not-found.ts'
import { brokenLink, matchingFiles } from './matching.ts'

export async function listFiles(pattern: string): Promise<readonly ListedFile[]> {
  return Promise.all(
    (await pathsOf(pattern)).map(async (path) => {
      const failed = (error: unknown) => {
        throw systemError(error, `reading ${path}`)
      }
      const { size } = await stat(path).catch(failed)
      const target = await realpath(path).catch(failed)
      return { uri: path, bytes: size, ...(target === path ? {} : { target }) }
    }),
  )
}

async function pathsOf(path: string): Promise<string[]> {
  const found = await stat(resolve(path)).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'EACCES') throw systemError(error, `reading ${path}`)
    if ((await lstat(resolve(path)).catch(() => undefined))?.isSymbolicLink()) throw await brokenLink(path, error)
    return undefined
  })
  if (found?.isDirectory()) return filesBelow(path)
  if (found !== undefined) return [resolve(path)]
  if (!isDynamicPattern(path)) {
    throw noSuchFile(path, basename(path), await around(dirname(resolve(path))), 'paths are relative to the current folder')
  }
  const matches = await matchingFiles(path, process.cwd())
  const data = matches.filter((match) => !isManifest(basename(match))).sort(byCodePoint)
  if (data.length === 0) throw noMatch(path, await around(fixedFolder(path)))
  return data
}

async function filesBelow(folder: string): Promise<string[]> {
  const files = await matchingFiles('**', resolve(folder))
  const data = files.filter((path) => isData(relative(resolve(folder), path))).sort(byCodePoint)
  if (data.length === 0) throw noData(folder)
  return data
}

const around = async (folder: string): Promise<Surroundings> => ({ folder, names: await readdir(folder).catch(() => undefined) })

/** The folder before the first dynamic part of a pattern. */
function fixedFolder(pattern: string): string {
  const parts = pattern.split(/[\\/]/)
  const firstDynamic = parts.findIndex((part) => isDynamicPattern(part))
  return resolve(parts.slice(0, firstDynamic).join(sep) || (pattern.startsWith(sep) ? sep : '.'))
}
