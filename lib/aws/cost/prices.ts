/**
 * Prices of AWS in US dollars, for the region us-east-1 (N. Virginia), without any free tier. Prices change: the table and everything
 * computed from it carry its date.
 */
export const PRICES = {
  of: '2026-11',
  region: 'us-east-1',
  /** Step Functions, standard workflows. Source: aws.amazon.com/step-functions/pricing. */
  transition: 0.025 / 1000,
  /** A gigabyte (GiB) of memory for a second, by processor. Source: aws.amazon.com/lambda/pricing. */
  gigabyteSecond: { arm64: 0.0000133334, x86_64: 0.0000166667 },
  /** A gigabyte (GiB) of scratch space for a second, beyond the free part. Source: aws.amazon.com/lambda/pricing. */
  scratchSecond: 0.0000000309,
  /** Source: aws.amazon.com/lambda/pricing. */
  invocation: 0.2 / 1_000_000,
  /** S3 Standard: PUT, COPY, POST and LIST; GET and all others. Source: aws.amazon.com/s3/pricing. */
  put: 0.005 / 1000,
  get: 0.0004 / 1000,
  /** CloudWatch, per month: a standard-resolution alarm; a custom metric, billed by the hours it is sent in. Source: aws.amazon.com/cloudwatch/pricing. */
  alarm: 0.1,
  metric: 0.3,
  /** SQS, standard queues. Source: aws.amazon.com/sqs/pricing. */
  message: 0.4 / 1_000_000,
} as const

/** Megabytes of free scratch space of a function. Source: aws.amazon.com/lambda/pricing. */
export const FREE_SCRATCH = 512

export type Processor = keyof typeof PRICES.gigabyteSecond

/**
 * Requests of Lambda for messages of a queue while there are none: five pollers that wait 20 seconds each. Source: AWS re:Post, "Why does my
 * SQS queue show empty receives when Lambda is the consumer".
 */
export const POLLS_A_SECOND = 5 / 20

/** The month of the prices. */
export const HOURS_A_MONTH = 730
export const SECONDS_A_MONTH = HOURS_A_MONTH * 3600
