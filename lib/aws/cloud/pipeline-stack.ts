/** A stack with one pipeline, and outputs for the command line. */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { Asset } from '#core/assets/assets.ts'
import { Pipeline } from './pipeline.ts'
import type { PipelineProps } from './pipeline-props.ts'
import { hashOfCode } from './native-layer.ts'
import { PIPELINE_SETTINGS } from './settings.ts'
import type { Starts } from './starts.ts'
import type { TaskFunctions } from './task-functions.ts'
import { machineExport } from './upstream.ts'

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
    // stacks of pipelines that start after this one import it
    new CfnOutput(this, 'StateMachine', {
      value: machine.machine.stateMachineArn,
      description: 'The machine',
      exportName: machineExport(this.stackName),
    })
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
    if (machine.version !== undefined) output('Version', machine.version, 'The version of this deployment')
    output('Code', codeHashes(tasks, starts, compiled.assets), 'SHA-256 of the code of the functions, in base64')
    if (tasks.engine !== undefined) output('Engine', tasks.engine.layerVersionArn, 'The layer with the native engine')
    output('MachineRole', machine.role.roleArn, 'Role of the machine')
    for (const [kind, role] of tasks.roles)
      output(kind === 'data' ? 'DataRole' : 'ControlRole', role.roleArn, `Role of the ${kind} functions`)
    if (starts !== undefined) output('StartFunction', starts.fn.functionName, 'The function that starts runs')
    if (starts?.fn.role !== undefined) output('StartRole', starts.fn.role.roleArn, 'Role of the function that starts runs')
  }
}

/** `control=HASH,data=HASH`: shows which code a deployment changed. */
function codeHashes(tasks: TaskFunctions, starts: Starts | undefined, assets: readonly Asset[]): string {
  const kinds = [...tasks.roles.keys(), ...(starts === undefined ? [] : ['start'])]
  return kinds
    .sort()
    .map((kind) => `${kind}=${hashOfCode(kind, kind === 'start' ? [] : assets)}`)
    .join(',')
}
