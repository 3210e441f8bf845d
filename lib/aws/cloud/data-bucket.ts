/** The bucket of runs, and of data when nobody names another: private, encrypted, over TLS only, and telling EventBridge what is uploaded. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import * as s3 from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { explain } from './explain.ts'

export interface DataBucketProps {
  /** How long runs are kept; for ever when absent. */
  readonly keepRuns?: Duration | undefined
  /** What happens to the data when the stack is destroyed; it stays unless said otherwise. */
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
    // access logs are let in by the bucket's policy, in whatever app this is, and not by access lists, which are off
    this.node.setContext('@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy', true)
    const logs = new s3.Bucket(this, 'AccessLogs', { ...CLOSED, removalPolicy, lifecycleRules: [{ expiration: Duration.days(90) }] })
    explain(logs, 'AwsSolutions-S1', 'it is where the access logs go; logging access to it would log the logging')
    const bucket = new s3.Bucket(this, 'Bucket', {
      ...CLOSED,
      removalPolicy,
      serverAccessLogsBucket: logs as s3.IBucket,
      lifecycleRules: [
        // parts of uploads that were never completed are paid for and cannot be seen
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
