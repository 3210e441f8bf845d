/** The package that `npm pack` makes, installed into a folder without a network: what it depends on is linked from the checkout. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../..')

interface Manifest {
  readonly version: string
  readonly dependencies: { readonly [name: string]: string }
  readonly peerDependencies: { readonly [name: string]: string }
}

/** Packs the built program. The result is the folder of the package below `folder`. Only its dependencies and peers are beside it. */
export function installPackage(folder: string): string {
  const modules = join(folder, 'node_modules')
  mkdirSync(modules, { recursive: true })
  execFileSync('npm', ['run', '--silent', 'prepack'], { cwd: ROOT })
  const draft = mkdtempSync(join(folder, 'packed-'))
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', draft], { cwd: ROOT })
  const { version, dependencies, peerDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest
  execFileSync('tar', ['-xzf', join(draft, `siftstep-${version}.tgz`), '-C', draft])
  const installed = join(modules, 'siftstep')
  renameSync(join(draft, 'package'), installed)
  rmSync(draft, { recursive: true })
  for (const name of [...Object.keys(dependencies), ...Object.keys(peerDependencies)]) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
  }
  return installed
}
