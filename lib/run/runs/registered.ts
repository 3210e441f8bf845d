/** The pipelines that have runs in a store, with what the definition of the newest run says of each. */
import { folderStore } from '#io/store/folder.ts'
import type { Schedule } from '#language/definition/definition.ts'
import { nearest } from '#core/text/nearest.ts'
import { preview } from '#core/text/preview.ts'
import { listRuns, type StoredRun } from './list.ts'
import { RunError } from './run-error.ts'
import { compileStored } from './stored-definition.ts'

export interface RegisteredPipeline {
  readonly id: string
  readonly name: string
  /** The newest first. */
  readonly runs: readonly StoredRun[]
  /** Null if the definition of the newest run no longer compiles; `unknown` says why. */
  readonly declared: Declared | null
  readonly unknown: string | null
}

export interface Declared {
  readonly description: string
  readonly schedule: Schedule | null
  /** Maximum number of concurrent runs; null: no limit. */
  readonly max_active_runs: number | null
  /** Seconds within which a run must succeed; null: not declared. */
  readonly expect_every: number | null
}

export interface RegisteredWorld {
  /** The folder of the store, as an absolute path. */
  readonly store: string
  readonly env: { readonly [name: string]: string | undefined }
}

/** All pipelines in the order of their ids, or the one with this id or name. Runs that commands make for themselves are left out. */
export async function registeredPipelines({ store, env }: RegisteredWorld, only?: string): Promise<readonly RegisteredPipeline[]> {
  const byId = new Map<string, StoredRun[]>()
  for (const run of await listRuns(store)) {
    if (run.record.made_by !== undefined) continue
    const { id } = run.record.pipeline
    byId.set(id, [...(byId.get(id) ?? []), run])
  }
  const all = [...byId].sort(([a], [b]) => (a < b ? -1 : 1))
  const meant = only === undefined ? all : all.filter(([id, [newest]]) => id === only || newest?.record.pipeline.name === only)
  if (only !== undefined && meant.length === 0) throw unknownPipeline(only, [...byId.keys()], store)
  return Promise.all(
    meant.map(async ([id, runs]) => ({ id, name: runs[0]?.record.pipeline.name ?? id, runs, ...(await declaredBy(runs[0], store, env)) })),
  )
}

function unknownPipeline(given: string, ids: readonly string[], store: string): RunError {
  if (ids.length === 0) return new RunError({ code: 'no-runs', store }, `no runs in ${store}`, 'start one')
  const near = nearest(given, ids)
  return new RunError(
    { code: 'unknown-pipeline', store, given },
    `no runs of a pipeline ${given} in ${store}`,
    `${near === undefined ? '' : `did you mean ${near}? `}pipelines with runs: ${preview(ids, 10)}`,
  )
}

async function declaredBy(
  newest: StoredRun | undefined,
  folder: string,
  env: RegisteredWorld['env'],
): Promise<Pick<RegisteredPipeline, 'declared' | 'unknown'>> {
  if (newest === undefined) throw new Error('a registered pipeline has a run')
  try {
    const { compiled } = await compileStored(newest.record, folderStore(folder), env)
    if (!compiled.ok) return { declared: null, unknown: compiled.problems[0]?.what ?? 'it does not compile' }
    const { description, schedule = null, concurrency, monitoring } = compiled.definition
    const { max_active_runs = null } = concurrency
    return { declared: { description, schedule, max_active_runs, expect_every: monitoring.expect_every ?? null }, unknown: null }
  } catch (error) {
    // an env file or a part of the run that somebody removed since: its figures are as good as before
    if (!(error instanceof Error)) throw error
    return { declared: null, unknown: error.message }
  }
}
