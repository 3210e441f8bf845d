/** Service limits for a run on AWS. Sources: Step Functions developer guide, "Service quotas"; Lambda developer guide, "Lambda quotas". */
export const QUOTAS = {
  /** Events in the history of one execution. */
  events: 25_000,
  /** Bytes of the input or output of a state. */
  payload: 256 * 1024,
  /** Maximum duration of a Lambda, in seconds. */
  seconds: 900,
  /** Bytes of `/tmp`, as deployed for task functions. */
  scratch: 10_240 * 1_048_576,
  /** Default quota of concurrent Lambdas per account and region. */
  concurrency: 1000,
} as const
