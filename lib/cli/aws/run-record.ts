/** The record of a run on AWS, from Step Functions and from its bucket. */
import { findJson } from '#io/workspace/json-store.ts'
import type { RunSummary } from '#run/local/events.ts'
import type { Json, JsonObject } from '#core/json.ts'
import type { QualityReport } from '#data/report/model.ts'
import type { RunRecord, StartedRun } from '#data/report/run-record.ts'
import type { Store } from '#io/store/store.ts'
import { runPrefix, workspace } from '#io/workspace/workspace.ts'
import type { StoredRun } from '#run/runs/list.ts'
import type { RunDetails } from './executions.ts'

export interface Identified {
  /** The run whose results the execution works on: its own, or the run it redrives. */
  readonly id: string
  readonly resumed: boolean
  readonly inputs: { readonly [name: string]: Json }
}

export function identify(execution: string, input: JsonObject): Identified {
  const { run_id, inputs } = input
  return {
    id: typeof run_id === 'string' ? run_id : execution,
    resumed: typeof run_id === 'string',
    inputs: inputs !== null && typeof inputs === 'object' ? (inputs as JsonObject) : {},
  }
}

export const placeOf = (bucket: string, run: string) => `s3://${bucket}/${runPrefix(run)}`

function startedRun({ run, input }: RunDetails, pipeline: StartedRun['pipeline']): StartedRun {
  const { id, inputs } = identify(run.id, input)
  const { start } = input
  return {
    id,
    pipeline,
    file: run.deployed.stack,
    definition_sha256: run.deployed.hash,
    inputs,
    started_at: run.started_at.toISOString(),
    ...(typeof start === 'object' && start !== null ? { start: start as JsonObject } : {}),
    folder: placeOf(run.deployed.bucket, id),
    version: '',
  }
}

/** `report` is the report of the run, once it exists; `conclusion` the answer of its last task. */
export function storedRun(
  details: RunDetails,
  pipeline: StartedRun['pipeline'],
  report: QualityReport | null,
  summary: RunSummary | null,
): StoredRun {
  const started = startedRun(details, pipeline)
  const { run, failure } = details
  if (run.state === 'running' || run.state === 'waits to be redriven')
    return { record: { ...started, status: 'running' }, state: 'running' }
  if (run.state === 'stopped') return { record: { ...started, status: 'interrupted' }, state: 'interrupted' }
  const ended = run.ended_at ?? run.started_at
  const status = failure === null ? (summary?.status ?? report?.run.status ?? 'succeeded') : 'failed'
  const record: RunRecord = {
    ...started,
    status,
    finished_at: ended.toISOString(),
    seconds: (ended.getTime() - run.started_at.getTime()) / 1000,
    rows: summary?.rows ?? report?.rows ?? null,
    score: summary?.score ?? report?.summary.quality_score ?? null,
    output: failure === null ? (summary?.output ?? report?.output ?? null) : null,
    failure,
  }
  return { record, state: status }
}

export async function reportOf(store: Store, run: string): Promise<QualityReport | null> {
  return (await findJson<QualityReport>(store, workspace(run).report('json'))) ?? null
}
