/** What a run on AWS can have at most. Sources: Step Functions developer guide, "Service quotas"; Lambda developer guide, "Lambda quotas". */
export const QUOTAS = {
  /** Events in the history of one execution. */
  events: 25_000,
  /** Bytes a state may be given, or give. */
  payload: 256 * 1024,
  /** Seconds a Lambda may run. */
  seconds: 900,
  /** Bytes of `/tmp`, as the functions of tasks are deployed. */
  scratch: 10_240 * 1_048_576,
  /** Lambdas of an account at a time, in a region, unless more was asked for. */
  concurrency: 1000,
} as const
