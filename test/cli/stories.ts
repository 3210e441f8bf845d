/** The events of runs, one by one. */
import type { RunSummary, RunEvent } from '#run/local/events.ts'
import type { Outline } from '#cli/show/outline.ts'
import { NO_ROWS } from '#data/ledger/ledger.ts'
import type { EndedRun, RunRecord, StartedRun } from '#data/report/run-record.ts'
import type { StepReport } from '#core/task/task.ts'

const START = Date.parse('2026-11-21T08:14:02.000Z')
/** So many seconds after the start. */
export const at = (seconds: number) => new Date(START + seconds * 1000).toISOString()

export const STARTED: StartedRun = {
  id: 'r-20261121-081402-7f3c',
  pipeline: { id: 'data_processing_workflow', name: 'Data Processing Workflow' },
  file: 'demo/pipeline.yaml',
  definition_sha256: '9c1e'.repeat(16),
  inputs: { source: 'demo/input/*.csv', output_path: 'demo/processed/sales', mode: null },
  started_at: at(0),
  folder: '/home/ana',
  version: '0.1.0',
}

export const OUTLINE: Outline = {
  name: 'Data Processing Workflow',
  stages: [
    [{ id: 'discover_sources', steps: [{ id: 'discover_sources', condition: null }] }],
    [{ id: 'validate_schema', steps: [{ id: 'validate_schema', condition: null }] }],
    [{ id: 'profile_data', steps: [{ id: 'profile_data', condition: null }] }],
    [
      {
        id: 'clean_data',
        steps: ['clean_data', 'enrich_data', 'custom_validation', 'validate_output', 'export_data'].map((id) => ({
          id,
          condition: id === 'custom_validation' ? "{{ data_type }} == 'customer'" : null,
        })),
      },
    ],
    [{ id: 'track_lineage', steps: [{ id: 'track_lineage', condition: '{{ trace }}' }] }],
    [{ id: 'monitor_pipeline', steps: [{ id: 'monitor_pipeline', condition: null }] }],
  ],
}

export const begun = (resumed = false): RunEvent => ({
  event: 'run_started',
  at: at(0),
  run: STARTED.id,
  pipeline: STARTED.pipeline,
  machine_sha256: 'a'.repeat(64),
  resumed,
})
export const starts = (step: string, seconds: number, what: string | null = null): RunEvent => ({
  event: 'step_started',
  at: at(seconds),
  step,
  type: 'kind',
  what,
})
export const progress = (step: string, done: number, total: number, seconds = 1): RunEvent => ({
  event: 'step_progress',
  at: at(seconds),
  step,
  done,
  total,
})
export function ends(step: string, message: string, seconds: number, more: Partial<StepReport> = {}): RunEvent {
  return { event: 'step_finished', at: at(1), report: { step, level: 'ok', message, lines: [], fused: false, ...more }, seconds }
}
export const retried = (step: string, attempt: number, item: number | null = null): RunEvent => ({
  event: 'task_retried',
  at: at(1),
  step,
  task: 'segment',
  item,
  attempt,
  error: 'Runtime.ExitError',
  cause: 'the process running segment was killed (SIGKILL)',
})

export const CONCLUSION: RunSummary = {
  status: 'succeeded',
  rows: { ...NO_ROWS, in: 120_000, out: 119_214, quarantined: 431, deduplicated: 355 },
  balanced: true,
  score: 0.98,
  issues: { found: 198, fixed: 156 },
  output: {
    to: 'demo/processed/sales',
    manifest: 'demo/processed/sales/_manifest.json',
    format: 'parquet',
    files: 1,
    rows: 119_214,
    bytes: 9_800_000,
  },
}

export const endedRun = (more: Partial<EndedRun> = {}): RunRecord => ({
  ...STARTED,
  status: 'succeeded',
  finished_at: at(1.4),
  seconds: 1.4,
  rows: CONCLUSION.rows,
  score: CONCLUSION.score,
  output: CONCLUSION.output,
  failure: null,
  ...more,
})

export const failedRun = (error: string, cause: string): RunRecord =>
  endedRun({ status: 'failed', rows: null, score: null, output: null, failure: { error, cause } })

export const finish = (record: RunRecord, summary: RunSummary | null = CONCLUSION, seconds = 1.4): RunEvent => ({
  event: 'run_finished',
  at: at(seconds),
  record,
  summary,
  exit_code: 0,
})

/** The run of the demo. */
export const DEMO: readonly RunEvent[] = [
  begun(),
  starts('discover_sources', 0),
  ends('discover_sources', 'Found 3 data files (14.2 MB total)', 0.1),
  starts('validate_schema', 0.1),
  ends('validate_schema', 'All schemas validated successfully', 0),
  starts('profile_data', 0.1),
  starts('profile_data', 0.1, 'Profiling 3 sources in parallel...'),
  progress('profile_data', 1, 3),
  progress('profile_data', 3, 3),
  ends('profile_data', 'Profiled 3 sources: 120.0K records, 12 columns, 198 issues', 0.3, {
    level: 'warning',
    lines: [
      { level: 'ok', text: 'sales_2024_q1.csv: 40.0K records, 94% complete' },
      { level: 'ok', text: 'sales_2024_q2.csv: 50.0K records, 96% complete' },
      { level: 'warning', text: 'sales_2024_q3.csv: 30.0K records, 87% complete, 42 issues' },
    ],
  }),
  starts('clean_data', 0.5),
  ends('clean_data', 'Fixed 156 quality issues (3,912 cells)', 0.6),
  ends('enrich_data', 'Added 8 calculated fields', 0, { fused: true }),
  ends('custom_validation', 'skipped', 0, { level: 'skipped', fused: true }),
  ends('validate_output', 'All validations passed', 0, { fused: true }),
  ends('export_data', 'Exported to parquet', 0.2),
  starts('monitor_pipeline', 1.4),
  ends('monitor_pipeline', 'Performance within SLA', 0),
  finish(endedRun()),
]
