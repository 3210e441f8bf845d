/** What pipelines share: the bucket of data and runs, and the topic of alarms. Both keep their names for good, so stacks may depend on them. */
import { CfnOutput, type Duration, Stack, type StackProps } from 'aws-cdk-lib'
import type * as s3 from 'aws-cdk-lib/aws-s3'
import type * as sns from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import { AlarmTopic } from './alarm-topic.ts'
import { DataBucket } from './data-bucket.ts'

export interface PlatformStackProps extends StackProps {
  /** Addresses told of the alarms of every pipeline. */
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
    // told whether or not a pipeline is deployed by now: those that come later find them, and those that go take none with them
    for (const value of [this.bucket.bucketArn, this.bucket.bucketName, this.topic.topicArn]) this.exportValue(value)
    new CfnOutput(this, 'DataBucket', { value: this.bucket.bucketName, description: 'Keeps data and runs' })
    new CfnOutput(this, 'AlarmTopic', { value: this.topic.topicArn, description: 'Told of alarms and failed runs' })
    if (keepRuns !== undefined)
      new CfnOutput(this, 'KeepRunsDays', {
        value: String(keepRuns.toDays()),
        description: 'Days after which the files of runs are removed',
      })
    if (emails.length > 0)
      new CfnOutput(this, 'Emails', { value: emails.join(','), description: 'Addresses told of the alarms of every pipeline' })
  }
}
