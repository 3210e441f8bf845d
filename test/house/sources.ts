/** The sources of the project and what they import, for the tests of the house. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../..')

/** Files below a folder of the repository, by their path from its root, sorted. */
export function filesBelow(folder: string, extension: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort()
}

export const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8')

export const isGenerated = (path: string) => path.endsWith('.generated.ts')

export interface Import {
  readonly file: string
  /** As it is written. */
  readonly specifier: string
  /** The file it resolves to, from the root; or the name of a package. */
  readonly target: string
  /** Loaded together with the file; types are not loaded, and what is imported lazily is loaded later. */
  readonly eager: boolean
}

const IMPORT = /^(?:import|export)\b(\s+type\b)?([^'"]*?)\bfrom\s*'([^']+)'|^import\s*'([^']+)'|\bimport\('([^']+)'\)/gm
const ONLY_TYPES = /^\s*\{\s*(type\s+[\w$]+(\s+as\s+[\w$]+)?\s*,?\s*)+\}\s*$/

/** Everything a file imports. */
export function importsOf(file: string): Import[] {
  return [...textOf(file).matchAll(IMPORT)].map(([, type, names = '', from, effect, lazy]) => {
    const specifier = from ?? effect ?? lazy ?? ''
    return {
      file,
      specifier,
      target: targetOf(file, specifier),
      eager: type === undefined && lazy === undefined && !ONLY_TYPES.test(names),
    }
  })
}

/** `#io/store/store.ts` is `lib/io/store/store.ts`: the field `imports` of package.json says so. */
function targetOf(file: string, specifier: string): string {
  if (specifier.startsWith('#')) return `lib/${specifier.slice(1)}`
  return specifier.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(file), specifier)) : specifier
}

/** `lib/io/store/store.ts` is of the district `io`. */
export const districtOf = (path: string) => path.split('/')[1] ?? ''

/** `lib/io/store/store.ts` is of the room `io/store`; `lib/cli/main.ts` stands at the door of `cli`. */
export function roomOf(path: string): string {
  const folders = path.split('/').slice(1, -1)
  return folders.slice(0, 2).join('/')
}

/** Whether a file is of a district, or of a room in one. */
export const isOf = (path: string, place: string) => path.startsWith(`lib/${place}/`)
