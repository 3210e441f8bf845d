/** How the files that belong to a definition are read: each once, and none outside of its folder. */
import { type Asset, assetOf, MAX_ASSET_BYTES, MAX_BUNDLE_BYTES } from '#core/assets/assets.ts'

/** The bytes of a file below the folder of the definition, or why there are none. */
export type AssetRead =
  | { readonly content: Uint8Array }
  | { readonly refused: 'missing' | 'folder' | 'unreadable' | 'outside' | 'too-large' }
  /** Code that does not compile, with its place. */
  | { readonly refused: 'broken'; readonly why: string }

/** How a file is read: as it is, or, for code, bundled with everything that it imports. */
export type AssetForm = 'file' | 'bundle'

/** Reads a file of the definition. It reads no file outside of the folder, also where a link leads there, and none above the size limit. */
export type AssetReader = (path: string, form?: AssetForm) => AssetRead

/** Reads the files that settings name, each file once. */
export interface Assets {
  read(path: string, form?: AssetForm): AssetRead
  /** What was read, by path. */
  readonly found: Map<string, Asset>
}

export function assetsFrom(reader: AssetReader | undefined): Assets {
  const found = new Map<string, Asset>()
  const read = (path: string, form: AssetForm = 'file'): AssetRead => {
    const known = found.get(path)
    if (known !== undefined) return known
    if (leavesFolder(path)) return { refused: 'outside' }
    const given = reader?.(path, form) ?? { refused: 'missing' }
    if ('content' in given && given.content.length > (form === 'bundle' ? MAX_BUNDLE_BYTES : MAX_ASSET_BYTES))
      return { refused: 'too-large' }
    if ('content' in given) found.set(path, assetOf(path, given.content))
    return given
  }
  return { read, found }
}

/** Whether a path is absolute, on any system, or leads above the folder it starts in. */
function leavesFolder(path: string): boolean {
  if (/^([\\/]|[a-z][a-z0-9+.-]*:)/i.test(path)) return true
  let depth = 0
  for (const part of path.split(/[\\/]/)) {
    if (part === '..') depth -= 1
    else if (part !== '' && part !== '.') depth += 1
    if (depth < 0) return true
  }
  return false
}
