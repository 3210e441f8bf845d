/** Paths of the built Lambdas and the native layer, below the root of the package. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Processors of Lambda. */
export const ARCHITECTURES = ['arm64', 'x86_64'] as const
export type Architecture = (typeof ARCHITECTURES)[number]

/** The folder within a function for the files of its pipeline. */
export const ASSETS = 'assets'

/** The program of the processes of function steps, in the folder of the data function. */
export const FUNCTION_HOST = 'function-host.mjs'

export const lambdaFolder = (root: string, name: string) => join(root, 'dist', 'lambdas', name)

/** Contains the version of the engine, so that a layer of another version is never used. */
export function layerFolder(root: string, arch: Architecture): string {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: { '@duckdb/node-bindings': string }
  }
  return join(root, 'dist', 'layer', `${arch}-${dependencies['@duckdb/node-bindings']}`)
}
