/** Sources in the local file system: a file, a folder or a glob pattern. */
import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, parse, relative, resolve, sep } from 'node:path'
import { isDynamicPattern } from 'tinyglobby'
import { systemError } from '#core/errors/system-error.ts'
import type { BaseFolder, ListedFile } from '../connector.ts'
import { isData } from '#core/text/data-path.ts'
import { byCodePoint, isManifest, noData, noMatch, noSuchFile, type Surroundings } from '../not-found.ts'
import { brokenLink, matchingFiles } from './matching.ts'
import { wholePath } from './path.ts'

export async function listFiles(pattern: string, folder: BaseFolder): Promise<readonly ListedFile[]> {
  return Promise.all(
    (await pathsOf(pattern, folder)).map(async (path) => {
      const failed = (error: unknown) => {
        throw systemError(error, `reading ${path}`)
      }
      const { size, mtimeNs, ctimeNs } = await stat(path, { bigint: true }).catch(failed)
      const target = await realpath(path).catch(failed)
      return { uri: path, bytes: Number(size), version: `${mtimeNs}-${ctimeNs}`, ...(target === path ? {} : { target }) }
    }),
  )
}

async function pathsOf(path: string, folder: BaseFolder): Promise<string[]> {
  const whole = wholePath(path, folder)
  const found = await stat(whole).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'EACCES') throw systemError(error, `reading ${path}`)
    if ((await lstat(whole).catch(() => undefined))?.isSymbolicLink()) throw await brokenLink(path, error, whole)
    return undefined
  })
  if (found?.isDirectory()) return filesBelow(path, whole)
  if (found !== undefined) return [whole]
  if (!isDynamicPattern(path)) {
    throw noSuchFile(path, basename(path), await around(dirname(whole)), 'paths are relative to the current folder')
  }
  // an absolute pattern needs no folder
  const base = folder ?? parse(whole).root
  const matches = await matchingFiles(path, base)
  const data = matches.filter((match) => !isManifest(basename(match))).sort(byCodePoint)
  if (data.length === 0) throw noMatch(path, await around(fixedFolder(path, base)))
  return data
}

async function filesBelow(folder: string, whole: string): Promise<string[]> {
  const files = await matchingFiles('**', whole)
  const data = files.filter((path) => isData(relative(whole, path))).sort(byCodePoint)
  if (data.length === 0) throw noData(folder)
  return data
}

const around = async (folder: string): Promise<Surroundings> => ({ folder, names: await readdir(folder).catch(() => undefined) })

/** The folder before the first dynamic part of a pattern. */
function fixedFolder(pattern: string, base: string): string {
  const parts = pattern.split(/[\\/]/)
  const firstDynamic = parts.findIndex((part) => isDynamicPattern(part))
  return resolve(base, parts.slice(0, firstDynamic).join(sep) || (pattern.startsWith(sep) ? sep : '.'))
}
