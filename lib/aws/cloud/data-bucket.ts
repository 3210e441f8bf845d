/** The bucket for runs and, by default, for data: private, encrypted, TLS only, with upload events to EventBridge. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import * as s3 from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { explain } from './explain.ts'

export interface DataBucketProps {
  /** How long runs are kept (default: forever). */
  readonly keepRuns?: Duration | undefined
  /** What happens to the data when the stack is destroyed (default: it stays). */
  readonly removalPolicy?: RemovalPolicy | undefined
}

const CLOSED = {
  blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
  encryption: s3.BucketEncryption.S3_MANAGED,
  objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
  enforceSSL: true,
} as const

export class DataBucket extends Construct {
  readonly bucket: s3.IBucket

  constructor(scope: Construct, id: string, { keepRuns, removalPolicy = RemovalPolicy.RETAIN }: DataBucketProps = {}) {
    super(scope, id)
    // the bucket policy admits access logs, in any app, not access lists, which are off
    this.node.setContext('@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy', true)
    const logs = new s3.Bucket(this, 'AccessLogs', { ...CLOSED, removalPolicy, lifecycleRules: [{ expiration: Duration.days(90) }] })
    explain(logs, 'AwsSolutions-S1', 'it is where the access logs go; logging access to it would log the logging')
    const bucket = new s3.Bucket(this, 'Bucket', {
      ...CLOSED,
      removalPolicy,
      serverAccessLogsBucket: logs as s3.IBucket,
      lifecycleRules: [
        // parts of incomplete uploads cost money and are invisible
        { abortIncompleteMultipartUploadAfter: Duration.days(2) },
        ...(keepRuns === undefined ? [] : [{ prefix: 'runs/', expiration: keepRuns }]),
      ],
    })
    // the construct's own setting for this deploys a custom resource
    const resource = bucket.node.defaultChild as s3.CfnBucket
    resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } }
    this.bucket = bucket as s3.IBucket
  }
}
