/** siftstep's own metrics: written by the functions of a pipeline, read by alarms and dashboards. */

export const METRICS_NAMESPACE = 'Siftstep'

export type TaskMetric =
  /** Per task: duration, rows read, whether it failed, whether it was a retry, and repeated S3 calls. */
  | 'TaskSeconds'
  | 'TaskRows'
  | 'TaskErrors'
  | 'TaskRetries'
  | 'CallRetries'
  /** Per run, written by its last task. `ErrorRate` is the share of quarantined rows, `RunsInPart` 1 for a run that completed in part. */
  | 'RowsIn'
  | 'RowsOut'
  | 'RowsQuarantined'
  | 'ErrorRate'
  | 'QualityScore'
  | 'RunsInPart'

/** How long the oldest message that cannot start a run yet has been waiting. */
export const START_WAIT = 'StartWait'

/** How often this process repeated a service call because of throttling, a missing response or a partial one. */
let callRetries = 0

/** Called when a call is repeated; a call that succeeds at once counts nothing. */
export function countRetries(more: number): void {
  callRetries += more
}

/** The total so far. The difference of two readings is the count between them. */
export const retriesSoFar = () => callRetries
