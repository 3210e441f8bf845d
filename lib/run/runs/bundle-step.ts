/** Bundles the file of a function step, with everything it imports, into one module: the same text for the same files. */
import { createRequire } from 'node:module'
import { relative } from 'node:path'
import type { AssetRead } from '#language/definition/asset-reader.ts'

/** The module, with a map to the files, or why there is none. Paths in it are relative to `folder`. */
export function bundleStep(file: string, folder: string): AssetRead {
  // only definitions with such a step need it, and it is a program of its own
  const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild')
  try {
    const { outputFiles } = buildSync({
      absWorkingDir: folder,
      entryPoints: [relative(folder, file)],
      outdir: folder,
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      charset: 'utf8',
      legalComments: 'none',
      sourcemap: 'inline',
      sourcesContent: false,
      logLevel: 'silent',
      // packages that ask for others by require
      banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
    })
    return { content: outputFiles[0]?.contents ?? new Uint8Array() }
  } catch (error) {
    const [first] = (error as { readonly errors?: readonly { text: string; location: Place | null }[] }).errors ?? []
    if (first === undefined) throw error
    const at = first.location === null ? '' : `${first.location.file}:${first.location.line}:${first.location.column + 1}: `
    return { refused: 'broken', why: `${at}${first.text}` }
  }
}

interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}
