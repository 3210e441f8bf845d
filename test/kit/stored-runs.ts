/** Runs in the folder of a store, written as runs write them, for tests of what reads many runs. */
import type { Json } from '#core/json.ts'
import { NO_ROWS, type RowAccount } from '#data/ledger/ledger.ts'
import type { EndedRun, RunRecord } from '#data/report/run-record.ts'
import { folderStore } from '#io/store/folder.ts'
import { writeJson } from '#io/workspace/json-store.ts'
import { workspace } from '#io/workspace/workspace.ts'

export interface StoredRunFacts {
  readonly pipeline?: string
  /** ISO 8601. */
  readonly started: string
  readonly status?: EndedRun['status'] | 'running' | 'interrupted'
  readonly seconds?: number
  readonly rows?: Partial<RowAccount>
  readonly score?: number
  readonly failure?: EndedRun['failure']
  readonly made_by?: string
  /** Text of the definition; a pipeline without a schedule if absent. */
  readonly definition?: string
}

export const definitionOf = (id: string, more = '') =>
  `version: 1\nid: ${id}\nname: ${id} of the shop\ndescription: Sales by day\n${more}steps:\n  - {id: find, type: discover, with: {source: "data/*.csv"}}\n  - {id: out, type: export, with: {to: out}}\n`

/** Writes the record and the definition of a run; gives its id. */
export async function storeRun(folder: string, facts: StoredRunFacts): Promise<string> {
  const { pipeline = 'sales', started, status = 'succeeded', seconds = 1, rows = {}, score = null, failure = null, made_by } = facts
  const id = `r-${started.replace(/[-:]/g, '').replace('T', '-').slice(0, 15)}-0000`
  const store = folderStore(folder)
  const record: RunRecord = {
    id,
    pipeline: { id: pipeline, name: `${pipeline} of the shop` },
    file: `${pipeline}.yaml`,
    definition_sha256: '9c1e'.repeat(16),
    inputs: {},
    started_at: started,
    folder,
    version: '0.1.0',
    ...(made_by === undefined ? {} : { made_by }),
    ...(status === 'running' || status === 'interrupted'
      ? { status }
      : {
          status,
          finished_at: new Date(Date.parse(started) + seconds * 1000).toISOString(),
          seconds,
          rows: { ...NO_ROWS, ...rows },
          score,
          output: null,
          failure,
        }),
  }
  const keys = workspace(id)
  await writeJson(store, keys.run, record as unknown as Json)
  await store.write(keys.definition, facts.definition ?? definitionOf(pipeline))
  await writeJson(store, keys.overlay, { config: {}, env_file: null })
  return id
}
