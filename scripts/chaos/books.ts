/** What must hold of every run by the command line, whatever happened to it. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isBalanced, type Ledger } from '#data/ledger/ledger.ts'
import type { Manifest } from '#io/publish/manifest.ts'
import { folderStore } from '#io/store/folder.ts'
import { isHeld, readLock } from '#io/workspace/lock.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { type Ended, runsIn } from '../../test/kit/cli.ts'
import { digest, filesBelow } from '../../test/kit/run-outcome.ts'
import { assert } from './disturbance.ts'

/** Words of a failure that no user should see: a defect, a stack, the program's own SQL. */
const INTERNAL = /should not have happened|Engine\.Bug|\bTypeError\b|\bRangeError\b|^\s+at .*[/(].*:\d+:\d+\)?$|— in: (SELECT|COPY|CREATE)/m

/** The words that are internal in a message; undefined when there are none. */
export const internalErrors = (message: string) => INTERNAL.exec(message)?.[0].trim()

/** A command that failed says why, in words of its own. */
export function assertClearError({ code, signal, err, out }: Ended): void {
  const internal = internalErrors(err) ?? internalErrors(out)
  assert(internal === undefined, `an internal error: ${internal}\n${err}`)
  assert(signal === null && code !== null, `ended by ${signal}: ${err}`)
  assert(code === 0 || err.trim() !== '' || out.includes('"run_finished"'), `ended with code ${code} without a word`)
}

/** Every account of the ledger of a run adds up. */
export function assertBalanced(ledger: Ledger): void {
  assert(ledger.balanced, `the books do not balance: ${ledger.equation}`)
  for (const account of [ledger, ...ledger.sources, ...ledger.steps, ...ledger.chunks])
    assert(isBalanced(account.rows), `an account does not balance: ${JSON.stringify(account)}`)
}

export const ledgerOf = (cwd: string, run: string, store = '.siftstep') =>
  JSON.parse(readFileSync(join(cwd, store, 'runs', run, 'ledger.json'), 'utf8')) as Ledger

/** The folder holds one whole output: the files its manifest names with the content it names, and nothing else. */
export function assertWhole(folder: string): Manifest {
  const manifest = JSON.parse(readFileSync(join(folder, '_manifest.json'), 'utf8')) as Manifest
  for (const { name, sha256 } of manifest.files)
    assert(digest(readFileSync(join(folder, name))) === sha256, `${name} is not what the manifest says`)
  const rows = manifest.files.reduce((sum, file) => sum + file.rows, 0)
  assert(rows === manifest.rows, `the files hold ${rows} rows, the manifest ${manifest.rows}`)
  const others = filesBelow(folder).filter((name) => name !== '_manifest.json' && !manifest.files.some((file) => file.name === name))
  assert(others.length === 0, `the output holds what no manifest names: ${others.join(', ')}`)
  return manifest
}

/** Nobody holds a run of the store or the output, and no run has left its scratch. */
export async function assertNothingHeld(cwd: string, out = 'out', store = '.siftstep'): Promise<void> {
  for (const run of runsIn(cwd, store)) {
    const lock = await readLock(folderStore(join(cwd, store)), workspace(run).lock)
    assert(lock === undefined || !isHeld(lock), `the run ${run} is held by process ${lock?.pid}`)
  }
  const publishing = await readLock(folderStore(join(cwd, out)), '.siftstep-publishing')
  assert(publishing === undefined || !isHeld(publishing), `the output is held by process ${publishing?.pid}`)
  const scratch = join(cwd, store, 'scratch')
  const left = existsSync(scratch) ? readdirSync(scratch) : []
  assert(left.length === 0, `scratch folders are left behind: ${left.join(', ')}`)
}
