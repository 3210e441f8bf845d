/**
 * Bundles each Lambda of lambdas/ into a folder of its own, dist/lambdas/NAME, with everything but the native engine, which is a layer
 * (scripts/build-layer.ts). The same sources give the same bytes, so a function is deployed anew only when its code changed.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, relative, resolve } from 'node:path'
import { build, type BuildOptions, type Plugin } from 'esbuild'
import { undeclaredNames } from './build/undeclared-names.mjs'
import { unusedParts } from './build/unused-parts.mjs'
import { FUNCTION_HOST, lambdaFolder } from '#aws/lambda/artifacts.ts'
import { functionsOf, taskSpec } from '#core/task/tasks.ts'

const root = resolve(import.meta.dirname, '..')
const TASKS_INDEX = resolve(root, 'lib/run/tasks/index.ts')

export const LAMBDA_NAMES = readdirSync(resolve(root, 'lambdas'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => basename(file, '.ts'))
  .sort()

/**
 * The layer is found by NODE_PATH, which only `require` looks at: an import of the native bindings becomes one. The JavaScript above them is
 * bundled: loading it file by file takes twice as long.
 */
const fromLayer: Plugin = {
  name: 'from-layer',
  setup({ onResolve, onLoad }) {
    // databases are files of the machine a run is on, and a function has none: asking for SQLite there fails as a missing package
    onResolve({ filter: /^@photostructure\/sqlite$/ }, ({ path }) => ({ path, external: true }))
    onResolve({ filter: /^@duckdb\/node-bindings$/ }, ({ path, namespace }) =>
      namespace === 'layer' ? { path, external: true } : { path, namespace: 'layer' },
    )
    onLoad({ filter: /.*/, namespace: 'layer' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)})`,
      loader: 'js',
    }))
  },
}

/** A function holds the code of its own tasks, and only that of the data function opens the native engine: less code is a faster start. */
const ownTasks = (name: string): Plugin => ({
  name: 'own-tasks',
  setup({ onResolve, onLoad }) {
    const elsewhere = (path: string) => ({ path, namespace: 'elsewhere' })
    onResolve({ filter: /^\.\/[a-z]+\.ts$/ }, ({ path, importer }) => {
      const task = taskSpec(basename(path, '.ts'))
      const isOwn = task === undefined || functionsOf(task).some((own) => own === name)
      return importer === TASKS_INDEX && !isOwn ? elsewhere(task.name) : undefined
    })
    onResolve({ filter: /^#io\/duckdb\/session\.ts$/ }, () => (name === 'data' ? undefined : elsewhere('openSession')))
    onLoad({ filter: /.*/, namespace: 'elsewhere' }, ({ path }) => ({
      contents: `export const ${path} = async () => { throw new Error('the ${name} function does not hold ${path}') }`,
    }))
  },
})

/** Bytes of what was bundled. Files that are as they should be are left alone. */
export async function buildLambda(name: string): Promise<number> {
  const folder = lambdaFolder(root, name)
  const options: BuildOptions = {
    absWorkingDir: root,
    entryPoints: { index: `lambdas/${name}.ts` },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // a task's code is read when the task is first asked for
    splitting: true,
    minifySyntax: true,
    minifyWhitespace: true,
    // an uncaught error prints the line it stands in
    lineLimit: 160,
    legalComments: 'none',
    // the modern files of a package are smaller than those for require
    mainFields: ['module', 'main'],
    plugins: [fromLayer, ownTasks(name), undeclaredNames, unusedParts],
    define: {
      SIFTSTEP_VERSION: JSON.stringify((JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as { version: string }).version),
    },
    banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
    logLevel: 'warning',
  }
  const built = [await build({ ...options, write: false })]
  // a program of its own, which holds nothing of the function
  const host = { [basename(FUNCTION_HOST, '.mjs')]: 'lib/io/functions/host.ts' }
  if (name === 'data') built.push(await build({ ...options, write: false, splitting: false, entryPoints: host }))
  const outputFiles = built.flatMap((one) => one.outputFiles)
  const wanted = new Map(outputFiles.map(({ path, contents }) => [relative(folder, path), contents]))
  for (const [path, contents] of wanted) {
    const target = resolve(folder, path)
    if (readIfThere(target)?.equals(contents)) continue
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, contents)
  }
  for (const path of filesBelow(folder)) if (!wanted.has(path)) rmSync(resolve(folder, path))
  return [...wanted.values()].reduce((sum, { length }) => sum + length, 0)
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, resolve(entry.parentPath, entry.name)))

if (process.argv[1] === import.meta.filename) {
  for (const name of LAMBDA_NAMES) console.log(`${name}: ${Math.round((await buildLambda(name)) / 1000)} kB`)
}
