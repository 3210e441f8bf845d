/** The files a definition is read from: its text, its env file, and what it reads itself. Relative paths are below a folder that is given. */
import { readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import type { JsonObject } from '#core/json.ts'
import { nearest } from '#core/text/nearest.ts'
import type { ReadOptions } from '#language/definition/read.ts'
import { assetsBelow } from './asset-files.ts'
import { parseEnvFile } from './env-file.ts'
import { RunError } from './run-error.ts'

/** Overrides of a definition, as stored with a run. */
export interface Overlay {
  readonly config: JsonObject
  /** Relative to the folder the run started in. */
  readonly env_file: string | null
}

export interface DefinitionPlace {
  /** Relative paths are relative to it. */
  readonly folder: string
  readonly env: { readonly [name: string]: string | undefined }
}

/** How the definition in a file is to be read, with the variables of its env file below those of the environment. */
export async function readOptionsIn(
  file: string,
  { config, env_file }: Overlay,
  { folder, env }: DefinitionPlace,
): Promise<ReadOptions & { readonly env: { readonly [name: string]: string } }> {
  const given = env_file === null ? {} : parseEnvFile(await readTextIn(env_file, 'the env file', folder), env_file)
  const own = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  const below = dirname(resolve(folder, file))
  return {
    file,
    config,
    env: Object.fromEntries([...Object.entries(given), ...own]),
    readFile: (path) => textIfThere(resolve(below, path)),
    readAsset: assetsBelow(below),
  }
}

/** A file that cannot be read is reported by the parser of definitions. */
function textIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** The text of a file; a RunError names the nearest file when there is none of that name. */
export async function readTextIn(path: string, what: string, folder: string): Promise<string> {
  const whole = resolve(folder, path)
  const unreadable = (why: string, hint: string) => new RunError({ code: 'file-unreadable', path }, `${what} ${path} ${why}`, hint)
  try {
    return await readFile(whole, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EISDIR') throw unreadable('is a folder', 'give a file')
    if (code === 'EACCES' || code === 'EPERM') throw unreadable('cannot be read: permission denied', 'check the permissions of the file')
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error
    const relative = 'paths are relative to the current folder'
    const siblings = await readdir(dirname(whole)).catch(() => undefined)
    if (siblings === undefined) throw unreadable(`does not exist: no folder ${dirname(path)}`, relative)
    const near = nearest(basename(path), siblings)
    throw unreadable('does not exist', near === undefined ? relative : `did you mean ${near}?`)
  }
}
