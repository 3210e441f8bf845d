/**
 * What AWS asks for what a run takes, in US dollars, for the region us-east-1 (N. Virginia), without any free tier. Prices change: the
 * table says of when it is, and so does everything computed from it.
 */
export const PRICES = {
  of: '2026-11',
  region: 'us-east-1',
  /** Step Functions, standard workflows. Source: aws.amazon.com/step-functions/pricing. */
  transition: 0.025 / 1000,
  /** A gigabyte (GiB) of memory for a second, by processor. Source: aws.amazon.com/lambda/pricing. */
  gigabyteSecond: { arm64: 0.0000133334, x86_64: 0.0000166667 },
  /** A gigabyte (GiB) of scratch space for a second, beyond what is free. Source: aws.amazon.com/lambda/pricing. */
  scratchSecond: 0.0000000309,
  /** Source: aws.amazon.com/lambda/pricing. */
  invocation: 0.2 / 1_000_000,
  /** S3 Standard: PUT, COPY, POST and LIST; GET and all others. Source: aws.amazon.com/s3/pricing. */
  put: 0.005 / 1000,
  get: 0.0004 / 1000,
  /** CloudWatch, a month each: an alarm of standard resolution; a metric of one's own, billed by the hours it is sent in. Source: aws.amazon.com/cloudwatch/pricing. */
  alarm: 0.1,
  metric: 0.3,
} as const

/** Megabytes of scratch space a function has for nothing. Source: aws.amazon.com/lambda/pricing. */
export const FREE_SCRATCH = 512

export type Processor = keyof typeof PRICES.gigabyteSecond

/** The months prices are for. */
export const HOURS_A_MONTH = 730
export const SECONDS_A_MONTH = HOURS_A_MONTH * 3600
