// Bundles the command line, the program of its worker processes, the CDK app, and the constructs for other CDK apps into dist/. The same sources give the same bytes; files that are
// as they should be are left alone, so that a program that is running finds its parts.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { build } from 'esbuild'
import { undeclaredNames } from './build/undeclared-names.mjs'
import { unusedParts } from './build/unused-parts.mjs'

const root = resolve(import.meta.dirname, '..')
const { version } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'))

const options = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  // the modern files of a package: smaller, and a part that is loaded later keeps its names, which it does not as CommonJS
  mainFields: ['module', 'main'],
  // native, or the app's own; everything else loads faster from a few chunks than file by file
  external: ['@duckdb/node-bindings', 'esbuild', '@photostructure/sqlite', 'aws-cdk-lib', 'constructs'],
  plugins: [undeclaredNames, unusedParts],
  define: { SIFTSTEP_VERSION: JSON.stringify(version) },
  // CommonJS packages ask for Node's own modules by require
  banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
  write: false,
  logLevel: 'warning',
}
const built = await Promise.all([
  build({
    ...options,
    entryPoints: {
      cli: 'lib/cli/main.ts',
      cdk: 'lib/aws/cloud/index.ts',
      app: 'bin/app.ts',
      runner: 'lib/run/serve/runner-main.ts',
      'build-layer': 'scripts/build-layer.ts',
    },
    // what only one command needs is loaded only by that command
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
  }),
  // a worker needs most of its parts: to find 150 files takes longer than to read one, which evaluates each part when it is first asked for
  build({ ...options, entryPoints: { worker: 'lib/run/local/worker-main.ts' } }),
  // the program of function steps holds nothing of the rest; what a file of the author may import from here is beside it
  build({ ...options, entryPoints: { 'function-host': 'lib/io/functions/host.ts', step: 'lib/io/functions/step.ts' } }),
])
const outputFiles = built.flatMap(({ outputFiles }) => outputFiles)

const wanted = new Map(outputFiles.map(({ path, contents }) => [relative(root, path), contents]))
for (const [path, contents] of wanted) {
  const target = resolve(root, path)
  if (readIfThere(target)?.equals(contents)) continue
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, contents)
}
// the Lambdas, their layer, and the types have builds of their own
const others = ['lambdas', 'layer', 'types'].map((folder) => `${join('dist', folder)}${sep}`)
for (const path of filesBelow('dist'))
  if (!wanted.has(path) && !others.some((folder) => path.startsWith(folder))) rmSync(resolve(root, path))

/** The bytes of a file; undefined when there is none. */
function readIfThere(path) {
  try {
    return readFileSync(path)
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

function filesBelow(folder) {
  return readdirSync(resolve(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, resolve(entry.parentPath, entry.name)))
}
