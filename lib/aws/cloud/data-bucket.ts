/** The bucket for runs and, by default, for data: private, encrypted, TLS only, with upload events to EventBridge. */
import { Duration, RemovalPolicy, Token } from 'aws-cdk-lib'
import type * as kms from 'aws-cdk-lib/aws-kms'
import * as s3 from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { explain } from './explain.ts'

export interface DataBucketProps {
  /** How long runs are kept (default: forever). */
  readonly keepRuns?: Duration | undefined
  /** KMS key that encrypts the data (default: a key of S3). Pipelines that get this bucket may use the key. */
  readonly encryptionKey?: kms.IKey | undefined
  /** What happens to the data when the stack is destroyed (default: it stays). */
  readonly removalPolicy?: RemovalPolicy | undefined
}

/** What started which run. Longer than a year: of a yearly schedule the last moment is there. */
const STARTS_KEPT = Duration.days(400)

const CLOSED = {
  blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
  encryption: s3.BucketEncryption.S3_MANAGED,
  objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
  enforceSSL: true,
} as const

/** The bucket of runs, as other constructs refer to it. */
export interface StoreBucket {
  readonly name: string
  readonly arn: string
  /** ARN of the KMS key that encrypts it; undefined for a key of S3. */
  readonly key: string | undefined
}

/** The ARN of a key itself: permissions do not apply to ARNs of aliases. */
export function assertKey(arn: string): string {
  if (/^arn:aws[\w-]*:kms:[^:]+:\d{12}:key\/[\w-]+$/.test(arn) || Token.isUnresolved(arn)) return arn
  throw new Error(`'${arn}' is not the ARN of a KMS key: use arn:aws:kms:REGION:ACCOUNT:key/ID`)
}

export class DataBucket extends Construct {
  readonly bucket: s3.IBucket

  constructor(scope: Construct, id: string, { keepRuns, encryptionKey, removalPolicy = RemovalPolicy.RETAIN }: DataBucketProps = {}) {
    super(scope, id)
    // the bucket policy admits access logs, in any app, not access lists, which are off
    this.node.setContext('@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy', true)
    const logs = new s3.Bucket(this, 'AccessLogs', { ...CLOSED, removalPolicy, lifecycleRules: [{ expiration: Duration.days(90) }] })
    explain(logs, 'AwsSolutions-S1', 'it is where the access logs go; logging access to it would log the logging')
    const bucket = new s3.Bucket(this, 'Bucket', {
      ...CLOSED,
      // one request to KMS serves many objects
      ...(encryptionKey === undefined ? {} : { encryption: s3.BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }),
      removalPolicy,
      serverAccessLogsBucket: logs as s3.IBucket,
      lifecycleRules: [
        // parts of incomplete uploads cost money and are invisible
        { abortIncompleteMultipartUploadAfter: Duration.days(2) },
        { prefix: 'starts/', expiration: STARTS_KEPT },
        ...(keepRuns === undefined ? [] : [{ prefix: 'runs/', expiration: keepRuns }]),
      ],
    })
    // the construct's own setting for this deploys a custom resource
    const resource = bucket.node.defaultChild as s3.CfnBucket
    resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } }
    this.bucket = bucket as s3.IBucket
  }
}
