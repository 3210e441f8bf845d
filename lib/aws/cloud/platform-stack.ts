/** Shared by all pipelines: the bucket for data and runs, and the topic for alarms. Both keep their names, so stacks can depend on them. */
import { CfnOutput, type Duration, Stack, type StackProps } from 'aws-cdk-lib'
import type * as s3 from 'aws-cdk-lib/aws-s3'
import type * as sns from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import { AlarmTopic } from './alarm-topic.ts'
import { DataBucket } from './data-bucket.ts'

export interface PlatformStackProps extends StackProps {
  /** E-mail addresses for alarms of all pipelines. */
  readonly emails?: readonly string[] | undefined
  readonly keepRuns?: Duration | undefined
}

export class PlatformStack extends Stack {
  readonly bucket: s3.IBucket
  readonly topic: sns.ITopic

  constructor(scope: Construct, id: string, { emails = [], keepRuns, ...props }: PlatformStackProps = {}) {
    super(scope, id, props)
    this.bucket = new DataBucket(this, 'Data', { keepRuns }).bucket
    this.topic = new AlarmTopic(this, 'Alarm', emails).topic
    // exported even without pipelines: later stacks find them, and removed stacks take none with them
    for (const value of [this.bucket.bucketArn, this.bucket.bucketName, this.topic.topicArn]) this.exportValue(value)
    new CfnOutput(this, 'DataBucket', { value: this.bucket.bucketName, description: 'Bucket of data and runs' })
    new CfnOutput(this, 'AlarmTopic', { value: this.topic.topicArn, description: 'Topic of alarms and failed runs' })
    if (keepRuns !== undefined)
      new CfnOutput(this, 'KeepRunsDays', {
        value: String(keepRuns.toDays()),
        description: 'Days to keep the files of runs',
      })
    if (emails.length > 0) new CfnOutput(this, 'Emails', { value: emails.join(','), description: 'E-mail addresses for alarms' })
  }
}
