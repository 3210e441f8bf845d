/** Shared by all pipelines: the bucket for data and runs, and the topic for alarms. Both keep their names, so stacks can depend on them. */
import { CfnOutput, type Duration, Stack, type StackProps } from 'aws-cdk-lib'
import * as kms from 'aws-cdk-lib/aws-kms'
import type * as s3 from 'aws-cdk-lib/aws-s3'
import type * as sns from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import { AlarmTopic } from './alarm-topic.ts'
import { assertKey, DataBucket } from './data-bucket.ts'
import { PLATFORM_SETTINGS } from './settings.ts'

export interface PlatformStackProps extends StackProps {
  /** E-mail addresses for alarms of all pipelines. */
  readonly emails?: readonly string[] | undefined
  readonly keepRuns?: Duration | undefined
  /** ARN of the KMS key that encrypts the data bucket (default: a key of S3). */
  readonly dataKey?: string | undefined
}

export class PlatformStack extends Stack {
  readonly bucket: s3.IBucket
  readonly topic: sns.ITopic

  constructor(scope: Construct, id: string, { emails = [], keepRuns, dataKey, ...props }: PlatformStackProps = {}) {
    super(scope, id, props)
    const encryptionKey = dataKey === undefined ? undefined : kms.Key.fromKeyArn(this, 'EncryptionKey', assertKey(dataKey))
    this.bucket = new DataBucket(this, 'Data', { keepRuns, encryptionKey }).bucket
    this.topic = new AlarmTopic(this, 'Alarm', emails).topic
    // exported even without pipelines: later stacks find them, and removed stacks take none with them
    for (const value of [this.bucket.bucketArn, this.bucket.bucketName, this.topic.topicArn]) this.exportValue(value)
    new CfnOutput(this, 'DataBucket', { value: this.bucket.bucketName, description: 'Bucket of data and runs' })
    new CfnOutput(this, 'AlarmTopic', { value: this.topic.topicArn, description: 'Topic of alarms and failed runs' })
    const setting = (name: keyof typeof PLATFORM_SETTINGS, value: string, description: string) =>
      value === '' ? undefined : new CfnOutput(this, PLATFORM_SETTINGS[name], { value, description })
    setting('keep_runs_days', keepRuns === undefined ? '' : String(keepRuns.toDays()), 'Days to keep the files of runs')
    setting('data_key', dataKey ?? '', 'Key that encrypts the data bucket')
    setting('emails', emails.join(','), 'E-mail addresses for alarms')
  }
}
