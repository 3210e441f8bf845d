/** A stack with one pipeline, and outputs for the command line. */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { Pipeline, type PipelineProps } from './pipeline.ts'
import { PIPELINE_SETTINGS } from './settings.ts'

export type PipelineStackProps = PipelineProps & StackProps

export class PipelineStack extends Stack {
  readonly pipeline: Pipeline

  constructor(scope: Construct, id: string, props: PipelineStackProps) {
    super(scope, id, props)
    this.pipeline = new Pipeline(this, 'Pipeline', props)
    const { compiled, machine, tasks, bucket, logGroup, starts } = this.pipeline
    const output = (name: string, value: string, description: string) => new CfnOutput(this, name, { value, description })
    output('PipelineId', compiled.definition.id, 'The id of the definition')
    output('DefinitionHash', compiled.hash, 'Hash as printed by siftstep compile --hash')
    output('StateMachine', machine.machine.stateMachineArn, 'The machine')
    output('StartArn', machine.startArn, 'ARN to start runs with')
    output('DataBucket', bucket.bucketName, 'Bucket of the runs')
    const setting = (name: keyof typeof PIPELINE_SETTINGS, values: readonly string[] = [], description: string) =>
      values.length === 0 ? undefined : output(PIPELINE_SETTINGS[name], values.join(','), description)
    setting('arch', [props.architecture ?? 'arm64'], 'Processor of the functions')
    setting('sources', props.sources, 'More locations the pipeline may read')
    setting('outputs', props.outputs, 'More locations the pipeline may publish to')
    setting('keys', props.keys, 'Keys that encrypt the buckets of sources and outputs')
    output(
      'Functions',
      Object.entries(tasks.names)
        .map((pair) => pair.join('='))
        .join(','),
      'Placeholders and names of the functions',
    )
    output('LogGroup', logGroup.logGroupName, 'Log lines of all tasks')
    if (starts !== undefined) output('StartQueue', starts.queue.queueUrl, 'Queue of messages that start runs')
    if (starts !== undefined) output('DeadStarts', starts.dead.queueUrl, 'Dead-letter queue of messages that could not start a run')
    if (machine.alias !== undefined) {
      output(
        'Rollback',
        `aws stepfunctions update-state-machine-alias --state-machine-alias-arn ${machine.alias.ref} --routing-configuration stateMachineVersionArn=${machine.machine.stateMachineArn}:VERSION,weight=100`,
        'Sets the live alias back to an earlier version; aws stepfunctions list-state-machine-versions lists them',
      )
    }
  }
}
