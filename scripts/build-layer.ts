/**
 * Puts the native engine for Lambda into dist/layer/ARCH, in the layout of a layer: `npm run layer` for arm64, `npm run layer -- x86_64`.
 *
 * npm installs native packages only for the machine it runs on. The package for Lambda's processor is taken from node_modules when this
 * machine is of that kind, and else fetched by npm, at the version and with the checksum the lock file says.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { extname, join, resolve } from 'node:path'
import { ARCHITECTURES, type Architecture, layerFolder } from '../lib/lambda/artifacts.ts'

const root = resolve(import.meta.dirname, '..')
const modules = resolve(root, 'node_modules')

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
    for (const name of ['@duckdb/node-api', '@duckdb/node-bindings', 'detect-libc']) copyPackage(resolve(modules, name), draft, name)
    const installed = resolve(modules, binding)
    copyPackage(existsSync(installed) ? installed : fetchPackage(binding, draft), draft, binding)
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
  const lock = JSON.parse(readFileSync(resolve(root, 'package-lock.json'), 'utf8')) as {
    packages: { [path: string]: { version: string; integrity: string } }
  }
  const locked = lock.packages[`node_modules/${name}`]
  if (locked === undefined) throw new Error(`package-lock.json has no ${name}; run npm install`)
  const folder = join(draft, 'fetched')
  mkdirSync(folder)
  const npm = (...args: string[]) =>
    execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' })
  let answer: string
  try {
    answer = npm('pack', `${name}@${locked.version}`, '--json')
  } catch (error) {
    throw new Error(
      `npm could not fetch ${name} ${locked.version}: ${(error as { stderr?: string }).stderr?.trim() ?? error}\nhint: it needs the npm registry once; on a machine of the same processor it takes the package from node_modules`,
    )
  }
  const [packed] = JSON.parse(answer) as [{ filename: string; integrity: string }]
  if (packed.integrity !== locked.integrity)
    throw new Error(`${name} ${locked.version} is not what package-lock.json says: ${packed.integrity} instead of ${locked.integrity}`)
  execFileSync('tar', ['-xzf', packed.filename], { cwd: folder })
  return join(folder, 'package')
}

if (process.argv[1] === import.meta.filename) {
  const [given = 'arm64'] = process.argv.slice(2)
  const arch = ARCHITECTURES.find((name) => name === given)
  if (arch === undefined) {
    console.error(`${given} is no processor of Lambda: give ${ARCHITECTURES.join(' or ')}`)
    process.exitCode = 2
  } else console.log(buildLayer(arch))
}
