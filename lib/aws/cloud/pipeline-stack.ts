/** A stack with one pipeline, and what the command line needs to know of it. */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { Pipeline, type PipelineProps } from './pipeline.ts'

export type PipelineStackProps = PipelineProps & StackProps

export class PipelineStack extends Stack {
  readonly pipeline: Pipeline

  constructor(scope: Construct, id: string, props: PipelineStackProps) {
    super(scope, id, props)
    this.pipeline = new Pipeline(this, 'Pipeline', props)
    const { compiled, machine, tasks, bucket, logGroup, starts } = this.pipeline
    const output = (name: string, value: string, description: string) => new CfnOutput(this, name, { value, description })
    output('PipelineId', compiled.definition.id, 'The id of the definition')
    output('DefinitionHash', compiled.hash, 'As siftstep compile --hash says it')
    output('StateMachine', machine.machine.stateMachineArn, 'The machine')
    output('StartArn', machine.startArn, 'What to start runs with')
    output('DataBucket', bucket.bucketName, 'Keeps the runs')
    output('Architecture', props.architecture ?? 'arm64', 'The processor of the functions')
    output(
      'Functions',
      Object.entries(tasks.names)
        .map((pair) => pair.join('='))
        .join(','),
      'What the functions the machine calls are',
    )
    output('LogGroup', logGroup.logGroupName, 'Log lines of all tasks')
    if (starts !== undefined) output('StartQueue', starts.queue.queueUrl, 'What starts runs by itself')
    if (starts !== undefined) output('DeadStarts', starts.dead.queueUrl, 'What should have started a run and could not')
    if (machine.alias !== undefined) {
      output(
        'Rollback',
        `aws stepfunctions update-state-machine-alias --state-machine-alias-arn ${machine.alias.ref} --routing-configuration stateMachineVersionArn=${machine.machine.stateMachineArn}:VERSION,weight=100`,
        'Sets the live alias back to a version of before; aws stepfunctions list-state-machine-versions lists them',
      )
    }
  }
}
