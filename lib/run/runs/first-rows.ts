/** The first rows of the data that a run found, typed as its plan says. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StartedRun } from '#data/report/run-record.ts'
import type { DatasetPlan } from '#data/dataset/plan.ts'
import { openSession, type Session } from '#io/duckdb/session.ts'
import { folderStore } from '#io/store/folder.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { datasetRows } from '#run/tasks/dataset-rows.ts'

export interface FirstRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  /** Null is a missing cell. */
  readonly rows: readonly (readonly (string | number | null)[])[]
}

/** Bytes for the native engine: it reads one batch at a time. */
const MEMORY = 500_000_000

/** Reads batches until there are enough rows. `store` is the folder of the store. */
export async function firstRows(
  run: Pick<StartedRun, 'id' | 'pipeline' | 'started_at' | 'folder'>,
  dataset: DatasetPlan,
  most: number,
  store: string,
): Promise<FirstRows> {
  const scratch = await mkdtemp(join(tmpdir(), 'siftstep-head-'))
  const sessions: Session[] = []
  const day = run.started_at.slice(0, 10)
  const columns = dataset.columns.map(({ name, type }) => ({ name, type: String(type) }))
  const found: FirstRows['rows'][number][] = []
  try {
    const { read } = datasetRows(dataset, {
      store: folderStore(store),
      workspace: workspace(run.id),
      run: { id: run.id, started_at: run.started_at, ds: day, ds_nodash: day.replaceAll('-', ''), ts: run.started_at, folder: run.folder },
      pipeline: run.pipeline,
      step: 'head',
      scratch,
      memory: MEMORY,
      openSession: async (folders) => {
        const session = await openSession({ memory: MEMORY, scratch, folders })
        sessions.push(session)
        return session
      },
      now: () => new Date(),
      usage: () => Promise.reject(new Error('reading rows asks for no usage')),
      log: () => {},
    })
    if (columns.length === 0) return { columns, rows: [] }
    for await (const some of read(columns.map(({ name }) => ({ name, as: 'text' })))) {
      found.push(...some.slice(0, most - found.length))
      if (found.length >= most) break
    }
    return { columns, rows: found }
  } finally {
    for (const session of sessions) session.close()
    await rm(scratch, { recursive: true, force: true })
  }
}
