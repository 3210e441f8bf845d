/** Everything in the folder of a run, read for `show`. */
import { join } from 'node:path'
import type { HistoryEvent } from '#asl/engine/history.ts'
import type { QualityReport } from '#data/report/model.ts'
import { runPrefix, workspace } from '#io/workspace/workspace.ts'
import { folderStore } from '#io/store/folder.ts'
import type { Store } from '#io/store/store.ts'
import type { StepReport } from '#core/task/task.ts'
import type { RunEvent } from '#run/local/events.ts'
import { csvRecords } from './csv-head.ts'
import { type FailedTask, failedTask } from './failed-task.ts'
import { lastSession, readEvents } from './follow.ts'
import type { StoredRun } from './list.ts'

export interface RunFacts extends StoredRun {
  readonly report: QualityReport | null
  readonly failed: FailedTask | null
  /** Tasks with a stored result: they do not run again. */
  readonly finished_tasks: number
  readonly published: boolean
  /** How far the run came, for one without a report; null where nothing is known of it. */
  readonly progress: Progress | null
  /** The first rows of the quarantine, by column of the file. */
  readonly quarantine: readonly { readonly [column: string]: string }[]
  /** Files of interest, as absolute paths or addresses. */
  readonly files: readonly { readonly what: string; readonly path: string }[]
  /** Cost, line by line, for runs on AWS. */
  readonly cost?: readonly string[]
}

export interface Progress {
  readonly finished: readonly StepReport[]
  /** Steps that had begun and not ended. */
  readonly working: readonly string[]
}

const EXAMPLES = 3
const HEAD = 65_536

/** Where a run is stored, and how its files are addressed. */
export interface RunPlace {
  readonly store: Store
  /** The address of an object. */
  addressOf(key: string): string
  readonly history: readonly HistoryEvent[] | null
  /** Of a run on this machine: what it reported, as it happened. */
  readonly events?: readonly RunEvent[]
}

export async function readRunFacts({ record, state }: StoredRun, { store, addressOf, history, events }: RunPlace): Promise<RunFacts> {
  const keys = workspace(record.id)
  const there = (await store.list(`${runPrefix(record.id)}/`)).map(({ key }) => key)
  const worthOpening = [
    { what: 'report', key: keys.report('html') },
    { what: 'quarantine', key: keys.quarantine },
    { what: 'duplicates', key: keys.duplicates },
    { what: 'violations', key: keys.violations },
    { what: 'changes', key: keys.changes },
    { what: 'ledger', key: keys.ledger },
    { what: 'lineage', key: keys.lineage },
    { what: 'metrics', key: keys.metrics },
    { what: 'machine', key: keys.machine },
    { what: 'history', key: keys.history },
    { what: 'events', key: keys.events },
    { what: 'logs', key: `${runPrefix(record.id)}/logs` },
  ]
  const isThere = (key: string) => there.some((one) => one === key || one.startsWith(`${key}/`))
  const report = await text(store, keys.report('json'))
  return {
    record,
    state,
    report: report === null ? null : (JSON.parse(report) as QualityReport),
    failed: history === null ? null : failedTask(history),
    finished_tasks: there.filter((key) => key.startsWith(keys.tasks)).length,
    published: there.includes(keys.manifest),
    progress: report !== null || events === undefined || events.length === 0 ? null : progressOf(lastSession(events)),
    quarantine: there.includes(keys.quarantine) ? await quarantineHead(store, keys.quarantine) : [],
    files: worthOpening.filter(({ key }) => isThere(key)).map(({ what, key }) => ({ what, path: addressOf(key) })),
  }
}

function progressOf(events: readonly RunEvent[]): Progress {
  const working = new Set<string>()
  const finished = new Map<string, StepReport>()
  for (const event of events) {
    if (event.event === 'step_started') working.add(event.step)
    if (event.event === 'step_failed' && event.fallback === null) working.delete(event.step)
    if (event.event !== 'step_finished') continue
    working.delete(event.report.step)
    finished.set(event.report.step, event.report)
  }
  return { finished: [...finished.values()], working: [...working] }
}

/** Facts of a run in a local folder. */
export async function localPlace(run: string, folder: string): Promise<RunPlace> {
  const store = folderStore(folder)
  const lines = await text(store, workspace(run).history)
  return {
    store,
    addressOf: (key) => join(folder, ...key.split('/')),
    // the last line is incomplete while the run continues, or if it was killed during the write
    history:
      lines === null
        ? null
        : lines
            .split('\n')
            .slice(0, -1)
            .map((line) => JSON.parse(line) as HistoryEvent),
    events: await readEvents(folder, run),
  }
}

async function text(store: Store, key: string): Promise<string | null> {
  const bytes = await store.read(key)
  return bytes === undefined ? null : Buffer.from(bytes).toString('utf8')
}

/** Only the start of the quarantine is read: it may be large. */
async function quarantineHead(store: Store, key: string): Promise<RunFacts['quarantine']> {
  const source = await store.open(key)
  const bytes = await source.read(0, HEAD)
  const [header = [], ...rows] = csvRecords(Buffer.from(bytes).toString('utf8'), bytes.length < HEAD)
  return rows.slice(0, EXAMPLES).map((row) => Object.fromEntries(header.map((name, at) => [name, row[at] ?? ''])))
}
