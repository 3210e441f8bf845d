/** Sources in the local file system: a file, a folder, a glob pattern, or a list of them. */
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, relative, resolve, sep } from 'node:path'
import { glob, isDynamicPattern } from 'tinyglobby'
import { TaskError } from '../runtime/errors.ts'
import { systemError } from '../runtime/system-error.ts'
import { nearest } from '../text/nearest.ts'

export interface FoundFile {
  readonly uri: string
  readonly name: string
  readonly bytes: number
}

/** The files the patterns name, in the order of the list, each pattern's files in the order of their paths, none twice. */
export async function findFiles(patterns: readonly string[]): Promise<FoundFile[]> {
  const paths: string[] = []
  for (const pattern of patterns) for (const path of await findOne(pattern)) if (!paths.includes(path)) paths.push(path)
  const names = shortNames(paths)
  return Promise.all(
    paths.map(async (path, at) => {
      const { size } = await stat(path).catch((error: unknown) => {
        throw systemError(error, `reading ${path}`)
      })
      return { uri: path, name: names[at] ?? path, bytes: size }
    }),
  )
}

async function findOne(pattern: string): Promise<string[]> {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(pattern)?.[1]
  if (scheme !== undefined && scheme !== 'file') {
    throw new TaskError('Data.UnsupportedFormat', `the source ${pattern} is at a place this version cannot read (${scheme}://)`, {
      hint: 'give a path of the local file system',
    })
  }
  const path = scheme === 'file' ? pattern.slice('file://'.length) : pattern
  const found = await stat(resolve(path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EACCES') throw systemError(error, `reading ${path}`)
    return undefined
  })
  if (found?.isDirectory()) return filesBelow(path)
  if (found !== undefined) return [resolve(path)]
  if (!isDynamicPattern(path)) throw await noSuchFile(path)
  const matches = (await glob(path, { absolute: true, onlyFiles: true, expandDirectories: false }))
    .filter((match) => basename(match) !== '_manifest.json')
    .sort(byCodePoint)
  if (matches.length === 0) throw await noMatch(path)
  return matches.map((match) => resolve(match))
}

/** What we write beside data, and what systems leave behind, is no data. */
const isData = (path: string) => !path.split(/[\\/]/).some((part) => part.startsWith('.')) && !basename(path).startsWith('_')

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(resolve(folder), { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw systemError(error, `reading ${folder}`)
  })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => resolve(entry.parentPath, entry.name))
  const data = files.filter((path) => isData(relative(resolve(folder), path))).sort(byCodePoint)
  if (data.length === 0)
    throw new TaskError('Data.NoSources', `the folder ${folder} holds no data files`, {
      hint: 'files whose names start with a dot or an underscore are passed over',
    })
  return data
}

async function noSuchFile(path: string): Promise<TaskError> {
  const folder = dirname(resolve(path))
  const siblings = await readdir(folder).catch(() => undefined)
  if (siblings === undefined) {
    return new TaskError('Data.NoSources', `the source ${path} does not exist: there is no folder ${folder}`, {
      hint: 'paths are relative to the folder the command is run in',
    })
  }
  const near = nearest(basename(path), siblings)
  return new TaskError('Data.NoSources', `the source ${path} does not exist`, {
    hint: `${near === undefined ? '' : `did you mean ${near}? `}${listing(folder, siblings)}`,
  })
}

async function noMatch(pattern: string): Promise<TaskError> {
  const fixed = pattern.split(/[\\/]/)
  const firstDynamic = fixed.findIndex((part) => isDynamicPattern(part))
  const folder = resolve(fixed.slice(0, firstDynamic).join(sep) || (pattern.startsWith(sep) ? sep : '.'))
  const siblings = await readdir(folder).catch(() => undefined)
  return new TaskError('Data.NoSources', `the pattern ${pattern} matches no file`, {
    hint: siblings === undefined ? `there is no folder ${folder}` : listing(folder, siblings),
  })
}

function listing(folder: string, names: readonly string[]): string {
  if (names.length === 0) return `${folder} is empty`
  const shown = [...names].sort(byCodePoint).slice(0, 10)
  return `${folder} holds ${shown.join(', ')}${names.length > shown.length ? ` and ${names.length - shown.length} more` : ''}`
}

/** For each path its file name, or as many folders before it as tell it from the others. */
function shortNames(paths: readonly string[]): string[] {
  const parts = paths.map((path) => path.split(sep))
  return parts.map((own) => {
    for (let count = 1; count < own.length; count++) {
      const name = own.slice(-count).join('/')
      if (parts.filter((other) => other.slice(-count).join('/') === name).length === 1) return name
    }
    return own.join('/')
  })
}

const byCodePoint = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
