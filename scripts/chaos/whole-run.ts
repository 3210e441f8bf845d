/** Runs a definition in this process and checks its result, success or failure. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { RowAccount } from '#data/ledger/ledger.ts'
import type { Manifest } from '#io/publish/manifest.ts'
import { TASK_ERRORS } from '#core/errors/errors.ts'
import { runDefinition, type TestRun } from '../../test/kit/run-pipeline.ts'
import { assertBalanced, internalErrors } from './books.ts'
import { assert } from './disturbance.ts'
import { recordsOf } from './records.ts'

export interface WholeRun {
  readonly definition: string
  readonly inputs: { readonly [name: string]: string }
  /** The output folder the definition exports to. */
  readonly out: string
  /** An empty folder for the store. */
  readonly store: string
}

/** A run that succeeded, as far as its cases look at it. */
export interface Accounted {
  readonly rows: RowAccount
  /** Names of the columns of the output. */
  readonly columns: readonly string[]
}

/** Gives what became of the rows when the run succeeded, or the name of the error that ended it in clear words. */
export async function assertAccounted({ definition, inputs, out, store }: WholeRun): Promise<Accounted | string> {
  try {
    const run = await runDefinition(definition, { store, inputs })
    if (run.status !== 'SUCCEEDED') {
      assertNamed(run)
      return run.error ?? ''
    }
    assertBalanced(run.ledger)
    const { rows } = run.ledger
    const manifest = JSON.parse(readFileSync(join(out, '_manifest.json'), 'utf8')) as Manifest
    const written = manifest.files.reduce((sum, { name }) => sum + rowsIn(join(out, name), manifest.format), 0)
    assert(written === rows.out, `the output holds ${written} rows, the ledger says ${rows.out}`)
    assertListed(run.text('quarantine/quarantine.csv'), rows.quarantined, 'quarantine.csv')
    if (existsSync(join(store, 'runs/r-test/duplicates.csv'))) assertListed(run.text('duplicates.csv'), rows.deduplicated, 'duplicates.csv')
    return { rows, columns: manifest.columns.map(({ name }) => name) }
  } finally {
    for (const folder of [out, store]) rmSync(folder, { recursive: true, force: true })
  }
}

/** The error is one of those a task may throw, and its words are meant for a person. */
function assertNamed({ error = '', cause = '' }: TestRun): void {
  assert(error in TASK_ERRORS && error !== 'Engine.Bug' && error !== 'Accounting.Imbalance', `${error}: ${cause.slice(0, 2000)}`)
  const internal = internalErrors(cause)
  assert(internal === undefined, `internal words (${internal}) in: ${cause.slice(0, 2000)}`)
}

function rowsIn(path: string, format: string): number {
  const text = readFileSync(path, 'utf8')
  return format === 'csv' ? Math.max(0, recordsOf(text).length - 1) : text.split('\n').filter((line) => line !== '').length
}

/** A row may be listed for more than one reason; each is one of the source and the number of its record. */
function assertListed(text: string, rows: number, name: string): void {
  const [, ...records] = recordsOf(text)
  const listed = new Set(records.map(([source, record]) => `${source} ${record}`)).size
  assert(listed === rows, `${name} lists ${listed} rows, the ledger says ${rows}`)
}
