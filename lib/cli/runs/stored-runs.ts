/** Runs in a store: lists them, finds one by the start of its id, and reads its state. */
import { statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { systemError } from '#core/errors/system-error.ts'
import type { RunRecord } from '#data/report/run-record.ts'
import { runPrefix, workspace } from '#io/workspace/workspace.ts'
import { folderStore } from '#io/store/folder.ts'
import type { Store } from '#io/store/store.ts'
import { nearest } from '#core/text/nearest.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { isTaken } from './run-lock.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

export const DEFAULT_STORE = '.siftstep'

/** Killed: recorded as running by a process that no longer exists. */
export type RunState = RunRecord['status'] | 'killed'

export interface StoredRun {
  readonly record: RunRecord
  readonly state: RunState
}

/** Errors that a retry cannot fix: something must be changed first, and a changed definition is a new run. */
export const STAYS = /^(Definition|Quality)\.|^Data\.(TooManyBadRows|SchemaMismatch|SourceChanged|UnsupportedFormat|MissingObject|NoRows)$/

/** Whether resuming can succeed: the run did not end, or failed with an error that may go away. */
export function isResumable({ record, state }: StoredRun): boolean {
  if (state !== 'failed') return state === 'killed' || state === 'interrupted'
  return !STAYS.test(('failure' in record ? record.failure?.error : undefined) ?? '')
}

/** The folder of the store, as an absolute path. */
export function storeFolder(args: Args, terminal: Terminal): string {
  const folder = resolve(terminal.cwd(), args.value('store') ?? DEFAULT_STORE)
  if (isFile(folder))
    throw new UsageError(
      `the store ${displayPath(folder, terminal)} is a file, not a folder`,
      'move the file, or choose another folder with --store',
    )
  return folder
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    // missing or unreadable: reported when the store is used
    return false
  }
}

/** A path as a user would type it here. */
export function displayPath(path: string, terminal: Pick<Terminal, 'cwd'>): string {
  const from = relative(terminal.cwd(), path)
  return from.startsWith(`..${sep}..`) || from === '' ? path : from
}

/** Quotes a word for a Unix shell. */
export const shellWord = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)

/** `siftstep show r-…`, with --store if it is not the default. */
export function commandOn(run: string, folder: string, terminal: Pick<Terminal, 'cwd'>) {
  const store = folder === resolve(terminal.cwd(), DEFAULT_STORE) ? '' : ` --store ${shellWord(displayPath(folder, terminal))}`
  return (name: string) => `siftstep ${name} ${run}${store}`
}

/** Ids of the runs, newest first: ids start with the time of the run. */
async function runIds(folder: string): Promise<readonly string[]> {
  const names = await readdir(join(folder, runPrefix(''))).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw systemError(error, `reading ${folder}`)
  })
  return names
    .filter((name) => !name.startsWith('.'))
    .sort()
    .reverse()
}

/** The state of a run; undefined if the folder holds no run record. */
async function readRun(store: Store, run: string): Promise<StoredRun | undefined> {
  const bytes = await store.read(workspace(run).run)
  if (bytes === undefined) return undefined
  // the folder name is the id: a copy of a run's folder is a run of its own
  const record = { ...(JSON.parse(Buffer.from(bytes).toString('utf8')) as RunRecord), id: run }
  if (record.status !== 'running') return { record, state: record.status }
  return { record, state: (await isTaken(store, run)) ? 'running' : 'killed' }
}

export async function readRuns(folder: string): Promise<readonly StoredRun[]> {
  const store = folderStore(folder)
  const found = await Promise.all((await runIds(folder)).map((run) => readRun(store, run)))
  return found
    .filter((run) => run !== undefined)
    .sort((a, b) => (a.record.started_at < b.record.started_at ? 1 : a.record.started_at > b.record.started_at ? -1 : 0))
}

/** Finds a run by its id, the start of its id, or `last`. */
export async function findRun(word: string, folder: string, terminal: Pick<Terminal, 'cwd'>): Promise<StoredRun> {
  const runs = await readRuns(folder)
  const shown = displayPath(folder, terminal)
  const [newest] = runs
  if (newest === undefined) throw new UsageError(`no runs in ${shown}`, 'siftstep run creates one; --store selects another store')
  if (word === 'last') return newest
  const exact = runs.find(({ record }) => record.id === word)
  if (exact !== undefined) return exact
  const [match, ...others] = runs.filter(({ record }) => record.id.startsWith(word) || record.id.startsWith(`r-${word}`))
  const ids = runs.map(({ record }) => record.id)
  if (match === undefined) {
    const near = nearest(word, ids)
    throw new UsageError(
      `no run ${word} in ${shown}`,
      `${near === undefined ? '' : `did you mean ${near}? `}newest runs: ${ids.slice(0, 5).join(', ')}`,
    )
  }
  if (others.length > 0)
    throw new UsageError(
      `${word} matches ${others.length + 1} runs`,
      `type more of the id: ${[match, ...others]
        .slice(0, 5)
        .map(({ record }) => record.id)
        .join(', ')}`,
    )
  return match
}
