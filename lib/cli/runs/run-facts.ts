/** Reads everything that `show` reports from the folder of a run. */
import { join } from 'node:path'
import type { HistoryEvent } from '#asl/engine/history.ts'
import type { QualityReport } from '#data/report/model.ts'
import { runPrefix, workspace } from '#io/workspace/workspace.ts'
import { folderStore } from '#io/store/folder.ts'
import type { Store } from '#io/store/store.ts'
import { csvRecords } from './csv-head.ts'
import { type FailedTask, failedTask } from './failed-task.ts'
import type { StoredRun } from './stored-runs.ts'

export interface RunFacts extends StoredRun {
  readonly report: QualityReport | null
  readonly failed: FailedTask | null
  /** Tasks with a stored result: they do not run again. */
  readonly finished_tasks: number
  readonly published: boolean
  /** The first rows of the quarantine, by column of the file. */
  readonly quarantine: readonly { readonly [column: string]: string }[]
  /** Files of interest, as absolute paths or addresses. */
  readonly files: readonly { readonly what: string; readonly path: string }[]
  /** Cost, line by line, for runs on AWS. */
  readonly cost?: readonly string[]
}

const EXAMPLES = 3
const HEAD = 65_536

/** Where a run is stored, and how its files are addressed. */
export interface RunPlace {
  readonly store: Store
  /** The address of an object. */
  addressOf(key: string): string
  readonly history: readonly HistoryEvent[] | null
}

export async function readRunFacts({ record, state }: StoredRun, { store, addressOf, history }: RunPlace): Promise<RunFacts> {
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
    quarantine: there.includes(keys.quarantine) ? await quarantineHead(store, keys.quarantine) : [],
    files: worthOpening.filter(({ key }) => isThere(key)).map(({ what, key }) => ({ what, path: addressOf(key) })),
  }
}

/** Facts of a run in a local folder. */
export async function localPlace(run: string, folder: string): Promise<RunPlace> {
  const store = folderStore(folder)
  const lines = await text(store, workspace(run).history)
  return {
    store,
    addressOf: (key) => join(folder, ...key.split('/')),
    history:
      lines === null
        ? null
        : lines
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as HistoryEvent),
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
