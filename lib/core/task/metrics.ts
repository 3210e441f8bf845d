/** The metrics of our own: what the functions of a pipeline write, and alarms and dashboards look at. */

export const METRICS_NAMESPACE = 'Siftstep'

export type TaskMetric =
  /** Of each task: how long it took, the rows it read, whether it failed, whether it was tried before, and calls to S3 made again. */
  | 'TaskSeconds'
  | 'TaskRows'
  | 'TaskErrors'
  | 'TaskRetries'
  | 'CallRetries'
  /** Of a run as a whole, by its last task. `ErrorRate` is the share of the rows set aside. */
  | 'RowsIn'
  | 'RowsOut'
  | 'RowsQuarantined'
  | 'ErrorRate'
  | 'QualityScore'

/** How long the message has waited that has waited longest of those that could not start a run now. */
export const START_WAIT = 'StartWait'
