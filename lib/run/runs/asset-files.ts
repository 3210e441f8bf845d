/** Reads the files that belong to a definition: below its folder, or from a run that has stored them. */
import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from 'node:fs'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { MAX_ASSET_BYTES } from '#core/assets/assets.ts'
import { bundleStep } from './bundle-step.ts'
import type { AssetRead, AssetReader } from '#language/definition/asset-reader.ts'

/** The files below a folder. A link that leads out of the folder is refused like a path that does. */
export const assetsBelow =
  (folder: string): AssetReader =>
  (path, form) => {
    try {
      const file = realpathSync(resolve(folder, path))
      const inside = relative(realpathSync(folder), file)
      if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) return { refused: 'outside' }
      const content = contentOf(file)
      return form === 'bundle' && 'content' in content ? bundleStep(file, realpathSync(folder)) : content
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      return { refused: code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'unreadable' }
    }
  }

/** Bytes of a regular file; a pipe or a device could be endless. */
function contentOf(file: string): AssetRead {
  const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const facts = fstatSync(handle)
    if (facts.isDirectory()) return { refused: 'folder' }
    if (!facts.isFile()) return { refused: 'unreadable' }
    return facts.size > MAX_ASSET_BYTES ? { refused: 'too-large' } : { content: readFileSync(handle) }
  } finally {
    closeSync(handle)
  }
}

/** The files of a run, by the paths in its definition. */
export const assetsOf =
  (files: ReadonlyMap<string, Uint8Array>): AssetReader =>
  (path) => {
    const content = files.get(path)
    return content === undefined ? { refused: 'missing' } : { content }
  }
