/** The folder of the siftstep package: a checkout or an installation. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const packageRoot = (): string => find(import.meta.dirname)

/** The version of siftstep. */
export const packageVersion = (): string =>
  (JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { readonly version: string }).version

function find(folder: string): string {
  const file = join(folder, 'package.json')
  if (existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === 'siftstep') return folder
  if (dirname(folder) === folder) throw new Error(`no folder above ${import.meta.dirname} is the siftstep package`)
  return find(dirname(folder))
}
