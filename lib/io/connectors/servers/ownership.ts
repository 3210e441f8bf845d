/** Which tables of a server a pipeline may write to, and what is said of those it may not. */
import { TaskError } from '#core/errors/errors.ts'
import { conflict } from '#io/publish/manifest.ts'
import type { Output, Publication } from '../target.ts'
import type { TableName } from './address.ts'

/** A table that is there. */
export interface Standing {
  /** What it is, if it is no table. */
  readonly other?: string | undefined
  readonly columns: readonly string[]
  /** Whether it has any row. */
  filled(): Promise<boolean>
  /** Pipelines that published to it. */
  publishers(): Promise<readonly string[]>
}

/** Output.Conflict when the rows of a table another wrote would be replaced, or when rows cannot be merged by these keys. */
export async function assertOurs(uri: string, table: Standing, { pipeline, mode, keys }: Publication): Promise<void> {
  if (table.other !== undefined) throw conflict(uri, `it is a ${table.other}, not a table`)
  const missing = mode === 'merge' ? keys.find((key) => !table.columns.includes(key)) : undefined
  if (missing !== undefined) throw conflict(uri, `the table has no column ${missing} to merge by`)
  if (mode !== 'replace' || !(await table.filled())) return
  const owners = await table.publishers()
  if (owners.length === 0) throw conflict(uri, 'the table holds rows this pipeline did not write')
  const other = owners.find((owner) => owner !== pipeline)
  if (other !== undefined) throw conflict(uri, `the pipeline ${other} published there`)
}

/** The name of the table to publish to. Definition.InvalidSetting for an address without one. */
export function namedTarget(uri: string, name: TableName | undefined, scheme: string): TableName {
  if (name !== undefined) return name
  throw new TaskError('Definition.InvalidSetting', `${uri} names no table to publish to`, {
    hint: `write {connection: …, table: …}, or ${scheme}://host/database/table`,
  })
}

/** Output.Unwritable unless the table holds every staged row, and of a table that was replaced no others. */
export function assertCounts(uri: string, { mode, manifest: { rows } }: Output, counted: number, lost: number): void {
  if ((mode === 'replace' ? counted === rows : counted >= rows) && lost === 0) return
  throw new TaskError('Output.Unwritable', `${uri} would hold ${counted} rows of ${rows} to write, and ${lost} of them are not there`, {
    hint: 'nothing was changed; look for triggers of the table that change its rows',
  })
}
