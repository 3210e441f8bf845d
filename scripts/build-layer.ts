/**
 * Puts the native engine for Lambda into dist/layer/ARCH, in the layout of a layer: `npm run layer` for arm64, `npm run layer -- x86_64`.
 *
 * npm installs native packages only for the machine it runs on. The package for Lambda's processor is taken from node_modules when this
 * machine is of that kind, and else fetched by npm, at the version that is installed for this machine, with the checksum of the lock file
 * where there is one. As dist/build-layer.js it does the same for an app that has siftstep among its packages.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join, resolve } from 'node:path'
import { ARCHITECTURES, type Architecture, layerFolder } from '#aws/lambda/artifacts.ts'

const root = resolve(import.meta.dirname, '..')

/** The folder of an installed package, as the package in `from` finds it. */
function installed(name: string, from = root): string | undefined {
  const places = createRequire(join(realpathSync(from), 'package.json')).resolve.paths(name) ?? []
  return places.map((place) => join(place, name)).find((folder) => existsSync(folder))
}

function assert(name: string, from = root): string {
  const folder = installed(name, from)
  if (folder === undefined) throw new Error(`${name} is not installed\nhint: run npm install`)
  return folder
}

/** As npm's packages call what Lambda calls arm64 and x86_64. */
const CPU: { readonly [Arch in Architecture]: string } = { arm64: 'arm64', x86_64: 'x64' }

/** What is needed to run; types and maps stay behind. */
const KEPT = new Set(['.js', '.node', '.so', '.json', ''])

/** Makes the layer's folder, unless it is there; gives its path. */
export function buildLayer(arch: Architecture): string {
  const goal = layerFolder(root, arch)
  if (existsSync(goal)) return goal
  mkdirSync(resolve(goal, '..'), { recursive: true })
  const draft = mkdtempSync(`${goal}-draft-`)
  try {
    const binding = `@duckdb/node-bindings-linux-${CPU[arch]}`
    const loader = assert('@duckdb/node-bindings')
    copyPackage(loader, draft, '@duckdb/node-bindings')
    copyPackage(assert('detect-libc', loader), draft, 'detect-libc')
    copyPackage(installed(binding, loader) ?? fetchPackage(binding, draft), draft, binding)
    rmSync(join(draft, 'fetched'), { recursive: true, force: true })
    renameSync(draft, goal)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    throw error
  }
  return goal
}

function copyPackage(from: string, layer: string, name: string): void {
  cpSync(from, join(layer, 'nodejs', 'node_modules', name), {
    recursive: true,
    dereference: true,
    filter: (path) => !path.slice(from.length).includes('node_modules') && KEPT.has(extname(path)),
  })
}

/** By npm itself, so that its registry, proxy and cache settings hold. */
function fetchPackage(name: string, draft: string): string {
  const { version } = JSON.parse(readFileSync(join(assert('@duckdb/node-bindings'), 'package.json'), 'utf8')) as { version: string }
  const folder = join(draft, 'fetched')
  mkdirSync(folder)
  const npm = (...args: string[]) =>
    execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' })
  let answer: string
  try {
    answer = npm('pack', `${name}@${version}`, '--json')
  } catch (error) {
    throw new Error(
      `npm could not fetch ${name} ${version}: ${(error as { stderr?: string }).stderr?.trim() ?? error}\nhint: it needs the npm registry once; on a machine of the same processor it takes the package from node_modules`,
    )
  }
  const [packed] = JSON.parse(answer) as [{ filename: string; integrity: string }]
  const locked = integrityOf(name, version, root)
  if (locked !== undefined && packed.integrity !== locked)
    throw new Error(`${name} ${version} is not what package-lock.json says: ${packed.integrity} instead of ${locked}`)
  execFileSync('tar', ['-xzf', packed.filename], { cwd: folder })
  return join(folder, 'package')
}

/** As the next lock file above a folder says; undefined where none knows this version, and npm's own check of what it fetches must do. */
function integrityOf(name: string, version: string, folder: string): string | undefined {
  const file = join(folder, 'package-lock.json')
  if (existsSync(file)) {
    type Lock = { readonly packages: { readonly [path: string]: { readonly version: string; readonly integrity?: string } | undefined } }
    const locked = (JSON.parse(readFileSync(file, 'utf8')) as Lock).packages[`node_modules/${name}`]
    if (locked?.version === version) return locked.integrity
  }
  return dirname(folder) === folder ? undefined : integrityOf(name, version, dirname(folder))
}

// a package may be reached by a link
if (realpathSync(process.argv[1] ?? '.') === import.meta.filename) {
  const [given = 'arm64'] = process.argv.slice(2)
  const arch = ARCHITECTURES.find((name) => name === given)
  if (arch === undefined) {
    console.error(`${given} is not a processor of Lambda: use ${ARCHITECTURES.join(' or ')}`)
    process.exitCode = 2
  } else console.log(buildLayer(arch))
}
