/** The version of siftstep: inserted by the build; read from package.json when run from source. */
import { readFileSync } from 'node:fs'

declare const SIFTSTEP_VERSION: string | undefined

const fromPackage = () =>
  (JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }).version

export const version: string = typeof SIFTSTEP_VERSION === 'string' ? SIFTSTEP_VERSION : fromPackage()
