/** The files that match a pattern. Links are followed; a broken link or an unreadable folder is an error and never skipped. */
import { readdir, realpath, type Stats, stat } from 'node:fs'
import { readlink } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type FileSystemAdapter, glob } from 'tinyglobby'
import { TaskError } from '#core/errors/errors.ts'
import { systemError } from '#core/errors/system-error.ts'

/**
 * Absolute paths below `cwd`, in no particular order. Throws Data.NoSources for a broken link, Data.Unreadable for an unreadable folder.
 */
export async function matchingFiles(pattern: string, cwd: string): Promise<string[]> {
  const failed = new Map<string, NodeJS.ErrnoException>()
  const matches = await glob(pattern, { cwd, absolute: true, onlyFiles: true, expandDirectories: false, fs: recordingFailures(failed) })
  const found = matches.map((path) => resolve(path)).sort()
  for (const path of found) {
    const error = failed.get(path)
    if (error !== undefined) throw await brokenLink(path, error)
  }
  // in a folder that does not exist nothing matches
  for (const [path, error] of failed)
    if (error.syscall === 'scandir' && error.code !== 'ENOENT') throw systemError(error, `reading ${path}`)
  return found
}

/** The error for a path that exists but cannot be read. */
export async function brokenLink(path: string, error: NodeJS.ErrnoException, whole = path): Promise<TaskError> {
  if (error.code === 'EACCES') return systemError(error, `reading ${path}`)
  const target = await readlink(whole).catch(() => undefined)
  const why = error.code === 'ELOOP' ? 'whose links form a cycle' : 'which does not exist'
  return new TaskError('Data.NoSources', `the source ${path} is a symbolic link to ${target}, ${why}`, {
    cause: error,
    hint: 'fix or remove the link',
  })
}

/** The real file system, except that a broken link counts as a file and failures are recorded. */
function recordingFailures(failed: Map<string, NodeJS.ErrnoException>): FileSystemAdapter {
  const lost = new Set<string>()
  const noDirectory = { isDirectory: () => false } as Stats
  return {
    readdir: ((path: string, options: { withFileTypes: true }, done: (error: NodeJS.ErrnoException | null, entries: unknown) => void) =>
      readdir(path, options, (error, entries) => {
        if (error !== null) failed.set(resolve(path), error)
        done(error, entries)
      })) as unknown as NonNullable<FileSystemAdapter['readdir']>,
    realpath: ((path: string, done: (error: NodeJS.ErrnoException | null, resolved: string) => void) =>
      realpath(path, (error, resolved) => {
        if (error === null) return done(null, resolved)
        failed.set(resolve(path), error)
        lost.add(path)
        done(null, path)
      })) as unknown as NonNullable<FileSystemAdapter['realpath']>,
    stat: ((path: string, done: (error: NodeJS.ErrnoException | null, stats: Stats) => void) =>
      lost.has(path) ? done(null, noDirectory) : stat(path, done)) as unknown as NonNullable<FileSystemAdapter['stat']>,
  }
}
