/** Finds the shared real-world data the tests may read; it is never part of the repository. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

const root = process.env['SIFTSTEP_SHARED_DATA'] ?? resolve(import.meta.dirname, '../../../shared/data')

/** The path of a file or folder of the shared data, or undefined when this machine does not have it. */
export function sharedData(name: string): string | undefined {
  const path = resolve(root, name)
  return existsSync(path) ? path : undefined
}

/** Why a test that needs `name` is skipped; put it in the test's title so that the reporter prints it. */
export const skipReason = (name: string) => `skipped: shared data ${name} is not on this machine (set SIFTSTEP_SHARED_DATA)`
