/** Follows a run that any process works on, by the events it writes down as they happen. */
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { systemError } from '#core/errors/system-error.ts'
import type { RunRecord } from '#data/report/run-record.ts'
import { folderStore } from '#io/store/folder.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { exitCodeOfRecord, type RunEvent, type RunSummary } from '#run/local/events.ts'
import type { Store } from '#io/store/store.ts'
import { readRun, type RunState, type StoredRun } from './list.ts'
import { RunError } from './run-error.ts'

/** Between two looks at the file, in milliseconds. */
const INTERVAL = 100

export interface FollowedRun {
  readonly record: RunRecord
  readonly state: RunState
  readonly summary: RunSummary | null
  /** The exit code of the command that ran it; that of an interrupted run for one that was killed. */
  readonly exit_code: number
}

/**
 * Passes each event of the run's last session to `onEvent`, those of before at once and the others as they come. Resolves when the run has
 * ended or was killed; with null when `signal` fires before. The run itself is not touched.
 */
export async function followRun(
  folder: string,
  run: string,
  onEvent: (event: RunEvent) => void,
  signal?: AbortSignal,
): Promise<FollowedRun | null> {
  const store = folderStore(folder)
  const journal = readJournal(eventsFile(folder, run))
  let session = lastSession(await journal.more())
  let any = session.length > 0
  // resumed at this moment: the session that ended is not the one to follow
  if (session.at(-1)?.event === 'run_finished' && (await stateOf(store, run)).state === 'running') session = []
  while (signal?.aborted !== true) {
    for (const event of session) {
      any = true
      onEvent(event)
      if (event.event !== 'run_finished') continue
      const { record, summary, exit_code } = event
      return { record, state: record.status, summary, exit_code }
    }
    // in this order: what a process wrote before it gave the run back is then read below
    const found = await stateOf(store, run)
    session = await journal.more()
    if (session.length > 0) continue
    if (found.state !== 'running') {
      if (!any) throw new RunError({ code: 'no-journal', run }, `the run ${run} has no journal of its events`, 'an earlier version ran it')
      return { ...found, summary: null, exit_code: exitCodeOfRecord(found.record) }
    }
    await wait(INTERVAL, undefined, signal === undefined ? {} : { signal }).catch(() => {})
  }
  return null
}

async function stateOf(store: Store, run: string): Promise<StoredRun> {
  const found = await readRun(store, run)
  if (found !== undefined) return found
  throw new RunError({ code: 'run-removed', run }, `the run ${run} was removed from its store`, 'siftstep runs lists those that are there')
}

const eventsFile = (folder: string, run: string) => join(folder, ...workspace(run).events.split('/'))

/** The events of the session that is going on, or was the last. */
export function lastSession(events: readonly RunEvent[]): readonly RunEvent[] {
  const start = events.findLastIndex(({ event }) => event === 'run_started')
  return events.slice(Math.max(0, start))
}

/** All events written so far, of every session. */
export async function readEvents(folder: string, run: string): Promise<readonly RunEvent[]> {
  return readJournal(eventsFile(folder, run)).more()
}

/** Reads a file of JSON lines that another process adds to. A last line without its end is left for the next call. */
function readJournal(path: string): { more(): Promise<readonly RunEvent[]> } {
  let at = 0
  return {
    async more() {
      const bytes = await bytesFrom(path, at)
      const end = bytes.lastIndexOf(10) + 1
      at += end
      const lines = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1)
      return lines.map((line) => parsed(line, path))
    },
  }
}

function parsed(line: string, path: string): RunEvent {
  try {
    return JSON.parse(line) as RunEvent
  } catch (error) {
    throw new RunError(
      { code: 'journal-damaged', path },
      `${path} is damaged: ${JSON.stringify(line.slice(0, 80))} is not JSON`,
      'move it away',
      error,
    )
  }
}

/** Everything behind an offset; nothing when there is no file yet. */
async function bytesFrom(path: string, offset: number): Promise<Buffer> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw systemError(error, `reading ${path}`)
  })
  if (file === undefined) return Buffer.alloc(0)
  try {
    const { size } = await file.stat()
    const bytes = Buffer.alloc(Math.max(0, size - offset))
    const { bytesRead } = await file.read(bytes, 0, bytes.length, offset)
    return bytes.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
