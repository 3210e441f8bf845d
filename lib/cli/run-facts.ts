/** Everything the folder of a run tells, read for `show`. */
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { HistoryEvent } from '../local/engine/history.ts'
import type { QualityReport } from '../report/model.ts'
import { workspace } from '../workspace/workspace.ts'
import { folderStore } from '../store/folder.ts'
import type { Store } from '../store/store.ts'
import { csvRecords } from './csv-head.ts'
import { type FailedTask, failedTask } from './failed-task.ts'
import type { StoredRun } from './stored-runs.ts'

export interface RunFacts extends StoredRun {
  readonly report: QualityReport | null
  readonly failed: FailedTask | null
  /** Tasks whose results stand: they are not done again. */
  readonly finished_tasks: number
  readonly published: boolean
  /** The first rows of the quarantine, by column of that file. */
  readonly quarantine: readonly { readonly [column: string]: string }[]
  /** Files worth opening, as whole paths. */
  readonly files: readonly { readonly what: string; readonly path: string }[]
}

const EXAMPLES = 3
const HEAD = 65_536

export async function readRunFacts({ record, state }: StoredRun, folder: string): Promise<RunFacts> {
  const store = folderStore(folder)
  const keys = workspace(record.id)
  const pathOf = (key: string) => join(folder, ...key.split('/'))
  const history = await text(store, keys.history)
  const worthOpening = [
    { what: 'report', path: pathOf(keys.report('html')) },
    { what: 'quarantine', path: pathOf(keys.quarantine) },
    { what: 'duplicates', path: pathOf(keys.duplicates) },
    { what: 'violations', path: pathOf(keys.violations) },
    { what: 'changes', path: pathOf(keys.changes) },
    { what: 'ledger', path: pathOf(keys.ledger) },
    { what: 'lineage', path: pathOf(keys.lineage) },
    { what: 'metrics', path: pathOf(keys.metrics) },
    { what: 'machine', path: pathOf(keys.machine) },
    { what: 'history', path: pathOf(keys.history) },
    { what: 'logs', path: pathOf(`runs/${record.id}/logs`) },
  ]
  const there = await Promise.all(
    worthOpening.map(({ path }) =>
      stat(path).then(
        () => true,
        () => false,
      ),
    ),
  )
  const report = await text(store, keys.report('json'))
  return {
    record,
    state,
    report: report === null ? null : (JSON.parse(report) as QualityReport),
    failed:
      history === null
        ? null
        : failedTask(
            history
              .trim()
              .split('\n')
              .map((line) => JSON.parse(line) as HistoryEvent),
          ),
    finished_tasks: (await store.list(keys.tasks)).length,
    published: (await text(store, keys.manifest)) !== null,
    quarantine: await quarantineHead(pathOf(keys.quarantine)),
    files: worthOpening.filter((_, at) => there[at]),
  }
}

async function text(store: Store, key: string): Promise<string | null> {
  const bytes = await store.read(key)
  return bytes === undefined ? null : Buffer.from(bytes).toString('utf8')
}

/** A quarantine may be large: only its beginning is read. */
async function quarantineHead(path: string): Promise<RunFacts['quarantine']> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (file === undefined) return []
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0)
    const [header = [], ...rows] = csvRecords(buffer.toString('utf8', 0, bytesRead), bytesRead < HEAD)
    return rows.slice(0, EXAMPLES).map((row) => Object.fromEntries(header.map((name, at) => [name, row[at] ?? ''])))
  } finally {
    await file.close()
  }
}
