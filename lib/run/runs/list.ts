/** The runs in the folder of a store: all of them, one by the beginning of its id, and the state of each. */
import { findJson } from '#io/workspace/json-store.ts'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { systemError } from '#core/errors/system-error.ts'
import { nearest } from '#core/text/nearest.ts'
import type { RunRecord } from '#data/report/run-record.ts'
import { folderStore } from '#io/store/folder.ts'
import type { Store } from '#io/store/store.ts'
import { runPrefix, workspace } from '#io/workspace/workspace.ts'
import { isTaken } from './lock.ts'
import { RunError } from './run-error.ts'

/** `killed`: recorded as running by a process that has ended. */
export type RunState = RunRecord['status'] | 'killed'

export interface StoredRun {
  readonly record: RunRecord
  readonly state: RunState
}

/** Errors that stay when the same is tried again: something must be changed first, and a changed definition is another run. */
export const STAYS = /^(Definition|Quality)\.|^Data\.(TooManyBadRows|SchemaMismatch|SourceChanged|UnsupportedFormat|MissingObject|NoRows)$/

/** Whether resuming makes sense: the run did not end, or failed for a reason that may go away. */
export function isResumable({ record, state }: StoredRun): boolean {
  if (state !== 'failed') return state === 'killed' || state === 'interrupted'
  return !STAYS.test(('failure' in record ? record.failure?.error : undefined) ?? '')
}

/** Whether a run published its output, also in part: then its date needs no other run. */
export const isGood = ({ state }: { readonly state: string }): boolean => state === 'succeeded' || state === 'partial'

/** Whether a run ended by itself, well or not: one that was stopped or killed may go on. */
export const hasEnded = ({ state }: { readonly state: string }): boolean => isGood({ state }) || state === 'failed'

/** The ids of the runs, newest first: ids begin with the time of the start. */
export async function runIds(folder: string): Promise<readonly string[]> {
  const names = await readdir(join(folder, runPrefix(''))).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw systemError(error, `reading ${folder}`)
  })
  return names
    .filter((name) => !name.startsWith('.'))
    .sort()
    .reverse()
}

/** A run as it is now; undefined where the store holds no record of one. */
export async function readRun(store: Store, run: string): Promise<StoredRun | undefined> {
  const record = await recordOf(store, run)
  if (record === undefined) return undefined
  if (record.status !== 'running') return { record, state: record.status }
  if (await isTaken(store, run)) return { record, state: 'running' }
  // the process may have written how the run ended, and released it, in between
  const since = (await recordOf(store, run)) ?? record
  return { record: since, state: since.status === 'running' ? 'killed' : since.status }
}

/** The name of its folder is the id of a run: a copy of another run's folder is a run of its own. */
async function recordOf(store: Store, run: string): Promise<RunRecord | undefined> {
  const found = await findJson<RunRecord>(store, workspace(run).run)
  return found === undefined ? undefined : { ...found, id: run }
}

/** All runs in the folder of a store, the newest first. */
export async function listRuns(folder: string): Promise<readonly StoredRun[]> {
  const store = folderStore(folder)
  const found = await Promise.all((await runIds(folder)).map((run) => readRun(store, run)))
  return found
    .filter((run) => run !== undefined)
    .sort((a, b) => (a.record.started_at < b.record.started_at ? 1 : a.record.started_at > b.record.started_at ? -1 : 0))
}

/** One run: by its id, the beginning of its id, or `last`. RunError when it is none or several. */
export async function findRun(given: string, folder: string): Promise<StoredRun> {
  const runs = await listRuns(folder)
  const [newest] = runs
  if (newest === undefined) throw new RunError({ code: 'no-runs', store: folder }, `no runs in ${folder}`, 'start one')
  if (given === 'last') return newest
  const exact = runs.find(({ record }) => record.id === given)
  if (exact !== undefined) return exact
  const [match, ...others] = runs.filter(({ record }) => record.id.startsWith(given) || record.id.startsWith(`r-${given}`))
  const ids = runs.map(({ record }) => record.id)
  if (match === undefined) {
    const near = nearest(given, ids)
    throw new RunError(
      { code: 'unknown-run', store: folder, given },
      `no run ${given} in ${folder}`,
      `${near === undefined ? '' : `did you mean ${near}? `}newest runs: ${ids.slice(0, 5).join(', ')}`,
    )
  }
  if (others.length > 0) {
    const candidates = [match, ...others].slice(0, 5).map(({ record }) => record.id)
    throw new RunError(
      { code: 'ambiguous-run', given },
      `${given} matches ${others.length + 1} runs`,
      `type more of the name: ${candidates.join(', ')}`,
    )
  }
  return match
}
