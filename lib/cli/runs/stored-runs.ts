/** The runs in a store: all of them, one by the beginning of its id, and what state one is in. */
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
import { STAYS } from './failures.ts'
import { isTaken } from './run-lock.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

export const DEFAULT_STORE = '.siftstep'

/** Killed: recorded as running by a process that is no more. */
export type RunState = RunRecord['status'] | 'killed'

export interface StoredRun {
  readonly record: RunRecord
  readonly state: RunState
}

/** Whether resuming makes sense: it did not end, or it failed of something that may go away. */
export function isResumable({ record, state }: StoredRun): boolean {
  if (state !== 'failed') return state === 'killed' || state === 'interrupted'
  return !STAYS.test(('failure' in record ? record.failure?.error : undefined) ?? '')
}

/** The folder of the store, as a whole path. */
export function storeFolder(args: Args, terminal: Terminal): string {
  const folder = resolve(terminal.cwd(), args.value('store') ?? DEFAULT_STORE)
  if (isFile(folder))
    throw new UsageError(
      `the store ${displayPath(folder, terminal)} is a file, and must be a folder`,
      'move the file away, or name another place with --store',
    )
  return folder
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    // not there, or not to be seen: told when it is used
    return false
  }
}

/** A path as a person would type it here. */
export function displayPath(path: string, terminal: Pick<Terminal, 'cwd'>): string {
  const from = relative(terminal.cwd(), path)
  return from.startsWith(`..${sep}..`) || from === '' ? path : from
}

/** A word of a command line as a shell of Unix takes it. */
export const shellWord = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)

/** `siftstep show r-…`, naming the store where it is not the usual one. */
export function commandOn(run: string, folder: string, terminal: Pick<Terminal, 'cwd'>) {
  const store = folder === resolve(terminal.cwd(), DEFAULT_STORE) ? '' : ` --store ${shellWord(displayPath(folder, terminal))}`
  return (name: string) => `siftstep ${name} ${run}${store}`
}

/** The ids of the runs, newest first: ids begin with the moment of the start. */
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

/** A run as it stands; undefined where a folder holds no record of one. */
async function readRun(store: Store, run: string): Promise<StoredRun | undefined> {
  const bytes = await store.read(workspace(run).run)
  if (bytes === undefined) return undefined
  // the name of its folder is what a run is called: a copy of another run's folder is a run of its own
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

/** The run that is meant: by its id, the beginning of it, or `last`. */
export async function findRun(word: string, folder: string, terminal: Pick<Terminal, 'cwd'>): Promise<StoredRun> {
  const runs = await readRuns(folder)
  const shown = displayPath(folder, terminal)
  const [newest] = runs
  if (newest === undefined) throw new UsageError(`there are no runs in ${shown}`, 'siftstep run makes one; --store names another store')
  if (word === 'last') return newest
  const exact = runs.find(({ record }) => record.id === word)
  if (exact !== undefined) return exact
  const [match, ...others] = runs.filter(({ record }) => record.id.startsWith(word) || record.id.startsWith(`r-${word}`))
  const ids = runs.map(({ record }) => record.id)
  if (match === undefined) {
    const near = nearest(word, ids)
    throw new UsageError(
      `there is no run ${word} in ${shown}`,
      `${near === undefined ? '' : `did you mean ${near}? `}the newest are ${ids.slice(0, 5).join(', ')}`,
    )
  }
  if (others.length > 0)
    throw new UsageError(
      `${word} is the beginning of ${others.length + 1} runs`,
      `write more of it: ${[match, ...others]
        .slice(0, 5)
        .map(({ record }) => record.id)
        .join(', ')}`,
    )
  return match
}
